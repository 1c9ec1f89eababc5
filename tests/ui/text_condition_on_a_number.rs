//! Only texts contain a text.

use pagewise::chat::Session;

fn main() {
    let _ = Session::ID.contains("7");
}

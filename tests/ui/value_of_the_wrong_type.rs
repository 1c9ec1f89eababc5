//! A number is not compared with a text.

use pagewise::chat::Session;

fn main() {
    let _ = Session::ID.eq("7");
}

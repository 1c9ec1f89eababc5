//! Texts are not added up.

use pagewise::chat::{Message, Session};

fn main() {
    let _ = Session::messages().sum(Message::CONTENT);
}

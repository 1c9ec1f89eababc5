//! A key is not a text.

use pagewise::Relation;
use pagewise::chat::{Message, Session};

fn main() {
    let _ = Relation::many("messages", Session::ID, Message::CONTENT);
}

//! A row of sessions has no value of messages.

use pagewise::chat::{Message, Session};
use pagewise::driver::Row;

fn read(row: &Row<Session>) -> Option<String> {
    row.get(Message::CONTENT).ok()
}

fn main() {}

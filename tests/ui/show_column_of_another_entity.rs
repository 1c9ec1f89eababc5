//! A list of sessions does not show a column of messages.

use pagewise::Listing;
use pagewise::chat::{Message, Session};

fn main() {
    let _ = Listing::of(Session).show(Message::CONTENT);
}

//! A condition on messages does not filter sessions.

use pagewise::Listing;
use pagewise::chat::{Message, Session};

fn main() {
    let _ = Listing::of(Session).filter(Message::CONTENT.eq("hello"));
}

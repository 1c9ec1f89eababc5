//! Sessions are not sorted by a column of messages.

use pagewise::Listing;
use pagewise::chat::{Message, Session};

fn main() {
    let _ = Listing::of(Session).order_by(Message::CREATED_AT.desc());
}

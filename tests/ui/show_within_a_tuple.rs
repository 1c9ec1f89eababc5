//! Nor among others.

use pagewise::Listing;
use pagewise::chat::{Message, Session};

fn main() {
    let _ = Listing::of(Session).show((Session::STATUS, Message::CONTENT));
}

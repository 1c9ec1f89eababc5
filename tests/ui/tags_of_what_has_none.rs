//! Chats have tags, users have none.

use pagewise::Listing;
use pagewise::chat::{self, Match, TaggableIds, User};

fn list(ids: &TaggableIds) {
    let _ = Listing::of(User).filter(chat::tagged(ids, Match::any_of(["rare"])));
}

fn main() {}

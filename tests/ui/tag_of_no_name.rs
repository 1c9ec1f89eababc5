//! A tag is called by its number or by its name.

use pagewise::chat::{self, Match, Session, TaggableIds};
use pagewise::{Listing, Predicate};

fn list(ids: &TaggableIds) {
    let tagged: Predicate<Session> = chat::tagged(ids, Match::any_of([1.5]));
    let _ = Listing::of(Session).filter(tagged);
}

fn main() {}

//! What outdates results: the map of what they are made of is whole, triggers note what has changed, and a result that is found
//! is what would be computed.

mod by_hand;
mod copies;
mod histories;
mod map;
mod place;
mod texts;
mod triggers;

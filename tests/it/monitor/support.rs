//! Pages and statements that are counted.

use pagewise::chat::{self, Session};
use pagewise::driver::postgres::Execute;
use pagewise::{Listing, Page, PageStatement};

use crate::support::TEAM;

/// A page of sessions, with one LATERAL for what it shows.
pub fn page(size: u32) -> PageStatement<Session> {
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::CREATED_AT.desc());
    listing
        .show((Session::STATUS, &chat::message_timestamps()))
        .page(Page::first(size))
        .build()
        .unwrap()
}

/// Runs a text that binds nothing: how many rows it gives, or none where it fails.
pub fn rows(client: &mut impl Execute, text: &str) -> Option<usize> {
    client.run(text, &[]).ok().map(|rows| rows.len())
}

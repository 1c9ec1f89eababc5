//! What the tests of plans have in common.

use pagewise::chat::Session;
use pagewise::plan::Plan;
use pagewise::{Listing, Page, PageStatement};

use crate::support::TEAM;

/// Answers of PostgreSQL 15 to EXPLAIN, and one in the form of PostgreSQL 18's.
pub const PLANS: [(&str, &str); 9] = [
    ("bitmap_or", include_str!("plans/bitmap_or.json")),
    (
        "common_table_expression",
        include_str!("plans/common_table_expression.json"),
    ),
    ("hash_on_disk", include_str!("plans/hash_on_disk.json")),
    (
        "incremental_sort",
        include_str!("plans/incremental_sort.json"),
    ),
    ("jit", include_str!("plans/jit.json")),
    ("never_run", include_str!("plans/never_run.json")),
    ("not_run", include_str!("plans/not_run.json")),
    (
        "parallel_sort_on_disk",
        include_str!("plans/parallel_sort_on_disk.json"),
    ),
    ("version_18", include_str!("plans/version_18.json")),
];

/// The plan of this name.
pub fn plan(name: &str) -> Plan {
    let (_, json) = PLANS.iter().find(|(known, _)| *known == name).unwrap();
    Plan::from_json(json).unwrap()
}

/// A page of sessions with how many messages they have.
pub fn page(size: u32) -> PageStatement<Session> {
    Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &Session::messages().count()))
        .page(Page::first(size))
        .build()
        .unwrap()
}

//! What a connection may do.

use proptest::prelude::*;

use super::model::{KINDS, TABLES};

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Begin {
        repeatable: bool,
    },
    Commit,
    Rollback,
    Insert {
        table: usize,
        of: i64,
        value: usize,
    },
    Set {
        table: usize,
        row: i64,
        value: usize,
    },
    /// To another team, or a message to another chat.
    Move {
        table: usize,
        row: i64,
        of: i64,
    },
    Irrelevant {
        table: usize,
        row: i64,
    },
    Delete {
        table: usize,
        row: i64,
    },
    Truncate {
        table: usize,
    },
    /// A write that is taken back to a savepoint.
    TakenBack {
        table: usize,
        row: i64,
    },
    Look {
        kind: usize,
        team: i64,
    },
    Compute,
    Put,
    Purge,
    Invalidate {
        kind: Option<usize>,
        team: Option<i64>,
    },
    CatchUp,
}

pub fn step() -> impl Strategy<Value = Step> {
    let table = 0..TABLES.len();
    let row = 1..7_i64;
    let of = 1..4_i64;
    prop_oneof![
        4 => any::<bool>().prop_map(|repeatable| Step::Begin { repeatable }),
        6 => Just(Step::Commit),
        1 => Just(Step::Rollback),
        5 => (table.clone(), of.clone(), 0..2_usize).prop_map(|(table, of, value)| Step::Insert { table, of, value }),
        3 => (table.clone(), row.clone(), 0..2_usize).prop_map(|(table, row, value)| Step::Set { table, row, value }),
        3 => (0..2_usize, row.clone(), of.clone()).prop_map(|(table, row, of)| Step::Move { table, row, of }),
        2 => (table.clone(), row.clone(), of).prop_map(|(table, row, of)| Step::Move { table, row, of }),
        2 => (table.clone(), row.clone()).prop_map(|(table, row)| Step::Irrelevant { table, row }),
        2 => (table.clone(), row.clone()).prop_map(|(table, row)| Step::Delete { table, row }),
        1 => table.clone().prop_map(|table| Step::Truncate { table }),
        1 => (table, row).prop_map(|(table, row)| Step::TakenBack { table, row }),
        16 => (0..KINDS.len(), 1..3_i64).prop_map(|(kind, team)| Step::Look { kind, team }),
        10 => Just(Step::Compute),
        10 => Just(Step::Put),
        2 => Just(Step::Purge),
        1 => (proptest::option::of(0..KINDS.len()), proptest::option::of(1..3_i64))
            .prop_map(|(kind, team)| Step::Invalidate { kind, team }),
        2 => Just(Step::CatchUp),
    ]
}

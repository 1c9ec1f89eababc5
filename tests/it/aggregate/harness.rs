//! Databases with worlds in them, and requests of them.

use std::cell::RefCell;
use std::fmt::Debug;

use postgres::Transaction;
use proptest::prelude::*;

use crate::laws::{Connection, Outcome, check, context};
use crate::oracle::{Context, Operands};
use crate::world::{TEAMS, World};

/// Whose rows are counted.
pub fn tenant() -> impl Strategy<Value = i64> {
    prop_oneof![4 => Just(1), 1 => TEAMS]
}

/// Runs a property on worlds with a few requests each.
pub fn on_worlds<P: Debug>(
    cases: u32,
    worlds: impl Strategy<Value = World>,
    plans: impl Strategy<Value = P>,
    test: impl Fn(&mut Transaction<'_>, &Context, &P) -> Outcome,
) {
    let requests = proptest::collection::vec((tenant(), plans), 1..4);
    on_requests(cases, &(worlds, requests), test);
}

/// The same, where the requests are made for the world.
pub fn on_requests<P: Debug>(
    cases: u32,
    requests: &impl Strategy<Value = (World, Vec<(i64, P)>)>,
    test: impl Fn(&mut Transaction<'_>, &Context, &P) -> Outcome,
) {
    let connection = RefCell::new(Connection::open());
    check(cases, requests, |(world, requests)| {
        connection.borrow_mut().with(&world, |transaction| {
            requests.iter().try_for_each(|(tenant, plan)| {
                test(transaction, &context(&world, *tenant, Operands::Near), plan)
            })
        })
    });
}

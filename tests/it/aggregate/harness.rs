//! What the tests of aggregates need: databases with worlds in them, and messages that can be read.

use std::cell::RefCell;
use std::fmt::{Debug, Display};

use pagewise::Statement;
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
    let connection = RefCell::new(Connection::open());
    let requests = proptest::collection::vec((tenant(), plans), 1..4);
    check(cases, &(worlds, requests), |(world, requests)| {
        connection.borrow_mut().with(&world, |transaction| {
            requests.iter().try_for_each(|(tenant, plan)| {
                test(transaction, &context(&world, *tenant, Operands::Near), plan)
            })
        })
    });
}

/// A failure with what was asked and what was sent.
pub fn failed(why: impl Display, words: impl Display, statement: &Statement) -> TestCaseError {
    let parameters = statement.parameters();
    TestCaseError::fail(format!(
        "{why}\n\n{words}\n\n{statement:#}\n{parameters:?}\n"
    ))
}

/// What was refused, in full.
pub fn refused(
    error: &pagewise::Error,
    words: impl Display,
    statement: &Statement,
) -> TestCaseError {
    failed(format!("{error}: {error:?}"), words, statement)
}

/// A builder that refuses what is right.
pub fn not_built(error: &pagewise::Error, words: impl Display) -> TestCaseError {
    TestCaseError::fail(format!("not built: {error}: {error:?}\n\n{words}"))
}

/// Fails if what must be equal is not.
pub fn same<T: PartialEq + Debug>(
    (found, expected): (T, T),
    what: impl Display,
    words: impl Display,
    statement: &Statement,
) -> Outcome {
    if found == expected {
        return Ok(());
    }
    let why = format!("{what}\n   found {found:?}\nexpected {expected:?}");
    Err(failed(why, words, statement))
}

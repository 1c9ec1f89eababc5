//! [`CombinedAggregate`]: each number is what the rows say, whichever others stand beside it.

use pagewise::Strategy;
use pagewise::aggregate::CombinedAggregate;
use postgres::Transaction;

use super::asked::{Expected, NumbersPlan, list, numbers_plan};
use super::harness::{failed, not_built, on_worlds, refused};
use crate::laws::Outcome;
use crate::oracle::Context;
use crate::oracle::datum::Datum;
use crate::world::{bare_world, linked_world, world};

/// What the database says of the numbers.
fn found(
    transaction: &mut Transaction<'_>,
    context: &Context,
    expected: &[&Expected],
    strategy: Strategy,
) -> Result<Vec<Datum>, proptest::test_runner::TestCaseError> {
    let words: Vec<_> = expected
        .iter()
        .map(|of| format!("{} AS {:?}", of.words, of.value))
        .collect();
    let words = format!(
        "{strategy:?} of {}\n{}",
        context.view.tenant,
        words.join("\n")
    );
    let statement = CombinedAggregate::new()
        .tenant(context.view.tenant)
        .numbers(list(expected.iter().map(|of| &of.number)))
        .strategy(strategy)
        .build()
        .map_err(|error| not_built(&error, &words))?;
    transaction
        .prepare(statement.text())
        .map_err(|error| failed(format!("{error:?}"), &words, &statement))?;
    let row = statement
        .fetch(transaction)
        .map_err(|error| refused(&error, &words, &statement))?;
    let mut values = Vec::new();
    for of in expected {
        let value = of
            .number
            .read(&row)
            .map_err(|error| refused(&error, &words, &statement))?;
        if !value.agrees(&of.value) {
            let why = format!("{}\n   found {value:?}\nexpected {:?}", of.words, of.value);
            return Err(failed(why, &words, &statement));
        }
        values.push(value);
    }
    Ok(values)
}

fn is_right(transaction: &mut Transaction<'_>, context: &Context, plan: &NumbersPlan) -> Outcome {
    let expected = plan.expected(context);
    let together: Vec<_> = expected.iter().collect();
    let optimized = found(transaction, context, &together, Strategy::Optimized)?;
    found(transaction, context, &together, Strategy::Legacy)?;
    // Law 2: alone, and without any one of the others; not even the last digit of an average may differ.
    for (at, of) in expected.iter().enumerate() {
        let alone = found(transaction, context, &[of], Strategy::Optimized)?;
        if alone[0] != optimized[at] {
            let why = format!(
                "{} alone is {:?}, beside others {:?}",
                of.words, alone[0], optimized[at]
            );
            return Err(proptest::test_runner::TestCaseError::fail(why));
        }
    }
    let mut fewer = together;
    while fewer.len() > 1 {
        fewer.remove(fewer.len() / 2);
        found(transaction, context, &fewer, Strategy::Optimized)?;
    }
    Ok(())
}

#[test]
fn numbers_are_what_the_rows_say() {
    on_worlds(40, world(), numbers_plan(), is_right);
}

#[test]
fn of_many_links_too() {
    on_worlds(10, linked_world(), numbers_plan(), is_right);
}

/// Law 10: whatever the oracle's values are here, they are of nothing.
#[test]
fn of_nothing_they_are_zero() {
    on_worlds(15, bare_world(), numbers_plan(), is_right);
}

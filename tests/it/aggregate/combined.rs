//! [`CombinedAggregate`]: each number is what the rows say, whichever others stand beside it.

use pagewise::Strategy::Optimized;
use pagewise::aggregate::CombinedAggregate;
use postgres::Transaction;

use super::asked::{Expected, NumbersPlan, list, numbers_plan};
use super::case::{AnyCase, Case, build, failed, not_built, read, refused, same_lines};
use super::harness::on_worlds;
use crate::laws::Outcome;
use crate::oracle::datum::Datum;
use crate::oracle::{Context, Uses};
use crate::world::{bare_world, linked_world, world};

/// Some numbers together.
pub fn case(expected: &[Expected]) -> Case<CombinedAggregate> {
    let words: Vec<_> = expected
        .iter()
        .map(|of| format!("{} AS {:?}", of.words, of.value))
        .collect();
    let numbers: Vec<_> = expected.iter().map(|of| of.number.clone()).collect();
    let values: Vec<_> = expected.iter().map(|of| of.value.clone()).collect();
    let uses = expected.iter().map(|of| &of.uses);
    Case {
        words: words.join("\n"),
        uses: uses.fold(Uses::default(), Uses::and),
        part: CombinedAggregate::new().numbers(list(&numbers)),
        build: build!(),
        check: Box::new(move |row| {
            let found = read(numbers.iter().map(|number| number.read(row)))?;
            same_lines(&[found], std::slice::from_ref(&values))
        }),
    }
}

/// What the database says of numbers.
fn found(
    transaction: &mut Transaction<'_>,
    tenant: i64,
    expected: &[Expected],
) -> Result<Vec<Datum>, proptest::test_runner::TestCaseError> {
    let case = case(expected);
    let statement = (case.build)(case.part.clone(), tenant, Optimized)
        .map_err(|error| not_built(&error, &case.words))?;
    let row = statement
        .fetch(transaction)
        .map_err(|error| refused(&error, &case.words, &statement))?;
    read(expected.iter().map(|of| of.number.read(&row)))
        .map_err(|why| failed(&why, &case.words, &statement))
}

fn is_right(transaction: &mut Transaction<'_>, context: &Context, plan: &NumbersPlan) -> Outcome {
    let tenant = context.view.tenant;
    let mut expected = plan.expected(context);
    case(&expected).holds(transaction, tenant)?;
    // Law 2: alone, and without any one of the others. Not even the last digit of an average may differ.
    let together = found(transaction, tenant, &expected)?;
    for (of, value) in expected.iter().zip(together) {
        case(std::slice::from_ref(of)).holds(transaction, tenant)?;
        let alone = found(transaction, tenant, std::slice::from_ref(of))?;
        if alone != std::slice::from_ref(&value) {
            let why = format!("{} alone is {alone:?}, beside others {value:?}", of.words);
            return Err(proptest::test_runner::TestCaseError::fail(why));
        }
    }
    while expected.len() > 1 {
        expected.remove(expected.len() / 2);
        case(&expected).holds(transaction, tenant)?;
    }
    Ok(())
}

#[test]
fn numbers_are_what_the_rows_say() {
    on_worlds(30, world(), numbers_plan(), is_right);
}

#[test]
fn of_many_links_too() {
    on_worlds(8, linked_world(), numbers_plan(), is_right);
}

/// Law 10: whatever the oracle's values are here, they are of nothing.
#[test]
fn of_nothing_they_are_zero() {
    on_worlds(10, bare_world(), numbers_plan(), is_right);
}

//! [`Groups`]: the numbers of each group, in their order.

use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::Groups;
use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use postgres::Transaction;
use proptest::collection::vec;
use proptest::prelude::*;

use super::asked::{list, of};
use super::entities::Measured;
use super::harness::{failed, not_built, on_worlds, refused};
use super::measure::{Measurement, NumberPlan, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::laws::{Of, Outcome};
use crate::oracle::Context;
use crate::oracle::datum::Datum;
use crate::oracle::plan::{ValuePlan, simple_value};
use crate::oracle::value::Value;
use crate::world::world;

#[derive(Clone, Debug)]
struct GroupsPlan {
    of: Of,
    set: SetPlan,
    by: Vec<ValuePlan>,
    numbers: Vec<NumberPlan>,
    /// By which of the numbers it is sorted.
    orders: Vec<(prop::sample::Index, bool)>,
    limit: u32,
}

fn groups_plan() -> impl Strategy<Value = GroupsPlan> {
    (
        of(),
        set_plan(1),
        vec(simple_value(), 1..3),
        vec(number_plan(), 1..4),
        vec((any::<prop::sample::Index>(), any::<bool>()), 0..3),
        1_u32..8,
    )
        .prop_map(|(of, set, by, numbers, orders, limit)| GroupsPlan {
            of,
            set,
            by,
            numbers,
            orders,
            limit,
        })
}

/// The numbers of a plan, over the same set, each with a name of its own.
pub fn measurements<E: Measured>(
    plans: &[NumberPlan],
    set: &Set<E>,
    context: &Context,
) -> Vec<Measurement<E>> {
    let mut all: Vec<Measurement<E>> = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let measurement = plan.measurement(set, context);
        let measurement = match all.last() {
            Some(before) => measurement.derived(before, plan.derived),
            None => measurement,
        };
        all.push(measurement.named(format!("number {at}")));
    }
    all
}

/// The rows that have the same values, by those values.
pub fn grouped<E: Measured>(
    context: &Context,
    by: &[Value<E>],
    rows: &[E::Row],
) -> Vec<(Vec<Datum>, Vec<E::Row>)> {
    let mut groups: Vec<(Vec<Datum>, Vec<E::Row>)> = Vec::new();
    for row in rows {
        let keys: Vec<_> = by
            .iter()
            .map(|value| (value.eval)(&context.view, row))
            .collect();
        match groups.iter_mut().find(|(known, _)| *known == keys) {
            Some((_, group)) => group.push(row.clone()),
            None => groups.push((keys, vec![row.clone()])),
        }
    }
    groups.sort_by(|(a, _), (b, _)| Datum::Array(a.clone()).cmp(&Datum::Array(b.clone())));
    groups
}

/// How two numbers stand: NULL is last, whichever way.
pub fn ranked(a: &Datum, b: &Datum, descending: bool) -> std::cmp::Ordering {
    match (descending, a.is_null() || b.is_null()) {
        (true, false) => b.cmp(a),
        _ => a.cmp(b),
    }
}

fn is_right<E: Measured>(
    transaction: &mut Transaction<'_>,
    context: &Context,
    plan: &GroupsPlan,
) -> Outcome {
    let set = Set::<E>::new(&plan.set, context);
    let by: Vec<_> = plan
        .by
        .iter()
        .map(|value| value.value::<E>(context))
        .collect();
    let numbers = measurements(&plan.numbers, &set, context);
    let orders: Vec<_> = plan
        .orders
        .iter()
        .map(|(at, descending)| (at.index(numbers.len()), *descending))
        .collect();

    let mut expected: Vec<(Vec<Datum>, Vec<Datum>)> = grouped(context, &by, &set.members)
        .into_iter()
        .map(|(keys, rows)| {
            let values = numbers
                .iter()
                .map(|number| (number.of)(&context.view, &rows));
            (keys, values.collect())
        })
        .collect();
    // Stable: the groups are in the order of their values.
    expected.sort_by(|(_, a), (_, b)| {
        let orders = orders
            .iter()
            .map(|(at, descending)| ranked(&a[*at], &b[*at], *descending));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    expected.truncate(usize::try_from(plan.limit).unwrap_or(usize::MAX));

    let words: Vec<_> = numbers.iter().map(|number| &*number.words).collect();
    let keys: Vec<_> = by.iter().map(|value| &*value.words).collect();
    let words = format!(
        "team {}, of {}\nby {}\n{}\norders {orders:?}, first {}",
        context.view.tenant,
        set.words,
        keys.join("\nby "),
        words.join("\n"),
        plan.limit
    );
    for strategy in [Optimized, Legacy] {
        let mut groups = Groups::of(&set.rows)
            .tenant(context.view.tenant)
            .numbers(list(numbers.iter().map(|number| &number.number)))
            .limit(plan.limit)
            .strategy(strategy);
        for (at, value) in by.iter().enumerate() {
            groups = (value.group)(groups, &format!("key {at}"));
        }
        for (at, descending) in &orders {
            groups = groups.order_by(numbers[*at].number.order(*descending));
        }
        let statement = groups.build().map_err(|error| not_built(&error, &words))?;
        transaction
            .prepare(statement.text())
            .map_err(|error| failed(format!("{error:?}"), &words, &statement))?;
        let rows = statement
            .fetch(transaction)
            .map_err(|error| refused(&error, &words, &statement))?;
        let mut found = Vec::new();
        for row in rows {
            let keys: Result<Vec<_>, _> = by
                .iter()
                .enumerate()
                .map(|(at, value)| (value.group_of)(&row, &format!("key {at}")))
                .collect();
            let values: Result<Vec<_>, _> = numbers
                .iter()
                .map(|number| number.number.read(&row))
                .collect();
            let read = keys.and_then(|keys| Ok((keys, values?)));
            found.push(read.map_err(|error| refused(&error, &words, &statement))?);
        }
        let agrees = |(a, b): (&Vec<Datum>, &Vec<Datum>)| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.agrees(b))
        };
        let is_same = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(a, b)| agrees((&a.0, &b.0)) && agrees((&a.1, &b.1)));
        if !is_same {
            let why = format!("{strategy:?}\n   found {found:?}\nexpected {expected:?}");
            return Err(failed(why, &words, &statement));
        }
    }
    Ok(())
}

#[test]
fn groups_are_what_the_rows_say() {
    on_worlds(60, world(), groups_plan(), |transaction, context, plan| {
        let is_right = match plan.of {
            Of::Sessions => is_right::<Session>,
            Of::Experiments => is_right::<Experiment>,
            Of::Messages => is_right::<Message>,
            Of::Traces => is_right::<Trace>,
            Of::Participants => is_right::<Participant>,
        };
        is_right(transaction, context, plan)
    });
}

/// Exactly the groups of given values: those without rows too, and no others.
#[test]
fn groups_of_given_values() {
    let plans = (set_plan(1), set_plan(0), vec(number_plan(), 1..4));
    on_worlds(
        40,
        world(),
        plans,
        |transaction, context, (sessions, bots, numbers)| {
            let sessions = Set::<Session>::new(sessions, context);
            let bots = Set::<Experiment>::new(bots, context);
            let (rows, given) = bots.part(context);
            let numbers = measurements(numbers, &sessions, context);
            let mut expected = Vec::new();
            let mut given: Vec<i64> = given.iter().map(|bot| bot.id).collect();
            given.sort_unstable();
            for id in given {
                let of = sessions.members.iter().filter(|s| s.experiment == id);
                let of: Vec<_> = of.cloned().collect();
                let values = numbers.iter().map(|number| (number.of)(&context.view, &of));
                expected.push((id, values.collect::<Vec<_>>()));
            }
            for strategy in [Optimized, Legacy] {
                let statement = Groups::of(&sessions.rows)
                    .tenant(context.view.tenant)
                    .by(Session::EXPERIMENT_ID)
                    .each_of(&rows.values(Experiment::ID))
                    .numbers(list(numbers.iter().map(|number| &number.number)))
                    .strategy(strategy)
                    .build()
                    .map_err(|error| not_built(&error, &sessions.words))?;
                let words: Vec<_> = numbers.iter().map(|number| &*number.words).collect();
                let words = format!(
                    "of {}\neach of {}\n{}",
                    sessions.words,
                    bots.words,
                    words.join("\n")
                );
                let found = statement
                    .fetch(transaction)
                    .map_err(|error| refused(&error, &words, &statement))?;
                let mut read = Vec::new();
                for row in &found {
                    let key = row.get_value(Session::EXPERIMENT_ID);
                    let values = numbers.iter().map(|number| number.number.read(row));
                    let values: Result<Vec<_>, _> = values.collect();
                    let row = key.and_then(|key| Ok((key, values?)));
                    read.push(row.map_err(|error| refused(&error, &words, &statement))?);
                }
                let is_same = read.len() == expected.len()
                    && read
                        .iter()
                        .zip(&expected)
                        .all(|(a, b)| a.0 == b.0 && a.1.iter().zip(&b.1).all(|(a, b)| a.agrees(b)));
                if !is_same {
                    let why = format!("{strategy:?}\n   found {read:?}\nexpected {expected:?}");
                    return Err(failed(why, &words, &statement));
                }
            }
            Ok(())
        },
    );
}

//! [`GroupedListing`]: every row with the numbers of what belongs to it, in pages.

use std::collections::BTreeMap;
use std::rc::Rc;

use pagewise::Column;
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{GroupedListing, GroupedRows};
use pagewise::chat::{Experiment, Participant, Session, Trace};
use pagewise::schema::SqlType;
use postgres::Transaction;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;

use super::any_number::AnyNumber;
use super::asked::list;
use super::entities::Measured;
use super::groups::{measurements, ranked};
use super::harness::{failed, not_built, on_worlds, refused};
use super::measure::{NumberPlan, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::laws::Outcome;
use crate::oracle::Context;
use crate::oracle::condition::Condition;
use crate::oracle::datum::{Datum, Sample};
use crate::oracle::order::Sorted;
use crate::oracle::plan::{
    ConditionPlan, OrderPlan, ValuePlan, simple_condition, simple_order, simple_value,
};
use crate::oracle::value::Value;
use crate::world::world;

#[derive(Clone, Debug)]
struct ListingPlan {
    filter: Option<ConditionPlan>,
    shown: Vec<ValuePlan>,
    /// What belongs to the rows, by which way.
    groups: Vec<(u8, SetPlan, Vec<NumberPlan>)>,
    only_with_rows: bool,
    orders: Vec<Ordered>,
    size: u32,
}

#[derive(Clone, Debug)]
enum Ordered {
    Number(Index, bool),
    Value(OrderPlan),
}

fn listing_plan() -> impl Strategy<Value = ListingPlan> {
    let order = prop_oneof![
        2 => (any::<Index>(), any::<bool>()).prop_map(|(at, descending)| Ordered::Number(at, descending)),
        1 => simple_order().prop_map(Ordered::Value),
    ];
    (
        weighted(0.5, simple_condition()),
        vec(simple_value(), 0..3),
        vec((any::<u8>(), set_plan(1), vec(number_plan(), 1..4)), 1..3),
        any::<bool>(),
        vec(order, 0..3),
        1_u32..4,
    )
        .prop_map(
            |(filter, shown, groups, only_with_rows, orders, size)| ListingPlan {
                filter,
                shown,
                groups,
                only_with_rows,
                orders,
                size,
            },
        )
}

/// Numbers of what belongs to the rows of `E`, twice.
struct Belonging<E> {
    words: String,
    numbers: Vec<AnyNumber>,
    add: Box<dyn Fn(GroupedListing<E>) -> GroupedListing<E>>,
    /// By the key of the row: what belongs to it, if anything does.
    values: BTreeMap<i64, Vec<Datum>>,
    of_nothing: Vec<Datum>,
}

type Way<E> = Rc<dyn Fn(&SetPlan, &[NumberPlan], usize, &Context) -> Belonging<E>>;

/// Rows whose column is the key of a row.
fn way<E: Measured, F: Measured, T>(column: Column<F, T>, of: fn(&F::Row) -> Option<i64>) -> Way<E>
where
    T: Sample + SqlType<Base = i64>,
{
    Rc::new(move |set, plans, at, context| {
        let set = Set::<F>::new(set, context);
        let mut numbers = measurements(plans, &set, context);
        for (number, place) in numbers.iter_mut().zip(0..) {
            *number = number.clone().named(format!("number {at} {place}"));
        }
        // What the rows are joined by may be a part of the set, the numbers are of all of it.
        let mut rows: BTreeMap<i64, Vec<F::Row>> = BTreeMap::new();
        for row in &set.members {
            if let Some(key) = of(row) {
                rows.entry(key).or_default().push(row.clone());
            }
        }
        let of_rows = |rows: &[F::Row]| -> Vec<Datum> {
            numbers
                .iter()
                .map(|number| (number.of)(&context.view, rows))
                .collect()
        };
        let words: Vec<_> = numbers.iter().map(|number| &*number.words).collect();
        let values = set.rows.values(column);
        let shown: Vec<_> = numbers.iter().map(|number| number.number.clone()).collect();
        let listed = shown.clone();
        Belonging {
            words: format!("of {}\n{}", set.words, words.join("\n")),
            values: rows
                .iter()
                .map(|(key, rows)| (*key, of_rows(rows)))
                .collect(),
            of_nothing: of_rows(&[]),
            add: Box::new(move |listing| listing.numbers_by(&values, list(&listed))),
            numbers: shown,
        }
    })
}

/// A row: its key, what is shown, its numbers.
type Line = (i64, Vec<Datum>);

fn lines(
    rows: &GroupedRows,
    key: impl Fn(&pagewise::aggregate::AggregateRow) -> Result<i64, pagewise::Error>,
    shown: &[Box<
        dyn Fn(&pagewise::aggregate::AggregateRow) -> Result<Datum, pagewise::Error> + '_,
    >],
) -> Result<Vec<Line>, pagewise::Error> {
    rows.iter()
        .map(|row| {
            let values: Result<Vec<_>, _> = shown.iter().map(|read| read(row)).collect();
            Ok((key(row)?, values?))
        })
        .collect()
}

/// Every row in its order, by the oracle.
fn expected<E: Measured>(
    context: &Context,
    (filter, only_with_rows): (Option<&Condition<E>>, bool),
    shown: &[Value<E>],
    groups: &[Belonging<E>],
    orders: &[Resolved<E>],
) -> Vec<Line> {
    let view = &context.view;
    let mut rows = E::rows(view);
    rows.retain(|row| filter.is_none_or(|filter| (filter.holds)(view, row) == Some(true)));
    if only_with_rows {
        rows.retain(|row| groups[0].values.contains_key(&E::id(row)));
    }
    let numbers = |row: &E::Row| -> Vec<Datum> {
        let of = |group: &Belonging<E>| {
            let values = group.values.get(&E::id(row));
            values.unwrap_or(&group.of_nothing).clone()
        };
        groups.iter().flat_map(of).collect()
    };
    let mut lines: Vec<_> = rows.into_iter().map(|row| (numbers(&row), row)).collect();
    lines.sort_by(|(a_numbers, a), (b_numbers, b)| {
        let by = orders.iter().map(|order| match order {
            Resolved::Number(at, descending) => {
                ranked(&a_numbers[*at], &b_numbers[*at], *descending)
            }
            Resolved::Value(sorted) => sorted.cmp(view, a, b),
        });
        by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            .then(E::id(a).cmp(&E::id(b)))
    });
    lines
        .into_iter()
        .map(|(numbers, row)| {
            let mut values: Vec<_> = shown.iter().map(|value| (value.eval)(view, &row)).collect();
            values.extend(numbers);
            (E::id(&row), values)
        })
        .collect()
}

enum Resolved<E: Measured> {
    Number(usize, bool),
    Value(Sorted<E>),
}

fn is_right<E: Measured>(
    transaction: &mut Transaction<'_>,
    context: &Context,
    (ways, plan): (&[Way<E>], &ListingPlan),
) -> Outcome {
    let filter = plan
        .filter
        .as_ref()
        .map(|filter| filter.condition::<E>(context));
    let shown: Vec<_> = plan
        .shown
        .iter()
        .map(|value| value.value::<E>(context))
        .collect();
    let groups: Vec<_> = plan
        .groups
        .iter()
        .enumerate()
        .map(|(at, (way, set, numbers))| {
            ways[usize::from(*way) % ways.len()](set, numbers, at, context)
        })
        .collect();
    let numbers: Vec<_> = groups.iter().flat_map(|group| &group.numbers).collect();
    let orders: Vec<_> = plan
        .orders
        .iter()
        .map(|order| match order {
            Ordered::Number(at, descending) => {
                Resolved::Number(at.index(numbers.len()), *descending)
            }
            Ordered::Value(plan) => Resolved::Value(plan.sorted(context)),
        })
        .collect();
    let all = expected(
        context,
        (filter.as_ref(), plan.only_with_rows),
        &shown,
        &groups,
        &orders,
    );
    let words: Vec<_> = groups.iter().map(|group| &*group.words).collect();
    let words = format!(
        "team {}\n{}\n{plan:#?}",
        context.view.tenant,
        words.join("\n")
    );

    for strategy in [Optimized, Legacy] {
        let mut listing = GroupedListing::of(E::default())
            .tenant(context.view.tenant)
            .with_total()
            .strategy(strategy);
        if let Some(filter) = &filter {
            listing = listing.filter(filter.predicate.clone());
        }
        for (at, value) in shown.iter().enumerate() {
            listing = (value.show_grouped)(listing, &format!("shown {at}"));
        }
        for group in &groups {
            listing = (group.add)(listing);
        }
        if plan.only_with_rows {
            listing = listing.only_with_rows();
        }
        for order in &orders {
            listing = match order {
                Resolved::Number(at, descending) => {
                    listing.order_by_number(numbers[*at].order(*descending))
                }
                Resolved::Value(sorted) => listing.order_by(sorted.order()),
            };
        }
        // Pages, one after the other, past the end.
        let size = usize::try_from(plan.size).unwrap_or(1);
        for offset in (0..=all.len() + size).step_by(size) {
            let page = listing
                .clone()
                .limit(plan.size)
                .offset(offset.try_into().unwrap_or(0));
            let statement = page.build().map_err(|error| not_built(&error, &words))?;
            let rows = statement
                .fetch(transaction)
                .map_err(|error| refused(&error, &words, &statement))?;
            let mut readers: Vec<Box<dyn Fn(&_) -> _>> = Vec::new();
            for (at, value) in shown.iter().enumerate() {
                readers.push(Box::new(move |row| {
                    (value.group_of)(row, &format!("shown {at}"))
                }));
            }
            for number in &numbers {
                readers.push(Box::new(|row| number.read(row)));
            }
            let key = |row: &pagewise::aggregate::AggregateRow| row.get_value(E::key());
            let found =
                lines(&rows, key, &readers).map_err(|error| refused(&error, &words, &statement))?;
            let page = &all[offset.min(all.len())..(offset + size).min(all.len())];
            let is_same = found.len() == page.len()
                && found.iter().zip(page).all(|(a, b)| {
                    a.0 == b.0
                        && a.1.len() == b.1.len()
                        && a.1.iter().zip(&b.1).all(|(a, b)| a.agrees(b))
                });
            if !is_same {
                let why = format!("{strategy:?}\n   found {found:?}\nexpected {page:?}");
                return Err(failed(why, &words, &statement));
            }
            let total = u64::try_from(all.len()).unwrap_or(0);
            if rows.total() != Some(total) {
                let why = format!("{strategy:?}, a total of {:?}, not {total}", rows.total());
                return Err(failed(why, &words, &statement));
            }
        }
    }
    Ok(())
}

#[test]
fn chatbots_with_what_belongs_to_them() {
    let ways: [Way<Experiment>; 3] = [
        way::<_, Session, _>(Session::EXPERIMENT_ID, |s| Some(s.experiment)),
        way::<_, Trace, _>(Trace::EXPERIMENT_ID, |t| t.experiment),
        way::<_, Experiment, _>(Experiment::WORKING_VERSION_ID, |e| e.working_version),
    ];
    on_worlds(25, world(), listing_plan(), |transaction, context, plan| {
        is_right(transaction, context, (&ways, plan))
    });
}

#[test]
fn participants_and_sessions_with_what_belongs_to_them() {
    let people: [Way<Participant>; 2] = [
        way::<_, Session, _>(Session::PARTICIPANT_ID, |s| Some(s.participant)),
        way::<_, Trace, _>(Trace::PARTICIPANT_ID, |t| t.participant),
    ];
    let sessions: [Way<Session>; 1] = [way::<_, Trace, _>(Trace::SESSION_ID, |t| t.session)];
    let plans = (any::<bool>(), listing_plan());
    on_worlds(
        25,
        world(),
        plans,
        |transaction, context, (of_people, plan)| match of_people {
            true => is_right(transaction, context, (&people, plan)),
            false => is_right(transaction, context, (&sessions, plan)),
        },
    );
}

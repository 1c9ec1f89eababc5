//! [`Groups`]: the numbers of each group, in their order.

use pagewise::aggregate::Groups;
use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::asked::{list, of};
use super::case::{AnyCase, Case, build, read, same_lines};
use super::entities::Measured;
use super::harness::on_worlds;
use super::measure::{Measurement, NumberPlan, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::laws::Of;
use crate::oracle::datum::{Datum, Decoded};
use crate::oracle::plan::{ValuePlan, simple_value};
use crate::oracle::value::Value;
use crate::oracle::{Context, Uses};
use crate::world::world;

#[derive(Clone, Debug)]
pub struct GroupsPlan {
    of: Of,
    set: SetPlan,
    by: Vec<ValuePlan>,
    numbers: Vec<NumberPlan>,
    /// By which of the numbers it is sorted.
    orders: Vec<(Index, bool)>,
    limit: u32,
}

pub fn groups_plan() -> impl Strategy<Value = GroupsPlan> {
    (
        of(),
        set_plan(1),
        vec(simple_value(), 1..3),
        vec(number_plan(), 1..4),
        vec((any::<Index>(), any::<bool>()), 0..3),
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

/// What they are called together.
pub fn words<E: Measured>(set: &Set<E>, numbers: &[Measurement<E>]) -> String {
    let words: Vec<_> = numbers.iter().map(|number| &*number.words).collect();
    format!("of {}\n{}", set.words, words.join("\n"))
}

pub fn uses<E: Measured>(set: &Set<E>, numbers: &[Measurement<E>]) -> Uses {
    let uses = numbers.iter().map(|number| &number.uses);
    uses.fold(set.uses.clone(), Uses::and)
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

impl GroupsPlan {
    pub fn case(&self, context: &Context, no_arrays: bool) -> Case<Groups> {
        match self.of {
            Of::Sessions => self.of_entity::<Session>(context, no_arrays),
            Of::Experiments => self.of_entity::<Experiment>(context, no_arrays),
            Of::Messages => self.of_entity::<Message>(context, no_arrays),
            Of::Traces => self.of_entity::<Trace>(context, no_arrays),
            Of::Participants => self.of_entity::<Participant>(context, no_arrays),
        }
    }

    fn of_entity<E: Measured>(&self, context: &Context, no_arrays: bool) -> Case<Groups> {
        let set = Set::<E>::new(&self.set, context);
        let mut by: Vec<_> = self
            .by
            .iter()
            .map(|value| value.value::<E>(context))
            .filter(|value| !(no_arrays && value.is_array))
            .collect();
        if by.is_empty() {
            by.push(E::values().swap_remove(0));
        }
        let numbers = measurements(&self.numbers, &set, context);
        let orders: Vec<_> = self
            .orders
            .iter()
            .map(|(at, descending)| (at.index(numbers.len()), *descending))
            .collect();

        let mut expected: Vec<(Vec<Datum>, Vec<Datum>)> = grouped(context, &by, &set.members)
            .into_iter()
            .map(|(keys, rows)| {
                let values = numbers.iter();
                let values = values.map(|number| (number.of)(&context.view, &rows));
                (keys, values.collect())
            })
            .collect();
        // Stable: the groups are in the order of their values.
        expected.sort_by(|(_, a), (_, b)| {
            let orders = orders.iter();
            let orders = orders.map(|(at, descending)| ranked(&a[*at], &b[*at], *descending));
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        expected.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(keys, values)| [keys, values].concat())
            .collect();

        let mut part = Groups::of(&set.rows)
            .numbers(list(numbers.iter().map(|number| &number.number)))
            .limit(self.limit);
        for (at, value) in by.iter().enumerate() {
            part = (value.group)(part, &format!("key {at}"));
        }
        for (at, descending) in &orders {
            part = part.order_by(numbers[*at].number.order(*descending));
        }
        let keys: Vec<_> = by.iter().map(|value| &*value.words).collect();
        let by_uses = by.iter().map(|value| &value.uses);
        Case {
            words: format!(
                "groups {}\nby {}\norders {orders:?}, first {}",
                words(&set, &numbers),
                keys.join("\nby "),
                self.limit
            ),
            uses: by_uses.fold(uses(&set, &numbers), Uses::and),
            part,
            build: build!(),
            check: Box::new(move |rows| {
                let mut found = Vec::new();
                for row in rows {
                    let keys = by.iter().enumerate();
                    let keys = keys.map(|(at, value)| (value.group_of)(row, &format!("key {at}")));
                    let values = numbers.iter().map(|number| number.number.read(row));
                    found.push(read(keys.chain(values))?);
                }
                same_lines(&found, &expected)
            }),
        }
    }
}

#[test]
fn groups_are_what_the_rows_say() {
    on_worlds(50, world(), groups_plan(), |transaction, context, plan| {
        plan.case(context, false)
            .holds(transaction, context.view.tenant)
    });
}

/// Exactly the groups of given values: those without rows too, and no others.
fn of_given(
    context: &Context,
    (sessions, bots, numbers): &(SetPlan, SetPlan, Vec<NumberPlan>),
) -> Case<Groups> {
    let sessions = Set::<Session>::new(sessions, context);
    let bots = Set::<Experiment>::new(bots, context);
    let (rows, given) = bots.part(context);
    let numbers = measurements(numbers, &sessions, context);
    let mut given: Vec<i64> = given.iter().map(|bot| bot.id).collect();
    given.sort_unstable();
    let line = |id: i64| {
        let of = sessions.members.iter().filter(|s| s.experiment == id);
        let of: Vec<_> = of.cloned().collect();
        let values = numbers.iter().map(|number| (number.of)(&context.view, &of));
        std::iter::once(Datum::Int(id)).chain(values).collect()
    };
    let expected: Vec<Vec<Datum>> = given.into_iter().map(line).collect();
    Case {
        words: format!("{}\neach of {}", words(&sessions, &numbers), bots.words),
        uses: uses(&sessions, &numbers).and(&bots.part_uses()),
        part: Groups::of(&sessions.rows)
            .by(Session::EXPERIMENT_ID)
            .each_of(&rows.values(Experiment::ID))
            .numbers(list(numbers.iter().map(|number| &number.number))),
        build: build!(),
        check: Box::new(move |rows| {
            let mut found = Vec::new();
            for row in rows {
                let key = row.get_value(Session::EXPERIMENT_ID).map(Decoded::datum);
                let values = numbers.iter().map(|number| number.number.read(row));
                found.push(read(std::iter::once(key).chain(values))?);
            }
            same_lines(&found, &expected)
        }),
    }
}

#[test]
fn groups_of_given_values() {
    let plans = (set_plan(1), set_plan(0), vec(number_plan(), 1..4));
    on_worlds(30, world(), plans, |transaction, context, plan| {
        of_given(context, plan).holds(transaction, context.view.tenant)
    });
}

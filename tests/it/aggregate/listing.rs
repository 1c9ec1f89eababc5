//! [`GroupedListing`]: every row with the numbers of what belongs to it, in pages.

use std::collections::BTreeMap;
use std::rc::Rc;

use pagewise::Column;
use pagewise::aggregate::GroupedListing;
use pagewise::chat::{Experiment, Participant, Session, Trace};
use pagewise::schema::SqlType;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;

use super::any_number::AnyNumber;
use super::asked::list;
use super::case::{AnyCase, Case, build, read, same_lines};
use super::entities::Measured;
use super::groups::{measurements, ranked, uses, words};
use super::harness::on_worlds;
use super::measure::{NumberPlan, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::oracle::datum::{Datum, Decoded, Sample};
use crate::oracle::order::Sorted;
use crate::oracle::plan::{
    ConditionPlan, OrderPlan, ValuePlan, simple_condition, simple_order, simple_value,
};
use crate::oracle::{Context, Uses};
use crate::world::world;

#[derive(Clone, Debug)]
pub struct ListingPlan {
    filter: Option<ConditionPlan>,
    shown: Vec<ValuePlan>,
    /// What belongs to the rows, by which way.
    groups: Vec<(u8, SetPlan, Vec<NumberPlan>)>,
    only_with_rows: bool,
    orders: Vec<Ordered>,
    size: u32,
    pub offset: u64,
}

#[derive(Clone, Debug)]
enum Ordered {
    Number(Index, bool),
    Value(OrderPlan),
}

pub fn listing_plan() -> impl Strategy<Value = ListingPlan> {
    let by_number = (any::<Index>(), any::<bool>());
    let order = prop_oneof![
        2 => by_number.prop_map(|(at, descending)| Ordered::Number(at, descending)),
        1 => simple_order().prop_map(Ordered::Value),
    ];
    (
        weighted(0.5, simple_condition()),
        vec(simple_value(), 0..3),
        vec((any::<u8>(), set_plan(1), vec(number_plan(), 1..4)), 1..3),
        any::<bool>(),
        vec(order, 0..3),
        1_u32..4,
        0_u64..4,
    )
        .prop_map(
            |(filter, shown, groups, only_with_rows, orders, size, offset)| ListingPlan {
                filter,
                shown,
                groups,
                only_with_rows,
                orders,
                size,
                offset,
            },
        )
}

/// Numbers of what belongs to the rows of `E`, twice.
pub struct Belonging<E> {
    words: String,
    uses: Uses,
    numbers: Vec<AnyNumber>,
    add: Box<dyn Fn(GroupedListing<E>) -> GroupedListing<E>>,
    /// By the key of the row: what belongs to it, if anything does.
    values: BTreeMap<i64, Vec<Datum>>,
    of_nothing: Vec<Datum>,
}

/// How rows are tied to those of the list.
pub type Way<E> = Rc<dyn Fn(&SetPlan, &[NumberPlan], usize, &Context) -> Belonging<E>>;

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
        // Of a part of the set, what belongs to the rows is of that part.
        let (part, members) = set.part(context);
        let mut rows: BTreeMap<i64, Vec<F::Row>> = BTreeMap::new();
        for row in &members {
            if let Some(key) = of(row) {
                rows.entry(key).or_default().push(row.clone());
            }
        }
        let of_rows = |rows: &[F::Row]| -> Vec<Datum> {
            let numbers = numbers.iter();
            numbers
                .map(|number| (number.of)(&context.view, rows))
                .collect()
        };
        let values = part.values(column);
        let shown: Vec<_> = numbers.iter().map(|number| number.number.clone()).collect();
        let listed = shown.clone();
        Belonging {
            words: words(&set, &numbers),
            uses: uses(&set, &numbers),
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

/// What belongs to a chatbot.
pub fn of_experiments() -> Vec<Way<Experiment>> {
    vec![
        way::<_, Session, _>(Session::EXPERIMENT_ID, |s| Some(s.experiment)),
        way::<_, Trace, _>(Trace::EXPERIMENT_ID, |t| t.experiment),
        way::<_, Experiment, _>(Experiment::WORKING_VERSION_ID, |e| e.working_version),
    ]
}

#[expect(clippy::large_enum_variant, reason = "there are few of them")]
enum Resolved<E: Measured> {
    Number(usize, bool),
    Value(Sorted<E>),
}

/// A row: its key, what is shown, its numbers.
type Line = Vec<Datum>;

impl ListingPlan {
    /// The page that the plan says; and one for each further offset.
    pub fn cases<E: Measured>(
        &self,
        context: &Context,
        ways: &[Way<E>],
        no_arrays: bool,
    ) -> (Case<GroupedListing<E>>, Vec<Case<GroupedListing<E>>>) {
        let view = &context.view;
        let filter = self.filter.as_ref();
        let filter = filter.map(|filter| filter.condition::<E>(context));
        let shown: Vec<_> = self
            .shown
            .iter()
            .map(|value| value.value::<E>(context))
            .filter(|value| !(no_arrays && value.is_array))
            .collect();
        let groups: Vec<_> = self
            .groups
            .iter()
            .enumerate()
            .map(|(at, (way, set, numbers))| {
                ways[usize::from(*way) % ways.len()](set, numbers, at, context)
            })
            .collect();
        let numbers: Vec<_> = groups
            .iter()
            .flat_map(|group| group.numbers.clone())
            .collect();
        let orders: Vec<_> = self
            .orders
            .iter()
            .map(|order| match order {
                Ordered::Number(at, descending) => {
                    Resolved::Number(at.index(numbers.len()), *descending)
                }
                Ordered::Value(plan) => Resolved::Value(plan.sorted(context)),
            })
            .collect();

        let mut rows = E::rows(view);
        rows.retain(|row| {
            let filter = filter.as_ref();
            filter.is_none_or(|filter| (filter.holds)(view, row) == Some(true))
        });
        if self.only_with_rows {
            rows.retain(|row| groups[0].values.contains_key(&E::id(row)));
        }
        let numbers_of = |row: &E::Row| -> Vec<Datum> {
            let of = |group: &Belonging<E>| {
                let values = group.values.get(&E::id(row));
                values.unwrap_or(&group.of_nothing).clone()
            };
            groups.iter().flat_map(of).collect()
        };
        let mut all: Vec<_> = rows
            .into_iter()
            .map(|row| (numbers_of(&row), row))
            .collect();
        all.sort_by(|(a_numbers, a), (b_numbers, b)| {
            let by = orders.iter().map(|order| match order {
                Resolved::Number(at, descending) => {
                    ranked(&a_numbers[*at], &b_numbers[*at], *descending)
                }
                Resolved::Value(sorted) => sorted.cmp(view, a, b),
            });
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                .then(E::id(a).cmp(&E::id(b)))
        });
        let line = |(numbers, row): &(Vec<Datum>, E::Row)| -> Line {
            let mut line = vec![E::id(row).datum()];
            line.extend(shown.iter().map(|value| (value.eval)(view, row)));
            line.extend(numbers.iter().cloned());
            line
        };
        let all: Vec<_> = all.iter().map(line).collect();

        let mut part = GroupedListing::of(E::default())
            .limit(self.size)
            .with_total();
        if let Some(filter) = &filter {
            part = part.filter(filter.predicate.clone());
        }
        for (at, value) in shown.iter().enumerate() {
            part = (value.show_grouped)(part, &format!("shown {at}"));
        }
        for group in &groups {
            part = (group.add)(part);
        }
        if self.only_with_rows {
            part = part.only_with_rows();
        }
        for order in &orders {
            part = match order {
                Resolved::Number(at, descending) => {
                    part.order_by_number(numbers[*at].order(*descending))
                }
                Resolved::Value(sorted) => part.order_by(sorted.order()),
            };
        }
        let sorted = orders.iter().filter_map(|order| match order {
            Resolved::Number(..) => None,
            Resolved::Value(sorted) => Some(&sorted.value.uses),
        });
        let uses = groups.iter().map(|group| &group.uses);
        let uses = uses
            .chain(shown.iter().map(|value| &value.uses))
            .chain(sorted);
        let uses = uses.chain(filter.iter().map(|filter| &filter.uses));
        let uses = uses.fold(Uses::tables(&E::tables()), Uses::and);
        let words: Vec<_> = groups.iter().map(|group| &*group.words).collect();
        let words = format!("list with {}\n{self:#?}", words.join("\nand "));

        let shown = Rc::new(shown);
        let page = |offset: u64| {
            let size = usize::try_from(self.size).unwrap_or(1);
            let rows = all.iter().skip(usize::try_from(offset).unwrap_or(0));
            let expected: Vec<_> = rows.take(size).cloned().collect();
            let total = u64::try_from(all.len()).unwrap_or(0);
            let (numbers, shown) = (numbers.clone(), Rc::clone(&shown));
            Case {
                words: words.clone(),
                uses: uses.clone(),
                part: part.clone().offset(offset),
                build: build!(),
                check: Box::new(move |rows: &pagewise::aggregate::GroupedRows| {
                    let mut found = Vec::new();
                    for row in rows {
                        let key = row.get_value(E::key()).map(Decoded::datum);
                        let values = shown.iter().enumerate();
                        let values =
                            values.map(|(at, value)| (value.group_of)(row, &format!("shown {at}")));
                        let numbers = numbers.iter().map(|number| number.read(row));
                        found.push(read(std::iter::once(key).chain(values).chain(numbers))?);
                    }
                    same_lines(&found, &expected)?;
                    match rows.total() == Some(total) {
                        true => Ok(()),
                        false => Err(format!("a total of {:?}, not {total}", rows.total())),
                    }
                }),
            }
        };
        // All pages, one after the other, past the end.
        let past = u64::try_from(all.len()).unwrap_or(0) + u64::from(self.size);
        let pages = (0..=past).step_by(usize::try_from(self.size).unwrap_or(1));
        (page(self.offset), pages.map(page).collect())
    }
}

#[test]
fn chatbots_with_what_belongs_to_them() {
    let ways = of_experiments();
    on_worlds(25, world(), listing_plan(), |transaction, context, plan| {
        let (_, pages) = plan.cases(context, &ways, false);
        let tenant = context.view.tenant;
        pages
            .iter()
            .try_for_each(|page| page.holds(transaction, tenant))
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
        20,
        world(),
        plans,
        |transaction, context, (of_people, plan)| {
            let tenant = context.view.tenant;
            if *of_people {
                let (_, pages) = plan.cases(context, &people, false);
                pages
                    .iter()
                    .try_for_each(|page| page.holds(transaction, tenant))
            } else {
                let (_, pages) = plan.cases(context, &sessions, false);
                pages
                    .iter()
                    .try_for_each(|page| page.holds(transaction, tenant))
            }
        },
    );
}

//! Requests as plain data: what proptest makes, shrinks and prints.
//!
//! Numbers pick from whatever list there is, by their remainder; so every plan means something for every entity.

use std::ops::Range;
use std::rc::Rc;

use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::condition::{Condition, Day, How, Match, Test};
use super::datum::Datum;
use super::linking::Quantifier;
use super::order::Sorted;
use super::value::{Kind, Value};
use super::{Context, Modeled, Operands, Uses};
use crate::world::TEXTS;

/// A listing.
#[derive(Clone, Debug)]
pub struct Plan {
    pub filters: Vec<ConditionPlan>,
    pub orders: Vec<OrderPlan>,
    pub shown: Vec<ShownPlan>,
    /// Whatever else a law varies.
    pub seed: u64,
}

/// A value, under its own name or one that is meant to disturb.
#[derive(Clone, Debug)]
pub struct ShownPlan {
    pub value: ValuePlan,
    pub alias: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct OrderPlan {
    pub value: ValuePlan,
    pub descending: bool,
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug)]
pub enum ValuePlan {
    Plain(u8),
    /// Of the row itself.
    Own(u8),
    Annotation(u8, Box<AggregatePlan>),
}

#[derive(Clone, Debug)]
pub struct AggregatePlan {
    pub function: u8,
    pub column: u8,
    pub variant: u8,
    pub filter: Option<Box<ConditionPlan>>,
    /// Of `any` and `every`.
    pub condition: Box<ConditionPlan>,
    pub order: PlainOrder,
}

/// A sort key within an aggregate.
#[derive(Clone, Debug)]
pub struct PlainOrder {
    pub value: u8,
    pub descending: bool,
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug)]
pub enum ConditionPlan {
    Test(ValuePlan, TestPlan),
    Exists(u8, Option<Box<ConditionPlan>>, bool),
    /// That the row which is pointed at is one of some.
    OneOf(u8, Box<ConditionPlan>, bool),
    /// What a row is linked to.
    Linked(u8, Quantifier, Vec<prop::sample::Index>),
    Not(Box<ConditionPlan>),
    NotTrue(Box<ConditionPlan>),
    Combined {
        parts: Vec<ConditionPlan>,
        all: bool,
        folded: bool,
    },
}

#[derive(Clone, Debug)]
pub struct TestPlan {
    pub kind: u8,
    pub operands: Vec<prop::sample::Index>,
}

/// Names that something else in the statement has, or that need care between quotes.
pub const ALIASES: &[&str] = &[
    "status",
    "created_at",
    "name",
    "page",
    "total",
    "messages",
    "message_count",
    "session",
    "first_part",
    "value",
    "with \"quotes\"",
    "it's $1 ?",
    "SELECT",
    "日本",
    "links",
    "chat_id",
    "input_message_id",
    "candidates",
];

fn value(depth: u32) -> BoxedStrategy<ValuePlan> {
    let annotation = (any::<u8>(), aggregate(depth))
        .prop_map(|(relation, plan)| ValuePlan::Annotation(relation, plan.into()));
    prop_oneof![any::<u8>().prop_map(ValuePlan::Plain), annotation].boxed()
}

fn aggregate(depth: u32) -> impl Strategy<Value = AggregatePlan> {
    let filter = match depth {
        0 => Just(None).boxed(),
        depth => weighted(0.4, condition(depth - 1)).boxed(),
    };
    let inner = if depth > 0 {
        condition(depth - 1)
    } else {
        test()
    };
    let order = (any::<u8>(), any::<bool>(), any::<Option<bool>>()).prop_map(
        |(value, descending, nulls_first)| PlainOrder {
            value,
            descending,
            nulls_first,
        },
    );
    (any::<u8>(), any::<u8>(), any::<u8>(), filter, inner, order).prop_map(
        |(function, column, variant, filter, condition, order)| AggregatePlan {
            function,
            column,
            variant,
            filter: filter.map(Box::new),
            condition: condition.into(),
            order,
        },
    )
}

fn test_plan() -> impl Strategy<Value = TestPlan> {
    (any::<u8>(), vec(any::<prop::sample::Index>(), 0..4))
        .prop_map(|(kind, operands)| TestPlan { kind, operands })
}

/// A test of a column.
fn test() -> BoxedStrategy<ConditionPlan> {
    (any::<u8>().prop_map(ValuePlan::Plain), test_plan())
        .prop_map(|(value, test)| ConditionPlan::Test(value, test))
        .boxed()
}

/// A condition on what a row is linked to.
fn linked(values: Range<usize>) -> BoxedStrategy<ConditionPlan> {
    let quantifier = prop_oneof![
        2 => Just(Quantifier::Any),
        1 => Just(Quantifier::All),
        1 => Just(Quantifier::None)
    ];
    (
        any::<u8>(),
        quantifier,
        vec(any::<prop::sample::Index>(), values),
    )
        .prop_map(|(linking, quantifier, values)| {
            ConditionPlan::Linked(linking, quantifier, values)
        })
        .boxed()
}

fn leaf(depth: u32) -> BoxedStrategy<ConditionPlan> {
    if depth == 0 {
        return prop_oneof![4 => test(), 1 => linked(0..4)].boxed();
    }
    let exists = (
        any::<u8>(),
        weighted(0.5, condition(depth - 1)),
        any::<bool>(),
    )
        .prop_map(|(relation, filter, negated)| {
            ConditionPlan::Exists(relation, filter.map(Box::new), negated)
        });
    let one_of = (any::<u8>(), condition(depth - 1), any::<bool>()).prop_map(
        |(relation, condition, negated)| ConditionPlan::OneOf(relation, condition.into(), negated),
    );
    let annotation =
        (value(depth - 1), test_plan()).prop_map(|(value, test)| ConditionPlan::Test(value, test));
    prop_oneof![2 => test(), 1 => annotation, 2 => exists, 1 => one_of, 2 => linked(0..4)].boxed()
}

/// A tree of AND, OR, NOT.
fn condition(depth: u32) -> BoxedStrategy<ConditionPlan> {
    leaf(depth)
        .prop_recursive(2, 6, 3, |inner| {
            prop_oneof![
                inner
                    .clone()
                    .prop_map(|inner| ConditionPlan::Not(inner.into())),
                inner
                    .clone()
                    .prop_map(|inner| ConditionPlan::NotTrue(inner.into())),
                (vec(inner, 0..3), any::<bool>(), any::<bool>()).prop_map(
                    |(parts, all, folded)| ConditionPlan::Combined { parts, all, folded }
                ),
            ]
        })
        .boxed()
}

/// A condition that is not too deep for a part of a larger request.
pub fn simple_condition() -> BoxedStrategy<ConditionPlan> {
    condition(1)
}

/// A condition on columns, and on what a row is linked to.
pub fn plain_condition() -> BoxedStrategy<ConditionPlan> {
    condition(0)
}

/// A value likewise.
pub fn simple_value() -> BoxedStrategy<ValuePlan> {
    value(1)
}

/// A sort key likewise.
pub fn simple_order() -> impl Strategy<Value = OrderPlan> {
    order(value(0))
}

/// A random request.
pub fn plan() -> impl Strategy<Value = Plan> {
    planned(vec(condition(2), 0..2), value(1))
}

/// A request that is filtered by what rows are linked to, last, and by something else perhaps.
pub fn linked_plan() -> impl Strategy<Value = Plan> {
    let others = prop_oneof![
        4 => Just(Vec::new()),
        1 => vec(linked(1..6), 1..2),
        1 => vec(condition(1), 1..2)
    ];
    let filters = (linked(1..6), others).prop_map(|(linked, mut filters)| {
        filters.push(linked);
        filters
    });
    let own = any::<u8>().prop_map(ValuePlan::Own);
    planned(filters, prop_oneof![6 => own, 1 => value(1)])
}

/// A request that is sorted by something computed first: often by what comes first in its own order.
pub fn computed_plan() -> impl Strategy<Value = Plan> {
    let annotation = (any::<u8>(), aggregate(1))
        .prop_map(|(relation, plan)| ValuePlan::Annotation(relation, plan.into()));
    // The functions of a column; of one that has an order the largest value, and the least.
    let extreme = (
        any::<u8>(),
        aggregate(1),
        any::<bool>(),
        any::<Option<bool>>(),
    )
        .prop_map(|(relation, mut plan, descending, nulls_last)| {
            plan.function = 9;
            plan.variant = if descending { 5 } else { 1 };
            OrderPlan {
                value: ValuePlan::Annotation(relation, plan.into()),
                descending,
                nulls_first: nulls_last.map(|_| false),
            }
        });
    let first = prop_oneof![3 => extreme, 1 => order(annotation)];
    let others = prop_oneof![
        3 => Just(Vec::new()),
        2 => vec(order(any::<u8>().prop_map(ValuePlan::Own)), 1..2),
        1 => vec(order(value(1)), 1..2)
    ];
    let filters = prop_oneof![2 => Just(Vec::new()), 1 => vec(condition(1), 1..2)];
    let plan = planned(filters, value(1));
    (plan, first, others).prop_map(|(mut plan, first, others)| {
        plan.orders = std::iter::once(first).chain(others).collect();
        plan
    })
}

/// A request with several filters.
pub fn filtered_plan() -> impl Strategy<Value = Plan> {
    planned(vec(condition(1), 2..6), value(1))
}

fn order(sorted_by: impl Strategy<Value = ValuePlan>) -> impl Strategy<Value = OrderPlan> {
    (sorted_by, any::<bool>(), any::<Option<bool>>()).prop_map(
        |(value, descending, nulls_first)| OrderPlan {
            value,
            descending,
            nulls_first,
        },
    )
}

fn planned(
    filters: impl Strategy<Value = Vec<ConditionPlan>>,
    sorted_by: impl Strategy<Value = ValuePlan>,
) -> impl Strategy<Value = Plan> {
    let shown = (value(2), weighted(0.3, any::<u8>()))
        .prop_map(|(value, alias)| ShownPlan { value, alias });
    (
        filters,
        vec(order(sorted_by), 0..3),
        vec(shown, 0..5),
        vec(sibling(), 0..3),
        any::<u64>(),
    )
        .prop_map(|(filters, orders, mut shown, siblings, seed)| {
            for sibling in siblings {
                sibling.add_to(&mut shown);
            }
            Plan {
                filters,
                orders,
                shown,
                seed,
            }
        })
}

/// An annotation like another one of the request, but for its condition or its column: what might share a sub-select,
/// and what must not.
#[derive(Clone, Debug)]
struct Sibling {
    of: prop::sample::Index,
    filter: Option<ConditionPlan>,
    column: Option<u8>,
    function: Option<u8>,
}

fn sibling() -> impl Strategy<Value = Sibling> {
    let filter = weighted(0.6, condition(1));
    let (column, function) = (weighted(0.3, any::<u8>()), weighted(0.3, any::<u8>()));
    (any::<prop::sample::Index>(), filter, column, function).prop_map(
        |(of, filter, column, function)| Sibling {
            of,
            filter,
            column,
            function,
        },
    )
}

impl Sibling {
    fn add_to(self, shown: &mut Vec<ShownPlan>) {
        let annotations: Vec<_> = shown
            .iter()
            .filter_map(|shown| match &shown.value {
                ValuePlan::Annotation(relation, plan) => Some((*relation, plan.clone())),
                ValuePlan::Plain(_) | ValuePlan::Own(_) => None,
            })
            .collect();
        if annotations.is_empty() {
            return;
        }
        let (relation, mut plan) = self.of.get(&annotations).clone();
        plan.filter = self.filter.map(Box::new);
        plan.column = self.column.unwrap_or(plan.column);
        plan.function = self.function.unwrap_or(plan.function);
        shown.push(ShownPlan {
            value: ValuePlan::Annotation(relation, plan),
            alias: None,
        });
    }
}

/// One of a list, by its remainder.
fn pick<T>(mut list: Vec<T>, at: u8) -> T {
    let at = usize::from(at) % list.len();
    list.swap_remove(at)
}

impl ValuePlan {
    pub fn value<E: Modeled>(&self, context: &Context) -> Value<E> {
        match self {
            Self::Plain(at) => pick(E::values(), *at),
            Self::Own(at) => {
                let mut values = E::values();
                values.retain(|value| value.uses.tables.is_empty());
                pick(values, *at)
            }
            Self::Annotation(relation, plan) => {
                let relations = E::relations();
                if relations.is_empty() {
                    return pick(E::values(), *relation);
                }
                pick(relations, *relation).annotation(context, plan)
            }
        }
    }
}

impl OrderPlan {
    pub fn sorted<E: Modeled>(&self, context: &Context) -> Sorted<E> {
        Sorted {
            value: self.value.value(context),
            descending: self.descending,
            nulls_first: self.nulls_first,
        }
    }
}

impl PlainOrder {
    pub fn sorted<E: Modeled>(&self, _: &Context) -> Sorted<E> {
        Sorted {
            value: pick(E::values(), self.value),
            descending: self.descending,
            nulls_first: self.nulls_first,
        }
    }
}

impl ConditionPlan {
    pub fn condition<E: Modeled>(&self, context: &Context) -> Condition<E> {
        match self {
            Self::Test(value, plan) => {
                let value = value.value::<E>(context);
                let test = plan.test(context, &value);
                let eval = Rc::clone(&value.eval);
                let predicate = (value.test)(&test);
                Condition {
                    words: format!("({} {test:?})", value.words),
                    uses: value.uses,
                    predicate,
                    holds: Rc::new(move |view, row| test.of(&eval(view, row))),
                }
            }
            Self::Exists(relation, filter, negated) => {
                let relations = E::relations();
                if relations.is_empty() {
                    return Condition::combined(Vec::new(), *negated, false);
                }
                pick(relations, *relation).existence(context, filter.as_deref(), *negated)
            }
            Self::OneOf(relation, condition, negated) => {
                let mut relations = E::relations();
                relations.retain(|relation| relation.is_to_one());
                if relations.is_empty() {
                    return Condition::combined(Vec::new(), *negated, false);
                }
                let one_of = pick(relations, *relation).one_of(context, condition);
                match negated {
                    true => one_of.not(),
                    false => one_of,
                }
            }
            Self::Linked(linking, quantifier, values) => {
                let linkings = E::linkings();
                if linkings.is_empty() {
                    return Condition::combined(Vec::new(), *quantifier != Quantifier::Any, false);
                }
                let linking = pick(linkings, *linking);
                linking.condition(*quantifier, linking.values(context, *quantifier, values))
            }
            Self::Not(inner) => inner.condition(context).not(),
            Self::NotTrue(inner) => inner.condition(context).not_true(),
            Self::Combined { parts, all, folded } => {
                let parts = parts.iter().map(|part| part.condition(context)).collect();
                Condition::combined(parts, *all, *folded)
            }
        }
    }
}

impl TestPlan {
    /// The test that fits the value.
    fn test<E: Modeled>(&self, context: &Context, value: &Value<E>) -> Test {
        let mut pool = (value.pool)();
        // Averages are compared with numbers that no division has to come near to.
        if !pool.iter().any(|value| matches!(value, Datum::Float(_))) {
            let rows = E::rows(&context.view);
            let near = rows.iter().map(|row| (value.eval)(&context.view, row));
            pool.extend(near.filter(|value| !value.is_null()));
        }
        let operand = |at: usize| match (context.operands, self.operands.get(at)) {
            (Operands::Marked, _) => (value.marked)(u8::try_from(at).unwrap_or(0)),
            (Operands::Near, Some(operand)) => operand.get(&pool).clone(),
            (Operands::Far { variant, .. }, Some(operand)) => {
                let at = u8::try_from(operand.index(60)).unwrap_or(0);
                (value.marked)(at + 60 * (variant % 4))
            }
            (Operands::Far { .. }, None) => {
                (value.marked)(240 + u8::try_from(at % 15).unwrap_or(0))
            }
            (_, None) => pool[at % pool.len()].clone(),
        };
        let list = || {
            let length = match context.operands {
                Operands::Near => self.operands.len(),
                Operands::Far { length, .. } => length,
                Operands::Marked => 2,
            };
            (0..length).map(operand).collect()
        };
        let how = |how| Test::Compare(how, operand(0));
        let of_all = 14;
        let kinds = match value.kind {
            Kind::Any => of_all,
            Kind::Text => 22,
            Kind::Time => 17,
            Kind::Array => 16,
        };
        match (self.kind % kinds, value.kind) {
            (kind, Kind::Time) if kind >= of_all => {
                let day = match kind {
                    14 => Day::On,
                    15 => Day::Before,
                    _ => Day::After,
                };
                let zone = &ZONES[usize::from(self.kind) % ZONES.len()];
                let date = operand(0).time() + TimeDelta::hours(zone.1);
                return Test::Date(day, date.date_naive(), zone);
            }
            (14, Kind::Array) => return Test::Overlaps(elements(list())),
            (15, Kind::Array) => return Test::ContainsAll(elements(list())),
            _ => {}
        }
        match self.kind % kinds {
            0 | 1 => how(How::Eq),
            2 => how(How::Ne),
            3 => how(How::Lt),
            4 => how(How::Le),
            5 => how(How::Gt),
            6 => how(How::Ge),
            7 => how(How::Distinct),
            8 => how(How::NotDistinct),
            9 => Test::Null(true),
            10 => Test::Null(false),
            11 => Test::Within(operand(0), operand(1)),
            // Arrays of arrays are not lists of arrays in PostgreSQL.
            12 | 13 if value.is_array => how(How::Ne),
            12 => Test::AnyOf(list()),
            13 => Test::NoneOf(list()),
            kind => Test::Match(
                match kind {
                    14 | 15 => Match::Contains,
                    16 => Match::ContainsIgnoreCase,
                    17 => Match::Starts,
                    18 => Match::StartsIgnoreCase,
                    19 => Match::Ends,
                    20 => Match::EndsIgnoreCase,
                    _ => Match::EqualsIgnoreCase,
                },
                match (context.operands, self.operands.first()) {
                    (Operands::Near, Some(at)) if self.operands.len() > 1 => {
                        (*at.get(TEXTS)).to_owned()
                    }
                    _ => operand(0).text().to_owned(),
                },
            ),
        }
    }
}

/// Zones from one end of the world to the other in which clocks are never changed, and how many hours they are ahead.
const ZONES: &[(&str, i64)] = &[
    ("UTC", 0),
    ("Pacific/Kiritimati", 14),
    ("Pacific/Pago_Pago", -11),
    ("Africa/Johannesburg", 2),
    ("Etc/GMT+12", -12),
];

/// The elements of several arrays.
fn elements(arrays: Vec<Datum>) -> Vec<Datum> {
    arrays
        .iter()
        .flat_map(|array| array.elements().to_vec())
        .collect()
}

/// What a plan uses of the tables, all parts together.
pub fn all_uses<'a>(parts: impl Iterator<Item = &'a Uses>) -> Uses {
    parts.fold(Uses::default(), Uses::and)
}

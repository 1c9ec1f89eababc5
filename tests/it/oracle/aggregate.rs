//! Aggregates in SQL and in memory.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use pagewise::aggregate::Window;
use pagewise::annotation::{MinMax, Summed};
use pagewise::schema::SqlType;
use pagewise::{Annotation, TextOrder};

use super::condition::Condition;
use super::datum::{Datum, Decoded, Sample};
use super::order::{Sorted, sort};
use super::plan::AggregatePlan;
use super::relation::Related;
use super::value::{Typed, Value, computed};
use super::{Context, Modeled, Uses, View};
use crate::aggregate::bucket;
use crate::scene::clock::{Every, Slot, slot, slots};
use crate::world::instant;

/// An entity whose columns are aggregated.
pub trait Aggregated: Sized {
    /// Something computed of a column of the rows that belong to a row of `E`.
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E>
    where
        Self: Modeled;
}

fn annotated<E: Modeled, F: Modeled, T: Sample>(
    related: &Related<E, F>,
    (words, function, uses): (String, &'static str, &Uses),
    annotation: Annotation<E, T>,
    zero: Datum,
    of: impl Fn(&View, &[F::Row]) -> Datum + 'static,
) -> Typed<E, T> {
    let rows = Rc::clone(&related.rows);
    let uses = related.uses.clone().and(uses).function(function);
    let mut computed = computed(words, uses, annotation, move |view, row| {
        of(view, &rows(view, row))
    });
    computed.source = related.way.clone();
    computed.or_else(zero)
}

pub fn count<E: Modeled, F: Modeled>(related: &Related<E, F>) -> Typed<E, i64> {
    let words = format!("count({})", related.words);
    let count = |_: &View, rows: &[F::Row]| Datum::Int(i64::try_from(rows.len()).unwrap_or(0));
    annotated(
        related,
        (words, "COUNT", &Uses::default()),
        related.relation.count(),
        Datum::Int(0),
        count,
    )
}

pub fn count_except<E: Modeled, F: Modeled>(
    related: &Related<E, F>,
    condition: Condition<F>,
) -> Typed<E, i64> {
    let words = format!("count({} but {})", related.words, condition.words);
    let holds = condition.holds;
    annotated(
        related,
        (words, "COUNT", &condition.uses),
        related.relation.count_except(condition.predicate),
        Datum::Int(0),
        move |view, rows| {
            let others = rows.iter().filter(|row| holds(view, row) != Some(true));
            Datum::Int(i64::try_from(others.count()).unwrap_or(0))
        },
    )
}

pub fn any<E: Modeled, F: Modeled>(
    related: &Related<E, F>,
    condition: Condition<F>,
) -> Typed<E, bool> {
    let words = format!("any({}: {})", related.words, condition.words);
    let holds = condition.holds;
    annotated(
        related,
        (words, "BOOL_OR", &condition.uses),
        related.relation.any(condition.predicate),
        Datum::Bool(false),
        move |view, rows| Datum::Bool(rows.iter().any(|row| holds(view, row) == Some(true))),
    )
}

pub fn every<E: Modeled, F: Modeled>(
    related: &Related<E, F>,
    condition: Condition<F>,
) -> Typed<E, bool> {
    let words = format!("every({}: {})", related.words, condition.words);
    let holds = condition.holds;
    annotated(
        related,
        (words, "BOOL_AND", &condition.uses),
        related.relation.every(condition.predicate),
        Datum::Bool(true),
        move |view, rows| Datum::Bool(!rows.iter().any(|row| holds(view, row) == Some(false))),
    )
}

/// The values of the rows that are not NULL.
fn values<F: Modeled>(eval: &super::Eval<F>, view: &View, rows: &[F::Row]) -> Vec<Datum> {
    rows.iter()
        .map(|row| eval(view, row))
        .filter(|value| !value.is_null())
        .collect()
}

/// What any column gives.
pub fn of_any<E: Modeled, F: Modeled, T: Sample>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E> {
    let eval = value.eval;
    let of = format!("{}.{}", related.words, value.words);
    if plan.function.is_multiple_of(3) {
        let annotation = related.relation.count_distinct(&value.expression);
        return annotated(
            related,
            (format!("count_distinct({of})"), "COUNT", &value.uses),
            annotation,
            Datum::Int(0),
            move |view, rows| {
                let mut values = values::<F>(&eval, view, rows);
                values.sort_by(Datum::cmp);
                values.dedup();
                Datum::Int(i64::try_from(values.len()).unwrap_or(0))
            },
        )
        .value();
    }
    let order = plan.order.sorted::<F>(context);
    let uses = value.uses.and(&order.value.uses);
    let last = plan.function % 3 == 1;
    let words = format!(
        "{}({of} BY {})",
        if last { "last" } else { "first" },
        order.words()
    );
    let annotation = match last {
        true => related.relation.last(&value.expression, order.order()),
        false => related.relation.first(&value.expression, order.order()),
    };
    // No aggregate function stands in the text.
    annotated(
        related,
        (words, "", &uses),
        annotation,
        Datum::Null,
        move |view, rows| {
            let rows = sorted(view, &order, rows);
            let row = if last { rows.last() } else { rows.first() };
            row.map_or(Datum::Null, |row| eval(view, row))
        },
    )
    .value()
}

fn sorted<F: Modeled>(view: &View, order: &Sorted<F>, rows: &[F::Row]) -> Vec<F::Row> {
    let mut rows = rows.to_vec();
    sort(view, std::slice::from_ref(order), &mut rows);
    rows
}

/// What a column gives that is no array.
pub fn of_scalar<E: Modeled, F: Modeled, T: Sample>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E> {
    if !plan.variant.is_multiple_of(4) {
        return of_any(related, value, context, plan);
    }
    let order = plan.order.sorted::<F>(context);
    let words = format!(
        "array({}.{} BY {})",
        related.words,
        value.words,
        order.words()
    );
    let uses = value.uses.and(&order.value.uses);
    let annotation = related.relation.array_agg(&value.expression, order.order());
    let eval = value.eval;
    annotated(
        related,
        (words, "ARRAY_AGG", &uses),
        annotation,
        Datum::Array(vec![]),
        move |view, rows| {
            Datum::Array(
                sorted(view, &order, rows)
                    .iter()
                    .map(|row| eval(view, row))
                    .collect(),
            )
        },
    )
    .value()
}

/// The least or the greatest.
fn extreme<E: Modeled, F: Modeled, T: Sample + SqlType<Base: MinMax>>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    greatest: bool,
) -> Typed<E, Option<T::Base>> {
    let (function, annotation) = match greatest {
        true => ("MAX", related.relation.max(&value.expression)),
        false => ("MIN", related.relation.min(&value.expression)),
    };
    let eval = value.eval;
    let words = format!("{function}({}.{})", related.words, value.words);
    annotated(
        related,
        (words, function, &value.uses),
        annotation,
        Datum::Null,
        move |view, rows| {
            let values = values::<F>(&eval, view, rows).into_iter();
            let found = if greatest {
                values.max_by(Datum::cmp)
            } else {
                values.min_by(Datum::cmp)
            };
            found.unwrap_or(Datum::Null)
        },
    )
}

/// What an instant gives.
pub fn of_ordered<E: Modeled, F: Modeled, T: Sample + SqlType<Base: MinMax>>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E> {
    match plan.variant % 5 {
        0 => extreme(related, value, true).value(),
        1 => extreme(related, value, false).value(),
        _ => of_scalar(related, value, context, plan),
    }
}

/// What an instant gives.
pub fn of_instant<E: Modeled, F: Modeled, T: Sample + SqlType<Base = DateTime<Utc>>>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E> {
    match plan.variant % 6 {
        0 => over_time(related, value, plan),
        _ => of_ordered(related, value, context, plan),
    }
}

/// How many there are in each stretch of a window.
fn over_time<E: Modeled, F: Modeled, T: Sample + SqlType<Base = DateTime<Utc>>>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    plan: &AggregatePlan,
) -> Value<E> {
    let seed = plan.order.value;
    let (one, other) = (instant(seed % 8), instant(seed / 8 % 8));
    let (start, end) = (one.min(other), one.max(other));
    let every = [Every::Hour, Every::Minutes(30), Every::Day][usize::from(plan.function % 3)];
    let zone = [Tz::UTC, Tz::Asia__Kathmandu][usize::from(plan.order.descending)];
    let words = format!(
        "counts({} by {}, each {every:?} of {start} to {end} in {zone})",
        related.words, value.words
    );
    let annotation = related.relation.counts_over_time(
        &value.expression,
        bucket(every),
        &Window::new(start, end).expect("a window"),
        &zone.name().parse().expect("a zone"),
    );
    let slots = slots(start, end, zone, every);
    let none = Datum::Array(vec![Datum::Int(0); slots.len()]);
    let eval = value.eval;
    annotated(
        related,
        (words, "COUNT", &value.uses.function("ARRAY_AGG")),
        annotation,
        none,
        move |view, rows| {
            let times = values::<F>(&eval, view, rows).into_iter();
            let times = times.map(|time| time.time());
            let within: Vec<_> = times
                .filter(|time| start <= *time && *time < end)
                .map(|time| slot(time, zone, every))
                .collect();
            let count = |at: &Slot| within.iter().filter(|slot| *slot == at).count();
            let counts = slots.iter().map(count);
            Datum::Array(
                counts
                    .map(|count| Datum::Int(count.try_into().unwrap_or(0)))
                    .collect(),
            )
        },
    )
    .value()
}

/// What a whole number gives.
pub fn of_number<E, F, T>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E>
where
    E: Modeled,
    F: Modeled,
    T: Sample + SqlType<Base: MinMax + Summed<Sum = i64>>,
{
    let eval = Rc::clone(&value.eval);
    let of = format!("{}.{}", related.words, value.words);
    let numbers = move |view: &View, rows: &[F::Row]| -> Vec<i64> {
        let int = |value| match value {
            Datum::Int(int) => int,
            other => panic!("{other:?} is no whole number"),
        };
        values::<F>(&eval, view, rows)
            .into_iter()
            .map(int)
            .collect()
    };
    match plan.variant % 6 {
        0 => {
            let annotation = related.relation.sum(&value.expression);
            let about = (format!("sum({of})"), "SUM", &value.uses);
            annotated(
                related,
                about,
                annotation,
                Datum::Int(0),
                move |view, rows| Datum::Int(numbers(view, rows).iter().sum()),
            )
            .value()
        }
        1 => {
            let annotation = related.relation.avg(&value.expression);
            let about = (format!("avg({of})"), "AVG", &value.uses);
            annotated(
                related,
                about,
                annotation,
                Datum::Null,
                move |view, rows| {
                    let numbers = numbers(view, rows);
                    match numbers.len() {
                        0 => Datum::Null,
                        #[allow(clippy::cast_precision_loss, reason = "few small numbers")]
                        count => Datum::Float(numbers.iter().sum::<i64>() as f64 / count as f64),
                    }
                },
            )
            .value()
        }
        _ => of_ordered(related, value, context, plan),
    }
}

/// What a text gives.
pub fn of_text<E: Modeled, F: Modeled, T: Sample + SqlType<Base = String>>(
    related: &Related<E, F>,
    value: Typed<F, T>,
    context: &Context,
    plan: &AggregatePlan,
) -> Value<E> {
    let of = format!("{}.{}", related.words, value.words);
    let delimiter = match context.operands {
        super::Operands::Near => {
            [", ", "", "' ; $1 ?"][usize::from(plan.order.value % 3)].to_owned()
        }
        super::Operands::Far { .. } => "|".to_owned(),
        super::Operands::Marked => String::marked(99),
    };
    let between = delimiter.clone();
    let eval = Rc::clone(&value.eval);
    let empty = Datum::Text(String::new());
    match plan.variant % 7 {
        0 => {
            let order = plan.order.sorted::<F>(context);
            let words = format!("texts({of} {delimiter:?} BY {})", order.words());
            let uses = value.uses.and(&order.value.uses);
            let annotation =
                related
                    .relation
                    .string_agg(&value.expression, delimiter, order.order());
            annotated(
                related,
                (words, "STRING_AGG", &uses),
                annotation,
                empty,
                move |view, rows| {
                    joined(
                        values::<F>(&eval, view, &sorted(view, &order, rows)),
                        &between,
                    )
                },
            )
            .text()
        }
        1 | 2 => {
            let natural = plan.variant % 7 == 1;
            let order = if natural {
                TextOrder::Natural
            } else {
                TextOrder::Text
            };
            let words = format!("distinct_texts({of} {delimiter:?} {order:?})");
            let annotation =
                related
                    .relation
                    .string_agg_distinct(&value.expression, delimiter, order);
            let about = (words, "STRING_AGG", &value.uses);
            annotated(related, about, annotation, empty, move |view, rows| {
                distinct_texts(values::<F>(&eval, view, rows), &between, natural)
            })
            .text()
        }
        3 => extreme(related, value, true).text(),
        4 => extreme(related, value, false).text(),
        _ => of_scalar(related, value, context, plan),
    }
}

/// Each text once, in its order, joined.
pub fn distinct_texts(mut texts: Vec<Datum>, delimiter: &str, natural: bool) -> Datum {
    let number = |text: &Datum| -> Option<u128> {
        let text = text.text();
        let from = text.find(|c: char| c.is_ascii_digit())?;
        let digits: String = text[from..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        digits.parse().ok()
    };
    texts.sort_by(Datum::cmp);
    texts.dedup();
    if natural {
        // Stable: texts of one number stay sorted as texts. Those without a number are the last.
        texts.sort_by_key(|text| number(text).map_or((1, 0), |number| (0, number)));
    }
    joined(texts, delimiter)
}

fn joined(texts: Vec<Datum>, delimiter: &str) -> Datum {
    let texts: Vec<&str> = texts.iter().map(Datum::text).collect();
    Datum::Text(texts.join(delimiter))
}

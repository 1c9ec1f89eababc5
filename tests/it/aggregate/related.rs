//! [`Series`] by the times of related rows: a row is in each bucket in which it has one, with what is computed of those.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use pagewise::aggregate::{CombinedAggregate, Rows, Series};
use pagewise::chat::{Experiment, Message, Participant, Session};
use pagewise::{Column, Predicate, Relation};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::any_number::AnyNumber;
use super::asked::list;
use super::case::{AnyCase, Case, build, read, same_lines};
use super::entities::Measured;
use super::harness::{on_requests, tenant};
use super::measure::derived;
use super::series::{Calendar, calendar, point, points};
use crate::oracle::datum::{Datum, Decoded};
use crate::oracle::plan::{ConditionPlan, ValuePlan, plain_condition, simple_value};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::scene::{Scene, at_a_scene};
use crate::world::{self, busy_world};

/// What belongs to a row, and when.
struct Way<E: Modeled, F: Modeled> {
    relation: Relation<E, F>,
    rows: fn(&View, &E::Row) -> Vec<F::Row>,
    time: Column<F, DateTime<Utc>>,
    at: fn(&F::Row) -> DateTime<Utc>,
    /// Some of it.
    some: Predicate<F>,
    is_some: fn(&F::Row) -> bool,
    /// A number of it.
    number: Column<F, i64>,
    number_of: fn(&F::Row) -> i64,
    uses: Uses,
}

#[derive(Clone, Debug)]
pub struct RelatedPlan {
    way: u8,
    filter: Option<ConditionPlan>,
    /// Only these of the rows have points.
    part: Option<ConditionPlan>,
    /// The related rows are of this window.
    window: (DateTime<Utc>, DateTime<Utc>),
    numbers: Vec<(u8, ValuePlan, Option<ConditionPlan>, u8)>,
    calendar: Calendar,
}

pub fn related_plan(scene: &'static Scene) -> impl Strategy<Value = RelatedPlan> {
    let number = (
        any::<u8>(),
        simple_value(),
        weighted(0.3, plain_condition()),
        any::<u8>(),
    );
    (
        any::<u8>(),
        [
            weighted(0.3, plain_condition()),
            weighted(0.3, plain_condition()),
        ],
        scene.window(),
        vec(number, 1..5),
        calendar(scene),
    )
        .prop_map(
            |(way, [filter, part], window, numbers, calendar)| RelatedPlan {
                way,
                filter,
                part,
                window,
                numbers,
                calendar,
            },
        )
}

/// A row with what belongs to it.
type Joined<E, F> = (<E as Modeled>::Row, Vec<<F as Modeled>::Row>);

/// A number of such rows, twice.
struct RelatedNumber<E: Modeled, F: Modeled> {
    words: String,
    uses: Uses,
    number: AnyNumber,
    of: Rc<dyn Fn(&View, &[Joined<E, F>]) -> Datum>,
}

impl<E: Modeled, F: Modeled> Clone for RelatedNumber<E, F> {
    fn clone(&self) -> Self {
        Self {
            words: self.words.clone(),
            uses: self.uses.clone(),
            number: self.number.clone(),
            of: Rc::clone(&self.of),
        }
    }
}

fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(0)
}

fn number<E: Measured, F: Modeled>(
    way: &Way<E, F>,
    turns: &Relation<E, F>,
    rows: &Rows<E>,
    (function, value): (u8, &ValuePlan),
    context: &Context,
) -> RelatedNumber<E, F> {
    let some = turns.clone().filter(way.some.clone()).named("some_related");
    let (is_some, at, number_of) = (way.is_some, way.at, way.number_of);
    let sum = |of: fn(&[F::Row], fn(&F::Row) -> bool) -> i64| -> Rc<dyn Fn(&View, &[Joined<E, F>]) -> Datum> {
        Rc::new(move |_, rows| Datum::Int(rows.iter().map(|(_, related)| of(related, is_some)).sum()))
    };
    let (words, number, of): (_, AnyNumber, Rc<dyn Fn(&View, &[Joined<E, F>]) -> Datum>) =
        match function % 10 {
            0 => (
                "rows",
                rows.count().into(),
                Rc::new(|_, rows: &[Joined<E, F>]| Datum::Int(int(rows.len()))),
            ),
            1 => (
                "sum of the number of related",
                rows.sum(turns.count()).into(),
                sum(|related, _| int(related.len())),
            ),
            2 => (
                "sum of the number of some related",
                rows.sum(some.count()).into(),
                sum(|related, is_some| int(related.iter().filter(|f| is_some(f)).count())),
            ),
            3 => (
                "rows with some related",
                rows.only(some.count().gt(0)).count().into(),
                Rc::new(move |_, rows| {
                    Datum::Int(int(rows
                        .iter()
                        .filter(|(_, f)| f.iter().any(is_some))
                        .count()))
                }),
            ),
            4 => (
                "last of the last some related",
                rows.max(some.max(way.time)).into(),
                Rc::new(move |_, rows| {
                    let related = rows.iter().flat_map(|(_, related)| related);
                    related
                        .filter(|f| is_some(f))
                        .map(at)
                        .max()
                        .map_or(Datum::Null, Decoded::datum)
                }),
            ),
            5 => (
                "mean number of related",
                rows.avg(turns.count()).into(),
                Rc::new(|_, rows| {
                    #[expect(clippy::cast_precision_loss, reason = "few rows")]
                    let float = |count: usize| count as f64;
                    let related: usize = rows.iter().map(|(_, related)| related.len()).sum();
                    match rows.len() {
                        0 => Datum::Null,
                        count => Datum::Float(float(related) / float(count)),
                    }
                }),
            ),
            // Parts that cannot be put together again from buckets.
            6 => (
                "most different times of related",
                rows.max(turns.count_distinct(way.time)).into(),
                Rc::new(move |_, rows| {
                    let different = rows.iter().map(|(_, related)| {
                        let mut times: Vec<_> = related.iter().map(at).collect();
                        times.sort();
                        times.dedup();
                        int(times.len())
                    });
                    different.max().map_or(Datum::Null, Datum::Int)
                }),
            ),
            7 => (
                "least sum of numbers of related",
                rows.min(turns.sum(way.number)).into(),
                Rc::new(move |_, rows| {
                    let sums = rows.iter();
                    let sums = sums.map(|(_, related)| related.iter().map(number_of).sum());
                    sums.min().map_or(Datum::Null, Datum::Int)
                }),
            ),
            _ => {
                let value = value.value::<E>(context);
                let eval = Rc::clone(&value.eval);
                return RelatedNumber {
                    words: format!("different {}", value.words),
                    uses: value.uses.clone(),
                    number: (value.count_distinct)(rows).into(),
                    of: Rc::new(move |view, rows| {
                        let values = rows.iter().map(|(row, _)| eval(view, row));
                        let mut values: Vec<_> = values.filter(|value| !value.is_null()).collect();
                        values.sort_by(Datum::cmp);
                        values.dedup();
                        Datum::Int(int(values.len()))
                    }),
                };
            }
        };
    RelatedNumber {
        words: words.to_owned(),
        uses: Uses::default(),
        number,
        of,
    }
}

/// A series of such numbers, and the same numbers over all: what is put together from the buckets, in one statement.
pub type RelatedCases = (Case<Series>, Case<CombinedAggregate>);

impl RelatedPlan {
    /// To other times and another zone.
    pub fn move_away(&mut self) {
        self.window = self.calendar.elsewhere().filled.unwrap_or(self.window);
        self.calendar = self.calendar.elsewhere();
    }

    pub fn cases(&self, context: &Context) -> RelatedCases {
        match self.way % 4 {
            0 | 1 => self.of(
                context,
                &Way::<Session, Message> {
                    relation: Session::messages(),
                    rows: |view, s| view.messages_of(s.chat),
                    time: Message::CREATED_AT,
                    at: |m| m.created_at,
                    some: Message::MESSAGE_TYPE.eq("human"),
                    is_some: |m: &world::Message| m.kind == "human",
                    number: Message::ID,
                    number_of: |m| m.id,
                    uses: Uses::tables(&["chat_chatmessage"]),
                },
            ),
            2 => self.of(
                context,
                &Way::<Experiment, Session> {
                    relation: Experiment::sessions(),
                    rows: |view, e| {
                        let mut sessions = view.sessions();
                        sessions.retain(|s| s.experiment == e.id);
                        sessions
                    },
                    time: Session::CREATED_AT,
                    at: |s| s.created_at,
                    some: Session::ENDED_AT.is_not_null(),
                    is_some: |s: &world::Session| s.ended_at.is_some(),
                    number: Session::PARTICIPANT_ID,
                    number_of: |s| s.participant,
                    uses: Uses::tables(&["experiments_experimentsession"]),
                },
            ),
            _ => self.of(
                context,
                &Way::<Participant, Message> {
                    // Through another table.
                    relation: Participant::sessions().then(Session::messages()),
                    rows: |view, p| {
                        let mut sessions = view.sessions();
                        sessions.retain(|s| s.participant == p.id);
                        sessions
                            .iter()
                            .flat_map(|s| view.messages_of(s.chat))
                            .collect()
                    },
                    time: Message::CREATED_AT,
                    at: |m| m.created_at,
                    some: Message::MESSAGE_TYPE.eq("ai"),
                    is_some: |m: &world::Message| m.kind == "ai",
                    number: Message::CHAT_ID,
                    number_of: |m| m.chat,
                    uses: Uses::tables(&["experiments_experimentsession", "chat_chatmessage"]),
                },
            ),
        }
    }

    fn of<E: Measured, F: Modeled>(&self, context: &Context, way: &Way<E, F>) -> RelatedCases {
        let view = &context.view;
        let (start, end) = self.window;
        let turns = way.relation.clone().filter(way.time.within(start..end));
        let mut rows = Rows::of(E::default()).named("active").with_any(&turns);
        let filter = self
            .filter
            .as_ref()
            .map(|filter| filter.condition::<E>(context));
        let mut uses = Uses::tables(&E::tables()).and(&way.uses);
        let mut members: Vec<Joined<E, F>> = Vec::new();
        for row in E::rows(view) {
            let holds = filter
                .as_ref()
                .is_none_or(|f| (f.holds)(view, &row) == Some(true));
            let mut related = (way.rows)(view, &row);
            related.retain(|f| start <= (way.at)(f) && (way.at)(f) < end);
            if holds && !related.is_empty() {
                members.push((row, related));
            }
        }
        if let Some(filter) = &filter {
            rows = rows.filter(filter.predicate.clone());
            uses = uses.and(&filter.uses);
        }

        let mut numbers: Vec<RelatedNumber<E, F>> = Vec::new();
        for (at, (function, value, only, how)) in self.numbers.iter().enumerate() {
            let only = only.as_ref().map(|only| only.condition::<E>(context));
            let part = match &only {
                Some(only) => rows.only(only.predicate.clone()),
                None => rows.clone(),
            };
            let mut next = number(way, &turns, &part, (*function, value), context);
            if let Some(only) = only {
                let (of, holds) = (next.of, only.holds);
                next.words = format!("{} of only {}", next.words, only.words);
                next.uses = next.uses.and(&only.uses);
                next.of = Rc::new(move |view, rows: &[Joined<E, F>]| {
                    let rows = rows
                        .iter()
                        .filter(|(row, _)| holds(view, row) == Some(true));
                    of(view, &rows.cloned().collect::<Vec<_>>())
                });
            }
            if let Some(before) = numbers.last()
                && let Some(derived) = derived(&next.number, &before.number, *how)
            {
                let (a, b) = (next.of, Rc::clone(&before.of));
                next = RelatedNumber {
                    words: format!("({} {} {})", next.words, derived.words, before.words),
                    uses: next.uses.and(&before.uses),
                    number: derived.number,
                    of: Rc::new(move |view, rows| (derived.of)(a(view, rows), b(view, rows))),
                };
            }
            next.number = next.number.named(format!("number {at}"));
            uses = uses.and(&next.uses);
            numbers.push(next);
        }
        let words: Vec<_> = numbers.iter().map(|number| &*number.words).collect();
        let words = format!("{}\n{self:#?}", words.join("\n"));

        let part = self.part.as_ref();
        let part = part.map(|part| part.condition::<E>(context));
        let mut part_rows = rows.clone();
        let mut part_members = members.clone();
        if let Some(part) = &part {
            part_rows = rows.only(part.predicate.clone());
            part_members.retain(|(row, _)| (part.holds)(view, row) == Some(true));
        }

        // A row is in each bucket of its related rows, with those of the bucket.
        let dated = part_members.iter().flat_map(|(row, related)| {
            related
                .iter()
                .map(move |f| ((way.at)(f), (row.clone(), f.clone())))
        });
        let mut expected = Vec::new();
        for (slot, pairs) in self.calendar.sorted(dated) {
            let mut rows: Vec<Joined<E, F>> = Vec::new();
            for (row, f) in pairs {
                match rows
                    .iter_mut()
                    .find(|(known, _)| E::id(known) == E::id(&row))
                {
                    Some((_, related)) => related.push(f),
                    None => rows.push((row, vec![f])),
                }
            }
            let values = numbers.iter().map(|number| (number.of)(view, &rows));
            expected.push(point(&slot).into_iter().chain(values).collect::<Vec<_>>());
        }
        let all: Vec<_> = numbers
            .iter()
            .map(|number| (number.of)(view, &members))
            .collect();

        let list = || list(numbers.iter().map(|number| &number.number));
        let series = Series::of_related(&part_rows, &turns, way.time).numbers(list());
        let shown: Vec<_> = numbers.iter().map(|number| number.number.clone()).collect();
        let read_by = shown.clone();
        let series = Case {
            words: format!("series of {words}"),
            uses: part.map_or(uses.clone(), |part| uses.clone().and(&part.uses)),
            part: self.calendar.of(series),
            build: build!(),
            check: Box::new(move |rows| {
                let read = |row: &pagewise::aggregate::SeriesRow| {
                    shown.iter().map(|number| number.read(row)).collect()
                };
                same_lines(&points(rows, read)?, &expected)
            }),
        };
        let combined = Case {
            words: format!("all of {words}"),
            uses,
            part: CombinedAggregate::new().numbers(list()),
            build: build!(),
            check: Box::new(move |row| {
                let found = read(read_by.iter().map(|number| number.read(row)))?;
                same_lines(&[found], std::slice::from_ref(&all))
            }),
        };
        (series, combined)
    }
}

#[test]
fn points_are_what_the_related_rows_say() {
    let requests = at_a_scene(|scene| {
        let requests = vec((tenant(), related_plan(scene)), 1..4);
        (busy_world(&scene.moments), requests)
    });
    let requests = requests.prop_map(|(_, requests)| requests);
    on_requests(60, &requests, |transaction, context, plan| {
        let (series, combined) = plan.cases(context);
        series.holds(transaction, context.view.tenant)?;
        combined.holds(transaction, context.view.tenant)
    });
}

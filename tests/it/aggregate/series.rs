//! [`Series`] by a time of the rows: each bucket's numbers, by the calendar of a zone, filled, and split.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use pagewise::aggregate::{Bucket, Series, SeriesRows, Top, Window};
use pagewise::chat::{Experiment, Message, Participant, Session, Trace};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use super::asked::{list, of};
use super::case::{AnyCase, Case, build, read, same_lines};
use super::entities::Measured;
use super::groups::{grouped, measurements, ranked, uses, words};
use super::harness::{on_requests, tenant};
use super::measure::{Measurement, NumberPlan, number_plan};
use super::set::{Set, SetPlan, set_plan};
use crate::laws::Of;
use crate::oracle::datum::{Datum, Decoded};
use crate::oracle::plan::{ValuePlan, simple_value};
use crate::oracle::value::Value;
use crate::oracle::{Context, Uses};
use crate::scene::clock::{Every, Slot, slot, slots};
use crate::scene::{Scene, at_a_scene, buckets};
use crate::world::busy_world;

/// By which calendar, and whether buckets without rows are there.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub zone: Tz,
    pub every: Every,
    /// Filled from here to there.
    pub filled: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

#[derive(Clone, Debug)]
pub struct SeriesPlan {
    of: Of,
    set: SetPlan,
    time: u8,
    numbers: Vec<NumberPlan>,
    pub calendar: Calendar,
    /// By which value it is split, and into how many pieces besides the rest.
    split: Option<(ValuePlan, u16)>,
}

pub fn calendar(scene: &'static Scene) -> impl Strategy<Value = Calendar> {
    (buckets(scene), any::<bool>()).prop_map(|((window, every), is_filled)| Calendar {
        zone: scene.zone,
        every,
        filled: is_filled.then_some(window),
    })
}

pub fn series_plan(scene: &'static Scene) -> impl Strategy<Value = SeriesPlan> {
    (
        of(),
        set_plan(1),
        any::<u8>(),
        vec(number_plan(), 1..4),
        calendar(scene),
        weighted(0.4, (simple_value(), 1_u16..4)),
    )
        .prop_map(|(of, set, time, numbers, calendar, split)| SeriesPlan {
            of,
            set,
            time,
            numbers,
            calendar,
            split,
        })
}

pub fn bucket(every: Every) -> Bucket {
    match every {
        Every::Minutes(minutes) => Bucket::Minutes(minutes.try_into().unwrap_or(u8::MAX)),
        Every::Hour => Bucket::Hour,
        Every::Day => Bucket::Day,
        Every::Week => Bucket::Week,
        Every::Month => Bucket::Month,
    }
}

impl Calendar {
    pub fn of(&self, series: Series) -> Series {
        let zone = self.zone.name().parse().expect("a zone");
        let series = series.every(bucket(self.every)).in_zone(&zone);
        match self.filled {
            None => series,
            Some((start, end)) => {
                let window = Window::new(start, end).expect("a window");
                series.zero_filled(&window)
            }
        }
    }

    /// Things by their buckets, with those that have to be there.
    pub fn sorted<T>(
        &self,
        things: impl Iterator<Item = (DateTime<Utc>, T)>,
    ) -> BTreeMap<Slot, Vec<T>> {
        let mut buckets: BTreeMap<Slot, Vec<T>> = BTreeMap::new();
        if let Some((start, end)) = self.filled {
            for slot in slots(start, end, self.zone, self.every) {
                buckets.insert(slot, Vec::new());
            }
        }
        for (at, thing) in things {
            let slot = slot(at, self.zone, self.every);
            buckets.entry(slot).or_default().push(thing);
        }
        buckets
    }
}

/// The beginning of a point, twice.
pub fn point(slot: &Slot) -> Vec<Datum> {
    let local = slot.local_start.and_utc();
    vec![slot.start.datum(), local.datum()]
}

/// What each point says: its beginning, then what `values` reads.
pub fn points(
    rows: &SeriesRows,
    values: impl Fn(&pagewise::aggregate::SeriesRow) -> Vec<Result<Datum, pagewise::Error>>,
) -> Result<Vec<Vec<Datum>>, String> {
    let mut found = Vec::new();
    for row in rows {
        let start = row.start().map(Decoded::datum);
        let local = row.local_start().map(|local| local.and_utc().datum());
        found.push(read([start, local].into_iter().chain(values(row)))?);
    }
    Ok(found)
}

impl SeriesPlan {
    pub fn case(&self, context: &Context, no_arrays: bool) -> Case<Series> {
        match self.of {
            Of::Sessions => self.of_entity::<Session>(context, no_arrays),
            Of::Experiments => self.of_entity::<Experiment>(context, no_arrays),
            Of::Messages => self.of_entity::<Message>(context, no_arrays),
            Of::Traces => self.of_entity::<Trace>(context, no_arrays),
            Of::Participants => self.of_entity::<Participant>(context, no_arrays),
        }
    }

    fn of_entity<E: Measured>(&self, context: &Context, no_arrays: bool) -> Case<Series> {
        let set = Set::<E>::new(&self.set, context);
        let mut times = E::times();
        let time = times.swap_remove(usize::from(self.time) % times.len());
        let numbers = measurements(&self.numbers, &set, context);
        let dated = set
            .members
            .iter()
            .filter_map(|row| Some(((time.of)(row)?, row)));
        let rows: Vec<E::Row> = dated.clone().map(|(_, row)| row.clone()).collect();

        let split = self.split.as_ref().map(|(value, top)| {
            let mut value = value.value::<E>(context);
            if no_arrays && value.is_array {
                value = E::values().swap_remove(0);
            }
            (value, *top)
        });
        let pieces = split
            .as_ref()
            .map(|(value, top)| Pieces::new(context, (value, *top), &rows, &numbers[0]));
        let buckets = self
            .calendar
            .sorted(dated.map(|(at, row)| (at, row.clone())));
        let mut expected = Vec::new();
        let values = |rows: &[E::Row]| {
            numbers
                .iter()
                .map(|n| (n.of)(&context.view, rows))
                .collect::<Vec<_>>()
        };
        for (slot, rows) in &buckets {
            match &pieces {
                None => expected.push([point(slot), values(rows)].concat()),
                Some(pieces) => {
                    let is_filled = self.calendar.is_filled(slot);
                    for (piece, rows) in pieces.of(context, rows) {
                        if is_filled || !rows.is_empty() {
                            expected.push([point(slot), piece, values(&rows)].concat());
                        }
                    }
                }
            }
        }

        let mut part = (time.series)(&set.rows).numbers(list(numbers.iter().map(|n| &n.number)));
        part = self.calendar.of(part);
        if let Some((value, top)) = &split {
            part = (value.split)(part, Top(*top));
        }
        let split_uses = split.as_ref().map(|(value, _)| &value.uses);
        Case {
            words: format!(
                "series {}\n{:?}\nsplit by {:?}",
                words(&set, &numbers),
                self.calendar,
                split.as_ref().map(|(value, top)| (&value.words, top))
            ),
            uses: split_uses.into_iter().fold(uses(&set, &numbers), Uses::and),
            part,
            build: build!(),
            check: Box::new(move |rows| {
                let found = points(rows, |row| {
                    let mut values = Vec::new();
                    if let Some((value, _)) = &split {
                        // The others have no value.
                        let is_other = row.is_other();
                        values.push(match is_other {
                            Ok(true) => Ok(Datum::Null),
                            _ => (value.group_of)(row, &value.name),
                        });
                        values.push(is_other.map(Datum::Bool));
                    }
                    values.extend(numbers.iter().map(|number| number.number.read(row)));
                    values
                })?;
                same_lines(&found, &expected)
            }),
        }
    }
}

impl Calendar {
    /// Whether a bucket is there though nothing is in it.
    fn is_filled(&self, at: &Slot) -> bool {
        self.filled
            .is_some_and(|(start, end)| slots(start, end, self.zone, self.every).contains(at))
    }
}

/// The values that a series is split by: those with the largest first number, and that there are others.
struct Pieces<E: Measured> {
    value: Value<E>,
    top: Vec<Datum>,
    has_others: bool,
}

impl<E: Measured> Pieces<E> {
    fn new(
        context: &Context,
        (value, top): (&Value<E>, u16),
        rows: &[E::Row],
        first: &Measurement<E>,
    ) -> Self {
        // In the order of their values.
        let groups = grouped(context, std::slice::from_ref(value), rows);
        let mut groups: Vec<_> = groups
            .into_iter()
            .map(|(keys, rows)| (keys[0].clone(), (first.of)(&context.view, &rows)))
            .collect();
        groups.sort_by(|(_, a), (_, b)| ranked(a, b, true));
        let others = groups.split_off(groups.len().min(top.into()));
        Self {
            value: value.clone(),
            top: groups.into_iter().map(|(key, _)| key).collect(),
            has_others: !others.is_empty(),
        }
    }

    /// Each piece, whether it is that of the others and of which value, with its rows.
    fn of(&self, context: &Context, rows: &[E::Row]) -> Vec<(Vec<Datum>, Vec<E::Row>)> {
        let value_of = |row: &&E::Row| (self.value.eval)(&context.view, row);
        let of = |value: &Datum| {
            let rows = rows.iter().filter(|row| value_of(row) == *value);
            (
                vec![value.clone(), Datum::Bool(false)],
                rows.cloned().collect(),
            )
        };
        let mut pieces: Vec<_> = self.top.iter().map(of).collect();
        if self.has_others {
            let others = rows.iter().filter(|row| !self.top.contains(&value_of(row)));
            pieces.push((
                vec![Datum::Null, Datum::Bool(true)],
                others.cloned().collect(),
            ));
        }
        pieces
    }
}

#[test]
fn points_are_what_the_rows_say() {
    let requests = at_a_scene(|scene| {
        let requests = vec((tenant(), series_plan(scene)), 1..4);
        (busy_world(&scene.moments), requests)
    });
    let requests = requests.prop_map(|(_, requests)| requests);
    on_requests(80, &requests, |transaction, context, plan| {
        plan.case(context, false)
            .holds(transaction, context.view.tenant)
    });
}

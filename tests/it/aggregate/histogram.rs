//! [`Histogram`]: how many values are in each bin, by whole numbers.

use pagewise::aggregate::Histogram;
use pagewise::chat::{Session, Trace};
use pagewise::expression::minutes_between;
use proptest::prelude::*;

use super::case::{AnyCase, Case, build};
use super::entities::Measured;
use super::harness::on_worlds;
use super::set::{Set, SetPlan, set_plan};
use crate::oracle::Context;
use crate::world::world;

/// A bin: exact, as so many times the number of bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    pub start: i128,
    pub end: i128,
    pub count: i64,
}

/// So many bins of equal width between the least and the greatest; the last one has its end.
pub fn histogram(values: &[i64], bins: usize) -> Vec<Bin> {
    let (Some(least), Some(greatest)) = (values.iter().min(), values.iter().max()) else {
        return Vec::new();
    };
    let (least, width) = (i128::from(*least), i128::from(greatest - least));
    let count = i128::try_from(bins).expect("few bins");
    let edge = |at: usize| least * count + width * i128::try_from(at).expect("few bins");
    (0..bins)
        .map(|at| {
            let (start, end) = (edge(at), edge(at + 1));
            let is_last = at + 1 == bins;
            let within = values.iter().filter(|value| {
                let value = i128::from(**value) * count;
                start <= value && (value < end || is_last && value == end)
            });
            Bin {
                start,
                end,
                count: i64::try_from(within.count()).expect("few values"),
            }
        })
        .collect()
}

#[derive(Clone, Debug)]
pub struct HistogramPlan {
    set: SetPlan,
    value: u8,
    bins: u16,
}

pub fn histogram_plan() -> impl Strategy<Value = HistogramPlan> {
    (set_plan(1), any::<u8>(), 1_u16..13).prop_map(|(set, value, bins)| HistogramPlan {
        set,
        value,
        bins,
    })
}

impl HistogramPlan {
    pub fn case(&self, context: &Context) -> Case<Histogram> {
        let bins = self.bins;
        match self.value % 4 {
            0 => {
                let minutes = minutes_between(Session::CREATED_AT, Session::ENDED_AT);
                self.of::<Session>(
                    context,
                    60e6,
                    |rows| Histogram::of(rows, &minutes, bins),
                    |s| {
                        let duration = s.ended_at? - s.created_at;
                        duration.num_microseconds()
                    },
                )
            }
            1 => self.of::<Session>(
                context,
                1.0,
                |rows| Histogram::of(rows, Session::PARTICIPANT_ID, bins),
                |s| Some(s.participant),
            ),
            2 => self.of::<Trace>(
                context,
                1.0,
                |rows| Histogram::of(rows, Trace::N_TURNS, bins),
                |t| t.turns.map(i64::from),
            ),
            _ => self.of::<Trace>(
                context,
                1.0,
                |rows| Histogram::of(rows, Trace::DURATION, bins),
                |t| Some(t.duration.into()),
            ),
        }
    }

    fn of<E: Measured>(
        &self,
        context: &Context,
        unit: f64,
        part: impl Fn(&pagewise::aggregate::Rows<E>) -> Histogram,
        value: fn(&E::Row) -> Option<i64>,
    ) -> Case<Histogram> {
        let set = Set::<E>::new(&self.set, context);
        let (rows, members) = set.part(context);
        let values: Vec<_> = members.iter().filter_map(value).collect();
        let expected = histogram(&values, self.bins.into());
        let bins = f64::from(self.bins);
        Case {
            words: format!("{self:?} of {}\n{values:?}", set.words),
            uses: set.part_uses(),
            part: part(&rows),
            build: build!(),
            check: Box::new(move |found| {
                #[expect(clippy::cast_precision_loss, reason = "less than a thousand years")]
                let edge = |at: i128| at as f64 / bins / unit;
                let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
                let is_same = |(found, expected): (&pagewise::aggregate::Bin, &Bin)| {
                    found.count == expected.count
                        && is_near(found.start, edge(expected.start))
                        && is_near(found.end, edge(expected.end))
                };
                match found.len() == expected.len() && found.iter().zip(&expected).all(is_same) {
                    true => Ok(()),
                    false => Err(format!("   found {found:?}\nexpected {expected:?}")),
                }
            }),
        }
    }
}

#[test]
fn bins_hold_what_the_rows_say() {
    on_worlds(
        40,
        world(),
        histogram_plan(),
        |transaction, context, plan| plan.case(context).holds(transaction, context.view.tenant),
    );
}

#[test]
fn bins_have_their_start_and_the_last_its_end() {
    let counts = |values: &[i64], bins| -> Vec<i64> {
        histogram(values, bins)
            .iter()
            .map(|bin| bin.count)
            .collect()
    };
    assert_eq!(counts(&[0, 1, 2, 3, 4], 2), [2, 3]);
    assert_eq!(counts(&[-3, 0, 10], 3), [2, 0, 1]);
    assert_eq!(counts(&[0, 10], 3), [1, 0, 1]);
    // All equal: of no width, and all in the last.
    assert_eq!(counts(&[7, 7], 3), [0, 0, 2]);
    assert!(histogram(&[], 3).is_empty());
    let bins = histogram(&[0, 1], 3);
    assert_eq!((bins[0].end, bins[2].end), (1, 3));
}

//! Counts for each stretch of time, at places whose clocks are changed: the calendar in Rust says which there are.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::{Experiment, Session};
use pagewise::{Annotation, Error, Listing, Page, TimeZone};
use proptest::prelude::*;
use proptest::sample::select;

use crate::aggregate::bucket;
use crate::laws::{Connection, check};
use crate::scene::clock::{Every, slot, slots};
use crate::scene::{self, Scene, at_a_scene};
use crate::world::{World, busy_world};

#[derive(Clone, Debug)]
struct Asked {
    window: (DateTime<Utc>, DateTime<Utc>),
    every: Every,
    zone: Tz,
    by: &'static str,
}

fn asked(scene: &'static Scene) -> impl Strategy<Value = Asked> {
    let by = select(&["web", "telegram"][..]);
    (scene::buckets(scene), by).prop_map(|((window, every), by)| Asked {
        window,
        every,
        zone: scene.zone,
        by,
    })
}

impl Asked {
    fn counts(&self, by: Option<&str>) -> Annotation<Experiment, Vec<i64>> {
        let window = Window::new(self.window.0, self.window.1).expect("a window");
        let zone: TimeZone = self.zone.name().parse().expect("a zone");
        let sessions = match by {
            Some(platform) => Experiment::sessions().filter(Session::PLATFORM.eq(platform)),
            None => Experiment::sessions(),
        };
        // A column that may be NULL, and one that is not.
        match by {
            Some(_) => {
                sessions.counts_over_time(Session::ENDED_AT, bucket(self.every), &window, &zone)
            }
            None => {
                sessions.counts_over_time(Session::CREATED_AT, bucket(self.every), &window, &zone)
            }
        }
    }

    fn expected(&self, world: &World, bot: i64, by: Option<&str>) -> Vec<i64> {
        let (start, end) = self.window;
        let sessions = world.sessions.iter().filter(|session| {
            let is_asked_for = by.is_none() || session.platform.as_deref() == by;
            session.team == 1 && session.experiment == bot && is_asked_for
        });
        let times = sessions.filter_map(|session| match by {
            Some(_) => session.ended_at,
            None => Some(session.created_at),
        });
        let within: Vec<_> = times
            .filter(|time| start <= *time && *time < end)
            .map(|time| slot(time, self.zone, self.every))
            .collect();
        let slots = slots(start, end, self.zone, self.every).into_iter();
        let count = |at| within.iter().filter(|slot| **slot == at).count();
        slots.map(|at| count(at).try_into().unwrap_or(0)).collect()
    }
}

#[test]
fn counts_are_those_of_the_calendar() {
    let connection = RefCell::new(Connection::open());
    let cases = at_a_scene(|scene| (busy_world(&scene.moments), asked(scene)));
    let cases = cases.prop_map(|(_, case)| case);
    check(120, &cases, |(world, asked): (World, Asked)| {
        let (all, some) = (
            asked.counts(None).named("all"),
            asked.counts(Some(asked.by)).named("some"),
        );
        let mut bots: Vec<i64> = world
            .experiments
            .iter()
            .filter(|e| e.team == 1)
            .map(|e| e.id)
            .collect();
        bots.sort_unstable();
        let expected: Vec<_> = bots
            .iter()
            .map(|bot| {
                let of = |by| asked.expected(&world, *bot, by);
                (*bot, of(None), of(Some(asked.by)))
            })
            .collect();
        connection.borrow_mut().with(&world, |transaction| {
            for strategy in [Optimized, Legacy] {
                let page = Listing::of(Experiment)
                    .tenant(1)
                    .strategy(strategy)
                    .show((&all, &some))
                    .page(Page::first(100))
                    .build()
                    .expect("a page");
                let words = || format!("{page:#}\n{:?}", page.parameters());
                let rows = page.fetch(transaction);
                let rows =
                    rows.map_err(|error| TestCaseError::fail(format!("{error:?}\n{}", words())))?;
                let found = rows
                    .decode(|row| Ok((row.get(Experiment::ID)?, row.get(&all)?, row.get(&some)?)));
                let found = found.expect("counts");
                prop_assert_eq!(&found, &expected, "{:?}\n{}", strategy, words());
            }
            Ok(())
        })
    });
}

#[test]
fn of_the_same_stretches_one_pass_is_made() {
    let now = Utc::now();
    let window = Window::new(now - chrono::TimeDelta::days(2), now).expect("a window");
    let counts = |platform: &str, every: Bucket| {
        let sessions = Experiment::sessions().filter(Session::PLATFORM.eq(platform));
        sessions.counts_over_time(Session::CREATED_AT, every, &window, &TimeZone::UTC)
    };
    let page = Listing::of(Experiment)
        .tenant(1)
        .show((
            counts("web", Bucket::Hour).named("web"),
            counts("api", Bucket::Hour).named("api"),
            counts("web", Bucket::Day).named("days"),
        ))
        .page(Page::first(25))
        .build()
        .expect("a page");
    assert_eq!(page.text().matches("LATERAL").count(), 2, "{page:#}");
    assert_eq!(page.text().matches("FILTER").count(), 2, "{page:#}");
}

#[test]
fn what_cannot_be_counted() {
    let now = Utc::now();
    let years = |years: i64| {
        Window::new(now - chrono::TimeDelta::days(365 * years), now).expect("a window")
    };
    let build = |every: Bucket, window: &Window| {
        let counts = Experiment::sessions().counts_over_time(
            Session::CREATED_AT,
            every,
            window,
            &TimeZone::UTC,
        );
        Listing::of(Experiment)
            .tenant(1)
            .show(counts)
            .page(Page::first(25))
            .build()
            .map(|_| ())
    };
    assert!(build(Bucket::Day, &years(2)).is_ok());
    let refused = build(Bucket::Day, &years(3)).expect_err("too many days");
    assert_eq!(
        refused.to_string(),
        "points of a series: 1095 were asked for, the limit is 1000: ask for less, or raise the limit with `Series`"
    );
    let refused = build(Bucket::Minutes(7), &years(0)).expect_err("no such minutes");
    assert!(
        matches!(refused, Error::InvalidMinutes { minutes: 7, .. }),
        "{refused:?}"
    );
    // An empty window has no stretches.
    assert!(build(Bucket::Hour, &years(0)).is_ok());
}

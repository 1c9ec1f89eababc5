//! What a view keeps, and what is put together of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use pagewise::aggregate::{Groups, Rows};
use pagewise::chat::{Session, Trace};
use pagewise::ddl::materialized_view::{
    DistinctCount, MaterializedView, Measure, WhileRefreshed, average, count, count_distinct,
    local_day, max, min, month_of, sum, week_of,
};
use pagewise::driver::postgres::Execute;
use pagewise::{Expression, TimeZone};
use postgres::Transaction;
use proptest::prelude::*;

use crate::laws::{Connection, check};
use crate::scene::{Scene, at_a_scene};
use crate::world::{self, TEAMS, World, world};

struct View {
    view: MaterializedView<Session>,
    day: Expression<Session, NaiveDate>,
    sessions: Measure<i64>,
    ended: Measure<i64>,
    rate: Measure<f64>,
    messages: Measure<i64>,
    first: Measure<Option<DateTime<Utc>>>,
    last: Measure<Option<DateTime<Utc>>>,
    mean: Measure<Option<f64>>,
    people: DistinctCount,
}

fn view(zone: &TimeZone, evaluations: bool) -> View {
    let mut rows = Rows::of(Session);
    if !evaluations {
        rows = rows.filter(Session::PLATFORM.is_distinct_from("evaluations"));
    }
    let day = local_day(Session::CREATED_AT, zone);
    let sessions = count(&rows).named("sessions");
    let ended = count(&rows.only(Session::ENDED_AT.is_not_null())).named("ended");
    let rate = ended.per(&sessions, 0.0).times(100.0).named("rate");
    let messages = sum(&rows, Session::messages().count()).named("messages");
    let first = min(&rows, Session::LAST_ACTIVITY_AT).named("first");
    let last = max(&rows, Session::LAST_ACTIVITY_AT).named("last");
    let mean = average(&rows, Session::PARTICIPANT_ID).named("mean");
    let people = count_distinct(&rows, Session::PARTICIPANT_ID).named("people");
    View {
        view: MaterializedView::of("kept_sessions", &rows)
            .by(&day)
            .by(Session::PLATFORM)
            .by(Session::EXPERIMENT_ID)
            .measures((&sessions, &ended, &rate, &messages))
            .measures((&first, &last, &mean, &people)),
        day,
        sessions,
        ended,
        rate,
        messages,
        first,
        last,
        mean,
        people,
    }
}

/// All numbers of some sessions, in words: two averages that are the same number are the same text.
fn numbers(world: &World, of: &[&world::Session]) -> String {
    let sessions = of.len();
    let ended = of.iter().filter(|s| s.ended_at.is_some()).count();
    let is_of = |s: &world::Session| {
        let chat = s.chat;
        world
            .messages
            .iter()
            .filter(move |m| m.chat == chat)
            .count()
    };
    let messages: usize = of.iter().map(|s| is_of(s)).sum();
    let first = of.iter().filter_map(|s| s.last_activity_at).min();
    let last = of.iter().filter_map(|s| s.last_activity_at).max();
    let participants: i64 = of.iter().map(|s| s.participant).sum();
    #[expect(clippy::cast_precision_loss, reason = "few and small")]
    let (rate, mean) = match sessions {
        0 => (0.0, None),
        n => (
            ended as f64 / n as f64 * 100.0,
            Some(participants as f64 / n as f64),
        ),
    };
    format!("{sessions} {ended} {rate:.9} {messages} {first:?} {last:?} {mean:.9?}")
}

fn distinct(of: &[&world::Session]) -> i64 {
    let people: BTreeSet<_> = of.iter().map(|s| s.participant).collect();
    i64::try_from(people.len()).expect("few")
}

type Keys = (NaiveDate, Option<String>, i64);

impl View {
    fn read(&self, row: &pagewise::aggregate::AggregateRow) -> String {
        let counts = (
            row.get(&self.sessions),
            row.get(&self.ended),
            row.get(&self.messages),
        );
        let (sessions, ended, messages) = (counts.0.unwrap(), counts.1.unwrap(), counts.2.unwrap());
        let (rate, mean) = (row.get(&self.rate).unwrap(), row.get(&self.mean).unwrap());
        let (first, last) = (row.get(&self.first).unwrap(), row.get(&self.last).unwrap());
        format!("{sessions} {ended} {rate:.9} {messages} {first:?} {last:?} {mean:.9?}")
    }

    fn kept(&self, client: &mut impl Execute, tenant: i64) -> BTreeMap<Keys, (String, i64)> {
        let statement = self
            .view
            .rows()
            .tenant(tenant)
            .measures((&self.sessions, &self.ended, &self.rate, &self.messages))
            .measures((&self.first, &self.last, &self.mean, &self.people))
            .build()
            .unwrap();
        let rows = statement.fetch(client).unwrap();
        let all: BTreeMap<_, _> = rows
            .iter()
            .map(|row| {
                let platform = row.get_value(Session::PLATFORM).unwrap();
                let bot = row.get_value(Session::EXPERIMENT_ID).unwrap();
                let keys = (row.get_value(&self.day).unwrap(), platform, bot);
                (keys, (self.read(row), row.get(&self.people).unwrap()))
            })
            .collect();
        assert_eq!(all.len(), rows.len(), "no group is there twice");
        all
    }

    /// The same by the aggregate of the rows as they are.
    fn live(
        &self,
        client: &mut impl Execute,
        tenant: i64,
        evaluations: bool,
    ) -> BTreeMap<Keys, (String, i64)> {
        let mut rows = Rows::of(Session);
        if !evaluations {
            rows = rows.filter(Session::PLATFORM.is_distinct_from("evaluations"));
        }
        let statement = Groups::of(&rows)
            .tenant(tenant)
            .by(&self.day)
            .by(Session::PLATFORM)
            .by(Session::EXPERIMENT_ID)
            .numbers((&*self.sessions, &*self.ended, &*self.rate, &*self.messages))
            .numbers((&*self.first, &*self.last, &*self.mean, &*self.people))
            .build()
            .unwrap();
        let rows = statement.fetch(client).unwrap();
        let read = rows.iter().map(|row| {
            let platform = row.get_value(Session::PLATFORM).unwrap();
            let bot = row.get_value(Session::EXPERIMENT_ID).unwrap();
            let keys = (row.get_value(&self.day).unwrap(), platform, bot);
            (keys, (self.read(row), row.get(&self.people).unwrap()))
        });
        read.collect()
    }
}

fn group<'w, K: Ord>(
    sessions: &[&'w world::Session],
    key: impl Fn(&world::Session) -> K,
) -> BTreeMap<K, Vec<&'w world::Session>> {
    let mut groups: BTreeMap<K, Vec<_>> = BTreeMap::new();
    for session in sessions {
        groups.entry(key(session)).or_default().push(*session);
    }
    groups
}

/// The sessions begin around a day on which the clock is changed.
fn at(mut world: World, scene: &Scene, seed: usize) -> World {
    for (at, session) in world.sessions.iter_mut().enumerate() {
        session.created_at = scene.moments[(seed + at * 7) % scene.moments.len()];
    }
    world
}

fn holds(transaction: &mut Transaction<'_>, world: &World, scene: &Scene, evaluations: bool) {
    let zone: TimeZone = scene.zone.name().parse().unwrap();
    let view = view(&zone, evaluations);
    view.view.create(transaction).unwrap();
    // Whoever refreshes the view is somewhere.
    transaction
        .batch_execute("SET LOCAL TimeZone = 'Pacific/Kiritimati'")
        .unwrap();
    view.view
        .refresh(transaction, WhileRefreshed::Skip)
        .unwrap();
    let day = |s: &world::Session| s.created_at.with_timezone(&scene.zone).date_naive();
    for tenant in TEAMS {
        let sessions: Vec<_> = world.sessions.iter().filter(|s| s.team == tenant).collect();
        let is_counted =
            |s: &&&world::Session| evaluations || s.platform.as_deref() != Some("evaluations");
        let sessions: Vec<_> = sessions.iter().filter(is_counted).copied().collect();

        let expected: BTreeMap<Keys, _> =
            group(&sessions, |s| (day(s), s.platform.clone(), s.experiment))
                .into_iter()
                .map(|(keys, of)| (keys, (numbers(world, &of), distinct(&of))))
                .collect();
        assert_eq!(view.kept(transaction, tenant), expected);
        assert_eq!(view.live(transaction, tenant, evaluations), expected);

        let rollup = || {
            view.view
                .rollup()
                .tenant(tenant)
                .measures((&view.sessions, &view.ended, &view.rate, &view.messages))
                .measures((&view.first, &view.last, &view.mean))
        };
        let monday =
            |date: NaiveDate| date - TimeDelta::days(date.weekday().num_days_from_monday().into());
        let first = |date: NaiveDate| date.with_day(1).unwrap();
        for (by, start) in [
            (view.day.clone(), None),
            (
                week_of(&view.day),
                Some(&monday as &dyn Fn(NaiveDate) -> NaiveDate),
            ),
            (month_of(&view.day), Some(&first)),
        ] {
            let statement = rollup().by(&by).build().unwrap();
            let found = statement.fetch(transaction).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|row| (row.get_value(&by).unwrap(), view.read(row)))
                .collect();
            let expected: Vec<_> =
                group(&sessions, |s| start.map_or(day(s), |start| start(day(s))))
                    .into_iter()
                    .map(|(start, of)| (start, numbers(world, &of)))
                    .collect();
            assert_eq!(found, expected);
        }

        let statement = rollup().by(Session::EXPERIMENT_ID).build().unwrap();
        let found = statement.fetch(transaction).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|row| {
                (
                    row.get_value(Session::EXPERIMENT_ID).unwrap(),
                    view.read(row),
                )
            })
            .collect();
        let expected: Vec<_> = group(&sessions, |s| s.experiment)
            .into_iter()
            .map(|(bot, of)| (bot, numbers(world, &of)))
            .collect();
        assert_eq!(found, expected);

        // In a window, of those with no platform or one that begins with a w.
        let from = scene.at.with_timezone(&scene.zone).date_naive();
        let window = from - TimeDelta::days(1)..from + TimeDelta::days(1);
        let w = Session::PLATFORM
            .is_null()
            .or(Session::PLATFORM.starts_with("w"));
        let statement = rollup()
            .filter(view.day.within(window.clone()))
            .filter(w)
            .build();
        let statement = statement.unwrap();
        let found = statement.fetch(transaction).unwrap();
        let of: Vec<_> = sessions
            .iter()
            .filter(|s| window.contains(&day(s)))
            .filter(|s| s.platform.as_ref().is_none_or(|p| p.starts_with('w')))
            .copied()
            .collect();
        assert_eq!(found.len(), 1, "a total is one row, of nothing too");
        assert_eq!(view.read(&found[0]), numbers(world, &of));
    }
}

#[test]
fn a_view_keeps_what_the_rows_say() {
    let connection = RefCell::new(Connection::open());
    let scenes = at_a_scene(|_| Just(()));
    let cases = (world(), scenes, any::<usize>(), any::<bool>());
    check(40, &cases, |(world, (scene, ()), seed, evaluations)| {
        let world = at(world, scene, seed % 1000);
        connection.borrow_mut().with(&world, |transaction| {
            holds(transaction, &world, scene, evaluations);
        });
        Ok(())
    });
}

/// Everything may be NULL in a key; the tenant of a trace too, which is then nobody's.
#[test]
fn null_is_a_group() {
    let connection = RefCell::new(Connection::open());
    check(25, &world(), |world| {
        connection.borrow_mut().with(&world, |transaction| {
            let traces = Rows::of(Trace);
            let all = count(&traces).named("traces");
            let turns = average(&traces, Trace::N_TURNS).named("turns");
            let view = MaterializedView::of("kept_traces", &traces)
                .by(Trace::SESSION_ID)
                .by(Trace::N_TURNS)
                .by(Trace::session().value(Session::ENDED_AT).named("ended_at"))
                .measures((&all, &turns));
            view.create(transaction).unwrap();
            view.refresh(transaction, WhileRefreshed::Skip).unwrap();
            for tenant in TEAMS {
                let statement = view.rows().tenant(tenant).measures((&all, &turns)).build();
                let rows = statement.unwrap().fetch(transaction).unwrap();
                let found: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        let ended = Trace::session().value(Session::ENDED_AT).named("ended_at");
                        let keys = (
                            row.get_value(Trace::SESSION_ID).unwrap(),
                            row.get_value(Trace::N_TURNS).unwrap(),
                            row.get_value(&ended).unwrap(),
                        );
                        (keys, row.get(&all).unwrap(), row.get(&turns).unwrap())
                    })
                    .collect();
                let mut groups: BTreeMap<_, i64> = BTreeMap::new();
                for trace in world.traces.iter().filter(|t| t.team == Some(tenant)) {
                    let session = world
                        .sessions
                        .iter()
                        .find(|s| Some(s.id) == trace.session && s.team == tenant);
                    let ended = session.and_then(|s| s.ended_at);
                    *groups
                        .entry((trace.session, trace.turns, ended))
                        .or_default() += 1;
                }
                let found: BTreeMap<_, _> = found
                    .into_iter()
                    .map(|(keys, count, turns)| {
                        assert_eq!(turns, keys.1.map(f64::from));
                        (keys, count)
                    })
                    .collect();
                assert_eq!(found, groups);
            }
        });
        Ok(())
    });
}

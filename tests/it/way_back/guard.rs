//! A limit for the optimized statement, and the way back when it is reached.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use pagewise::aggregate::{Bucket, CombinedAggregate, Rows, Window};
use pagewise::chat::Session;
use pagewise::chat::dashboard::Dashboard;
use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::listing::TotalCount;
use pagewise::strategy::{Breaker, BreakerState, Guard, Outcome, Shadow, StrategySwitch, Way};
use pagewise::{Error, Strategy};
use postgres::error::SqlState;

use super::requests::{
    Tampered, cancel_when_asleep, is_optimized, is_page, pid, sessions, setting, some_sessions,
    state,
};
use crate::support::{TEAM, reader, taggable};

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);

/// Optimized takes for ever.
fn asleep(text: &str) -> String {
    match is_optimized(text) {
        true => "SELECT pg_sleep(100000)".to_owned(),
        false => text.to_owned(),
    }
}

/// Both take for ever.
fn both_asleep(text: &str) -> String {
    match is_page(text) {
        true => "SELECT pg_sleep(100000)".to_owned(),
        false => text.to_owned(),
    }
}

fn code(error: &Error) -> Option<SqlState> {
    match error {
        Error::Database { source, .. } => source.code().cloned(),
        _ => None,
    }
}

#[test]
fn within_its_limit_the_answer_is_the_optimized_one() {
    let mut client = reader();
    client
        .batch_execute("SET statement_timeout = '77s'")
        .unwrap();
    let guard = Guard::new("sessions page", LONG, LONG);
    let expected = sessions(TEAM).build().unwrap().fetch(&mut client).unwrap();
    let mut counting = Tampered::new(&mut client, str::to_owned);
    let guarded = guard.fetch(&mut counting, &sessions(TEAM)).unwrap();
    assert_eq!(
        counting.texts.iter().filter(|text| is_page(text)).count(),
        1
    );
    assert_eq!(guarded.way, Way::Optimized);
    assert_eq!(format!("{:?}", guarded.answer), format!("{expected:?}"));
    assert_eq!(setting(&mut client, "statement_timeout"), "77s");

    let count = Rows::of(Session).count().named("sessions");
    let numbers = CombinedAggregate::new().tenant(TEAM).numbers(&count);
    let guarded = guard.fetch(&mut client, &numbers).unwrap();
    let expected = numbers.build().unwrap().fetch(&mut client).unwrap();
    assert_eq!(
        guarded.answer.get(&count).unwrap(),
        expected.get(&count).unwrap()
    );
}

#[test]
fn over_its_limit_legacy_is_run_and_the_host_is_told() {
    let (database, mut client) = some_sessions();
    let (database, pid) = (Arc::new(database), pid(&mut client));
    client
        .batch_execute("SET statement_timeout = '77s'")
        .unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let guard = Guard::new("sessions page", SHORT, LONG).on_fall_back({
        let (told, database) = (Arc::clone(&told), Arc::clone(&database));
        move |fall_back| {
            // However long the host takes, no transaction is open meanwhile.
            assert_eq!(state(&database, pid), "idle");
            assert_eq!(
                (fall_back.name(), fall_back.limit()),
                ("sessions page", SHORT)
            );
            assert!(fall_back.after() >= SHORT);
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    let guarded = guard
        .fetch(&mut Tampered::new(&mut client, asleep), &sessions(1))
        .unwrap();
    assert!(
        matches!(guarded.way, Way::FellBack { after } if after >= SHORT),
        "{:?}",
        guarded.way
    );
    let legacy = sessions(1)
        .build_as(Strategy::Legacy)
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    assert_eq!(format!("{:?}", guarded.answer), format!("{legacy:?}"));
    assert_eq!(told.load(Ordering::Relaxed), 1);
    assert_eq!(setting(&mut client, "statement_timeout"), "77s");
    assert_eq!(state(&database, pid), "idle");
}

#[test]
fn a_host_that_panics_when_it_is_told_leaves_nothing_open() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let guard = Guard::new("sessions page", SHORT, LONG).on_fall_back(|_| panic!("told"));
    let told = catch_unwind(AssertUnwindSafe(|| {
        guard.fetch(&mut Tampered::new(&mut client, asleep), &sessions(1))
    }));
    assert!(told.is_err());
    assert_eq!(state(&database, pid), "idle");
}

#[test]
fn a_transaction_of_the_host_goes_on() {
    let (_database, mut client) = some_sessions();
    let guard = Guard::new("sessions page", SHORT, LONG);
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute("SET LOCAL statement_timeout = '55s'")
        .unwrap();
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 1")
        .unwrap();
    let guarded = guard
        .fetch(&mut Tampered::new(&mut transaction, asleep), &sessions(1))
        .unwrap();
    assert!(matches!(guarded.way, Way::FellBack { .. }));
    // It sees what the host did.
    assert_eq!(guarded.answer.total(), Some(TotalCount::Exact(4)));
    let row = Execute::run(
        &mut transaction,
        "SELECT current_setting('statement_timeout')",
        &[],
    )
    .unwrap();
    assert_eq!(row[0].get::<_, &str>(0), "55s");

    // Neither do errors stop it.
    let short = Guard::new("sessions page", SHORT, SHORT);
    let refused = short
        .fetch(
            &mut Tampered::new(&mut transaction, both_asleep),
            &sessions(1),
        )
        .unwrap_err();
    assert_eq!(code(&refused), Some(SqlState::QUERY_CANCELED));
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 2")
        .unwrap();
    transaction.commit().unwrap();
    let left = client
        .query_one("SELECT count(*) FROM experiments_experimentsession", &[])
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 3);
}

#[test]
fn legacy_has_a_limit_of_its_own() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let guard = Guard::new("sessions page", SHORT, 2 * SHORT);
    let refused = guard
        .fetch(&mut Tampered::new(&mut client, both_asleep), &sessions(1))
        .unwrap_err();
    assert_eq!(code(&refused), Some(SqlState::QUERY_CANCELED));
    assert!(
        refused
            .to_string()
            .contains("legacy, within its limit of 40ms"),
        "{refused}"
    );
    assert_eq!(state(&database, pid), "idle");
}

#[test]
fn a_cancel_by_a_user_is_not_the_limit() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let breaker = Breaker::new(1, LONG, LONG);
    let guard = Guard::new("sessions page", LONG, LONG).breaker(breaker.clone());
    let refused = std::thread::scope(|scope| {
        let run =
            scope.spawn(|| guard.fetch(&mut Tampered::new(&mut client, asleep), &sessions(1)));
        cancel_when_asleep(&database, pid);
        run.join().unwrap().unwrap_err()
    });
    assert_eq!(code(&refused), Some(SqlState::QUERY_CANCELED));
    assert_eq!(breaker.state(Instant::now()), BreakerState::Closed);
    assert_eq!(state(&database, pid), "idle");

    // Within the host's transaction, too, which goes on.
    let refused = std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let mut transaction = client.transaction().unwrap();
            let refused = guard
                .fetch(&mut Tampered::new(&mut transaction, asleep), &sessions(1))
                .unwrap_err();
            transaction.batch_execute("SELECT 1").unwrap();
            transaction.commit().unwrap();
            refused
        });
        cancel_when_asleep(&database, pid);
        run.join().unwrap()
    });
    assert_eq!(code(&refused), Some(SqlState::QUERY_CANCELED));
}

#[test]
fn statements_that_the_server_forgot_are_prepared_again() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let statements = StatementCache::default();
    let guard = Guard::new("sessions page", LONG, LONG);
    for _ in 0..2 {
        let guarded = guard
            .fetch(&mut statements.with(&mut client), &sessions(1))
            .unwrap();
        assert_eq!((guarded.way, guarded.answer.len()), (Way::Optimized, 3));
        assert_eq!(state(&database, pid), "idle");
        client.batch_execute("DISCARD ALL").unwrap();
    }

    // Within the host's transaction too, which keeps what it did.
    guard
        .fetch(&mut statements.with(&mut client), &sessions(1))
        .unwrap();
    client
        .batch_execute("ALTER TABLE experiments_experimentsession ALTER status TYPE text")
        .unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id > 2")
        .unwrap();
    let guarded = guard
        .fetch(&mut statements.with(&mut transaction), &sessions(1))
        .unwrap();
    assert_eq!((guarded.way, guarded.answer.len()), (Way::Optimized, 2));
    transaction.commit().unwrap();
}

#[test]
fn what_a_host_has_written_is_kept_though_the_server_forgot_all_statements() {
    let (_database, mut client) = some_sessions();
    let statements = StatementCache::default();
    let guard = Guard::new("sessions page", LONG, LONG);
    let shadow = Shadow::new("sessions page", |comparison| {
        assert!(
            !matches!(comparison.outcome(), Outcome::Failed(_)),
            "{comparison:?}"
        );
    });
    // Optimized, Legacy, and both: each prepares, and is forgotten before the next time.
    let legacy = sessions(1).strategy(Strategy::Legacy);
    for id in 100_i64..106 {
        client.batch_execute("DISCARD ALL").unwrap();
        let mut transaction = client.transaction().unwrap();
        transaction
            .execute(
                "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id, status)
                 VALUES ($1, 1, 1, 1, $1, 'active')",
                &[&id],
            )
            .unwrap();
        let mut cached = statements.with(&mut transaction);
        let answer = match id % 3 {
            0 => guard.fetch(&mut cached, &sessions(1)).unwrap().answer,
            1 => guard.fetch(&mut cached, &legacy).unwrap().answer,
            _ => shadow.fetch(&mut cached, &sessions(1)).unwrap(),
        };
        let sessions = TotalCount::Exact((id - 94).unsigned_abs());
        assert_eq!(answer.total(), Some(sessions), "{id}");
        transaction.commit().unwrap();
    }
    let left = "SELECT count(*) FROM experiments_experimentsession WHERE id >= 100";
    assert_eq!(client.query_one(left, &[]).unwrap().get::<_, i64>(0), 6);
    assert_eq!(statements.len(), 2, "both ways of the page");
}

#[test]
fn an_answer_is_kept_though_the_end_of_its_transaction_fails() {
    let (_database, mut client) = some_sessions();
    let guard = Guard::new("sessions page", LONG, LONG);
    let mut tampered = Tampered::new(&mut client, |text: &str| match text == "COMMIT" {
        true => "COMMIT PREPARED 'nothing'".to_owned(),
        false => text.to_owned(),
    });
    for listing in [sessions(1), sessions(1).strategy(Strategy::Legacy)] {
        let guarded = guard.fetch(&mut tampered, &listing).unwrap();
        assert_eq!(guarded.answer.len(), 3);
        assert!(tampered.texts.last().unwrap().contains("PREPARED"));
        tampered.client.batch_execute("ROLLBACK").unwrap();
    }
}

#[test]
fn other_errors_do_not_fall_back() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let guard = Guard::new("sessions page", LONG, LONG);
    let mut tampered = Tampered::new(&mut client, |text: &str| match is_optimized(text) {
        true => "SELECT 1 / 0".to_owned(),
        false => text.to_owned(),
    });
    let refused = guard.fetch(&mut tampered, &sessions(1)).unwrap_err();
    assert_eq!(code(&refused), Some(SqlState::DIVISION_BY_ZERO));
    assert_eq!(
        tampered.texts.iter().filter(|text| is_page(text)).count(),
        0
    );
    assert_eq!(state(&database, pid), "idle");
}

#[test]
fn the_breaker_opens_and_closes_again() {
    let (_database, mut client) = some_sessions();
    let start = Instant::now();
    let seconds = Arc::new(AtomicU64::new(0));
    let breaker = Breaker::new(2, Duration::from_secs(10), Duration::from_secs(60));
    // What is to succeed has all the time that it takes.
    let [short, long] = [SHORT, LONG].map(|limit| {
        let seconds = Arc::clone(&seconds);
        Guard::new("sessions page", limit, LONG)
            .breaker(breaker.clone())
            .clock(move || start + Duration::from_secs(seconds.load(Ordering::Relaxed)))
    });
    let is_slow = std::cell::Cell::new(true);
    let mut tampered = Tampered::new(&mut client, |text: &str| match is_slow.get() {
        true => asleep(text),
        false => text.to_owned(),
    });
    let mut way = |at: u64| {
        seconds.store(at, Ordering::Relaxed);
        let guard = match is_slow.get() {
            true => &short,
            false => &long,
        };
        guard.fetch(&mut tampered, &sessions(1)).unwrap().way
    };
    let fell_back = |way: Way| assert!(matches!(way, Way::FellBack { .. }), "{way:?}");
    fell_back(way(0));
    // The first is forgotten by then.
    fell_back(way(10));
    fell_back(way(15));
    assert_eq!(way(16), Way::BreakerOpen);
    assert_eq!(way(74), Way::BreakerOpen);
    // One is tried, and is slow again.
    fell_back(way(75));
    assert_eq!(way(76), Way::BreakerOpen);
    is_slow.set(false);
    assert_eq!(way(134), Way::BreakerOpen);
    assert_eq!(way(135), Way::Optimized);
    assert_eq!(way(136), Way::Optimized);
    is_slow.set(true);
    fell_back(way(137));
    is_slow.set(false);
    assert_eq!(way(138), Way::Optimized);
    assert_eq!(breaker.state(start), BreakerState::Closed);
}

#[test]
fn what_is_sent_to_legacy_is_not_tried() {
    static SWITCH: StrategySwitch = StrategySwitch::new("guarded");
    let (_database, mut client) = some_sessions();
    let guard = Guard::new("sessions page", SHORT, LONG);
    SWITCH.set(Strategy::Legacy);
    let guarded = guard
        .fetch(
            &mut Tampered::new(&mut client, asleep),
            &sessions(1).switch(&SWITCH),
        )
        .unwrap();
    assert_eq!((guarded.way, guarded.answer.len()), (Way::Legacy, 3));
    let short = Guard::new("sessions page", LONG, SHORT);
    let refused = short
        .fetch(
            &mut Tampered::new(&mut client, both_asleep),
            &sessions(1).switch(&SWITCH),
        )
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("legacy, within its limit of 20ms"),
        "{refused}"
    );
}

#[test]
fn a_dashboard_falls_back_to_all_of_its_statements() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let window = Window::before(Utc::now(), TimeDelta::days(10_000)).unwrap();
    let dashboard = Dashboard::new(window, &ids)
        .tenant(TEAM)
        .every(Bucket::Month);
    let whole = dashboard.build_as(Strategy::Optimized).unwrap();
    let whole = whole.statements().next().unwrap().text().to_owned();
    let mut tampered = Tampered::new(&mut client, |text| match text == whole {
        true => "SELECT pg_sleep(100000)".to_owned(),
        false => text.to_owned(),
    });
    let guard = Guard::new("dashboard", SHORT, LONG);
    let guarded = guard.fetch(&mut tampered, &dashboard).unwrap();
    assert!(matches!(guarded.way, Way::FellBack { .. }));
    let expected = dashboard
        .build_as(Strategy::Legacy)
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    assert_eq!(guarded.answer, expected);
}

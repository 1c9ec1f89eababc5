//! Views that are created, filled, refreshed and read, by several at once, and killed meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pagewise::Error;
use pagewise::aggregate::{AggregateStatement, Batch, Rows};
use pagewise::chat::Session;
use pagewise::ddl::materialized_view::{
    MaterializedView, MaterializedViewError, Measure, Refreshed, Rollup, WhileRefreshed, count,
};
use postgres::{Client, NoTls};

use crate::support::empty;

pub fn declared() -> (MaterializedView<Session>, Measure<i64>) {
    let rows = Rows::of(Session);
    let sessions = count(&rows).named("sessions");
    let view = MaterializedView::of("by_platform", &rows)
        .by(Session::PLATFORM)
        .by(Session::ENDED_AT);
    (view.measures(&sessions), sessions)
}

pub fn total(
    view: &MaterializedView<Session>,
    sessions: &Measure<i64>,
) -> AggregateStatement<Rollup<Session>> {
    view.rollup().tenant(1).measures(sessions).build().unwrap()
}

pub fn read(client: &mut Client) -> i64 {
    let (view, sessions) = declared();
    let rows = total(&view, &sessions).fetch(client).unwrap();
    rows[0].get(&sessions).unwrap()
}

/// So many sessions, on no platform and without an end.
pub fn insert(client: &mut Client, sessions: i64) {
    // Without their chats and people: there are no foreign keys where nobody checks them.
    let text = "INSERT INTO experiments_experimentsession (team_id, participant_id, experiment_id, chat_id, platform) \
                SELECT 1, 1, 1, n, CASE WHEN n % 2 = 0 THEN 'web' END \
                FROM generate_series((SELECT coalesce(max(chat_id), 0) + 1 FROM experiments_experimentsession), \
                                     (SELECT coalesce(max(chat_id), 0) FROM experiments_experimentsession) + $1) AS n";
    client
        .batch_execute("SET session_replication_role = replica")
        .unwrap();
    client.execute(text, &[&sessions]).unwrap();
}

fn is(error: &Error, wanted: fn(&MaterializedViewError) -> bool) -> bool {
    matches!(error, Error::MaterializedView(error) if wanted(error))
}

#[test]
fn a_view_that_is_not_there_or_empty_says_what_to_do() {
    let (_database, mut client) = empty();
    let (view, sessions) = declared();
    let statement = total(&view, &sessions);
    let in_a_batch = || {
        let mut batch = Batch::new().tenant(1);
        batch.add(view.rollup().measures(&sessions));
        batch.build().unwrap()
    };
    let missing = |error: &Error| {
        is(error, |e| {
            matches!(e, MaterializedViewError::Missing { .. })
        })
    };
    let unfilled = |error: &Error| {
        is(error, |e| {
            matches!(e, MaterializedViewError::NotPopulated { .. })
        })
    };

    let error = statement.fetch(&mut client).unwrap_err();
    assert!(missing(&error), "{error}");
    assert!(missing(&in_a_batch().fetch(&mut client).unwrap_err()));
    let error = view.refresh(&mut client, WhileRefreshed::Skip).unwrap_err();
    assert!(missing(&error), "{error}");
    assert_eq!(view.state(&mut client).unwrap(), None);

    view.create(&mut client).unwrap();
    view.create(&mut client).unwrap();
    let error = statement.fetch(&mut client).unwrap_err();
    assert!(unfilled(&error), "{error}");
    assert_eq!(
        error.to_string(),
        "the materialized view \"by_platform\" was never filled: fill it with `.refresh(..)`"
    );
    assert!(unfilled(&in_a_batch().fetch(&mut client).unwrap_err()));
    let state = view.state(&mut client).unwrap().unwrap();
    assert!(state.is_current && !state.is_populated);
    assert_eq!((state.refreshed_at, state.age), (None, None));

    assert_eq!(
        view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
        Refreshed::First
    );
    assert_eq!(read(&mut client), 0);
    view.drop(&mut client).unwrap();
    view.drop(&mut client).unwrap();
    assert_eq!(view.state(&mut client).unwrap(), None);
}

#[test]
fn a_refresh_gives_new_rows_and_leaves_the_others_as_they_are() {
    let (_database, mut client) = empty();
    let (view, _) = declared();
    insert(&mut client, 4);
    view.create(&mut client).unwrap();
    assert_eq!(
        view.refresh(&mut client, WhileRefreshed::Wait).unwrap(),
        Refreshed::First
    );
    assert_eq!(read(&mut client), 4);
    let written = |client: &mut Client| {
        let rows = client.query(
            "SELECT platform, xmin::text FROM by_platform ORDER BY platform",
            &[],
        );
        let rows = rows.unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect::<Vec<(Option<String>, String)>>()
    };
    let before = view.state(&mut client).unwrap().unwrap();
    assert!(before.age.unwrap() >= chrono::TimeDelta::zero());
    let first = written(&mut client);
    assert_eq!(first.len(), 2);

    // Nothing has changed: nothing is written, NULL or not.
    assert_eq!(
        view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
        Refreshed::Again
    );
    assert_eq!(written(&mut client), first);
    let after = view.state(&mut client).unwrap().unwrap();
    assert!(after.refreshed_at > before.refreshed_at);

    insert(&mut client, 1);
    assert_eq!(read(&mut client), 4);
    assert_eq!(
        view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
        Refreshed::Again
    );
    assert_eq!(read(&mut client), 5);
    let second = written(&mut client);
    assert_eq!(second[0], first[0]);
    assert_ne!(second[1], first[1]);
    client
        .batch_execute("DELETE FROM experiments_experimentsession WHERE platform = 'web'")
        .unwrap();
    view.refresh(&mut client, WhileRefreshed::Skip).unwrap();
    assert_eq!(read(&mut client), 3);
    assert_eq!(written(&mut client).len(), 1);
}

#[test]
fn two_who_refresh_at_once() {
    let (database, mut client) = empty();
    let (view, _) = declared();
    insert(&mut client, 2);
    view.create(&mut client).unwrap();
    view.refresh(&mut client, WhileRefreshed::Skip).unwrap();

    let mut other = database.client().unwrap();
    let mut transaction = other.transaction().unwrap();
    assert_eq!(
        view.refresh(&mut transaction, WhileRefreshed::Skip)
            .unwrap(),
        Refreshed::Again
    );
    insert(&mut client, 2);
    assert_eq!(
        view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
        Refreshed::Skipped
    );
    assert_eq!(read(&mut client), 2);
    let waiting = thread::spawn({
        let (mut client, view) = (database.client().unwrap(), view.clone());
        move || view.refresh(&mut client, WhileRefreshed::Wait).unwrap()
    });
    until(
        &mut client,
        "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
    );
    assert!(!waiting.is_finished());
    transaction.commit().unwrap();
    assert_eq!(waiting.join().unwrap(), Refreshed::Again);
    assert_eq!(read(&mut client), 4);
}

/// Waits until the database says so.
fn until(client: &mut Client, question: &str) {
    let begun = Instant::now();
    while !client.query_one(question, &[]).unwrap().get::<_, bool>(0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{question}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn it_is_read_while_it_is_refreshed() {
    let (database, mut client) = empty();
    let (view, _) = declared();
    view.create(&mut client).unwrap();
    view.refresh(&mut client, WhileRefreshed::Skip).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut client = database.client().unwrap();
            let (mut before, mut seen) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let now = read(&mut client);
                assert!(now % 2 == 0 && now >= before, "{now} after {before}");
                seen += i64::from(now > before);
                before = now;
            }
            seen
        });
        for _ in 0..20 {
            insert(&mut client, 2);
            assert_eq!(
                view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
                Refreshed::Again
            );
        }
        thread::sleep(Duration::from_millis(50));
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    assert_eq!(read(&mut client), 40);
}

/// A transaction that sees the database as it was gives the view what it sees, and says so.
#[test]
fn a_refresh_of_what_was() {
    let (database, mut client) = empty();
    let (view, _) = declared();
    view.create(&mut client).unwrap();
    view.refresh(&mut client, WhileRefreshed::Skip).unwrap();
    let mut other = database.client().unwrap();
    other
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM by_platform")
        .unwrap();
    let begun: chrono::DateTime<chrono::Utc> = other.query_one("SELECT now()", &[]).unwrap().get(0);
    insert(&mut client, 2);
    assert_eq!(
        view.refresh(&mut other, WhileRefreshed::Skip).unwrap(),
        Refreshed::Again
    );
    other.batch_execute("COMMIT").unwrap();
    assert_eq!(read(&mut client), 0);
    let state = view.state(&mut client).unwrap().unwrap();
    assert_eq!(state.refreshed_at, Some(begun));
}

#[test]
fn a_refresh_that_is_killed_changes_nothing() {
    let (database, mut client) = empty();
    let (view, _) = declared();
    insert(&mut client, 2);
    view.create(&mut client).unwrap();
    for populated in [false, true] {
        let before = view.state(&mut client).unwrap();
        insert(&mut client, 2);
        // The refresh waits for the table, until it is killed.
        let mut holder = database.client().unwrap();
        holder
            .batch_execute("BEGIN; LOCK TABLE experiments_experimentsession")
            .unwrap();
        let killed = thread::spawn({
            let (url, view) = (database.url().to_owned(), view.clone());
            move || {
                let mut client = Client::connect(&url, NoTls).unwrap();
                client
                    .batch_execute("SET application_name = 'to be killed'")
                    .unwrap();
                view.refresh(&mut client, WhileRefreshed::Skip)
            }
        });
        until(
            &mut client,
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'to be killed' AND wait_event_type = 'Lock'",
        );
        client
            .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be killed'", &[])
            .unwrap();
        assert!(matches!(
            killed.join().unwrap(),
            Err(Error::Database { .. })
        ));
        holder.batch_execute("ROLLBACK").unwrap();

        let after = view.state(&mut client).unwrap();
        assert_eq!(
            after.map(|s| s.refreshed_at),
            before.map(|s| s.refreshed_at)
        );
        if populated {
            assert_eq!(read(&mut client), 4);
        }
        let expected = if populated {
            Refreshed::Again
        } else {
            Refreshed::First
        };
        assert_eq!(
            view.refresh(&mut client, WhileRefreshed::Skip).unwrap(),
            expected
        );
        assert_eq!(read(&mut client), if populated { 6 } else { 4 });
    }
}

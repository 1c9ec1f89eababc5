//! Steps that are statements and batches, which other modules declare: run, tried again, broken off, taken back.

use std::thread;
use std::time::Duration;

use pagewise_reference::{Database, Server};
use postgres::Client;

use super::{Migration, MigrationError, Outcome, RunOptions};
use crate::ddl::Step;
use crate::error::Error;

const BATCH: &str = "WITH batch AS (UPDATE jobs SET is_done = TRUE WHERE id IN \
    (SELECT id FROM jobs WHERE NOT is_done ORDER BY id LIMIT 3) RETURNING id) \
    SELECT count(*) FROM jobs WHERE NOT is_done AND id NOT IN (SELECT id FROM batch)";

fn empty() -> (Database, Client) {
    let database = Server::shared().and_then(Server::database).unwrap();
    let client = database.client().unwrap();
    (database, client)
}

fn migration() -> Migration {
    let table = Step::statement(
        "table",
        "CREATE TABLE IF NOT EXISTS jobs (id int PRIMARY KEY, is_done boolean NOT NULL DEFAULT FALSE)",
        Some("DROP TABLE IF EXISTS jobs".to_owned()),
    );
    let rows = Step::statement(
        "rows",
        "INSERT INTO jobs SELECT generate_series(1, 10) ON CONFLICT DO NOTHING",
        None,
    );
    Migration::new().phase("jobs", [table, rows, Step::batches("work", BATCH)])
}

fn outcomes(report: &super::MigrationReport) -> Vec<Outcome> {
    let steps = report.steps.iter();
    steps.map(|step| step.outcome.clone()).collect()
}

#[test]
fn statements_and_batches() {
    let (_database, mut client) = empty();
    let options = RunOptions::default();
    let foreseen = migration().dry_run(&mut client).unwrap();
    assert_eq!(
        outcomes(&foreseen),
        [Outcome::Ran, Outcome::Ran, Outcome::Batches(0)]
    );
    let there = "SELECT to_regclass('jobs') IS NOT NULL";
    assert!(!client.query_one(there, &[]).unwrap().get::<_, bool>(0));

    for times in [4, 1] {
        let report = migration().run(&mut client, &options).unwrap();
        assert_eq!(
            outcomes(&report),
            [Outcome::Ran, Outcome::Ran, Outcome::Batches(times)]
        );
    }
    let sql = migration().to_sql();
    assert_eq!(
        sql.iter().map(|step| step.is_repeated).collect::<Vec<_>>(),
        [false, false, true]
    );
    let report = migration().undo(&mut client, &options).unwrap();
    assert_eq!(
        outcomes(&report),
        [Outcome::Nothing, Outcome::Nothing, Outcome::Ran]
    );
    assert!(!client.query_one(there, &[]).unwrap().get::<_, bool>(0));
}

/// A batch gives way to who holds its rows, and goes on; what was done before the connection was killed stays done.
#[test]
fn batches_beside_others() {
    let (database, mut client) = empty();
    let options = RunOptions::default()
        .lock_timeout(Duration::from_millis(50))
        .pause(Duration::from_millis(10))
        .attempts(3);
    let mut holder = database.client().unwrap();
    let prepared = migration().steps().take(2).cloned().collect::<Vec<_>>();
    let prepared = Migration::new().phase("jobs", prepared);
    prepared.run(&mut client, &options).unwrap();
    holder
        .batch_execute("BEGIN; SELECT FROM jobs WHERE id = 5 FOR UPDATE")
        .unwrap();
    let error = migration().run(&mut client, &options).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Migration(MigrationError::LockTimeout { ref step, attempts: 3, .. }) if step == "work"
        ),
        "{error}"
    );
    let done = "SELECT count(*) FROM jobs WHERE is_done";
    assert_eq!(client.query_one(done, &[]).unwrap().get::<_, i64>(0), 3);

    let process: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let patient = options.clone().attempts(10_000);
    let running = thread::spawn(move || migration().run(&mut client, &patient));
    thread::sleep(Duration::from_millis(200));
    holder
        .execute("SELECT pg_terminate_backend($1)", &[&process])
        .unwrap();
    assert!(matches!(
        running.join().unwrap(),
        Err(Error::Database { .. })
    ));
    holder.batch_execute("ROLLBACK").unwrap();
    let report = migration().run(&mut holder, &options).unwrap();
    assert_eq!(outcomes(&report)[2], Outcome::Batches(3));
    assert_eq!(holder.query_one(done, &[]).unwrap().get::<_, i64>(0), 10);
}

/// What a batch has to give.
#[test]
fn a_batch_that_gives_no_number() {
    let (_database, mut client) = empty();
    for (text, expected) in [
        ("SELECT 0", None),
        ("SELECT 0::bigint", None),
        (
            "SELECT 1 WHERE FALSE",
            Some("a batch says how many rows are left"),
        ),
        ("SELECT NULL::bigint", Some("NULL")),
        ("SELECT 'x'", Some("convert")),
    ] {
        let only = Migration::new().phase("one", [Step::batches("work", text)]);
        let answer = only.run(&mut client, &RunOptions::default());
        match expected {
            None => assert_eq!(outcomes(&answer.unwrap()), [Outcome::Batches(1)]),
            Some(expected) => {
                let error = answer.unwrap_err().to_string();
                assert!(error.contains(expected), "{error}");
            }
        }
    }
}

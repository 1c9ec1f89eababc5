//! Beside others: who holds a lock, who runs another migration, who is in a transaction.

use std::thread;
use std::time::Duration;

use pagewise::Error;
use pagewise::ddl::{Migration, MigrationError, Outcome, RunOptions};

use super::{
    WAITING, active, migration, outcomes, process, quick, relations, runners, setting, until,
};
use crate::support::empty;

/// What an ALTER TABLE or a VACUUM of somebody else holds.
const HOLD: &str = "BEGIN; LOCK TABLE experiments_experimentsession IN SHARE UPDATE EXCLUSIVE MODE";

#[test]
fn gives_way_to_who_holds_a_lock() {
    let (database, mut client) = empty();
    let mut holder = database.client().unwrap();
    holder.batch_execute(HOLD).unwrap();
    client
        .batch_execute("SET lock_timeout = '7s'; SET statement_timeout = '77s'")
        .unwrap();
    let before = relations(&mut client);
    let options = quick()
        .attempts(3)
        .statement_timeout(Duration::from_secs(5));
    let error = migration().run(&mut client, &options).unwrap_err();
    assert!(
        matches!(error, Error::Migration(MigrationError::LockTimeout { ref step, attempts: 3, .. }) if step == "index active"),
        "{error}"
    );
    assert_eq!(setting(&mut client, "lock_timeout"), "7s");
    assert_eq!(setting(&mut client, "statement_timeout"), "77s");
    assert_eq!(runners(&mut client), 0);
    assert_eq!(relations(&mut client), before);

    // Tried often enough, it gets its turn.
    let releasing = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        holder.batch_execute("ROLLBACK").unwrap();
    });
    let report = migration()
        .run(&mut client, &options.attempts(100))
        .unwrap();
    releasing.join().unwrap();
    assert!(report.steps[0].retries > 0, "{report}");
    assert_eq!(
        outcomes(&report),
        [
            Outcome::Built,
            Outcome::Built,
            Outcome::Built,
            Outcome::Dropped
        ]
    );
    assert_eq!(setting(&mut client, "lock_timeout"), "7s");
    assert_eq!(setting(&mut client, "statement_timeout"), "77s");
}

/// A build that gives up leaves an index that is INVALID; the next attempt drops it.
#[test]
fn gives_way_in_the_middle_of_a_build() {
    let (database, mut client) = empty();
    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .unwrap();
    let releasing = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        holder.batch_execute("ROLLBACK").unwrap();
    });
    let only = Migration::new().phase("one", [active()]);
    let report = only.run(&mut client, &quick().attempts(100)).unwrap();
    releasing.join().unwrap();
    assert_eq!(outcomes(&report), [Outcome::Rebuilt], "{report}");
    assert!(report.steps[0].retries > 0);
    let report = only.run(&mut client, &quick()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Present]);
}

#[test]
fn two_runners_at_once() {
    let (database, mut client) = empty();
    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .unwrap();
    let mut first = database.client().unwrap();
    let first_process = process(&mut first);
    let first = thread::spawn(move || migration().run(&mut first, &RunOptions::default()));
    until(&mut client, WAITING);

    let error = migration()
        .run(&mut client, &RunOptions::default())
        .unwrap_err();
    let Error::Migration(MigrationError::AlreadyRunning { process, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(process, Some(first_process));
    assert_eq!(runners(&mut client), 1);

    // The second waits, and the first does not wait for the second.
    let mut second = database.client().unwrap();
    let second = thread::spawn(move || {
        let patient = RunOptions::default().wait_for_others(Duration::from_secs(60));
        migration().run(&mut second, &patient)
    });
    thread::sleep(Duration::from_millis(200));
    holder.batch_execute("ROLLBACK").unwrap();
    let report = first.join().unwrap().unwrap();
    assert_eq!(
        outcomes(&report),
        [
            Outcome::Built,
            Outcome::Built,
            Outcome::Built,
            Outcome::Dropped
        ]
    );
    let report = second.join().unwrap().unwrap();
    assert_eq!(
        outcomes(&report),
        [
            Outcome::Present,
            Outcome::Present,
            Outcome::Present,
            Outcome::Absent
        ]
    );
    assert_eq!(runners(&mut client), 0);
}

/// Somebody else builds the same index, without a runner: it is no leftover of a build that failed.
#[test]
fn a_build_of_somebody_else_is_waited_for() {
    let (database, mut client) = empty();
    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .unwrap();
    let mut other = database.client().unwrap();
    let other =
        thread::spawn(move || other.batch_execute(&active().create().concurrently().to_string()));
    until(&mut client, WAITING);
    let only = Migration::new().phase("one", [active()]);
    let error = only.run(&mut client, &quick()).unwrap_err();
    assert!(
        matches!(error, Error::Migration(MigrationError::LockTimeout { .. })),
        "{error}"
    );
    assert!(matches!(
        outcomes(&only.dry_run(&mut client).unwrap())[0],
        Outcome::LeftAlone(_)
    ));
    holder.batch_execute("ROLLBACK").unwrap();
    other.join().unwrap().unwrap();
    let report = only.run(&mut client, &quick()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Present]);
}

#[test]
fn never_in_a_transaction() {
    let (_database, mut client) = empty();
    let before = relations(&mut client);
    let is_refused =
        |error: Error| matches!(error, Error::Migration(MigrationError::InTransaction));
    let mut transaction = client.transaction().unwrap();
    assert!(is_refused(
        migration().run(&mut transaction, &quick()).unwrap_err()
    ));
    assert!(is_refused(
        migration().dry_run(&mut transaction).unwrap_err()
    ));
    assert!(is_refused(
        migration().undo(&mut transaction, &quick()).unwrap_err()
    ));
    transaction.rollback().unwrap();
    client.batch_execute("BEGIN").unwrap();
    assert!(is_refused(
        migration().run(&mut client, &quick()).unwrap_err()
    ));
    client.batch_execute("SELECT 1 / 0").unwrap_err();
    assert!(is_refused(
        migration().run(&mut client, &quick()).unwrap_err()
    ));
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(relations(&mut client), before);
    migration().run(&mut client, &quick()).unwrap();
}

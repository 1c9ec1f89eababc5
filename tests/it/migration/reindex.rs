//! Indexes that are made anew beside others: nothing is left behind.

use std::thread;
use std::time::Duration;

use pagewise::ddl::{Migration, MigrationError, Outcome, RunOptions};
use pagewise::plan::UsageReport;
use pagewise::statistics::TableSet;
use pagewise::{Error, entity};
use postgres::Client;

use super::{outcomes, quick, relations, until};
use crate::support::empty;

entity! {
    /// A thing with an index that is made anew.
    Thing = "things" as "thing" {
        key ID: i64 = "id";
        shared;
    }
}

/// As long as a name can be: the server cuts it off for what it appends.
const LONG: &str = "things_with_a_name_that_has_no_room_for_anything_behind_it_at_all";

fn make(client: &mut Client) {
    client
        .batch_execute(&format!(
            "CREATE TABLE things (id bigint);
             INSERT INTO things SELECT generate_series(1, 1000);
             CREATE INDEX things_id ON things (id);
             CREATE INDEX {LONG} ON things ((id + 1))"
        ))
        .unwrap();
}

/// The steps of the two indexes, whatever else there is.
fn reindexing(client: &mut Client) -> Migration {
    let report = UsageReport::read(client, &TableSet::new().table(Thing)).unwrap();
    let is_own = |name: &str| name == "things_id" || LONG.starts_with(name);
    let steps = report.indexes().iter().filter(|index| is_own(&index.name));
    let steps: Vec<_> = steps.map(|index| index.reindex_step()).collect();
    assert_eq!(steps.len(), 2);
    Migration::new().phase("anew", steps)
}

fn indexes(client: &mut Client) -> Vec<(String, bool)> {
    let rows = client.query(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'things'::regclass",
        &[],
    );
    let rows = rows.unwrap();
    let mut indexes: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    indexes.sort_unstable();
    indexes
}

#[track_caller]
fn assert_lost(answer: Result<pagewise::ddl::MigrationReport, Error>) {
    let error = answer.unwrap_err();
    assert!(
        matches!(error, Error::Migration(MigrationError::LockTimeout { ref step, .. }) if step.starts_with("reindex public.things")),
        "{error}"
    );
}

/// What a transaction holds that wrote to the table, and what one does that only has an old snapshot.
#[test]
fn nothing_is_left_by_one_that_had_to_give_way() {
    for held in [
        "BEGIN; INSERT INTO things VALUES (0)",
        "BEGIN; SELECT FROM things LIMIT 1",
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class LIMIT 1",
    ] {
        let (database, mut client) = empty();
        make(&mut client);
        let anew = reindexing(&mut client);
        let before = relations(&mut client);
        let mut holder = database.client().unwrap();
        holder.batch_execute(held).unwrap();
        assert_lost(anew.run(&mut client, &quick()));
        assert_eq!(relations(&mut client), before, "{held}");

        holder.batch_execute("ROLLBACK").unwrap();
        let report = anew.run(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Ran, Outcome::Ran], "{held}");
        assert_ne!(relations(&mut client), before, "{held}");
        assert!(indexes(&mut client).iter().all(|(_, is_valid)| *is_valid));
        assert_eq!(indexes(&mut client).len(), 2, "{held}");

        let report = anew.undo(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Nothing, Outcome::Nothing]);
    }
}

/// What the statement itself left is dropped, and nothing else.
#[test]
fn what_was_left_before_is_dropped() {
    let (database, mut client) = empty();
    make(&mut client);
    client
        .batch_execute(
            "CREATE INDEX things_id_ccnew ON things (id, id);
             CREATE INDEX things_id_ccnew_own ON things (id, id);
             CREATE INDEX things_id_ccold3 ON things (id, id);
             CREATE TABLE others (id bigint);
             CREATE INDEX things_id_ccold ON others (id);
             UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid IN
                 ('things_id_ccnew_own'::regclass, 'things_id_ccold3'::regclass, 'things_id_ccold'::regclass)",
        )
        .unwrap();
    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class LIMIT 1")
        .unwrap();
    client.batch_execute("SET lock_timeout = '50ms'").unwrap();
    for name in ["things_id", "things_id", LONG, LONG] {
        let anew = format!("REINDEX INDEX CONCURRENTLY {name}");
        client.batch_execute(&anew).unwrap_err();
    }
    let left = indexes(&mut client);
    assert_eq!(left.len(), 5 + 4, "{left:?}");

    // Who writes to the table has it, so that nothing of it can be dropped; and nothing is added.
    let steps = reindexing(&mut client);
    let mut writer = database.client().unwrap();
    writer
        .batch_execute("BEGIN; INSERT INTO things VALUES (0)")
        .unwrap();
    assert_lost(steps.run(&mut client, &quick()));
    assert_eq!(indexes(&mut client), left);

    // An old snapshot keeps an index from being made anew, and not from being dropped.
    writer.batch_execute("ROLLBACK").unwrap();
    assert_lost(steps.run(&mut client, &quick()));
    let anew = indexes(&mut client);
    assert!(
        !anew
            .iter()
            .any(|(name, _)| name == "things_id_ccold3" || name == "things_id_ccnew1"),
        "{anew:?}"
    );

    holder.batch_execute("ROLLBACK").unwrap();
    let report = steps.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Ran, Outcome::Ran]);
    let expected = [
        ("things_id", true),
        ("things_id_ccnew", true),
        ("things_id_ccnew_own", false),
        (&LONG[..63], true),
    ];
    let expected = expected.map(|(name, is_valid)| (name.to_owned(), is_valid));
    assert_eq!(indexes(&mut client), expected);
    client
        .batch_execute("SELECT 'things_id_ccold'::regclass")
        .unwrap();
}

/// It has taken the old one's place when it has to give way: it is not made once more.
#[test]
fn what_is_made_is_not_made_again() {
    const PHASE: &str = "SELECT FROM pg_stat_progress_create_index \
        WHERE datname = current_database() AND phase = ";
    let (database, mut client) = empty();
    make(&mut client);
    client.batch_execute(&format!("DROP INDEX {LONG}")).unwrap();
    let report = UsageReport::read(&mut client, &TableSet::new().table(Thing)).unwrap();
    let anew = Migration::new().phase("anew", [report.indexes()[0].reindex_step()]);
    let (mut old, mut reader) = (database.client().unwrap(), database.client().unwrap());
    let mut watcher = database.client().unwrap();
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM pg_class LIMIT 1")
        .unwrap();
    let options = quick()
        .index_lock_timeout(Duration::from_secs(2))
        .attempts(100);
    let running = thread::spawn(move || anew.run(&mut client, &options).unwrap());
    until(
        &mut watcher,
        &format!("{PHASE} 'waiting for old snapshots'"),
    );
    reader
        .batch_execute("BEGIN; SELECT FROM things LIMIT 1")
        .unwrap();
    old.batch_execute("ROLLBACK").unwrap();
    until(
        &mut watcher,
        "SELECT FROM pg_index WHERE indexrelid = to_regclass('things_id_ccold')",
    );
    let made = "SELECT 'things_id'::regclass::oid";
    let first: u32 = watcher.query_one(made, &[]).unwrap().get(0);
    // It has given way when it is no longer made.
    until(
        &mut watcher,
        "SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE datname = current_database())",
    );
    reader.batch_execute("ROLLBACK").unwrap();
    let report = running.join().unwrap();
    assert_eq!(outcomes(&report), [Outcome::Ran]);
    assert!(report.steps[0].retries > 0, "{report}");
    assert_eq!(
        watcher.query_one(made, &[]).unwrap().get::<_, u32>(0),
        first
    );
    assert_eq!(indexes(&mut watcher), [("things_id".to_owned(), true)]);
}

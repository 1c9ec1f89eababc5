//! The connection is killed at each statement, and in the middle of a build: running it again ends in the same state.

use std::thread;

use pagewise::Error;
use pagewise::ddl::{Migration, Outcome, RunOptions};
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise_reference::Database;
use postgres::{Client, Row};

use super::{WAITING, active, migration, outcomes, process, relations, runners, schema, until};
use crate::support::empty;

/// When the client's server process is ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Before,
    After,
}

/// A client whose process is ended at one of its statements.
struct Mortal<'k> {
    client: Client,
    killer: &'k mut Client,
    when: When,
    left: usize,
    is_dead: bool,
}

impl Mortal<'_> {
    fn die(&mut self) {
        let process = process(&mut self.client);
        self.is_dead = true;
        self.killer
            .execute("SELECT pg_terminate_backend($1)", &[&process])
            .unwrap();
    }
}

impl Execute for Mortal<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, postgres::Error> {
        if self.left > 0 || self.is_dead {
            self.left = self.left.saturating_sub(1);
            return self.client.run(text, parameters);
        }
        match self.when {
            When::Before => self.die(),
            When::After => {
                self.client.run(text, parameters)?;
                self.die();
            }
        }
        self.client.run("SELECT 1", &[])
    }
}

type Task = fn(&Migration, &mut Mortal<'_>) -> Result<pagewise::ddl::MigrationReport, Error>;

/// How many statements it takes, each of which was the last one of a client once.
fn killed_everywhere(
    database: &Database,
    client: &mut Client,
    when: When,
    forth: Task,
    back: Task,
) -> usize {
    let migration = migration();
    let before = schema(client);
    let options = RunOptions::default();
    for left in 0.. {
        let mut mortal = Mortal {
            client: database.client().unwrap(),
            killer: &mut *client,
            when,
            left,
            is_dead: false,
        };
        let attempt = forth(&migration, &mut mortal);
        let is_over = !mortal.is_dead;
        assert_eq!(is_over, attempt.is_ok(), "killed, and no error");
        drop(mortal);
        if is_over {
            return left;
        }
        let mut again = database.client().unwrap();
        until(
            &mut again,
            "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = \
            (SELECT oid FROM pg_database WHERE datname = current_database()))",
        );
        // To go on is to end where a run ends that was never broken off.
        migration.run(&mut again, &options).unwrap();
        let whole = schema(&mut again);
        assert_eq!(whole.len(), before.len() + 2);
        assert!(whole.iter().all(|index| index.ends_with("t t")));
        let done = relations(&mut again);
        let nothing = migration.run(&mut again, &options).unwrap();
        assert_eq!(
            outcomes(&nothing),
            [
                Outcome::Present,
                Outcome::Present,
                Outcome::Present,
                Outcome::Absent
            ]
        );
        assert_eq!(relations(&mut again), done);

        let mut mortal = Mortal {
            client: database.client().unwrap(),
            killer: &mut *client,
            when,
            left,
            is_dead: false,
        };
        let _ = back(&migration, &mut mortal);
        drop(mortal);
        until(
            &mut again,
            "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = \
            (SELECT oid FROM pg_database WHERE datname = current_database()))",
        );
        migration.undo(&mut again, &options).unwrap();
        assert_eq!(schema(&mut again), before);
    }
    0
}

#[test]
fn killed_at_each_statement() {
    let (database, mut client) = empty();
    for when in [When::Before, When::After] {
        let statements = killed_everywhere(
            &database,
            &mut client,
            when,
            |migration, client| migration.run(client, &RunOptions::default()),
            |migration, client| migration.undo(client, &RunOptions::default()),
        );
        assert!(statements > 20, "{statements} statements");
    }
    assert_eq!(runners(&mut client), 0);
}

#[test]
fn killed_in_the_middle_of_a_build() {
    let (database, mut client) = empty();
    let before = schema(&mut client);
    let only = Migration::new().phase("one", [active()]);
    // A transaction that began before the build, for which it waits when it is built: with rows that it wrote, before the
    // build begins, and with its snapshot, at the end.
    for holds in [
        "UPDATE experiments_experimentsession SET status = 'x' WHERE FALSE",
        "SELECT 1",
    ] {
        let mut holder = database.client().unwrap();
        holder
            .batch_execute(&format!("BEGIN ISOLATION LEVEL REPEATABLE READ; {holds}"))
            .unwrap();
        let mut builder = database.client().unwrap();
        let running = {
            let only = only.clone();
            thread::spawn(move || only.run(&mut builder, &RunOptions::default()))
        };
        let process: i32 = until(&mut client, WAITING).get(0);
        client
            .execute("SELECT pg_terminate_backend($1)", &[&process])
            .unwrap();
        let failed = running.join().unwrap().unwrap_err();
        assert!(matches!(failed, Error::Database { .. }), "{failed}");
        assert!(
            failed.to_string().contains("step \"index active\""),
            "{failed}"
        );
        until(
            &mut client,
            "SELECT 1 FROM pg_index WHERE indexrelid = 'active'::regclass AND NOT indisvalid",
        );

        let foreseen = only.dry_run(&mut client).unwrap();
        assert_eq!(outcomes(&foreseen), [Outcome::Rebuilt]);
        holder.batch_execute("ROLLBACK").unwrap();
        let report = only.run(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Rebuilt]);
        let report = only.run(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Present]);
        let report = only.undo(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(outcomes(&report), [Outcome::Dropped]);
        assert_eq!(schema(&mut client), before);
    }
}

/// Killed while it drops: the index is not of the table any more, but has its name.
#[test]
fn killed_in_the_middle_of_a_drop() {
    let (database, mut client) = empty();
    let only = Migration::new().phase("one", [active()]);
    only.run(&mut client, &RunOptions::default()).unwrap();
    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN; UPDATE experiments_experimentsession SET status = 'x' WHERE FALSE")
        .unwrap();
    let mut dropper = database.client().unwrap();
    let dropping = process(&mut dropper);
    let running = {
        let only = only.clone();
        thread::spawn(move || only.undo(&mut dropper, &RunOptions::default()))
    };
    until(
        &mut client,
        &format!(
            "SELECT 1 FROM pg_stat_activity WHERE pid = {dropping} AND query LIKE 'DROP%' AND wait_event_type = 'Lock'"
        ),
    );
    client
        .execute("SELECT pg_terminate_backend($1)", &[&dropping])
        .unwrap();
    running.join().unwrap().unwrap_err();
    until(
        &mut client,
        "SELECT 1 FROM pg_index WHERE indexrelid = 'active'::regclass AND NOT indisvalid",
    );
    holder.batch_execute("ROLLBACK").unwrap();
    // The second half of a drop: nothing is written to the index any more.
    client
        .batch_execute("UPDATE pg_index SET indislive = FALSE, indisready = FALSE WHERE indexrelid = 'active'::regclass")
        .unwrap();
    let report = only.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(outcomes(&report), [Outcome::Rebuilt]);
    assert!(
        schema(&mut client)
            .iter()
            .all(|index| index.ends_with("t t"))
    );
}

//! Migrations on a database that is in use: broken off anywhere, beside others, and taken back.

mod found;
mod kills;
mod locks;
mod progress;
mod reindex;
mod text;
#[cfg(feature = "tokio-postgres")]
mod tokio;

use std::thread;
use std::time::{Duration, Instant};

use pagewise::chat::{Session, Trace};
use pagewise::ddl::{IndexDefinition, IndexSpec, Migration, MigrationReport, Outcome, RunOptions};
use postgres::Client;

/// An index of a few columns of a few rows.
fn active() -> IndexDefinition {
    let spec = IndexSpec::on(Session)
        .key(Session::TEAM_ID)
        .key(Session::CREATED_AT.desc());
    let statuses = Session::STATUS.any_of(["active", "setup"]);
    spec.include(Session::CHAT_ID)
        .filter(statuses)
        .named("active")
        .build()
        .unwrap()
}

fn ended() -> IndexDefinition {
    let spec = IndexSpec::on(Session)
        .key(Session::TEAM_ID)
        .key(Session::ENDED_AT.desc());
    spec.named("ended").build().unwrap()
}

fn traces() -> IndexDefinition {
    let spec = IndexSpec::on(Trace)
        .key(Trace::TEAM_ID)
        .key(Trace::TIMESTAMP);
    spec.named("traces").build().unwrap()
}

/// An index of the origin's that nobody needs any more.
fn needless() -> IndexDefinition {
    let spec = IndexSpec::on(Session).key(Session::TEAM_ID);
    spec.named("experiments_experimentsession_team_id")
        .build()
        .unwrap()
}

fn migration() -> Migration {
    Migration::new()
        .phase("first", [active(), ended()])
        .phase("second", [traces().step(), needless().drop_step()])
}

/// Waits for nobody, and not for long.
fn quick() -> RunOptions {
    RunOptions::default()
        .index_lock_timeout(Duration::from_millis(100))
        .pause(Duration::from_millis(10))
        .attempts(2)
}

fn outcomes(report: &MigrationReport) -> Vec<Outcome> {
    report
        .steps
        .iter()
        .map(|step| step.outcome.clone())
        .collect()
}

/// Each relation that is there, with what it is and the file that it is in, which is another when it is made anew.
fn relations(client: &mut Client) -> Vec<String> {
    let rows = client.query(
        "SELECT format('%s %s %s %s %s', relname, class.oid, relfilenode, pg_get_indexdef(class.oid), indisvalid) \
         FROM pg_class AS class LEFT JOIN pg_index ON indexrelid = class.oid \
         WHERE relnamespace IN ('public'::regnamespace, pg_my_temp_schema()) ORDER BY 1",
        &[],
    );
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Each index with what it is and whether it is valid.
fn schema(client: &mut Client) -> Vec<String> {
    let rows = client.query(
        "SELECT format('%s %s %s', pg_get_indexdef(indexrelid), indisvalid, indisready) FROM pg_index \
         JOIN pg_class AS class ON class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        &[],
    );
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

fn process(client: &mut Client) -> i32 {
    client
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0)
}

fn setting(client: &mut Client, name: &str) -> String {
    client
        .query_one("SELECT current_setting($1)", &[&name])
        .unwrap()
        .get(0)
}

/// How many sessions hold the runner's lock.
fn runners(client: &mut Client) -> i64 {
    let text = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    client.query_one(text, &[]).unwrap().get(0)
}

/// Waits until the statement, which looks at something that is bound to happen, gives a row.
#[track_caller]
fn until(client: &mut Client, text: &str) -> postgres::Row {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(row) = client.query_opt(text, &[]).unwrap() {
            return row;
        }
        assert!(Instant::now() < end, "it never happens: {text}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The process that builds an index in this database, and waits for others.
const WAITING: &str = "SELECT pid FROM pg_stat_progress_create_index \
    WHERE datname = current_database() AND phase LIKE 'waiting%' AND current_locker_pid <> 0";

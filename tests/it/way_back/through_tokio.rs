//! The same through the asynchronous client; and futures that are dropped before their end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pagewise::driver::StatementCache;
use pagewise::driver::tokio_postgres::Execute;
use pagewise::listing::TotalCount;
use pagewise::sea_query::Value;
use pagewise::strategy::{Guard, Outcome, Shadow, Way};
use pagewise::{Error, Strategy};
use pagewise_reference::Database;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls, Row};

use super::requests::{is_optimized, sessions, some_sessions};

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(3_600);

/// A client that changes texts before it runs them.
struct Tampered<'c, C> {
    client: &'c C,
    change: fn(&str) -> String,
    runs: AtomicUsize,
}

impl<'c, C> Tampered<'c, C> {
    fn new(client: &'c C, change: fn(&str) -> String) -> Self {
        Self {
            client,
            change,
            runs: AtomicUsize::new(0),
        }
    }
}

impl<C: Execute> Execute for Tampered<'_, C> {
    async fn run(
        &self,
        text: &str,
        parameters: &[Value],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let changed = (self.change)(text);
        self.runs.fetch_add(1, Ordering::Relaxed);
        let parameters = if changed.contains('$') {
            parameters
        } else {
            &[]
        };
        self.client.run(&changed, parameters).await
    }
}

fn asleep(text: &str) -> String {
    match is_optimized(text) {
        true => "SELECT pg_sleep(100000)".to_owned(),
        false => text.to_owned(),
    }
}

fn one_more(text: &str) -> String {
    match is_optimized(text) {
        true => text.replace(
            r#"COUNT(*) AS "message_count""#,
            r#"COUNT(*) + 1 AS "message_count""#,
        ),
        false => text.to_owned(),
    }
}

fn broken(text: &str) -> String {
    match is_optimized(text) {
        true => "SELECT 1 / 0".to_owned(),
        false => text.to_owned(),
    }
}

/// A database with sessions, made where blocking is allowed.
async fn database() -> (Database, Client) {
    let made = tokio::task::spawn_blocking(|| some_sessions().0)
        .await
        .unwrap();
    let client = connect(&made).await;
    (made, client)
}

async fn connect(database: &Database) -> Client {
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn pid(client: &Client) -> i32 {
    client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0)
}

async fn state(observer: &Client, pid: i32) -> String {
    let state = "SELECT state FROM pg_stat_activity WHERE pid = $1";
    observer.query_one(state, &[&pid]).await.unwrap().get(0)
}

async fn timeout(client: &Client) -> String {
    client
        .query_one("SHOW statement_timeout", &[])
        .await
        .unwrap()
        .get(0)
}

/// Waits until a session sleeps.
async fn until_asleep(observer: &Client, pid: i32) {
    let asleep = "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
    while observer.query(asleep, &[&pid]).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

async fn cancel(observer: &Client, pid: i32) {
    observer
        .query("SELECT pg_cancel_backend($1)", &[&pid])
        .await
        .unwrap();
}

fn shadow() -> (Shadow, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let shadow = Shadow::new("sessions page", move |comparison| {
        let words = match comparison.outcome() {
            Outcome::Different(differences) => format!("{} different", differences.count()),
            Outcome::Failed(_) => "failed".to_owned(),
            other => format!("{other:?}"),
        };
        telling.lock().unwrap().push(words);
    });
    (shadow, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shadow_and_guard_run_in_spawned_tasks() {
    let (_database, client) = database().await;
    let (shadow, told) = shadow();
    let task = tokio::spawn(async move {
        let shown = shadow
            .fetch_async(&client, &sessions(1))
            .await
            .unwrap()
            .len();
        let guard = Guard::new("sessions page", LONG, LONG);
        let guarded = guard.fetch_async(&client, &sessions(1)).await.unwrap();
        (shown, guarded.way, guarded.answer.len())
    });
    assert_eq!(task.await.unwrap(), (3, Way::Optimized, 3));
    assert_eq!(*told.lock().unwrap(), ["Same"]);
}

#[tokio::test]
async fn differences_and_failures_are_told() {
    let (_database, mut client) = database().await;
    let (shadow, told) = shadow();
    let legacy = sessions(1)
        .build_as(Strategy::Legacy)
        .unwrap()
        .fetch_async(&client)
        .await
        .unwrap();
    for change in [one_more, broken] {
        let rows = shadow
            .fetch_async(&Tampered::new(&client, change), &sessions(1))
            .await
            .unwrap();
        assert_eq!(format!("{rows:?}"), format!("{legacy:?}"));
    }
    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 1")
        .await
        .unwrap();
    let rows = shadow
        .fetch_async(&Tampered::new(&transaction, broken), &sessions(1))
        .await
        .unwrap();
    assert_eq!(rows.len(), 3);
    transaction.commit().await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["3 different", "failed", "failed"]);
    let left = client
        .query_one("SELECT count(*) FROM experiments_experimentsession", &[])
        .await
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 4);
}

#[tokio::test]
async fn over_its_limit_legacy_is_run() {
    let (database, mut client) = database().await;
    let observer = connect(&database).await;
    let pid = pid(&client).await;
    client
        .batch_execute("SET statement_timeout = '77s'")
        .await
        .unwrap();
    let guard = Guard::new("sessions page", SHORT, LONG);
    let guarded = guard
        .fetch_async(&Tampered::new(&client, asleep), &sessions(1))
        .await
        .unwrap();
    assert!(matches!(guarded.way, Way::FellBack { after } if after >= SHORT));
    assert_eq!(guarded.answer.len(), 3);
    assert_eq!(timeout(&client).await, "77s");
    assert_eq!(state(&observer, pid).await, "idle");

    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 1")
        .await
        .unwrap();
    let guarded = guard
        .fetch_async(&Tampered::new(&transaction, asleep), &sessions(1))
        .await
        .unwrap();
    assert!(matches!(guarded.way, Way::FellBack { .. }));
    transaction.commit().await.unwrap();
    assert_eq!(timeout(&client).await, "77s");
}

#[tokio::test]
async fn a_cancel_by_a_user_is_not_the_limit() {
    let (database, client) = database().await;
    let observer = connect(&database).await;
    let pid = pid(&client).await;
    let guard = Guard::new("sessions page", LONG, LONG);
    let (tampered, listing) = (Tampered::new(&client, asleep), sessions(1));
    let (refused, ()) = tokio::join!(guard.fetch_async(&tampered, &listing), async {
        until_asleep(&observer, pid).await;
        cancel(&observer, pid).await;
    });
    match refused.unwrap_err() {
        Error::Database { source, .. } => {
            assert_eq!(source.code(), Some(&SqlState::QUERY_CANCELED))
        }
        other => panic!("{other}"),
    }
    assert_eq!(state(&observer, pid).await, "idle");
}

/// The host's transaction goes on, and so does a client without one: what was entered is left, though nobody waits for it.
#[tokio::test]
async fn a_future_that_is_dropped_leaves_nothing_open() {
    let (database, mut client) = database().await;
    let observer = connect(&database).await;
    client
        .batch_execute("SET statement_timeout = '77s'")
        .await
        .unwrap();
    dropped_alone(&client, &client, &observer).await;
    dropped_within(&mut client, &observer, None).await;
}

/// What leaves is sent at the first look, though other statements are prepared first.
#[tokio::test]
async fn a_future_that_is_dropped_over_prepared_statements_leaves_nothing_open() {
    let (database, mut client) = database().await;
    let observer = connect(&database).await;
    client
        .batch_execute("SET statement_timeout = '77s'")
        .await
        .unwrap();
    let statements = StatementCache::default();
    dropped_alone(&client, &statements.with_async(&client), &observer).await;
    assert!(!statements.is_empty());
    dropped_within(&mut client, &observer, Some(&statements)).await;
}

#[tokio::test]
async fn what_a_host_has_written_is_kept_though_the_server_forgot_all_statements() {
    let (_database, mut client) = database().await;
    let statements = StatementCache::default();
    let guard = Guard::new("sessions page", LONG, LONG);
    for _ in 0..2 {
        client.batch_execute("DISCARD ALL").await.unwrap();
        let transaction = client.transaction().await.unwrap();
        transaction
            .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 1")
            .await
            .unwrap();
        let cached = statements.with_async(&transaction);
        let guarded = guard.fetch_async(&cached, &sessions(1)).await.unwrap();
        assert_eq!(guarded.answer.total(), Some(TotalCount::Exact(4)));
        transaction.commit().await.unwrap();
    }
    assert_eq!(statements.len(), 1, "only the page");
}

async fn dropped_alone(client: &Client, through: &impl Execute, observer: &Client) {
    let pid = pid(client).await;
    dropped(through, observer, pid).await;
    assert_eq!(timeout(client).await, "77s");
    assert_eq!(state(observer, pid).await, "idle");
}

async fn dropped_within(
    client: &mut Client,
    observer: &Client,
    statements: Option<&StatementCache>,
) {
    let pid = pid(client).await;
    let transaction = client.transaction().await.unwrap();
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 1")
        .await
        .unwrap();
    match statements {
        Some(statements) => dropped(&statements.with_async(&transaction), observer, pid).await,
        None => dropped(&transaction, observer, pid).await,
    }
    transaction
        .batch_execute("DELETE FROM experiments_experimentsession WHERE id = 2")
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(timeout(client).await, "77s");
    let left = client
        .query_one("SELECT count(*) FROM experiments_experimentsession", &[])
        .await
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 3);
}

/// A future that is dropped while its statement sleeps.
async fn dropped(through: &impl Execute, observer: &Client, pid: i32) {
    let guard = Guard::new("sessions page", LONG, LONG);
    let (tampered, listing) = (Tampered::new(through, asleep), sessions(1));
    tokio::select! {
        answered = guard.fetch_async(&tampered, &listing) => panic!("{answered:?}"),
        () = until_asleep(observer, pid) => {}
    }
    cancel(observer, pid).await;
}

/// Nor one that is dropped since something else of its task has panicked.
#[tokio::test]
async fn a_future_that_ends_with_a_panic_elsewhere_leaves_nothing_open() {
    let (database, client) = database().await;
    let (client, observer) = (Arc::new(client), connect(&database).await);
    let pid = pid(&client).await;
    let task = tokio::spawn({
        let (client, observer) = (Arc::clone(&client), connect(&database).await);
        async move {
            let guard = Guard::new("sessions page", LONG, LONG);
            let (tampered, listing) = (Tampered::new(&*client, asleep), sessions(1));
            let panics = async {
                until_asleep(&observer, pid).await;
                panic!("elsewhere");
            };
            tokio::join!(guard.fetch_async(&tampered, &listing), panics)
        }
    });
    assert!(task.await.is_err_and(|error| error.is_panic()));
    cancel(&observer, pid).await;
    assert_eq!(timeout(&client).await, "0");
    assert_eq!(state(&observer, pid).await, "idle");
}

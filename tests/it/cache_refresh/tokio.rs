//! The same through the asynchronous client.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use pagewise::Error;
use pagewise::cache::{
    CacheKey, CacheKind, ComputeAsync, ComputeError, Definition, Freshness, Obtained, Origin,
    RefreshError, ResultCache, WarmOutcome, WarmTaskAsync, Warming,
};
use pagewise_reference::Database;
use tokio::sync::{Barrier, Notify};
use tokio_postgres::{Client, NoTls, Transaction};

use super::{LENIENT, STRICT, TEAM, change, database, kept, locks};

async fn connect(database: &Database) -> Client {
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

async fn get(
    cache: &ResultCache,
    client: &mut Client,
    kind: CacheKind<i64>,
    number: i64,
) -> Result<Obtained<i64>, Error> {
    let compute = async |_: &Transaction<'_>, _| Ok::<_, Infallible>(number);
    cache
        .get_or_compute_async(client, &kind.key(TEAM), compute)
        .await
}

/// The blocking client has a runtime of its own, which cannot be one within another.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn setup() -> (Database, Arc<ResultCache>) {
    let (database, client) = blocking(database).await;
    blocking(move || drop(client)).await;
    (database, Arc::new(ResultCache::new()))
}

/// What is there, and how many locks.
async fn state(
    database: Database,
    kind: CacheKind<i64>,
) -> (Database, Option<(i64, Freshness)>, i64) {
    blocking(move || {
        let mut client = database.client().unwrap();
        let state = (kept(&mut client, kind), locks(&mut client));
        (database, state.0, state.1)
    })
    .await
}

/// The futures are `Send`: they run as tasks, on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_tasks_computes() {
    let (database, cache) = setup().await;
    let computations = Arc::new(AtomicI64::new(0));
    let barrier = Arc::new(Barrier::new(32));
    let elsewhere = Arc::new(ResultCache::new());
    let mut tasks = Vec::new();
    for task in 0..32 {
        let mut client = connect(&database).await;
        let caches = [cache.clone(), elsewhere.clone()];
        let (computations, barrier) = (computations.clone(), barrier.clone());
        tasks.push(tokio::spawn(async move {
            let key = STRICT.key(TEAM);
            barrier.wait().await;
            let misses = || -> u64 {
                let counts = caches
                    .iter()
                    .map(|cache| cache.pending_counts(TEAM, STRICT).misses);
                counts.sum()
            };
            let compute =
                async |transaction: &Transaction<'_>, _| -> Result<i64, tokio_postgres::Error> {
                    while misses() < 32 {
                        transaction.execute("SELECT pg_sleep(0.001)", &[]).await?;
                    }
                    Ok(computations.fetch_add(1, Ordering::SeqCst))
                };
            caches[task % 2]
                .get_or_compute_async(&mut client, &key, compute)
                .await
        }));
    }
    let mut computed = 0;
    for task in tasks {
        let obtained = task.await.unwrap().unwrap();
        assert_eq!(obtained.value, 0);
        computed += i32::from(obtained.is_computed());
    }
    assert_eq!((computed, computations.load(Ordering::SeqCst)), (1, 1));
    let (_database, kept, locks) = state(database, STRICT).await;
    assert_eq!((kept, locks), (Some((0, Freshness::Fresh)), 0));
}

struct Seven;

impl Definition for Seven {
    type Value = i64;

    fn key(&self) -> CacheKey<i64> {
        STRICT.key(TEAM)
    }
}

impl ComputeAsync for Seven {
    async fn compute_async(
        &self,
        transaction: &Transaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<i64, ComputeError> {
        let text = "SELECT 7::bigint WHERE $1 <= clock_timestamp()";
        Ok(transaction.query_one(text, &[&now]).await?.try_get(0)?)
    }
}

#[tokio::test]
async fn a_definition_is_computed_in_a_task() {
    let (database, cache) = setup().await;
    let mut client = connect(&database).await;
    let task = tokio::spawn(async move {
        let first = cache.get_async(&mut client, &Seven).await.unwrap();
        let again = cache.get_async(&mut client, &Seven).await.unwrap();
        (first, again)
    });
    let (first, again) = task.await.unwrap();
    assert!(first.is_computed() && first.value == 7);
    assert_eq!(
        (again.value, again.origin),
        (7, Origin::Kept(Freshness::Fresh))
    );
}

/// A future that is dropped frees the lock and the gate, and leaves nothing half-done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_future_is_taken_over() {
    let (database, cache) = setup().await;
    let (mut client, mut other) = (connect(&database).await, connect(&database).await);
    let begun = Arc::new(Notify::new());
    let task = {
        let (cache, begun) = (cache.clone(), begun.clone());
        tokio::spawn(async move {
            let compute =
                async |transaction: &Transaction<'_>, _| -> Result<i64, tokio_postgres::Error> {
                    let text = "INSERT INTO teams_team (id, name, slug) VALUES (9, 'half', 'half')";
                    transaction.execute(text, &[]).await?;
                    begun.notify_one();
                    std::future::pending().await
                };
            cache
                .get_or_compute_async(&mut client, &STRICT.key(TEAM), compute)
                .await
        })
    };
    begun.notified().await;
    let next = {
        let cache = cache.clone();
        tokio::spawn(async move { get(&cache, &mut other, STRICT, 2).await })
    };
    while cache.pending_counts(TEAM, STRICT).misses < 2 {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let next = next.await.unwrap().unwrap();
    assert!(next.is_computed() && next.value == 2);
    let client = connect(&database).await;
    let teams = client
        .query_one("SELECT count(*) FROM teams_team", &[])
        .await;
    assert_eq!(teams.unwrap().get::<_, i64>(0), 1);
}

/// One whose future is dropped goes on with its client.
#[tokio::test]
async fn the_client_is_as_good_as_before() {
    let (database, cache) = setup().await;
    let mut client = connect(&database).await;
    let begun = Notify::new();
    {
        let compute =
            async |transaction: &Transaction<'_>, _| -> Result<i64, tokio_postgres::Error> {
                let text = "INSERT INTO teams_team (id, name, slug) VALUES (9, 'half', 'half')";
                transaction.execute(text, &[]).await?;
                begun.notify_one();
                std::future::pending().await
            };
        let key = STRICT.key(TEAM);
        let computing = cache.get_or_compute_async(&mut client, &key, compute);
        tokio::select! {
            biased;
            _ = computing => panic!("it never ends"),
            () = begun.notified() => {}
        }
    }
    let again = get(&cache, &mut client, STRICT, 3).await.unwrap();
    assert!(again.is_computed() && again.value == 3);
    let teams = client
        .query_one("SELECT count(*) FROM teams_team", &[])
        .await;
    assert_eq!(teams.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn failures_and_stale_ones() {
    let (database, cache) = setup().await;
    let mut client = connect(&database).await;
    let fails = async |transaction: &Transaction<'_>, _| -> Result<i64, tokio_postgres::Error> {
        transaction.query_one("SELECT 1 / 0", &[]).await?.try_get(0)
    };
    let key = LENIENT.key(TEAM);
    let error = cache
        .get_or_compute_async(&mut client, &key, fails)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::CacheRefresh(RefreshError::Compute { .. })),
        "{error:?}"
    );
    assert!(
        get(&cache, &mut client, LENIENT, 1)
            .await
            .unwrap()
            .is_computed()
    );
    let database = blocking(move || {
        change(&mut database.client().unwrap());
        database
    })
    .await;
    let stale = cache
        .get_or_compute_async(&mut client, &key, fails)
        .await
        .unwrap();
    assert_eq!((stale.value, stale.origin.is_fresh()), (1, false));
    assert!(stale.failure.is_some());
    assert!(
        get(&cache, &mut client, LENIENT, 2)
            .await
            .unwrap()
            .is_computed()
    );
    let (_database, kept, locks) = state(database, LENIENT).await;
    assert_eq!((kept, locks), (Some((2, Freshness::Fresh)), 0));
}

/// Also for one that nobody polls any more.
#[tokio::test]
async fn waiting_comes_to_an_end() {
    let (database, _) = setup().await;
    let quick = || ResultCache::new().wait_for(Duration::from_millis(100));
    for (cache, other) in [(quick(), None), (quick(), Some(quick()))] {
        let (mut client, mut waiting) = (connect(&database).await, connect(&database).await);
        let begun = Notify::new();
        let key = STRICT.key(TEAM);
        let compute = async |_: &Transaction<'_>, _| -> Result<i64, Infallible> {
            begun.notify_one();
            std::future::pending().await
        };
        let mut computing = Box::pin(cache.get_or_compute_async(&mut client, &key, compute));
        tokio::select! {
            biased;
            _ = &mut computing => panic!("it never ends"),
            () = begun.notified() => {}
        }
        let error = get(other.as_ref().unwrap_or(&cache), &mut waiting, STRICT, 2).await;
        let error = error.unwrap_err();
        assert!(
            matches!(&error, Error::CacheRefresh(error) if error.is_timed_out()),
            "{error:?}"
        );
        drop(computing);
        let other = other.as_ref().unwrap_or(&cache);
        // The server rolls back what was dropped when it comes to it.
        loop {
            match get(other, &mut waiting, LENIENT, 2).await {
                Ok(_) => break,
                Err(error) => {
                    assert!(matches!(&error, Error::CacheRefresh(error) if error.is_timed_out()))
                }
            }
        }
    }
}

/// So many teams at a time as there are tasks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warming_in_tasks() {
    let (database, cache) = setup().await;
    let warming = Arc::new(Warming::new([TEAM, TEAM, TEAM]));
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let (cache, warming, mut client) =
            (cache.clone(), warming.clone(), connect(&database).await);
        tasks.push(tokio::spawn(async move {
            let of_team = |_| vec![WarmTaskAsync::new(Seven)];
            warming.run_async(&cache, &mut client, of_team).await;
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let report = warming.report();
    assert_eq!(report.teams.len(), 3, "{report}");
    assert_eq!(
        report.count(|outcome| *outcome == WarmOutcome::Computed),
        1,
        "{report}"
    );
    assert_eq!(report.failed().count(), 0, "{report}");
}

/// Computes for as long as nobody stops it, or panics.
struct Unlucky {
    panics: bool,
}

impl Definition for Unlucky {
    type Value = i64;

    fn key(&self) -> CacheKey<i64> {
        LENIENT.key(TEAM)
    }
}

impl ComputeAsync for Unlucky {
    async fn compute_async(
        &self,
        transaction: &Transaction<'_>,
        _now: DateTime<Utc>,
    ) -> Result<i64, ComputeError> {
        assert!(!self.panics, "it is unlucky");
        transaction.query_one("SELECT pg_sleep(3600)", &[]).await?;
        Ok(0)
    }
}

#[tokio::test]
async fn a_warming_that_panics_goes_on() {
    let (database, cache) = setup().await;
    let warming = Warming::new([TEAM, 2]);
    let mut client = connect(&database).await;
    let of_team = |team| {
        assert_eq!(team, TEAM, "there is no other");
        let unlucky = Unlucky { panics: true };
        vec![WarmTaskAsync::new(unlucky), WarmTaskAsync::new(Seven)]
    };
    warming.run_async(&cache, &mut client, of_team).await;
    let report = warming.report();
    let outcomes = report.teams.iter().flat_map(|team| &team.results);
    let outcomes: Vec<_> = outcomes.map(|warmed| warmed.outcome.to_string()).collect();
    assert_eq!(outcomes.len(), 3, "{report}");
    assert!(
        outcomes[0].contains("it panicked: it is unlucky"),
        "{report}"
    );
    assert_eq!(outcomes[1], "computed");
    assert!(outcomes[2].contains("there is no other"), "{report}");
    assert!(report.left.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warming_that_is_broken_off_tells_what_it_came_to() {
    let (database, cache) = setup().await;
    let warming = Arc::new(Warming::new([TEAM, 2]));
    let of_team = |_| {
        let unlucky = Unlucky { panics: false };
        vec![WarmTaskAsync::new(Seven), WarmTaskAsync::new(unlucky)]
    };
    let task = {
        let (cache, warming, mut client) =
            (cache.clone(), warming.clone(), connect(&database).await);
        tokio::spawn(async move { warming.run_async(&cache, &mut client, of_team).await })
    };
    let client = connect(&database).await;
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3600)%' AND pid <> pg_backend_pid()";
    while client
        .query_one(sleeping, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(warming.report().left, [2]);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let report = warming.report();
    assert_eq!(report.left, [2, TEAM]);
    assert_eq!(report.teams.len(), 1, "{report}");
    assert_eq!(report.count(|outcome| *outcome == WarmOutcome::Computed), 1);
}

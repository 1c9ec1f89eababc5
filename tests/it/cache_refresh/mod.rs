//! Computing results anew: by one of those who ask, whatever becomes of it.

mod failures;
mod processes;
mod promise;
mod takeover;
mod threads;
#[cfg(feature = "tokio-postgres")]
mod tokio;
mod warm;

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use pagewise::Error;
use pagewise::cache::{self, CacheKind, Freshness, Obtained, Origin, ResultCache, Tier};
use pagewise::ddl::{Migration, RunOptions};
use pagewise_reference::Database;
use postgres::Client;

use crate::support::empty;

pub const TEAM: i64 = 1;
/// What it is made of.
pub const SOURCE: &str = "chat_chatmessage";
/// No stale one is given, and none is computed early.
pub const STRICT: CacheKind<i64> = CacheKind::new("strict", tier(), &[SOURCE]);
/// A stale one is given for an hour.
pub const LENIENT: CacheKind<i64> = CacheKind::new(
    "lenient",
    tier().stale_for(Duration::from_secs(3600)),
    &[SOURCE],
);
/// All its time is the last part of it.
pub const EAGER: CacheKind<i64> = CacheKind::new(
    "eager",
    tier().refresh_early(Duration::from_secs(3600)),
    &[SOURCE],
);

const fn tier() -> Tier {
    Tier::fresh_for(Duration::from_secs(3600)).refresh_early(Duration::ZERO)
}

/// Empty tables with those of the cache.
pub fn database() -> (Database, Client) {
    let (database, mut client) = empty();
    Migration::new()
        .phase("cache", cache::steps())
        .run(&mut client, &RunOptions::default())
        .expect("the tables of the cache");
    client
        .batch_execute("INSERT INTO teams_team (id, name, slug) VALUES (1, 'one', 'one')")
        .expect("a team");
    (database, client)
}

/// What it is made of has changed, as the triggers would note it.
pub fn change(client: &mut Client) {
    client
        .execute(
            "INSERT INTO pagewise_cache_note (team_id, source) VALUES ($1, $2)",
            &[&TEAM, &SOURCE],
        )
        .expect("a note");
}

/// Computes a number.
pub fn get(
    cache: &ResultCache,
    client: &mut Client,
    kind: CacheKind<i64>,
    number: i64,
) -> Result<Obtained<i64>, Error> {
    cache.get_or_compute(client, &kind.key(TEAM), |_, _| Ok::<_, Infallible>(number))
}

/// What is there, without computing any.
pub fn kept(client: &mut Client, kind: CacheKind<i64>) -> Option<(i64, Freshness)> {
    let entry = ResultCache::new()
        .lookup(client, &kind.key(TEAM))
        .expect("a look")
        .entry?;
    Some((entry.value, entry.freshness))
}

pub fn is_computed(obtained: &Obtained<i64>) -> bool {
    matches!(obtained.origin, Origin::Computed { is_kept: true, .. }) && obtained.failure.is_none()
}

/// How many advisory locks are held in the database.
pub fn locks(client: &mut Client) -> i64 {
    let text = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = \
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    client.query_one(text, &[]).unwrap().get(0)
}

/// One who computes, and is not done before it is told so.
pub struct Slow<'scope> {
    pub process: i32,
    finish: Sender<()>,
    thread: ScopedJoinHandle<'scope, Result<Obtained<i64>, Error>>,
}

impl<'scope> Slow<'scope> {
    /// Is computing when this returns.
    pub fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        cache: &'env ResultCache,
        mut client: Client,
        kind: CacheKind<i64>,
        number: i64,
    ) -> Self {
        let (begin, begun) = channel();
        let (finish, finished): (_, Receiver<()>) = channel();
        let thread = scope.spawn(move || {
            cache.get_or_compute(&mut client, &kind.key(TEAM), |transaction, _| {
                let process = transaction.query_one("SELECT pg_backend_pid()", &[])?;
                begin.send(process.get(0)).unwrap();
                // Also where the test has failed.
                let _ = finished.recv();
                transaction
                    .query_one("SELECT $1::bigint", &[&number])?
                    .try_get(0)
            })
        });
        Self {
            process: begun.recv().expect("it computes"),
            finish,
            thread,
        }
    }

    pub fn finish(self) -> Result<Obtained<i64>, Error> {
        drop(self.finish);
        self.thread.join().expect("no panic")
    }
}

/// Waits for what is bound to happen.
#[track_caller]
pub fn until(mut happened: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !happened() {
        assert!(Instant::now() < end, "it never happens");
        thread::sleep(Duration::from_millis(2));
    }
}

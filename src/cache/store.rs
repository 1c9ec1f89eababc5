//! The cache: [`ResultCache`].

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::counts::{Counters, Counts};
use super::entry::{Lookup, Ticket};
use super::key::CacheKey;
use super::kind::CacheKind;
use super::lookup::{LookupRow, read};
use super::put::put;
use super::tier::Tier;
use crate::error::Error;
use crate::statement::Command;

/// Results that are kept in the origin's table `dashboard_dashboardcache`, with the columns and tables of
/// [`steps`](super::steps).
///
/// One for a process and database, shared between threads. It has no connection: each method takes a client, or gives the
/// statement for another driver.
///
/// # What is promised
///
/// A result is given as fresh only if each change that was committed when it was looked for was committed when it began to be
/// computed, of those that the triggers note; so who has seen a change committed never reads an older value after it. What
/// breaks this is asked for: a tier that [tolerates changes](Tier::tolerate_changes). It holds for whatever server is read
/// from: a replica that is behind gives what was right where it is.
///
/// No clock takes part in this: a result is kept with the snapshot in which it was computed, and a change with its
/// transaction. Ages are by the server's clock.
///
/// A result that is empty or zero is a result, and is found.
///
/// # Example
///
/// ```no_run
/// use pagewise::cache::{CacheKind, ResultCache, Tier};
/// # use pagewise::Error;
/// # fn count_sessions(client: &mut postgres::Client, team: i64) -> Result<i64, Error> { Ok(0) }
///
/// const SESSIONS: CacheKind<i64> =
///     CacheKind::new("sessions", Tier::OVERVIEW, &["experiments_experimentsession"]);
///
/// # fn example(client: &mut postgres::Client) -> Result<(), Error> {
/// let cache = ResultCache::new();
/// let key = SESSIONS.key(7);
/// let count = match cache.lookup(client, &key)?.fresh() {
///     Ok(count) => count,
///     Err(ticket) => {
///         let count = count_sessions(client, 7)?;
///         cache.put(client, &key, &count, &ticket)?;
///         count
///     }
/// };
/// # Ok(())
/// # }
/// ```
pub struct ResultCache {
    tiers: HashMap<&'static str, Tier>,
    pub(super) counters: Counters,
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) gates: super::refresh::Gates,
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) wait: Duration,
}

impl Default for ResultCache {
    fn default() -> Self {
        Self::new()
    }
}

impl ResultCache {
    /// With each kind's own tier.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tiers: HashMap::new(),
            counters: Counters::default(),
            #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
            gates: super::refresh::Gates::default(),
            #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
            wait: super::refresh::WAIT,
        }
    }

    /// Another tier for a kind than its own.
    #[must_use]
    pub fn tier<T>(mut self, kind: CacheKind<T>, tier: Tier) -> Self {
        self.tiers.insert(kind.name, tier);
        self
    }

    /// The tier by which a result is read and kept.
    #[must_use]
    pub fn tier_of<T>(&self, key: &CacheKey<T>) -> Tier {
        self.tiers
            .get(key.kind().name)
            .copied()
            .unwrap_or(key.tier())
    }

    /// Reads the answer to [`CacheKey::lookup`], by the kind's tier in this cache, and counts it: what may be given counts as
    /// found, whether or not it is given.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, key: &CacheKey<T>, row: LookupRow) -> Lookup<T> {
        let lookup = read(row, self.tier_of(key));
        let found = lookup.entry.as_ref().map(|entry| entry.freshness);
        self.counters.count(key, found);
        lookup
    }

    /// The statement that keeps a value, by the kind's tier in this cache; see [`CacheKey::put`].
    ///
    /// # Errors
    ///
    /// [`Error::CacheValue`] if the value has no JSON that PostgreSQL takes.
    pub fn put_statement<T: Serialize>(
        &self,
        key: &CacheKey<T>,
        value: &T,
        ticket: &Ticket,
    ) -> Result<Command, Error> {
        put(key, value, ticket, self.tier_of(key))
    }

    /// The statement that adds what was counted to the table, and empties the counts; `None` if nothing was counted.
    ///
    /// For other drivers: if it fails, these counts are lost. `flush_counts` keeps them.
    #[must_use]
    pub fn flush_counts_statement(&self) -> Option<Command> {
        let taken = self.counters.take();
        let is_empty = taken.is_empty();
        (!is_empty).then(|| taken.flush())
    }

    /// How often results of a kind were asked for in this process, and not yet written.
    #[must_use]
    pub fn pending_counts<T>(&self, team: i64, kind: CacheKind<T>) -> Counts {
        self.counters.pending(team, kind.name)
    }

    /// The statement that removes results that were too old so long ago, at most 1000 of them: one row, with how many it has
    /// removed.
    ///
    /// `keep` is for how long stale ones are still given: the longest [`Tier::stale_for`](Tier::stale_for).
    #[must_use]
    pub fn purge_statement(keep: Duration) -> Command {
        super::purge::expired(keep)
    }
}

impl fmt::Debug for ResultCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultCache")
            .field("tiers", &self.tiers)
            .finish_non_exhaustive()
    }
}

//! What was found of a result: [`Lookup`].

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::validity::SNAPSHOT;
use crate::statement::Command;

/// A result that was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry<T> {
    /// The result.
    pub value: T,
    /// When it was computed, or just before that, by the server's clock.
    pub computed_at: DateTime<Utc>,
    /// Whether it may be shown as it is.
    pub freshness: Freshness,
}

/// Whether a result may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Freshness {
    /// It is what would be computed now, but for changes that its tier tolerates.
    Fresh,
    /// The same, but soon it will be too old: the time to compute it anew.
    Ending,
    /// It is too old, or what it was computed from has changed.
    Stale {
        /// Since when.
        since: DateTime<Utc>,
        /// Because of what.
        reason: StaleReason,
    },
}

/// Why a result is not fresh any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StaleReason {
    /// It has the age that its tier allows.
    Age,
    /// What it was computed from has changed since, or it was outdated by hand.
    Change,
    /// Whether anything has changed since it was computed, nobody knows any more: what was noted at that time is purged.
    Unknown,
}

impl Freshness {
    /// Whether it may be shown as what it is.
    #[must_use]
    pub const fn is_fresh(self) -> bool {
        !matches!(self, Self::Stale { .. })
    }
}

/// The state of the database that a result is computed from, or one before that: what [`Lookup`] gives to the one who computes
/// it, and what it is kept with.
///
/// Take it before the value is computed, from the server that computes it: a change that is committed in between then
/// outdates the result, rather than to be missed. In a transaction of `REPEATABLE READ`, take it there or before it. What is
/// computed from changes that are not committed yet is kept in the transaction that makes them, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(super) snapshot: String,
    pub(super) at: DateTime<Utc>,
}

impl Ticket {
    /// From what [`statement`](Self::statement) gives.
    #[must_use]
    pub fn new(snapshot: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self {
            snapshot: snapshot.into(),
            at,
        }
    }

    /// The statement that takes one without looking for a result: `snapshot text` and `asked_at timestamptz`.
    ///
    /// It is `pg_current_snapshot()`, in which the transaction itself is still going on; on a replica, all that may be going on on
    /// the primary.
    #[must_use]
    pub fn statement() -> Command {
        let text =
            format!("SELECT CAST({SNAPSHOT} AS text) AS snapshot, clock_timestamp() AS asked_at");
        Command::new(text, Vec::new())
    }

    /// The text of the snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &str {
        &self.snapshot
    }

    /// The server's clock.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

/// What is there of a result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lookup<T> {
    /// What was found; stale if it is no longer fresh, and `None` if it was never kept or is stale for longer than its tier
    /// allows.
    pub entry: Option<Entry<T>>,
    /// What a value that is computed from now on is kept with.
    pub ticket: Ticket,
    /// Why what was kept cannot be read, if it is so: its type has changed without another version. It counts as not there.
    pub unreadable: Option<String>,
}

impl<T> Lookup<T> {
    /// The result, if it is fresh; else what it is to be computed with.
    ///
    /// # Errors
    ///
    /// The ticket, if there is no fresh one.
    pub fn fresh(self) -> Result<T, Ticket> {
        match self.entry {
            Some(entry) if entry.freshness.is_fresh() => Ok(entry.value),
            _ => Err(self.ticket),
        }
    }

    /// The result, if it is there, also a stale one that its tier still allows; else what it is to be computed with.
    ///
    /// # Errors
    ///
    /// The ticket, if there is none.
    pub fn fresh_or_stale(self) -> Result<Entry<T>, Ticket> {
        self.entry.ok_or(self.ticket)
    }

    /// How old the result is, by the server's clock.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        let entry = self.entry.as_ref()?;
        Some(
            (self.ticket.at - entry.computed_at)
                .to_std()
                .unwrap_or_default(),
        )
    }
}

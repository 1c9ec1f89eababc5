//! How often a cache could answer.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often what was asked for was known, since the cache was made; from [`ContentTypes::counts`](super::ContentTypes::counts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Sets of which everything was known.
    pub hits: u64,
    /// Sets of which something was not.
    pub misses: u64,
    /// Times that somebody waited for the answer that another one had asked for.
    pub waits: u64,
    /// Answers of the database, also those that had not all.
    pub queries: u64,
}

impl Counts {
    /// Hits among all that was asked for; `None` if nothing was.
    ///
    /// ```
    /// assert_eq!(pagewise::ContentTypes::default().counts().hit_ratio(), None);
    /// ```
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        reason = "a ratio of so many is not looked at in its last digits"
    )]
    pub fn hit_ratio(self) -> Option<f64> {
        let asked = self.hits + self.misses;
        (asked > 0).then(|| self.hits as f64 / asked as f64)
    }
}

/// The counts as they grow.
#[derive(Debug, Default)]
pub(super) struct Counter {
    hits: AtomicU64,
    misses: AtomicU64,
    waits: AtomicU64,
    queries: AtomicU64,
}

impl Counter {
    pub fn looked(&self, found: bool) {
        let counter = if found { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub fn waits(&self) {
        self.waits.fetch_add(1, Ordering::Relaxed);
    }

    pub fn answered(&self) {
        self.queries.fetch_add(1, Ordering::Relaxed);
    }

    pub fn counts(&self) -> Counts {
        Counts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            waits: self.waits.load(Ordering::Relaxed),
            queries: self.queries.load(Ordering::Relaxed),
        }
    }
}

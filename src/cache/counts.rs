//! How often results were found: counted in this process, and added to the table in batches.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_query::{ArrayType, Value};

use super::entry::Freshness;
use super::key::CacheKey;
use super::schema::{ENTRIES, STATISTICS};
use crate::statement::Command;

/// Of how many results it is counted how often each was found, between two flushes; of the rest only their kind is.
const MOST_ENTRIES: usize = 10_000;

/// How often results were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// How often one was found that was fresh, and given.
    pub hits: u64,
    /// How often one was found that was stale, and given all the same.
    pub stale_hits: u64,
    /// How often there was none to give, or it was computed in its place.
    pub misses: u64,
}

impl Counts {
    /// How many were asked for.
    #[must_use]
    pub const fn lookups(&self) -> u64 {
        self.hits
            .saturating_add(self.stale_hits)
            .saturating_add(self.misses)
    }

    /// The share of those asked for that were found, fresh or stale: from 0 to 1; `None` if none was asked for.
    ///
    /// ```
    /// use pagewise::cache::Counts;
    ///
    /// assert_eq!(Counts::default().hit_ratio(), None);
    /// ```
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let found = self.hits.saturating_add(self.stale_hits);
        #[allow(
            clippy::cast_precision_loss,
            reason = "a ratio of counts beyond 2^53 is near enough"
        )]
        let ratio = |lookups| found as f64 / lookups as f64;
        match self.lookups() {
            0 => None,
            lookups => Some(ratio(lookups)),
        }
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            hits: self.hits.saturating_add(other.hits),
            stale_hits: self.stale_hits.saturating_add(other.stale_hits),
            misses: self.misses.saturating_add(other.misses),
        }
    }
}

/// What was counted since the last flush.
#[derive(Debug, Default)]
pub(super) struct Pending {
    kinds: HashMap<(i64, &'static str), Counts>,
    entries: HashMap<(i64, String), u64>,
}

impl Pending {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// One statement, which counts all of it. It locks rows in one order, so that two that flush wait for one another at
    /// most.
    pub fn flush(&self) -> Command {
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_unstable_by_key(|(of, _)| **of);
        let entries: Vec<_> = self.entries.iter().collect();
        let text = format!(
            "WITH asked AS (INSERT INTO {STATISTICS} AS known (team_id, kind, hits, stale_hits, misses) \
             SELECT counted.* FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS bigint[]), \
             CAST($4 AS bigint[]), CAST($5 AS bigint[])) AS counted (team_id, kind, hits, stale_hits, misses) \
             ORDER BY counted.team_id, counted.kind \
             ON CONFLICT (team_id, kind) DO UPDATE SET hits = known.hits + EXCLUDED.hits, \
             stale_hits = known.stale_hits + EXCLUDED.stale_hits, misses = known.misses + EXCLUDED.misses), \
             found AS (SELECT entry.id, counted.hits FROM unnest(CAST($6 AS bigint[]), CAST($7 AS text[]), \
             CAST($8 AS bigint[])) AS counted (team_id, cache_key, hits) \
             INNER JOIN {ENTRIES} AS entry ON entry.team_id = counted.team_id AND entry.cache_key = counted.cache_key \
             ORDER BY entry.id FOR UPDATE OF entry) \
             UPDATE {ENTRIES} AS entry SET hit_count = entry.hit_count + found.hits FROM found WHERE entry.id = found.id"
        );
        let big = |values: Vec<u64>| -> Value {
            let values = values.into_iter();
            let values = values.map(|value| i64::try_from(value).unwrap_or(i64::MAX).into());
            Value::Array(ArrayType::BigInt, Some(Box::new(values.collect())))
        };
        let ids = |values: Vec<i64>| -> Value {
            let values = values.into_iter().map(Value::from).collect();
            Value::Array(ArrayType::BigInt, Some(Box::new(values)))
        };
        let texts = |values: Vec<&str>| -> Value {
            let values = values.into_iter().map(Value::from).collect();
            Value::Array(ArrayType::String, Some(Box::new(values)))
        };
        let parameters = vec![
            ids(kinds.iter().map(|((team, _), _)| *team).collect()),
            texts(kinds.iter().map(|((_, kind), _)| *kind).collect()),
            big(kinds.iter().map(|(_, counts)| counts.hits).collect()),
            big(kinds.iter().map(|(_, counts)| counts.stale_hits).collect()),
            big(kinds.iter().map(|(_, counts)| counts.misses).collect()),
            ids(entries.iter().map(|((team, _), _)| *team).collect()),
            texts(entries.iter().map(|((_, key), _)| key.as_str()).collect()),
            big(entries.iter().map(|(_, hits)| **hits).collect()),
        ];
        Command::new(text, parameters)
    }
}

/// Counts in this process.
#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<Pending>);

impl Counters {
    /// Counts what was given of what is kept, or that nothing was.
    pub fn count<T>(&self, key: &CacheKey<T>, given: Option<Freshness>) {
        let counts = match given {
            None => Counts {
                misses: 1,
                ..Counts::default()
            },
            Some(Freshness::Stale { .. }) => Counts {
                stale_hits: 1,
                ..Counts::default()
            },
            Some(_) => Counts {
                hits: 1,
                ..Counts::default()
            },
        };
        let of = given.is_some().then(|| (key.team(), key.text()));
        let mut pending = self.lock();
        let of_kind = pending.kinds.entry((key.team(), key.kind().name));
        let known = of_kind.or_default();
        *known = known.plus(counts);
        if let Some(of) = of
            && (pending.entries.len() < MOST_ENTRIES || pending.entries.contains_key(&of))
        {
            *pending.entries.entry(of).or_default() += 1;
        }
    }

    pub fn take(&self) -> Pending {
        std::mem::take(&mut self.lock())
    }

    /// What could not be written is written the next time.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub fn put_back(&self, taken: Pending) {
        let mut pending = self.lock();
        for (of, counts) in taken.kinds {
            let known = pending.kinds.entry(of).or_default();
            *known = known.plus(counts);
        }
        for (of, hits) in taken.entries {
            *pending.entries.entry(of).or_default() += hits;
        }
    }

    /// What was counted of a kind of a team, and not yet written.
    pub fn pending(&self, team: i64, kind: &'static str) -> Counts {
        let pending = self.lock();
        pending
            .kinds
            .get(&(team, kind))
            .copied()
            .unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        // A panic elsewhere cannot leave the counts half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

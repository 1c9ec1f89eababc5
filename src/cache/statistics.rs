//! How good the cache is: [`CacheStatistics`].

use std::fmt;

use super::counts::Counts;
use super::schema::{ENTRIES, STATISTICS};
use crate::statement::Command;

/// How many results are kept of a team, and how often they were found.
///
/// As far as counts were written ([`ResultCache::flush_counts`](super::ResultCache::flush_counts)). `Display` is a line for
/// each kind.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CacheStatistics {
    /// By kind, in the order of their names.
    pub kinds: Vec<KindStatistics>,
}

/// How many results of one kind are kept of a team, and how often they were found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KindStatistics {
    /// The kind's name.
    pub kind: String,
    /// How many are kept, whether or not they may still be shown.
    pub entries: u64,
    /// How many of these are too old.
    pub expired: u64,
    /// How many bytes their values take, as the table keeps them.
    pub bytes: u64,
    /// How often they were asked for, since the counts began.
    pub counts: Counts,
}

impl KindStatistics {
    /// Of a kind of which nothing is kept, and which was never asked for.
    #[must_use]
    pub fn new(kind: String) -> Self {
        Self {
            kind,
            entries: 0,
            expired: 0,
            bytes: 0,
            counts: Counts::default(),
        }
    }
}

impl CacheStatistics {
    /// The statement that reads them: a row for each kind of which something is kept, or was asked for.
    ///
    /// Its columns are `kind text`, and `entries`, `expired`, `bytes`, `hits`, `stale_hits` and `misses`, each `bigint`. A
    /// driver of the host's own makes a [`KindStatistics::new`] of each row, sets its numbers, and puts them together by
    /// [`new`](Self::new).
    #[must_use]
    pub fn statement(team: i64) -> Command {
        let text = format!(
            "SELECT kind, COALESCE(entries, 0) AS entries, COALESCE(expired, 0) AS expired, COALESCE(bytes, 0) AS bytes, \
             COALESCE(hits, 0) AS hits, COALESCE(stale_hits, 0) AS stale_hits, COALESCE(misses, 0) AS misses FROM \
             (SELECT kind, hits, stale_hits, misses FROM {STATISTICS} WHERE team_id = $1) AS asked FULL JOIN \
             (SELECT replace(replace(split_part(cache_key, ':', 1), '%3A', ':'), '%25', '%') AS kind, count(*) AS entries, \
             count(*) FILTER (WHERE expires_at <= clock_timestamp()) AS expired, \
             CAST(sum(pg_column_size(data)) AS bigint) AS bytes \
             FROM {ENTRIES} WHERE team_id = $1 AND snapshot IS NOT NULL GROUP BY 1) AS kept USING (kind) ORDER BY kind"
        );
        Command::new(text, vec![team.into()])
    }

    /// Of these kinds, in the statement's order.
    ///
    /// ```
    /// use pagewise::cache::{CacheStatistics, KindStatistics};
    ///
    /// let mut overview = KindStatistics::new("overview_stats".to_owned());
    /// overview.entries = 2;
    /// overview.counts.hits = 3;
    /// overview.counts.misses = 1;
    /// assert_eq!(CacheStatistics::new([overview]).hit_ratio(), Some(0.75));
    /// ```
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = KindStatistics>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
        }
    }

    /// Of all kinds together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let kinds = self.kinds.iter();
        kinds.fold(Counts::default(), |sum, kind| sum.plus(kind.counts))
    }

    /// The share of the results asked for that were found, fresh or stale: from 0 to 1; `None` if none was asked for.
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        self.counts().hit_ratio()
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn read(rows: &[crate::driver::wire::Row]) -> Result<Self, crate::error::Error> {
        let number =
            |row: &crate::driver::wire::Row, at: usize| -> Result<u64, crate::error::Error> {
                Ok(row.try_get::<_, i64>(at)?.try_into().unwrap_or_default())
            };
        let kinds = rows.iter().map(|row| {
            Ok(KindStatistics {
                kind: row.try_get(0)?,
                entries: number(row, 1)?,
                expired: number(row, 2)?,
                bytes: number(row, 3)?,
                counts: Counts {
                    hits: number(row, 4)?,
                    stale_hits: number(row, 5)?,
                    misses: number(row, 6)?,
                },
            })
        });
        Ok(Self {
            kinds: kinds.collect::<Result<_, crate::error::Error>>()?,
        })
    }
}

impl fmt::Display for CacheStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, kind) in self.kinds.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            let KindStatistics {
                kind: name,
                entries,
                bytes,
                counts,
                ..
            } = kind;
            write!(f, "{name}: {entries} kept in {bytes} bytes, ")?;
            match counts.hit_ratio() {
                Some(ratio) => write!(
                    f,
                    "{:.1} % of {} found ({} stale)",
                    ratio * 100.0,
                    counts.lookups(),
                    counts.stale_hits
                )?,
                None => f.write_str("never asked for")?,
            }
        }
        Ok(())
    }
}

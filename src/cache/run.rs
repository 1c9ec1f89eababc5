//! The cache through a driver.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entry::{Lookup, Ticket};
use super::key::CacheKey;
use super::lookup::LookupRow;
use super::purge::{BATCH, expired};
use super::statistics::CacheStatistics;
use super::store::ResultCache;
use crate::driver::wire::Row;
use crate::error::Error;

impl LookupRow {
    pub(super) fn of(rows: &[Row]) -> Result<Self, Error> {
        let [row] = rows else {
            return Err(Error::UnexpectedAnswer {
                reason: format!("looking for a result gives one row, and not {}", rows.len()),
            });
        };
        Ok(Self {
            snapshot: row.try_get("snapshot")?,
            asked_at: row.try_get("asked_at")?,
            data: row.try_get("data")?,
            computed_at: row.try_get("computed_at")?,
            expires_at: row.try_get("expires_at")?,
            changed_at: row.try_get("changed_at")?,
            is_unknown: row.try_get("is_unknown")?,
            is_since_asked: row.try_get("is_since_asked")?,
        })
    }
}

/// The methods of the cache, for each of the drivers.
macro_rules! runs {
    (
        [$($asynchronous:ident)?] [$($wait:tt)*] [$client:ty]
        $lookup:ident $put:ident $flush:ident $purge:ident $statistics:ident: $also:literal
    ) => {
        impl ResultCache {
            #[doc = $also]
            /// Looks for a result, in one statement that locks nothing.
            ///
            /// What cannot be read, because its type has changed, counts as not there; [`Lookup::unreadable`] says why.
            ///
            /// # Errors
            ///
            /// [`Error::Database`], also if the tables of [`steps`](super::steps) are not there.
            pub $($asynchronous)? fn $lookup<T: DeserializeOwned>(
                &self,
                client: $client,
                key: &CacheKey<T>,
            ) -> Result<Lookup<T>, Error> {
                let statement = key.lookup();
                let rows = client.run(statement.text(), statement.parameters())$($wait)*?;
                Ok(self.read(key, LookupRow::of(&rows)?))
            }

            #[doc = $also]
            /// Keeps a result, unless one is there that was computed later; says whether it was kept.
            ///
            /// The ticket is that of the lookup before the value was computed.
            ///
            /// # Errors
            ///
            /// * [`Error::CacheValue`] if the value has no JSON that PostgreSQL takes;
            /// * [`Error::Database`].
            pub $($asynchronous)? fn $put<T: Serialize>(
                &self,
                client: $client,
                key: &CacheKey<T>,
                value: &T,
                ticket: &Ticket,
            ) -> Result<bool, Error> {
                let statement = self.put_statement(key, value, ticket)?;
                let rows = client.run(statement.text(), statement.parameters())$($wait)*?;
                Ok(!rows.is_empty())
            }

            #[doc = $also]
            /// Adds what was counted in this process to the table; does nothing if nothing was.
            ///
            /// For a task that runs every few seconds. Counts that were not written, because the statement failed, are written
            /// the next time; where it was broken off, they are lost. In a transaction that is rolled back they are lost, too.
            ///
            /// # Errors
            ///
            /// [`Error::Database`].
            pub $($asynchronous)? fn $flush(&self, client: $client) -> Result<(), Error> {
                let taken = self.counters.take();
                if taken.is_empty() {
                    return Ok(());
                }
                let statement = taken.flush();
                let answer = client.run(statement.text(), statement.parameters())$($wait)*;
                if let Err(error) = answer {
                    self.counters.put_back(taken);
                    return Err(error.into());
                }
                Ok(())
            }

            #[doc = $also]
            /// Removes results that were too old so long ago, of all teams, in batches; gives how many.
            ///
            /// `keep` is for how long stale ones are still given: the longest [`Tier::stale_for`](super::Tier::stale_for). What
            /// the origin itself keeps in the table is left to the origin.
            ///
            /// # Errors
            ///
            /// [`Error::Database`]; what was removed before stays removed.
            pub $($asynchronous)? fn $purge(&self, client: $client, keep: Duration) -> Result<u64, Error> {
                let mut removed = 0;
                loop {
                    let statement = expired(keep);
                    let rows = client.run(statement.text(), statement.parameters())$($wait)*?;
                    let batch: i64 = match rows.first() {
                        Some(row) => row.try_get(0)?,
                        None => 0,
                    };
                    removed += batch.unsigned_abs();
                    if batch < BATCH {
                        return Ok(removed);
                    }
                }
            }

            #[doc = $also]
            /// How many results are kept of a team, and how often they were found.
            ///
            /// # Errors
            ///
            /// [`Error::Database`].
            pub $($asynchronous)? fn $statistics(&self, client: $client, team: i64) -> Result<CacheStatistics, Error> {
                let statement = CacheStatistics::statement(team);
                let rows = client.run(statement.text(), statement.parameters())$($wait)*?;
                CacheStatistics::read(&rows)
            }
        }
    };
}

#[cfg(feature = "postgres")]
runs!(
    [] [] [&mut impl crate::driver::postgres::Execute]
    lookup put flush_counts purge statistics: ""
);

#[cfg(feature = "tokio-postgres")]
runs!(
    [async] [.await] [&impl crate::driver::tokio_postgres::Execute]
    lookup_async put_async flush_counts_async purge_async statistics_async: "Through an asynchronous client:\n\n"
);

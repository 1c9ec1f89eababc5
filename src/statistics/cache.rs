//! Statistics that are kept for a while: [`StatisticsCache`].

use std::time::Duration;

use super::model::Statistics;
use crate::kept::{Aged, Kept};

/// Keeps the [`Statistics`] of one database until they are too old; shared between threads.
///
/// It reads only when it is asked to, by one of its callers at a time, and holds no lock while it waits for the
/// database: while one reads, the others go on with the old ones.
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
///
/// use pagewise::chat;
/// use pagewise::statistics::StatisticsCache;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let cache = StatisticsCache::new(Duration::from_secs(600));
/// let tables = chat::filter_tables();
/// let statistics = cache.read(client, &tables)?;    // asks the database
/// let again = cache.read(client, &tables)?;         // does not, for ten minutes
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct StatisticsCache(Kept<Statistics>);

impl Aged for Statistics {
    fn age(&self) -> Duration {
        self.age()
    }
}

impl StatisticsCache {
    /// A cache without statistics, which keeps them for so long.
    #[must_use]
    pub fn new(max_age: Duration) -> Self {
        Self(Kept::new(max_age))
    }

    /// The statistics, if they are not too old.
    #[must_use]
    pub fn fresh(&self) -> Option<Statistics> {
        self.0.fresh()
    }

    /// The statistics, however old.
    #[must_use]
    pub fn latest(&self) -> Option<Statistics> {
        self.0.latest()
    }

    /// Whether new ones should be read: there are none, or they are too old.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.fresh().is_none()
    }

    /// Keeps these.
    pub fn put(&self, statistics: Statistics) {
        self.0.put(statistics);
    }

    /// Forgets what it keeps.
    pub fn clear(&self) {
        self.0.clear();
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl StatisticsCache {
    /// The statistics: those that are kept while they are fresh or somebody else is reading new ones, else new ones.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database) if they cannot be read; [`latest`](Self::latest) still has the old
    /// ones.
    #[cfg(feature = "postgres")]
    pub fn read(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        tables: &super::TableSet,
    ) -> Result<Statistics, crate::Error> {
        match self.0.claim() {
            Ok(kept) => Ok(kept),
            Err(reading) => Ok(reading.keep(Statistics::read(client, tables)?)),
        }
    }

    /// As `read`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database) if they cannot be read; [`latest`](Self::latest) still has the old
    /// ones.
    #[cfg(feature = "tokio-postgres")]
    pub async fn read_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        tables: &super::TableSet,
    ) -> Result<Statistics, crate::Error> {
        match self.0.claim() {
            Ok(kept) => Ok(kept),
            Err(reading) => Ok(reading.keep(Statistics::read_async(client, tables).await?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Statistics, StatisticsCache};

    #[test]
    fn old_ones_are_stale_and_still_there() {
        let cache = StatisticsCache::new(Duration::from_secs(60));
        assert!(cache.is_stale() && cache.latest().is_none());
        cache.put(Statistics::from_rows([]));
        assert!(!cache.is_stale());
        cache.put(Statistics::from_rows([]).aged(Duration::from_secs(61)));
        assert!(cache.is_stale() && cache.fresh().is_none());
        assert!(cache.latest().is_some());
        cache.clear();
        assert!(cache.latest().is_none());
    }
}

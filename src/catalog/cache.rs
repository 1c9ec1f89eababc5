//! A catalog that is kept for a while: [`CatalogCache`].

use std::time::Duration;

use super::model::Catalog;
use crate::kept::{Aged, Kept};

/// Keeps the [`Catalog`] of one database until it is too old; shared between threads.
///
/// It reads only when it is asked to, by one of its callers at a time, and holds no lock while it waits for the
/// database: while one reads, the others go on with the old one.
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
///
/// use pagewise::catalog::CatalogCache;
/// use pagewise::chat;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let cache = CatalogCache::new(Duration::from_secs(600));
/// let tables = chat::filter_tables();
/// let catalog = cache.read(client, &tables)?;       // asks the database
/// let again = cache.read(client, &tables)?;         // does not, for ten minutes
/// cache.clear();                                    // after a migration
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CatalogCache(Kept<Catalog>);

impl Aged for Catalog {
    fn age(&self) -> Duration {
        self.age()
    }
}

impl CatalogCache {
    /// A cache without a catalog, which keeps one for so long.
    #[must_use]
    pub fn new(max_age: Duration) -> Self {
        Self(Kept::new(max_age))
    }

    /// The catalog, if it is not too old.
    #[must_use]
    pub fn fresh(&self) -> Option<Catalog> {
        self.0.fresh()
    }

    /// The catalog, however old.
    #[must_use]
    pub fn latest(&self) -> Option<Catalog> {
        self.0.latest()
    }

    /// Whether a new one should be read: there is none, or it is too old.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.fresh().is_none()
    }

    /// Keeps this one.
    pub fn put(&self, catalog: Catalog) {
        self.0.put(catalog);
    }

    /// Forgets what it keeps: where indexes were made or dropped.
    pub fn clear(&self) {
        self.0.clear();
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl CatalogCache {
    /// The catalog: the one that is kept while it is fresh or somebody else is reading a new one, else a new one.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database) if it cannot be read; [`latest`](Self::latest) still has the old one.
    #[cfg(feature = "postgres")]
    pub fn read(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        tables: &crate::statistics::TableSet,
    ) -> Result<Catalog, crate::Error> {
        match self.0.claim() {
            Ok(kept) => Ok(kept),
            Err(reading) => Ok(reading.keep(Catalog::read(client, tables)?)),
        }
    }

    /// As `read`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database) if it cannot be read; [`latest`](Self::latest) still has the old one.
    #[cfg(feature = "tokio-postgres")]
    pub async fn read_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        tables: &crate::statistics::TableSet,
    ) -> Result<Catalog, crate::Error> {
        match self.0.claim() {
            Ok(kept) => Ok(kept),
            Err(reading) => Ok(reading.keep(Catalog::read_async(client, tables).await?)),
        }
    }
}

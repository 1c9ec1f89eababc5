//! Resolving through a driver.

use super::{ContentTypeSet, ContentTypes};
use crate::driver::wire::Row;
use crate::error::Error;

impl ContentTypes {
    /// The numbers of a set: from the cache, else by one query for all of it.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn resolve<S: ContentTypeSet>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        match self.known(set) {
            Some(ids) => Ok(ids),
            None => self.learn(set, read(Self::statement(set)?.query(client)?)?),
        }
    }

    /// As `resolve`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContentTypes`] names those that the database has not; [`Error::Database`].
    #[cfg(feature = "tokio-postgres")]
    pub async fn resolve_async<S: ContentTypeSet>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        set: &S,
    ) -> Result<S::Ids, Error> {
        match self.known(set) {
            Some(ids) => Ok(ids),
            None => self.learn(set, read(Self::statement(set)?.query_async(client).await?)?),
        }
    }
}

fn read(rows: Vec<Row>) -> Result<Vec<(i32, String, String)>, Error> {
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}

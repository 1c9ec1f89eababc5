//! The asynchronous client of the crate `tokio-postgres`.

use std::future::Future;

use ::tokio_postgres::{Client, Error as DriverError, Row as DriverRow, Transaction};
use sea_query::Value;

use super::housekeeping::is_housekeeping;
use super::page_rows::{PageRows, estimated_rows};
use super::parameters::Parameters;
use super::statement_cache::StatementCache;
use crate::aggregate::{AggregateStatement, Part};
use crate::error::Error;
use crate::listing::PageStatement;
use crate::statement::Statement;

/// What can run a statement: a client, a transaction, or either with a [`StatementCache`]; or a host's own around one.
pub trait Execute: Sync {
    /// Runs the text with its parameters.
    ///
    /// # Errors
    ///
    /// The driver's.
    fn run(
        &self,
        text: &str,
        parameters: &[Value],
    ) -> impl Future<Output = Result<Vec<DriverRow>, DriverError>> + Send;
}

impl Execute for Client {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.query_typed(text, &Parameters::new(parameters).typed())
            .await
    }
}

impl Execute for Transaction<'_> {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.query_typed(text, &Parameters::new(parameters).typed())
            .await
    }
}

/// A client that keeps its statements prepared; made by [`StatementCache::with_async`].
#[derive(Debug)]
pub struct Cached<'a, C> {
    client: &'a C,
    statements: &'a StatementCache,
}

impl StatementCache {
    /// The client, its statements kept in this cache.
    pub fn with_async<'a, C>(&'a self, client: &'a C) -> Cached<'a, C> {
        Cached {
            client,
            statements: self,
        }
    }
}

macro_rules! cached {
    ($($client:ty),*) => {$(
        impl Cached<'_, $client> {
            async fn attempt(&self, text: &str, parameters: &Parameters) -> Result<Vec<DriverRow>, DriverError> {
                let statement = match self.statements.get(text) {
                    Some(statement) => statement,
                    None => {
                        let statement = self.client.prepare_typed(text, &parameters.types()).await?;
                        self.statements.put(text, statement.clone());
                        statement
                    }
                };
                self.client.query(&statement, &parameters.values()).await
            }
        }

        impl Execute for Cached<'_, $client> {
            async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
                let parameters = Parameters::new(parameters);
                if is_housekeeping(text) {
                    return self.client.query_typed(text, &parameters.typed()).await;
                }
                match self.attempt(text, &parameters).await {
                    // Statements only read, so that running one again does no harm.
                    Err(error) if self.statements.forget_stale(text, &error) => {
                        self.attempt(text, &parameters).await
                    }
                    answer => answer,
                }
            }
        }
    )*};
}

// Not for every `GenericClient`: its futures are not known to be `Send`.
cached!(Client, Transaction<'_>);

impl Statement {
    /// Runs the statement: the driver's rows.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    pub async fn query_async(&self, client: &impl Execute) -> Result<Vec<DriverRow>, Error> {
        Ok(client.run(self.text(), self.parameters()).await?)
    }
}

impl<E> PageStatement<E> {
    /// Runs the statement and reads the page.
    ///
    /// One round trip; two for [`Total::Estimated`](crate::Total::Estimated).
    ///
    /// # Errors
    ///
    /// * [`Error::Cursor`] if the page has a cursor with a text that an enumeration or a domain does not have;
    /// * [`Error::Database`] if the driver or the server refuses.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use pagewise::chat::Session;
    /// use pagewise::{Listing, Page};
    ///
    /// # async fn example(client: &tokio_postgres::Client) -> Result<(), pagewise::Error> {
    /// let page = Listing::of(Session).tenant(7).show(Session::STATUS).page(Page::first(25)).build()?;
    /// let rows = page.fetch_async(client).await?;
    /// for row in &rows {
    ///     println!("{} {}", row.get(Session::ID)?, row.get(Session::STATUS)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn fetch_async(&self, client: &impl Execute) -> Result<PageRows<E>, Error> {
        let answer = self.statement().query_async(client).await;
        let answer = answer.map_err(|error| self.explain(error))?;
        let estimate = match self.estimate() {
            Some(rows) => Some(estimated_rows(
                &client.run(&rows.explained(""), rows.parameters()).await?,
            )?),
            None => None,
        };
        PageRows::read(self, answer, estimate)
    }
}

impl<P: Part> AggregateStatement<P> {
    /// Runs the statement and reads its answer, in one round trip.
    ///
    /// # Errors
    ///
    /// * [`Error::Database`] if the driver or the server refuses;
    /// * [`Error::UnknownTimeZone`] if it does so for the time zone.
    pub async fn fetch_async(&self, client: &impl Execute) -> Result<P::Answer, Error> {
        let rows = self.statement().query_async(client).await;
        self.read(rows.map_err(|error| self.explain(error))?)
    }
}

//! The blocking client of the crate `postgres`.

use ::postgres::{Client, Error as DriverError, GenericClient, Row as DriverRow, Transaction};
use sea_query::Value;

use super::housekeeping::is_housekeeping;
use super::page_rows::{PageRows, estimated_rows};
use super::parameters::Parameters;
use super::statement_cache::StatementCache;
use crate::aggregate::{AggregateStatement, Part};
use crate::error::Error;
use crate::listing::PageStatement;
use crate::statement::Statement;

/// What can run a statement: a client, a transaction, or either with a [`StatementCache`].
///
/// A host that wants to see what runs puts its own between:
///
/// ```
/// use pagewise::driver::postgres::Execute;
/// use pagewise::sea_query::Value;
/// use postgres::{Error, Row};
///
/// struct Logged<'a, C>(&'a mut C);
///
/// impl<C: Execute> Execute for Logged<'_, C> {
///     fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
///         let rows = self.0.run(text, parameters)?;
///         eprintln!("{} rows of {text}", rows.len());
///         Ok(rows)
///     }
/// }
/// ```
pub trait Execute {
    /// Runs the text with its parameters.
    ///
    /// # Errors
    ///
    /// The driver's.
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError>;
}

impl Execute for Client {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.query_typed(text, &Parameters::new(parameters).typed())
    }
}

impl Execute for Transaction<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.query_typed(text, &Parameters::new(parameters).typed())
    }
}

/// A client or transaction that keeps its statements prepared; made by [`StatementCache::with`].
#[derive(Debug)]
pub struct Cached<'a, C> {
    client: &'a mut C,
    statements: &'a StatementCache,
}

impl StatementCache {
    /// The client, its statements kept in this cache.
    pub fn with<'a, C: GenericClient>(&'a self, client: &'a mut C) -> Cached<'a, C> {
        Cached {
            client,
            statements: self,
        }
    }
}

impl<C: GenericClient> Cached<'_, C> {
    fn attempt(
        &mut self,
        text: &str,
        parameters: &Parameters,
    ) -> Result<Vec<DriverRow>, DriverError> {
        let statement = match self.statements.get(text) {
            Some(statement) => statement,
            None => {
                let statement = self.client.prepare_typed(text, &parameters.types())?;
                self.statements.put(text, statement.clone());
                statement
            }
        };
        self.client.query(&statement, &parameters.values())
    }
}

impl<C: GenericClient> Execute for Cached<'_, C> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        let parameters = Parameters::new(parameters);
        if is_housekeeping(text) {
            return self.client.query_typed(text, &parameters.typed());
        }
        match self.attempt(text, &parameters) {
            // Statements only read, so that running one again does no harm. In a transaction the second attempt
            // fails as the first did: the transaction is aborted.
            Err(error) if self.statements.forget_stale(text, &error) => {
                self.attempt(text, &parameters)
            }
            answer => answer,
        }
    }
}

impl Statement {
    /// Runs the statement: the driver's rows.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    pub fn query(&self, client: &mut impl Execute) -> Result<Vec<DriverRow>, Error> {
        Ok(client.run(self.text(), self.parameters())?)
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
    pub fn fetch(&self, client: &mut impl Execute) -> Result<PageRows<E>, Error> {
        let answer = self.statement().query(client);
        let answer = answer.map_err(|error| self.explain(error))?;
        let estimate = match self.estimate() {
            Some(rows) => Some(estimated_rows(
                &client.run(&rows.explained(""), rows.parameters())?,
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
    pub fn fetch(&self, client: &mut impl Execute) -> Result<P::Answer, Error> {
        let rows = self.statement().query(client);
        self.read(rows.map_err(|error| self.explain(error))?)
    }
}

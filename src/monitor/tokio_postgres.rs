//! Wrappers around the asynchronous client of the crate `tokio-postgres`.

use std::borrow::Cow;

use ::tokio_postgres::{Error as DriverError, Row as DriverRow};
use sea_query::Value;
use tracing::Instrument;

use super::running::Running;
use super::scope::Monitor;
use super::tags::Tags;
use crate::driver::tokio_postgres::Execute;

/// A client whose statements are counted; made by [`Monitor::with_async`].
#[derive(Debug)]
pub struct Monitored<'a, C> {
    client: &'a C,
    monitor: &'a Monitor,
    name: Option<Cow<'static, str>>,
}

/// A client whose statements have tags; made by [`Tags::with_async`].
#[derive(Debug)]
pub struct WithTags<'a, C> {
    client: &'a C,
    tags: &'a Tags,
}

impl Monitor {
    /// The client, its statements counted. One that is dropped before its answer came is counted as abandoned.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use pagewise::chat::Session;
    /// use pagewise::driver::StatementCache;
    /// use pagewise::monitor::{Monitor, Tags};
    /// use pagewise::{Listing, Page};
    ///
    /// # async fn example(client: &tokio_postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let (request, tags) = (Monitor::new("sessions table"), Tags::new([("application", "shop")])?);
    /// let statements = StatementCache::default();
    /// let page = Listing::of(Session).tenant(7).page(Page::first(25)).build()?;
    ///
    /// let rows = page.fetch_async(&request.with_async(client).named("sessions page")).await?;
    /// let rows = page.fetch_async(&request.with_async(&tags.with_async(&statements.with_async(client)))).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_async<'a, C: Execute>(&'a self, client: &'a C) -> Monitored<'a, C> {
        Monitored {
            client,
            monitor: self,
            name: None,
        }
    }
}

impl<C> Monitored<'_, C> {
    /// What is run through this wrapper is called so; as with the blocking client.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl<C: Execute> Execute for Monitored<'_, C> {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        let running = Running::new(self.monitor, text, self.name.clone());
        let span = running.span().clone();
        let answer = self.client.run(text, parameters).instrument(span).await;
        running.ended(&answer);
        answer
    }
}

impl Tags {
    /// The client, its statements with these tags.
    #[must_use]
    pub fn with_async<'a, C: Execute>(&'a self, client: &'a C) -> WithTags<'a, C> {
        WithTags { client, tags: self }
    }
}

impl<C: Execute> Execute for WithTags<'_, C> {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.client.run(&self.tags.append(text), parameters).await
    }
}

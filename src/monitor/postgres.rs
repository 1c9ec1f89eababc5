//! Wrappers around the blocking client of the crate `postgres`.

use std::borrow::Cow;

use ::postgres::{Error as DriverError, Row as DriverRow};
use sea_query::Value;

use super::running::Running;
use super::scope::Monitor;
use super::tags::Tags;
use crate::driver::postgres::Execute;

/// A client whose statements are counted; made by [`Monitor::with`].
#[derive(Debug)]
pub struct Monitored<'a, C> {
    client: &'a mut C,
    monitor: &'a Monitor,
    name: Option<Cow<'static, str>>,
}

/// A client whose statements have tags; made by [`Tags::with`].
#[derive(Debug)]
pub struct WithTags<'a, C> {
    client: &'a mut C,
    tags: &'a Tags,
}

impl Monitor {
    /// The client, its statements counted.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use pagewise::chat::Session;
    /// use pagewise::driver::StatementCache;
    /// use pagewise::monitor::{Monitor, Tags};
    /// use pagewise::{Listing, Page};
    ///
    /// # fn example(mut client: postgres::Client, statements: &StatementCache) -> Result<(), Box<dyn std::error::Error>> {
    /// let (request, tags) = (Monitor::new("sessions table"), Tags::new([("application", "shop")])?);
    /// let page = Listing::of(Session).tenant(7).page(Page::first(25)).build()?;
    ///
    /// let rows = page.fetch(&mut request.with(&mut client))?;
    /// let rows = page.fetch(&mut request.with(&mut client).named("sessions page"))?;
    /// let rows = page.fetch(&mut request.with(&mut statements.with(&mut client)))?;
    /// let rows = page.fetch(&mut request.with(&mut tags.with(&mut statements.with(&mut client))))?;
    /// let rows = page.fetch(&mut request.with(&mut client.transaction()?))?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with<'a, C: Execute>(&'a self, client: &'a mut C) -> Monitored<'a, C> {
        Monitored {
            client,
            monitor: self,
            name: None,
        }
    }
}

impl<C> Monitored<'_, C> {
    /// What is run through this wrapper is called so: in counts, spans and percentiles, and in `pg_stat_statements` by
    /// [`ServerStatements::by_name`](super::ServerStatements::by_name).
    ///
    /// A name is that of a statement, and not of what it asks for: "sessions page", and not "sessions of team 7".
    ///
    /// A [`Guard`](crate::strategy) or a `Shadow` runs both of its ways by this name, one that its limit has stopped too, and
    /// their times are in the same percentiles. [`Collector::register`](super::Collector::register) tells them apart.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }
}

impl<C: Execute> Execute for Monitored<'_, C> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        let running = Running::new(self.monitor, text, self.name.clone());
        let answer = running
            .span()
            .in_scope(|| self.client.run(text, parameters));
        running.ended(&answer);
        answer
    }
}

impl Tags {
    /// The client, its statements with these tags.
    #[must_use]
    pub fn with<'a, C: Execute>(&'a self, client: &'a mut C) -> WithTags<'a, C> {
        WithTags { client, tags: self }
    }
}

impl<C: Execute> Execute for WithTags<'_, C> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<DriverRow>, DriverError> {
        self.client.run(&self.tags.append(text), parameters)
    }
}

//! The statement of a dashboard: [`DashboardStatement`].

use std::fmt;

use super::plan::Plan;
use super::request::Dashboard;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
use super::{data::DashboardData, read, request::BotPage};
use crate::aggregate::{AggregateStatement, Batch};
use crate::error::Error;
use crate::statement::Statement;
use crate::strategy::Strategy;

/// The statement of a [`Dashboard`]; with [`Strategy::Legacy`](crate::Strategy::Legacy), the statements.
///
/// Run by `fetch` (feature `postgres`) or `fetch_async` (feature `tokio-postgres`).
#[derive(Clone, Debug)]
pub struct DashboardStatement {
    batches: Vec<AggregateStatement<Batch>>,
    strategy: Strategy,
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    plan: Plan,
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    page: BotPage,
}

impl DashboardStatement {
    pub(super) fn new(
        plan: Result<Plan, Error>,
        request: &Dashboard,
        strategy: Strategy,
    ) -> Result<Self, Error> {
        let plan = plan?;
        let batches = plan.batches.iter().map(|batch| {
            let batch = batch.clone();
            match &request.tenant {
                Some(tenant) => batch.tenant(tenant.clone()),
                None => batch,
            }
            .build()
        });
        Ok(Self {
            batches: batches.collect::<Result<_, _>>()?,
            strategy,
            #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
            page: request.bots,
            #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
            plan,
        })
    }

    /// The statements, in the order in which they are run: one, but for
    /// [`Strategy::Legacy`](crate::Strategy::Legacy).
    pub fn statements(&self) -> impl ExactSizeIterator<Item = &Statement> {
        self.batches.iter().map(AggregateStatement::statement)
    }

    /// Which way it goes.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// Runs the statement and reads its answer, in one round trip; in one for each statement with
    /// [`Strategy::Legacy`](crate::Strategy::Legacy).
    ///
    /// # Errors
    ///
    /// * [`Error::Database`] if the driver or the server refuses;
    /// * [`Error::UnknownTimeZone`] if it does so for the time zone.
    #[cfg(feature = "postgres")]
    pub fn fetch(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<DashboardData, Error> {
        let answers = self.batches.iter().map(|batch| batch.fetch(client));
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        read::data(&self.plan, &self.page, &answers)
    }

    /// Runs the statement and reads its answer; as `fetch` does with the blocking client.
    ///
    /// # Errors
    ///
    /// * [`Error::Database`] if the driver or the server refuses;
    /// * [`Error::UnknownTimeZone`] if it does so for the time zone.
    #[cfg(feature = "tokio-postgres")]
    pub async fn fetch_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<DashboardData, Error> {
        let mut answers = Vec::with_capacity(self.batches.len());
        for batch in &self.batches {
            answers.push(batch.fetch_async(client).await?);
        }
        read::data(&self.plan, &self.page, &answers)
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl DashboardStatement {
    /// Reads the answers, one for each of the statements.
    pub(super) fn read_all(
        &self,
        answers: Vec<Vec<crate::driver::wire::Row>>,
    ) -> Result<DashboardData, Error> {
        let answers = self.batches.iter().zip(answers);
        let answers = answers.map(|(batch, rows)| batch.read(rows));
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        read::data(&self.plan, &self.page, &answers)
    }

    /// What an error of the server's means to the first of the statements that can tell.
    pub(super) fn explained(&self, error: Error) -> Error {
        self.batches.iter().fold(error, |error, batch| match error {
            error @ Error::Database { .. } => batch.explain(error),
            explained => explained,
        })
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl crate::request_scope::sealed::Fetch for DashboardStatement {
    type Answer = DashboardData;

    /// What is read is named in the text, apart from which page of the chatbots it is.
    fn key(&self) -> crate::request_scope::StatementKey {
        let shape = format!("{:?}", self.page);
        crate::request_scope::StatementKey::new::<Self>(self.statements(), shape)
    }

    crate::request_scope::by_its_own!(fetch, fetch_async);
}

impl fmt::Display for DashboardStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, batch) in self.batches.iter().enumerate() {
            if at > 0 {
                f.write_str(";\n\n")?;
            }
            fmt::Display::fmt(batch, f)?;
        }
        Ok(())
    }
}

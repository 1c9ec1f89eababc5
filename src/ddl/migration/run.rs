//! Running a migration through a driver.

use super::options::RunOptions;
use super::phases::Migration;
use super::report::MigrationReport;
use super::runner::{Runner, Task};
use crate::driver::session::Session;
use crate::error::Error;

impl Migration {
    /// Runs its steps, one after the other; each does what is missing.
    ///
    /// # Errors
    ///
    /// * [`Error::Migration`](crate::Error::Migration), see [`MigrationError`](super::MigrationError);
    /// * [`Error::Database`] if the driver or the server refuses; it says in which step.
    ///
    /// What was done before stays done. A build that fails may leave its index INVALID, which costs those who write; the
    /// next run drops it.
    #[cfg(feature = "postgres")]
    pub fn run(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        options: &RunOptions,
    ) -> Result<MigrationReport, Error> {
        crate::driver::session::at_once(self.perform(
            crate::driver::session::Blocking(client),
            options,
            Task::Run,
        ))
    }

    /// As [`run`](Self::run), through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    ///
    /// # Cancellation
    ///
    /// A run that is dropped before its end keeps its lock and its timeouts until the session ends: close the client.
    #[cfg(feature = "tokio-postgres")]
    pub async fn run_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        options: &RunOptions,
    ) -> Result<MigrationReport, Error> {
        let session = crate::driver::session::Asynchronous(client);
        self.perform(session, options, Task::Run).await
    }

    /// What a run would do, and why, without doing it.
    ///
    /// Nothing is locked, set or changed. To compare conditions and expressions with those that are there, an index may be
    /// made on an empty temporary table, in a transaction that is rolled back.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run), as far as it is foreseen.
    #[cfg(feature = "postgres")]
    pub fn dry_run(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<MigrationReport, Error> {
        let options = RunOptions::default();
        let session = crate::driver::session::Blocking(client);
        crate::driver::session::at_once(self.perform(session, &options, Task::DryRun))
    }

    /// As [`dry_run`](Self::dry_run), through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As [`dry_run`](Self::dry_run).
    #[cfg(feature = "tokio-postgres")]
    pub async fn dry_run_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<MigrationReport, Error> {
        let session = crate::driver::session::Asynchronous(client);
        self.perform(session, &RunOptions::default(), Task::DryRun)
            .await
    }

    /// Takes its steps back, the last one first. One phase is taken back by [`only`](Self::only) that.
    ///
    /// An index like the declared one that has another name was there before, and is left alone; so is what has its name
    /// and is something else, or belongs to a constraint. Whether an index of its name and form was there before the
    /// migration, nobody knows: it is dropped.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[cfg(feature = "postgres")]
    pub fn undo(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        options: &RunOptions,
    ) -> Result<MigrationReport, Error> {
        crate::driver::session::at_once(self.perform(
            crate::driver::session::Blocking(client),
            options,
            Task::Undo,
        ))
    }

    /// As [`undo`](Self::undo), through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[cfg(feature = "tokio-postgres")]
    pub async fn undo_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        options: &RunOptions,
    ) -> Result<MigrationReport, Error> {
        let session = crate::driver::session::Asynchronous(client);
        self.perform(session, options, Task::Undo).await
    }

    async fn perform(
        &self,
        session: impl Session,
        options: &RunOptions,
        task: Task,
    ) -> Result<MigrationReport, Error> {
        Runner::new(session, options).perform(self, task).await
    }
}

//! What can be wrong with a migration: [`MigrationError`].

use std::time::Duration;

/// Why a migration was not run, or not to its end. What was done before stays done; running it again goes on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// Two steps have one name.
    #[error("two steps are named {step:?}: leave one out, or name its index otherwise")]
    #[non_exhaustive]
    DuplicateStep {
        /// The name in question.
        step: String,
    },

    /// A phase that the migration does not have.
    #[error("the migration has no phase {phase:?}: it has {}", known.join(", "))]
    #[non_exhaustive]
    UnknownPhase {
        /// What was asked for.
        phase: String,
        /// The phases that there are.
        known: Vec<String>,
    },

    /// The client is within a transaction.
    #[error(
        "the client is in a transaction, where no index is built concurrently: commit it, or pass a client of its own"
    )]
    InTransaction,

    /// Another runner is at work in the same database.
    #[error(
        "another migration is being run in this database{}: wait for it with `.wait_for_others(..)`, or run again later",
        process.map(|process| format!(" by the process {process}")).unwrap_or_default()
    )]
    #[non_exhaustive]
    AlreadyRunning {
        /// The server's process of that runner, if it is still there.
        process: Option<i32>,
    },

    /// The table is not there, or not to be seen.
    #[error("there is no table {table}: create it before, or check the search path")]
    #[non_exhaustive]
    NoTable {
        /// The table as it is written.
        table: String,
    },

    /// Something else has the name of an index.
    #[error(
        "the name {name:?} is taken by something else: {found}; wanted is: {wanted}; rename one of the two, or drop that one"
    )]
    #[non_exhaustive]
    NameTaken {
        /// The name in question.
        name: String,
        /// What has it.
        found: String,
        /// What was to have it.
        wanted: String,
    },

    /// A step had to give way to others each time that it was tried.
    #[error(
        "the step {step:?} did not get its lock in {attempts} attempts of {} ms each: see who holds it in `pg_locks`, and run again",
        timeout.as_millis()
    )]
    #[non_exhaustive]
    LockTimeout {
        /// The step's name.
        step: String,
        /// How often it was tried.
        attempts: u32,
        /// How long it waited each time, at most.
        timeout: Duration,
    },
}

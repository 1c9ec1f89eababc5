//! Changes of the schema on a database that is in use: [`Migration`].
//!
//! A migration is a list of steps in phases. It is read before it is run (`Display`, [`Migration::to_sql`], a dry run), and
//! it may be broken off anywhere: each step looks at what is there, so that running it again goes on from there and ends
//! in the same state.
//!
//! This module owns running steps: outside of transactions, one at a time, giving way to who holds a lock. What the steps
//! are is owned by what makes them, such as an [`IndexDefinition`](super::IndexDefinition).

mod error;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod look;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod lost;
mod options;
mod phases;
mod progress;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod reindex;
mod report;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod run;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod runner;
mod sql;
#[cfg(all(test, feature = "postgres"))]
mod tests;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod watch;

pub use error::MigrationError;
pub use options::RunOptions;
pub use phases::Migration;
pub use progress::IndexProgress;
pub use report::{MigrationReport, Outcome, StepReport};
pub use sql::StepSql;

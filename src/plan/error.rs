//! What can go wrong with a plan: [`PlanError`].

use std::fmt;

use super::failures::FailedChecks;
use crate::error::Error;

/// A plan could not be had, or is not what it should be.
///
/// Its `Debug` is its `Display`: that is what `unwrap`, and a test that returns it, print.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The statement could not be built, or the driver or the server refused.
    #[error(transparent)]
    Statement(#[from] Error),

    /// What should be the answer to `EXPLAIN (FORMAT JSON)` is not.
    #[error("this is not what EXPLAIN (FORMAT JSON) answers: {reason}")]
    #[non_exhaustive]
    Unreadable {
        /// What was unexpected.
        reason: String,
    },

    /// Indexes cannot be imagined without the extension hypopg.
    #[error(
        "the extension hypopg is not in this database: `CREATE EXTENSION hypopg`, or check the advice on a copy of the \
         database with `check_by_building`"
    )]
    NoHypopg,

    /// Some checks failed.
    #[error(transparent)]
    Checks(#[from] FailedChecks),
}

impl fmt::Debug for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

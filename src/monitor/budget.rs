//! More statements than there should be: [`BudgetExceeded`].

use std::fmt;

use super::summary::{Statements, Summary};

/// A scope has run more statements than it should. Commands of transactions, which are in no budget, are not listed.
///
/// Its `Debug` is its `Display`: that is what `unwrap`, and a test that returns it, print.
///
/// ```
/// use pagewise::monitor::Monitor;
///
/// let request = Monitor::new("sessions table");
/// request.start_named("sessions page", "SELECT 1").finished(25);
/// for _ in 0..25 {
///     request.start_named("tags of a session", "SELECT 2").finished(3);
/// }
/// let exceeded = request.check().unwrap_err();
/// assert_eq!(
///     exceeded.to_string(),
///     "sessions table has run 26 statements, 6 more than its budget of 20:\n    25 x tags of a session\n     1 x sessions page\n\
///      What runs for each row can be asked for all rows at once."
/// );
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct BudgetExceeded {
    /// How many there should have been at most.
    pub budget: u64,
    /// What was counted.
    pub summary: Box<Summary>,
}

impl BudgetExceeded {
    pub(super) fn new(budget: u64, summary: Summary) -> Self {
        Self {
            budget,
            summary: Box::new(summary),
        }
    }
}

impl fmt::Display for BudgetExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, summary } = self;
        write!(
            f,
            "{} has run {}, {} more than its budget of {budget}:",
            summary.scope,
            Statements(summary.statements),
            // Both are public, and may have been changed.
            summary.statements.saturating_sub(*budget)
        )?;
        summary.write_asked(f)?;
        if summary.repeated().is_empty() {
            return Ok(());
        }
        f.write_str("\nWhat runs for each row can be asked for all rows at once.")
    }
}

impl fmt::Debug for BudgetExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BudgetExceeded {}

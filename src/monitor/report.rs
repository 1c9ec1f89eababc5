//! What a collector has kept: [`CollectorReport`].

use std::borrow::Cow;
use std::fmt;

use super::latency::{Latency, Milliseconds};
use super::markdown::Cell;

/// What a [`Collector`](super::Collector) has kept of a process' statements and pages.
///
/// `{}` is two tables in Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CollectorReport {
    /// The statements, in the order of their names.
    pub statements: Vec<StatementNumbers>,
    /// The scopes that have ended, in the order of their names.
    pub scopes: Vec<ScopeNumbers>,
}

/// Statements of one name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatementNumbers {
    /// Their name; `(unnamed)` of those without one, `(transaction)` of BEGIN, COMMIT and their like, `(others)` of those that came when there were names enough.
    pub name: Cow<'static, str>,
    /// How many of them gave no answer; their times count as well.
    pub failed: u64,
    /// How long they took.
    pub latency: Latency,
}

/// Scopes of one name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScopeNumbers {
    /// Their name; `(others)` of those that came when there were names enough.
    pub name: Cow<'static, str>,
    /// How many of them the host said so of, by [`Monitor::failed`](super::Monitor::failed); their times count as well.
    pub failed: u64,
    /// How many of them had a statement that gave no answer, and the host said nothing of what came of the scope; their times count
    /// as well.
    pub unanswered: u64,
    /// How long they lasted.
    pub latency: Latency,
    /// How many statements they ran together.
    pub statements: u64,
    /// How many statements 95 of 100 ran at most.
    pub p95_statements: u64,
    /// How many statements one ran at most.
    pub most_statements: u64,
}

impl CollectorReport {
    pub(super) fn new(
        mut statements: Vec<StatementNumbers>,
        mut scopes: Vec<ScopeNumbers>,
    ) -> Self {
        statements.sort_by(|one, other| one.name.cmp(&other.name));
        scopes.sort_by(|one, other| one.name.cmp(&other.name));
        Self { statements, scopes }
    }

    /// The statements of a name.
    #[must_use]
    pub fn statement(&self, name: &str) -> Option<&StatementNumbers> {
        self.statements
            .iter()
            .find(|statement| statement.name == name)
    }

    /// The scopes of a name.
    #[must_use]
    pub fn scope(&self, name: &str) -> Option<&ScopeNumbers> {
        self.scopes.iter().find(|scope| scope.name == name)
    }
}

impl fmt::Display for CollectorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| statement | runs | failed | p50 | p95 | p99 | max |\n|---|--:|--:|--:|--:|--:|--:|\n")?;
        for statement in &self.statements {
            let (name, latency) = (Cell(&statement.name), Times(&statement.latency));
            let runs = statement.latency.count;
            writeln!(f, "| {name} | {runs} | {} | {latency} |", statement.failed)?;
        }
        f.write_str(
            "\n| page | loads | failed | statement unanswered | statements, p95 | statements, most | p50 | p95 | p99 | max |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        )?;
        for scope in &self.scopes {
            let (name, latency) = (Cell(&scope.name), Times(&scope.latency));
            let ScopeNumbers {
                failed,
                unanswered,
                p95_statements: p95,
                most_statements: most,
                ..
            } = scope;
            let loads = scope.latency.count;
            writeln!(
                f,
                "| {name} | {loads} | {failed} | {unanswered} | {p95} | {most} | {latency} |"
            )?;
        }
        Ok(())
    }
}

/// Four cells.
struct Times<'a>(&'a Latency);

impl fmt::Display for Times<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Latency {
            p50, p95, p99, max, ..
        } = *self.0;
        let [p50, p95, p99, max] = [p50, p95, p99, max].map(Milliseconds);
        write!(f, "{p50} | {p95} | {p99} | {max}")
    }
}

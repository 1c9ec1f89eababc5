//! Whether pages take what they should: [`TargetReport`].

use std::fmt;
use std::time::Duration;

use super::latency::Milliseconds;
use super::markdown::Cell;
use super::targets::Target;

/// Targets, each with what was measured; made by [`Targets::measure`](super::Targets::measure).
///
/// `{}` is a table in Markdown.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TargetReport {
    /// A line for each target, in the order in which they were given.
    pub lines: Vec<TargetLine>,
}

/// A target with what was measured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TargetLine {
    /// What it should be.
    pub target: Target,
    /// What it is.
    measured: Measured,
}

/// Whether a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetOutcome {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// Nobody knows: it was not measured, or too seldom.
    NotMeasured,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measured {
    Time(Duration),
    Count(u64),
    Ratio(f64),
    /// So many of them gave no answer that the times of the others say nothing.
    Failed {
        failed: u64,
        count: u64,
    },
    TooFew {
        count: u64,
        at_least: u64,
    },
}

impl TargetReport {
    /// Whether all targets are met. What was not measured is not.
    #[must_use]
    pub fn are_met(&self) -> bool {
        self.lines
            .iter()
            .all(|line| line.outcome() == TargetOutcome::Met)
    }
}

impl TargetLine {
    pub(super) fn new(target: Target, measured: Measured) -> Self {
        Self { target, measured }
    }

    /// Whether it is met.
    #[must_use]
    pub fn outcome(&self) -> TargetOutcome {
        let is_met = match (&self.target, self.measured) {
            (
                Target::PageLoad { below, .. } | Target::StatementTime { below, .. },
                Measured::Time(time),
            ) => time < *below,
            (Target::PageLoad { .. } | Target::StatementTime { .. }, Measured::Failed { .. }) => {
                false
            }
            (Target::StatementsPerPage { below }, Measured::Count(count)) => count < *below,
            (Target::CacheHitRatio { above }, Measured::Ratio(ratio)) => ratio > *above,
            _ => return TargetOutcome::NotMeasured,
        };
        if is_met {
            TargetOutcome::Met
        } else {
            TargetOutcome::Missed
        }
    }
}

impl fmt::Display for TargetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| what | target | measured | met |\n|---|--:|--:|---|\n")?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A row of a table in Markdown: `| dashboard, p95 | < 2000 ms | 812 ms | met |`.
impl fmt::Display for TargetLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::PageLoad { page: name, below }
            | Target::StatementTime {
                statement: name,
                below,
            } => write!(f, "| {}, p95 | < {}", Cell(name), Milliseconds(*below))?,
            Target::StatementsPerPage { below } => {
                write!(f, "| statements per page, most | < {below}")?;
            }
            Target::CacheHitRatio { above } => {
                write!(f, "| cache hit ratio | > {} %", above * 100.0)?;
            }
        }
        match self.measured {
            Measured::Time(time) => write!(f, " | {}", Milliseconds(time))?,
            Measured::Count(count) => write!(f, " | {count}")?,
            Measured::Ratio(ratio) => write!(f, " | {:.1} %", ratio * 100.0)?,
            Measured::Failed { failed, count } => write!(f, " | {failed} of {count} failed")?,
            Measured::TooFew { count, at_least } => {
                write!(f, " | not measured: {count} of at least {at_least}")?;
            }
        }
        f.write_str(match self.outcome() {
            TargetOutcome::Met => " | met |",
            TargetOutcome::Missed | TargetOutcome::NotMeasured => " | no |",
        })
    }
}

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
    pub measured: Measured,
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

/// What was measured for a [`Target`].
///
/// ```
/// use pagewise::monitor::{Collector, Lookups, Measured, Targets};
///
/// let lookups = Some(Lookups { hits: 9, misses: 1 });
/// let report = Targets::new().cache_hit_ratio(0.8).measure(&Collector::new(), lookups);
/// assert_eq!(report.lines[0].measured, Measured::Ratio(0.9));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Measured {
    /// What 95 of 100 took at most.
    Time(Duration),
    /// How many statements a page ran at most.
    Count(u64),
    /// The share of lookups that were hits: from 0 to 1.
    Ratio(f64),
    /// So many failed that the times of the others say nothing.
    #[non_exhaustive]
    Failed {
        /// How many statements gave no answer, or how many scopes the host said so of.
        failed: u64,
        /// How many scopes had a statement that gave no answer, and the host said nothing of them; 0 of statements.
        unanswered: u64,
        /// Of how many.
        count: u64,
    },
    /// It happened too seldom, or never.
    #[non_exhaustive]
    TooFew {
        /// How often it happened.
        count: u64,
        /// How often it must.
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
                write!(f, "| cache hit ratio | > {} %", Percent(*above))?;
            }
        }
        match self.measured {
            Measured::Time(time) => write!(f, " | {}", Milliseconds(time))?,
            Measured::Count(count) => write!(f, " | {count}")?,
            Measured::Ratio(ratio) => write!(f, " | {:.1} %", ratio * 100.0)?,
            Measured::Failed {
                failed,
                unanswered,
                count,
            } => {
                let lost = failed.saturating_add(unanswered);
                write!(f, " | {lost} of {count} ")?;
                f.write_str(match (failed, unanswered) {
                    (_, 0) => "failed",
                    (0, _) => "with a statement unanswered",
                    _ => "failed or with a statement unanswered",
                })?;
            }
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

/// A share as people wrote it: 0.57 is `57`, and 0.995 is `99.5`.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.2}", self.0 * 100.0);
        f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn shares_have_the_digits_that_they_were_written_with() {
        for (share, text) in [
            (0.57, "57"),
            (0.58, "58"),
            (0.8, "80"),
            (0.995, "99.5"),
            (0.9999, "99.99"),
            (1.0, "100"),
            (0.1, "10"),
            (0.0, "0"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(Percent(share).to_string(), text);
        }
    }
}

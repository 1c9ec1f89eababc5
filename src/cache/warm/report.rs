//! What came of warming: [`WarmReport`].

use std::fmt;
use std::time::Duration;

/// What came of warming, by team, in the order in which teams were done with.
///
/// `Display` has a line for each result.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct WarmReport {
    /// The teams that were done with.
    pub teams: Vec<TeamWarmed>,
    /// The teams that nobody came to, since those who warmed have lost their connections or were broken off. Where that
    /// happened in the midst of a team, what had come of it is among the others, too.
    pub left: Vec<i64>,
}

/// What came of warming a team.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TeamWarmed {
    /// The team.
    pub team: i64,
    /// Its results, in the order in which they were named.
    pub results: Vec<Warmed>,
}

/// What came of warming a result.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Warmed {
    /// The text of its key, which begins with the kind's name.
    pub key: String,
    /// What came of it.
    pub outcome: WarmOutcome,
    /// How long it took.
    pub took: Duration,
}

/// What came of warming a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarmOutcome {
    /// It was computed; it is kept, unless one is there that was computed later.
    Computed,
    /// It was fresh.
    WasFresh,
    /// Another is computing it.
    Busy,
    /// It could not be computed, or not be kept.
    #[non_exhaustive]
    Failed {
        /// Why.
        reason: String,
    },
}

impl WarmReport {
    /// How many results had an outcome like this.
    #[must_use]
    pub fn count(&self, is_like: impl Fn(&WarmOutcome) -> bool) -> usize {
        let results = self.teams.iter().flat_map(|team| &team.results);
        results.filter(|result| is_like(&result.outcome)).count()
    }

    /// The results that failed, with their teams.
    pub fn failed(&self) -> impl Iterator<Item = (i64, &Warmed)> {
        let results = self
            .teams
            .iter()
            .flat_map(|team| team.results.iter().map(|result| (team.team, result)));
        results.filter(|(_, result)| matches!(result.outcome, WarmOutcome::Failed { .. }))
    }
}

impl fmt::Display for WarmReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for team in &self.teams {
            for result in &team.results {
                if !std::mem::take(&mut is_first) {
                    f.write_str("\n")?;
                }
                write!(f, "team {}: {}: {}", team.team, result.key, result.outcome)?;
                if result.outcome != WarmOutcome::WasFresh {
                    write!(f, " ({:?})", result.took)?;
                }
            }
        }
        for team in &self.left {
            if !std::mem::take(&mut is_first) {
                f.write_str("\n")?;
            }
            write!(f, "team {team}: left")?;
        }
        Ok(())
    }
}

impl fmt::Display for WarmOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Computed => f.write_str("computed"),
            Self::WasFresh => f.write_str("was fresh"),
            Self::Busy => f.write_str("another computes it"),
            Self::Failed { reason } => write!(f, "failed: {reason}"),
        }
    }
}

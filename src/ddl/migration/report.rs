//! What a run did: [`MigrationReport`].

use std::fmt;
use std::time::Duration;

/// What each step of a run did, or would do, in the order of the steps.
///
/// `Display` has a line for each.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MigrationReport {
    /// The steps.
    pub steps: Vec<StepReport>,
    /// Whether nothing was done, and it says what would be.
    pub is_dry_run: bool,
}

/// What a step did, or would do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepReport {
    /// The phase that the step is of.
    pub phase: String,
    /// The step's name.
    pub step: String,
    /// What it did.
    pub outcome: Outcome,
    /// How long it took, with the attempts that failed.
    pub took: Duration,
    /// How often it had to give way, and was tried again.
    pub retries: u32,
}

/// What a step did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The index was not there, and was built.
    Built,
    /// The index was there, INVALID; it was dropped, and built anew.
    Rebuilt,
    /// The index was dropped.
    Dropped,
    /// The index is there, under its name. Nothing is done.
    Present,
    /// The index is there, under this other name. Nothing is done.
    PresentAs(String),
    /// The index is not there, and is not to be. Nothing is done.
    Absent,
    /// What is there is not the migration's own, and is left as it is: why.
    LeftAlone(String),
    /// The statement was run; it changes nothing where all was as it should be.
    Ran,
    /// The statement was run this many times, until nothing was left to do; a dry run does not know how many times.
    Batches(u64),
    /// There is nothing to take back.
    Nothing,
}

impl Outcome {
    /// Whether it changed something, or may have.
    #[must_use]
    pub fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Built | Self::Rebuilt | Self::Dropped | Self::Ran | Self::Batches(_)
        )
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, is_dry_run: bool) -> fmt::Result {
        let was = if is_dry_run { "would be" } else { "was" };
        match self {
            Self::Built => write!(f, "{was} built, since it is not there"),
            Self::Rebuilt => write!(f, "{was} dropped and built anew, since it is INVALID"),
            Self::Dropped => write!(f, "{was} dropped"),
            Self::Present => f.write_str("is there"),
            Self::PresentAs(name) => write!(f, "is there as {name}"),
            Self::Absent => f.write_str("is not there"),
            Self::LeftAlone(why) => write!(f, "is left alone: {why}"),
            Self::Ran => write!(f, "{was} run"),
            Self::Batches(_) if is_dry_run => f.write_str("would be run until nothing is left"),
            Self::Batches(1) => f.write_str("was run once, until nothing was left"),
            Self::Batches(times) => write!(f, "was run {times} times, until nothing was left"),
            Self::Nothing => f.write_str("has nothing to take back"),
        }
    }
}

impl fmt::Display for MigrationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{}: {} ", step.phase, step.step)?;
            step.outcome.write(f, self.is_dry_run)?;
            if step.retries > 0 {
                write!(f, ", after {} attempts that gave way", step.retries)?;
            }
            if step.outcome.is_change() && !self.is_dry_run {
                write!(f, " ({} ms)", step.took.as_millis())?;
            }
        }
        Ok(())
    }
}

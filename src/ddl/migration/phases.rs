//! Steps in phases: [`Migration`].

use std::fmt;

use super::error::MigrationError;
use crate::ddl::Step;

/// A change of the schema: steps in phases, each with what takes it back.
///
/// `Display` is all of it, to be read before it is run.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::{IndexSpec, Migration};
///
/// let by_team = IndexSpec::on(Session).key(Session::TEAM_ID).key(Session::EXPERIMENT_ID).named("by_team").build()?;
/// let migration = Migration::new().phase("lists", [&by_team]);
/// assert_eq!(
///     migration.to_string(),
///     "phase lists\n\
///      \x20 index by_team\n\
///      \x20   run:  CREATE INDEX CONCURRENTLY IF NOT EXISTS \"by_team\" ON \"experiments_experimentsession\" (\"team_id\", \"experiment_id\")\n\
///      \x20   undo: DROP INDEX CONCURRENTLY IF EXISTS \"by_team\"\n"
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
///
/// With a driver, it runs itself; taken back, each step is undone, the last one first:
///
/// ```no_run
/// # use pagewise::ddl::{Migration, RunOptions};
/// # fn example(client: &mut postgres::Client, migration: &Migration) -> Result<(), pagewise::Error> {
/// println!("{}", migration.dry_run(client)?);
/// println!("{}", migration.run(client, &RunOptions::default())?);
///
/// let lists = migration.only("lists")?;           // one phase of it
/// println!("{}", lists.undo(client, &RunOptions::default())?);
/// # Ok(())
/// # }
/// ```
///
/// # What a run does
///
/// * It needs a session of its own, outside of a transaction ([`MigrationError::InTransaction`]); a pooler that hands out
///   another session for each transaction does not give one.
/// * It takes an advisory lock of the session, one for all migrations of a database: of two runners, the second is
///   refused, or waits ([`RunOptions::wait_for_others`](super::RunOptions::wait_for_others)). The lock goes with the session, so that none is left behind.
/// * Each statement is one call. `lock_timeout` is set, and set back at the end, also after an error; a step that had to
///   give way is tried again ([`RunOptions::attempts`](super::RunOptions::attempts)).
/// * A step finds out what is there, and does only what is missing. So a run that was broken off, be it by a crash in the
///   middle of a build, is simply run again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    pub(super) phases: Vec<Phase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    pub name: String,
    pub steps: Vec<Step>,
}

impl Migration {
    /// Nothing to do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more phase, after those that are there; steps of a phase that is there are appended to it.
    #[must_use]
    pub fn phase(
        mut self,
        name: impl Into<String>,
        steps: impl IntoIterator<Item = impl Into<Step>>,
    ) -> Self {
        let name = name.into();
        let steps = steps.into_iter().map(Into::into);
        match self.phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => phase.steps.extend(steps),
            None => self.phases.push(Phase {
                name,
                steps: steps.collect(),
            }),
        }
        self
    }

    /// One phase of it, to be run or taken back by itself.
    ///
    /// # Errors
    ///
    /// [`MigrationError::UnknownPhase`].
    pub fn only(&self, phase: &str) -> Result<Self, MigrationError> {
        match self.phases.iter().find(|known| known.name == phase) {
            Some(known) => Ok(Self {
                phases: vec![known.clone()],
            }),
            None => Err(MigrationError::UnknownPhase {
                phase: phase.to_owned(),
                known: self.phases.iter().map(|phase| phase.name.clone()).collect(),
            }),
        }
    }

    /// The names of the phases, in their order.
    pub fn phases(&self) -> impl Iterator<Item = &str> {
        self.phases.iter().map(|phase| phase.name.as_str())
    }

    /// The steps of all phases, in their order.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.phases.iter().flat_map(|phase| &phase.steps)
    }

    /// Each step with its phase.
    pub(super) fn steps_of_phases(&self) -> impl DoubleEndedIterator<Item = (&str, &Step)> {
        self.phases
            .iter()
            .flat_map(|phase| phase.steps.iter().map(|step| (phase.name.as_str(), step)))
    }

    /// No two steps have the same name.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn check(&self) -> Result<(), MigrationError> {
        let mut known = std::collections::HashSet::new();
        match self.steps().find(|step| !known.insert(step.name())) {
            Some(step) => Err(MigrationError::DuplicateStep {
                step: step.name().to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for phase in &self.phases {
            writeln!(f, "phase {}", phase.name)?;
            for step in &phase.steps {
                writeln!(f, "  {}", step.to_string().replace('\n', "\n  "))?;
            }
        }
        Ok(())
    }
}

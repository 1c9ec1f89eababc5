//! A migration as text, for hosts with a tool of their own: [`StepSql`].

use super::phases::Migration;

/// What a step runs, and what takes it back: one statement each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepSql {
    /// The phase that the step is of.
    pub phase: String,
    /// The step's name.
    pub step: String,
    /// The statement that does it.
    pub run: String,
    /// Whether it is to be run until it gives 0, each time in a transaction of its own.
    pub is_repeated: bool,
    /// The statement that takes it back; `None` if there is nothing to take back.
    pub undo: Option<String>,
}

impl Migration {
    /// Its statements in their order, for a migration tool of the host's. To take it back, the statements of `undo` are
    /// run in reverse.
    ///
    /// The tool has to run each outside of a transaction, as one call (Django: `atomic = False`), and with a
    /// `lock_timeout`. The text cannot look first: `IF NOT EXISTS` takes any index of the name for this one, also one that
    /// a failed build left INVALID, and an index like it under another name is not seen.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::ddl::{IndexSpec, Migration};
    ///
    /// let by_team = IndexSpec::on(Session).key(Session::TEAM_ID).named("by_team").build()?;
    /// let sql = Migration::new().phase("lists", [by_team]).to_sql();
    /// assert_eq!(
    ///     sql[0].run,
    ///     r#"CREATE INDEX CONCURRENTLY IF NOT EXISTS "by_team" ON "experiments_experimentsession" ("team_id")"#
    /// );
    /// assert_eq!(sql[0].undo.as_deref(), Some(r#"DROP INDEX CONCURRENTLY IF EXISTS "by_team""#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn to_sql(&self) -> Vec<StepSql> {
        let steps = self.steps_of_phases().map(|(phase, step)| StepSql {
            phase: phase.to_owned(),
            step: step.name().to_owned(),
            run: step.sql(),
            is_repeated: step.is_repeated(),
            undo: step.undo_sql(),
        });
        steps.collect()
    }
}

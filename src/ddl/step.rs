//! One step of a change of the schema: [`Step`].

use std::fmt;

use super::index::IndexDefinition;
use super::text;

/// One step of a change of the schema: what it does, and what takes it back.
///
/// Made by what is declared, such as an index; not by hand. Each step may be run again: a step that was run in part, or
/// whole, ends in the same state.
///
/// `Display` is its name and its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub(crate) name: String,
    pub(crate) action: Action,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// One statement that changes nothing when it is run again, and the one that takes it back.
    Statement { run: String, undo: Option<String> },
    /// One statement that is run, each time in a transaction of its own, until it gives 0: how many rows were left to be done
    /// when it had done its batch. There is nothing to take back.
    Batches { run: String },
    /// The index is there, or is not. What is done depends on what is there.
    Index {
        index: IndexDefinition,
        is_wanted: bool,
    },
    /// The index of this name, written with its schema, is made anew. There is nothing to take back.
    Reindex { index: String },
}

impl Step {
    /// One statement that changes nothing when it is run again; and the one that takes it back, if there is something to take
    /// back that no other step's does.
    pub(crate) fn statement(
        name: impl Into<String>,
        run: impl Into<String>,
        undo: Option<String>,
    ) -> Self {
        Self {
            name: name.into(),
            action: Action::Statement {
                run: run.into(),
                undo,
            },
        }
    }

    /// One statement that does a batch of work, and gives how many rows are left.
    pub(crate) fn batches(name: impl Into<String>, run: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            action: Action::Batches { run: run.into() },
        }
    }

    /// Makes the index anew, while its table is in use.
    #[cfg_attr(
        not(feature = "plan"),
        expect(dead_code, reason = "made of reports on indexes")
    )]
    pub(crate) fn reindex(name: impl Into<String>, schema: &str, index: &str) -> Self {
        Self {
            name: name.into(),
            action: Action::Reindex {
                index: text::in_schema(Some(schema), index),
            },
        }
    }

    /// What it does, in a few words; no two steps of a migration have the same.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The statement that does it; for what depends on what is there, the one that does it where nothing is.
    #[must_use]
    pub fn sql(&self) -> String {
        match &self.action {
            Action::Statement { run, .. } | Action::Batches { run } => run.clone(),
            Action::Index { index, is_wanted } => change(index, *is_wanted),
            Action::Reindex { index } => format!("REINDEX INDEX CONCURRENTLY {index}"),
        }
    }

    /// The statement that takes it back; `None` if there is nothing to take back.
    #[must_use]
    pub fn undo_sql(&self) -> Option<String> {
        match &self.action {
            Action::Statement { undo, .. } => undo.clone(),
            Action::Batches { .. } | Action::Reindex { .. } => None,
            Action::Index { index, is_wanted } => Some(change(index, !is_wanted)),
        }
    }

    /// Whether its statement is to be run until it gives 0: how many rows are left to be done.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        matches!(self.action, Action::Batches { .. })
    }
}

fn change(index: &IndexDefinition, is_wanted: bool) -> String {
    if is_wanted {
        index.create().concurrently().if_not_exists().to_string()
    } else {
        index.drop().concurrently().if_exists().to_string()
    }
}

impl IndexDefinition {
    /// The step that makes it, while rows are written; taken back, the index is dropped.
    ///
    /// What is there decides what is done: an index like it is left as it is, under whatever name; one of its name that is
    /// INVALID, which is what a build leaves that failed, is dropped and built anew. Another index of its name is an error.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::ddl::IndexSpec;
    ///
    /// let index = IndexSpec::on(Session).key(Session::TEAM_ID).named("by_team").build()?;
    /// assert_eq!(
    ///     index.step().to_string(),
    ///     "index by_team\n\
    ///      \x20 run:  CREATE INDEX CONCURRENTLY IF NOT EXISTS \"by_team\" ON \"experiments_experimentsession\" (\"team_id\")\n\
    ///      \x20 undo: DROP INDEX CONCURRENTLY IF EXISTS \"by_team\""
    /// );
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn step(&self) -> Step {
        Step {
            name: format!("index {}", self.name()),
            action: Action::Index {
                index: self.clone(),
                is_wanted: true,
            },
        }
    }

    /// The step that drops it, while the table is in use; taken back, the index is built.
    ///
    /// Only an index of its name that is like it is dropped, never one of a constraint.
    #[must_use]
    pub fn drop_step(&self) -> Step {
        Step {
            name: format!("drop index {}", self.name()),
            action: Action::Index {
                index: self.clone(),
                is_wanted: false,
            },
        }
    }
}

/// The step that makes the index.
impl From<IndexDefinition> for Step {
    fn from(index: IndexDefinition) -> Self {
        index.step()
    }
}

/// The step that makes the index.
impl From<&IndexDefinition> for Step {
    fn from(index: &IndexDefinition) -> Self {
        index.step()
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = if self.is_repeated() {
            " (until it gives 0)"
        } else {
            ""
        };
        write!(f, "{}\n  run{until}:  {}", self.name, indented(&self.sql()))?;
        match self.undo_sql() {
            Some(undo) => write!(f, "\n  undo: {}", indented(&undo)),
            None => Ok(()),
        }
    }
}

/// Statements of several lines, such as functions, below one another.
fn indented(sql: &str) -> String {
    sql.replace('\n', "\n        ")
}

//! One step of a change of the schema: [`Step`].

/// One step of a change of the schema: what it does, and what takes it back.
///
/// Made by what is declared, such as an index; not by hand. Each step may be run again: a step that was run in part, or
/// whole, ends in the same state.
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

    /// What it does, in a few words; no two steps of a migration have the same.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

//! The statements of a service: [`Workload`].

use std::borrow::Cow;

use super::wanted::{WantedIndex, WantsIndexes};
use crate::error::Error;
use crate::statement::Statement;

/// The statements that indexes are to be advised for, each under a name by which the advice tells it.
///
/// One of each kind is enough: with the filters and the order that are asked for most, for a tenant that is neither the
/// smallest nor empty.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    pub(super) statements: Vec<Named>,
}

#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: Cow<'static, str>,
    pub statement: Statement,
    pub wanted: Vec<WantedIndex>,
}

impl Workload {
    /// No statements yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement.
    ///
    /// # Errors
    ///
    /// Those of building it.
    pub fn add(
        mut self,
        name: impl Into<Cow<'static, str>>,
        what: &impl WantsIndexes,
    ) -> Result<Self, Error> {
        self.statements.push(Named {
            name: name.into(),
            statement: what.to_statement()?,
            wanted: what.wanted_indexes()?,
        });
        Ok(self)
    }

    /// The statements, with their names.
    pub fn statements(&self) -> impl Iterator<Item = (&str, &Statement)> {
        self.statements
            .iter()
            .map(|named| (named.name.as_ref(), &named.statement))
    }
}

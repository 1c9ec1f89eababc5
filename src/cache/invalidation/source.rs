//! A table whose changes outdate results, and how its rows' teams are found: [`Source`].

use std::marker::PhantomData;

use crate::error::Error;
use crate::schema::{Column, DataType, Definition, Entity, EntityDefinition, SqlType, Tenancy};

/// A table whose changes outdate results.
///
/// The team of a changed row is what the entity's tenancy says: its own column, the row that it points at (a message's chat),
/// or every team where the table is shared. A row of which the tenant column is NULL is of no team, and its changes are not
/// noted.
///
/// INSERT, DELETE and TRUNCATE are always noted. An UPDATE is noted if it changes one of the columns that
/// [`read`](Self::reads), the key, or what tells the team; if no column is named, each UPDATE is.
///
/// Its name, by which a [`CacheKind`](crate::cache::CacheKind) lists it, is the table's.
///
/// # Example
///
/// ```
/// use pagewise::cache::Source;
/// use pagewise::chat::{Message, Session};
///
/// let messages = Source::of(Message).reads(Message::CREATED_AT).reads(Message::MESSAGE_TYPE);
/// assert_eq!(messages.name(), "chat_chatmessage");
/// let sessions = Source::of(Session).reads(Session::STATUS).reads(Session::ENDED_AT);
/// assert_eq!(sessions.columns(), ["id", "team_id", "status", "ended_at"]);
/// ```
pub struct Source<E> {
    node: SourceNode,
    marker: PhantomData<fn() -> E>,
}

/// The same for any entity.
#[derive(Clone, Debug)]
pub(super) struct SourceNode {
    pub definition: Definition,
    pub reads: Vec<&'static str>,
}

impl<E: Entity> Source<E> {
    /// The table of this entity.
    #[must_use]
    pub fn of(_: E) -> Self {
        Self {
            node: SourceNode {
                definition: const { &E::DEFINITION },
                reads: Vec::new(),
            },
            marker: PhantomData,
        }
    }

    /// Results are made of this column, too: a number, a filter, or a name that is shown.
    ///
    /// Its type has to have an equality, which `json` has not.
    #[must_use]
    pub fn reads<T: SqlType>(mut self, column: Column<E, T>) -> Self {
        if !self.node.reads.contains(&column.name()) {
            self.node.reads.push(column.name());
        }
        self
    }

    /// The name of its notes: that of the table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.node.name()
    }

    /// The columns of which a change is noted; empty if each UPDATE is.
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        self.node.columns()
    }
}

impl SourceNode {
    pub fn name(&self) -> &'static str {
        self.definition.table
    }

    pub fn columns(&self) -> Vec<&'static str> {
        if self.reads.is_empty() {
            return Vec::new();
        }
        let mut columns = vec![self.definition.key];
        let of_team = own_column(self.definition);
        for column in of_team.into_iter().chain(self.reads.iter().copied()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The tables that lead from its rows to their teams, each with the column that points at it.
    pub fn way(&self) -> Vec<(&'static str, Definition)> {
        let mut way = Vec::new();
        let mut at = self.definition;
        while let Tenancy::Through { from, parent } = &at.tenancy {
            way.push((*from, *parent));
            at = parent;
        }
        way
    }

    /// The column that names the team, of the last table of the way; `None` if the table is shared.
    ///
    /// # Errors
    ///
    /// [`Error::TenantType`] if it is no integer: notes are of teams that are.
    pub fn tenant(&self) -> Result<Option<&'static str>, Error> {
        let way = self.way();
        let last = way.last().map_or(self.definition, |(_, parent)| *parent);
        match &last.tenancy {
            Tenancy::Column { name, data_type } => match data_type {
                DataType::BigInt | DataType::Integer | DataType::SmallInt => Ok(Some(*name)),
                _ => Err(Error::TenantType {
                    table: last.table,
                    column: name,
                    expected: *data_type,
                    given: DataType::BigInt,
                }),
            },
            _ => Ok(None),
        }
    }
}

/// Whether two definitions are of one table.
pub(super) fn is_same(one: &EntityDefinition, other: &EntityDefinition) -> bool {
    (one.schema, one.table) == (other.schema, other.table)
}

/// What of the row itself tells its team.
pub(super) fn own_column(definition: &EntityDefinition) -> Option<&'static str> {
    match &definition.tenancy {
        Tenancy::Column { name, .. } => Some(name),
        Tenancy::Through { from, .. } => Some(from),
        Tenancy::Shared => None,
    }
}

impl<E> Clone for Source<E> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> std::fmt::Debug for Source<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.node.name())
            .field("columns", &self.node.columns())
            .finish()
    }
}

impl<E> From<Source<E>> for SourceNode {
    fn from(source: Source<E>) -> Self {
        source.node
    }
}

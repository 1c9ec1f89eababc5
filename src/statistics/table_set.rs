//! Which tables statistics are read of: [`TableSet`].

use crate::schema::{Column, Definition, Entity, EntityDefinition, SqlType, Tenancy};

/// The tables that [`Statistics`](super::Statistics) are read of.
///
/// # Example
///
/// ```
/// use pagewise::chat::{Session, Tag, TaggedItem};
/// use pagewise::statistics::TableSet;
///
/// let tables = TableSet::new()
///     .table(Session)
///     .label(TaggedItem::TAG_ID, Tag::NAME);      // links and tags, too
/// ```
#[derive(Clone, Debug, Default)]
pub struct TableSet {
    pub(super) tables: Vec<Definition>,
    pub(super) labels: Vec<Label>,
}

/// What the rows are called that a foreign key points at.
#[derive(Clone, Debug)]
pub(super) struct Label {
    /// The table that points.
    pub definition: Definition,
    /// Its column that points.
    pub from: &'static str,
    /// The table that it points at, by its key.
    pub target: Definition,
    /// The columns of that table that are read; its tenant column is one of them.
    pub columns: Vec<&'static str>,
}

impl TableSet {
    /// No tables.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more table.
    #[must_use]
    pub fn table<E: Entity>(mut self, _: E) -> Self {
        self.add(const { &E::DEFINITION });
        self
    }

    /// Both tables, and what the rows are called that the most common values of `from` point at.
    ///
    /// Statistics know keys, requests know names: with the names, it can be told how many links there are to the tag of
    /// a name. Several columns of the same rows are several calls. They are read of all tenants, as statistics are;
    /// estimates for a tenant look at the tenant's.
    #[must_use]
    pub fn label<E, A, F, T>(mut self, from: Column<E, A>, column: Column<F, T>) -> Self
    where
        E: Entity,
        F: Entity,
        A: SqlType<Base = F::Key>,
        T: SqlType,
    {
        let (definition, target) = (const { &E::DEFINITION }, const { &F::DEFINITION });
        self.add(definition);
        self.add(target);
        let known = self.labels.iter_mut().find(|label| {
            is_same(label.definition, definition)
                && label.from == from.name()
                && is_same(label.target, target)
        });
        match known {
            Some(label) if label.columns.contains(&column.name()) => {}
            Some(label) => label.columns.push(column.name()),
            None => {
                let mut columns = vec![column.name()];
                if let Tenancy::Column { name, .. } = target.tenancy
                    && name != column.name()
                {
                    columns.push(name);
                }
                self.labels.push(Label {
                    definition,
                    from: from.name(),
                    target,
                    columns,
                });
            }
        }
        self
    }

    /// One table, by what is known of it.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn of(definition: Definition) -> Self {
        Self {
            tables: vec![definition],
            labels: Vec::new(),
        }
    }

    fn add(&mut self, definition: Definition) {
        if !self.tables.iter().any(|known| is_same(known, definition)) {
            self.tables.push(definition);
        }
    }
}

/// The same table, whatever else its entity declares.
fn is_same(left: &EntityDefinition, right: &EntityDefinition) -> bool {
    left.schema == right.schema && left.table == right.table
}

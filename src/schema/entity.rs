//! A host's table as a Rust type.

use std::fmt::Debug;

use super::column::assert_identifier;
use super::{Column, DataType, SqlType};

/// A table of the host: its name, its key, and what binds its rows to a tenant.
///
/// Implemented by the [`entity!`](crate::entity) macro; rarely by hand. The type itself holds no data: it
/// says which table a [`Column`], a [`Predicate`](crate::Predicate) or a [`Listing`](crate::Listing) is
/// about, so that those of another table do not compile.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    note = "declare the table with `pagewise::entity!`"
)]
pub trait Entity: Copy + Debug + Default + Send + Sync + 'static {
    /// The type of the key.
    type Key: SqlType<Base = Self::Key>;
    /// What is known of the table.
    const DEFINITION: EntityDefinition;

    /// The key column: unique, never NULL.
    fn key() -> Column<Self, Self::Key> {
        Column::new(Self::DEFINITION.key)
    }
}

/// What is known of a table; see [`Entity::DEFINITION`].
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct EntityDefinition {
    /// The schema that holds the table; `None` leaves it to the search path.
    pub schema: Option<&'static str>,
    /// The table's name.
    pub table: &'static str,
    /// The word by which emitted SQL calls a row of it.
    pub alias: &'static str,
    /// The name of the key column.
    pub key: &'static str,
    /// The type of the key column.
    pub key_type: DataType,
    /// What binds a row to its tenant.
    pub tenancy: Tenancy,
}

/// What binds a row of a table to its tenant.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Tenancy {
    /// The table has a column that names the tenant.
    Column {
        /// The column's name.
        name: &'static str,
        /// The column's type.
        data_type: DataType,
    },
    /// The table has none; the row that it points at has.
    Through {
        /// The column that points.
        from: &'static str,
        /// The table that it points at, by its key.
        parent: &'static EntityDefinition,
    },
    /// The rows belong to nobody: the same for every tenant.
    Shared,
}

/// A definition with an address that does not move; entities are compared by it.
pub(crate) type Definition = &'static EntityDefinition;

impl EntityDefinition {
    /// What is known of a table; used by [`entity!`](crate::entity).
    ///
    /// # Panics
    ///
    /// If a name cannot be one in PostgreSQL, or the tenant is that of a row which has none; a compile error, since
    /// definitions are constants.
    #[must_use]
    pub const fn new(
        schema: Option<&'static str>,
        table: &'static str,
        alias: &'static str,
        key: &'static str,
        key_type: DataType,
        tenancy: Tenancy,
    ) -> Self {
        if let Some(schema) = schema {
            assert_identifier(schema);
        }
        assert_identifier(table);
        assert_identifier(alias);
        assert_identifier(key);
        if let Tenancy::Through { parent, .. } = &tenancy {
            assert!(
                !matches!(parent.tenancy, Tenancy::Shared),
                "rows have no tenant through a table that is shared: say `shared`, or through which other"
            );
        }
        Self {
            schema,
            table,
            alias,
            key,
            key_type,
            tenancy,
        }
    }

    /// Whether these are its names; the schema is `''` where the search path finds the table.
    pub(crate) fn is_called(&self, schema: &str, table: &str) -> bool {
        self.table == table && self.schema.unwrap_or_default() == schema
    }
}

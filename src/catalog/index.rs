//! An index of a table: [`Index`] and its keys.

use super::row::CatalogRow;
use super::sql_text::SqlText;
use crate::order::{Direction, Nulls};

/// An index as PostgreSQL's catalog has it.
///
/// # Example
///
/// ```no_run
/// use pagewise::Catalog;
/// use pagewise::chat::{self, Session};
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let catalog = Catalog::read(client, &chat::filter_tables())?;
/// for index in catalog.indexes(Session) {
///     let keys: Vec<_> = index.keys.iter().map(|key| key.text.as_str()).collect();
///     println!("{} ({})", index.name, keys.join(", "));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Index {
    /// The schema that it is in, which is its table's.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `btree`, `hash`, `gin` or another.
    pub method: String,
    /// What rows are found by, in the index's order.
    pub keys: Vec<IndexKey>,
    /// The columns that it has beside its keys (`INCLUDE`).
    pub included: Vec<String>,
    /// The condition that rows in the index meet (`WHERE`), as PostgreSQL prints it; `None` if all rows are in it.
    pub predicate: Option<String>,
    /// Whether no two rows have the same keys.
    pub is_unique: bool,
    /// Whether two NULLs are the same to a unique index (`NULLS NOT DISTINCT`).
    pub nulls_not_distinct: bool,
    /// Whether it is the index of the primary key.
    pub is_primary: bool,
    /// The constraint that it belongs to: a primary key, a unique or an exclusion constraint.
    pub constraint: Option<String>,
    /// Whether queries may use it: not while it is being built, and not after that failed.
    pub is_valid: bool,
    /// Whether rows that are written get into it.
    pub is_ready: bool,
    /// The statement that creates it, as PostgreSQL prints it: with what has no field here, such as storage parameters.
    pub definition: String,
    /// The predicate in the form that is compared; `None` if there is none, or if it cannot be.
    pub(super) condition: Option<SqlText>,
}

/// What rows are found by in an [`Index`]: a column, or an expression.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexKey {
    /// The column; `None` if the key is computed.
    pub column: Option<String>,
    /// The key as PostgreSQL prints it: a column's name, quoted where it must be, or an expression.
    pub text: String,
    /// Which end comes first. Without meaning for methods that have no order.
    pub direction: Direction,
    /// Whether NULL comes before everything else. Without meaning for methods that have no order.
    pub nulls_first: bool,
    /// The operator class; `None` if it is the default of the key's type.
    pub operator_class: Option<String>,
    /// The collation; `None` if it is that of the key.
    pub collation: Option<String>,
    /// The expression in the form that is compared; `None` of a column, and if it cannot be.
    pub(super) expression: Option<SqlText>,
}

impl Index {
    /// `None` of a row that names no index.
    pub(super) fn of(row: CatalogRow) -> Option<Self> {
        Some(Self {
            keys: IndexKey::all_of(&row),
            condition: row.predicate.as_deref().and_then(SqlText::of),
            schema: row.index_schema.unwrap_or_default(),
            name: row.index_name?,
            method: row.method.unwrap_or_default(),
            included: row
                .included_columns
                .unwrap_or_default()
                .into_iter()
                .flatten()
                .collect(),
            predicate: row.predicate,
            is_unique: row.is_unique.unwrap_or(false),
            nulls_not_distinct: row.nulls_not_distinct.unwrap_or(false),
            is_primary: row.is_primary.unwrap_or(false),
            constraint: row.constraint_name,
            is_valid: row.is_valid.unwrap_or(false),
            is_ready: row.is_ready.unwrap_or(false),
            definition: row.definition.unwrap_or_default(),
        })
    }

    /// Whether it belongs to a constraint, and so goes only with it.
    #[must_use]
    pub fn is_constraint(&self) -> bool {
        self.constraint.is_some()
    }

    /// Whether a query that says these conditions, of those that an index can be limited to, may find its rows by it, in
    /// its order.
    pub(super) fn is_usable(&self, conditions: &[SqlText]) -> bool {
        let has_all = match (&self.predicate, &self.condition) {
            (None, _) => true,
            (Some(_), Some(condition)) => condition.is_among(conditions),
            (Some(_), None) => false,
        };
        self.is_valid && self.is_ready && self.method == "btree" && has_all
    }
}

impl IndexKey {
    fn all_of(row: &CatalogRow) -> Vec<Self> {
        let columns = row.key_columns.as_deref().unwrap_or_default();
        let texts = row.key_texts.as_deref().unwrap_or_default();
        // One of which only the column is known is a key all the same, and one of which nothing is known keeps its place.
        (0..columns.len().max(texts.len()))
            .map(|at| {
                let column = element(&row.key_columns, at);
                let text = element(&row.key_texts, at).or_else(|| column.clone());
                let text = text.unwrap_or_default();
                let direction = match element(&row.descending, at) {
                    Some(true) => Direction::Descending,
                    _ => Direction::Ascending,
                };
                Self {
                    expression: match column {
                        Some(_) => None,
                        None => SqlText::of(&text),
                    },
                    column,
                    text,
                    direction,
                    nulls_first: element(&row.nulls_first, at)
                        .unwrap_or(direction.default_nulls() == Nulls::First),
                    operator_class: element(&row.operator_classes, at),
                    collation: element(&row.collations, at),
                }
            })
            .collect()
    }

    pub(super) fn is_column(&self, name: &str) -> bool {
        self.column.as_deref() == Some(name)
    }

    /// Whether it sorts and compares as its type does when nobody says.
    pub(super) fn is_plain(&self) -> bool {
        self.operator_class.is_none() && self.collation.is_none()
    }
}

fn element<T: Clone>(list: &Option<Vec<Option<T>>>, at: usize) -> Option<T> {
    list.as_ref()?.get(at)?.clone()
}

//! One row of the answer that a catalog is made from: [`CatalogRow`].

/// What PostgreSQL's catalog says of one index, or of a table that has none.
///
/// A row of the answer to [`Catalog::statement`](super::Catalog::statement), whose columns have the names of these fields,
/// in this order. Lists with one element for each key of the index are in the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogRow {
    /// The server's version as a number: 150020 is 15.20.
    pub server_version: Option<i32>,
    /// The table's schema as its entity declares it; `''` where the search path finds the table.
    pub schema_name: Option<String>,
    /// The table; `None` if none of those that were asked for can be read.
    pub table_name: Option<String>,
    /// The schema that the index is in.
    pub index_schema: Option<String>,
    /// The index; `None` if the table has none.
    pub index_name: Option<String>,
    /// `btree`, `hash`, `gin` or another.
    pub method: Option<String>,
    /// Of each key its column; `None` of a key that is computed.
    pub key_columns: Option<Vec<Option<String>>>,
    /// Each key as PostgreSQL prints it.
    pub key_texts: Option<Vec<Option<String>>>,
    /// Of each key, whether its largest value comes first.
    pub descending: Option<Vec<Option<bool>>>,
    /// Of each key, whether NULL comes before everything else.
    pub nulls_first: Option<Vec<Option<bool>>>,
    /// Of each key its operator class; `None` if it is the default of the key's type.
    pub operator_classes: Option<Vec<Option<String>>>,
    /// Of each key its collation; `None` if it is that of the key.
    pub collations: Option<Vec<Option<String>>>,
    /// The columns that the index has beside its keys.
    pub included_columns: Option<Vec<Option<String>>>,
    /// The condition that rows in the index meet, as PostgreSQL prints it; `None` if all rows are in it.
    pub predicate: Option<String>,
    /// Whether no two rows have the same keys.
    pub is_unique: Option<bool>,
    /// Whether two NULLs are the same to a unique index (PostgreSQL 15 and newer).
    pub nulls_not_distinct: Option<bool>,
    /// Whether it is the index of the primary key.
    pub is_primary: Option<bool>,
    /// The constraint that it belongs to.
    pub constraint_name: Option<String>,
    /// Whether queries may use it.
    pub is_valid: Option<bool>,
    /// Whether rows that are written get into it.
    pub is_ready: Option<bool>,
    /// The statement that creates it, as PostgreSQL prints it.
    pub definition: Option<String>,
}

//! What is known of some tables and their indexes: [`Catalog`].

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::counters::CounterRow;
use super::index::Index;
use super::row::CatalogRow;
use crate::schema::{Column, Entity, EntityDefinition, SqlType};
use crate::statistics::Statistics;

/// What PostgreSQL's catalog said of some tables when it was asked: their indexes, their [`Statistics`], and the version
/// of the server.
///
/// Builders that are given one choose by it between ways to the same rows. A missing, wrong or old one changes how fast a
/// statement is, never its rows.
///
/// It is cheap to clone and shared between threads; a [`CatalogCache`](super::CatalogCache) keeps one until it is too
/// old. A table that does not exist or that may not be read is not known, and a view has no indexes.
///
/// # Example
///
/// ```no_run
/// use pagewise::Catalog;
/// use pagewise::chat::{self, Session};
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let catalog = Catalog::read(client, &chat::filter_tables())?;
/// println!("PostgreSQL {:?}", catalog.server_version());
/// println!("about {:?} sessions, {} indexes", catalog.rows_of(Session), catalog.indexes(Session).len());
/// # Ok(())
/// # }
/// ```
///
/// # Through any driver
///
/// Without a driver's feature, [`statement`](Self::statement) and [`Statistics::statement`] are run by the host, which
/// hands the answers to [`from_rows`](Self::from_rows) and, as [`Statistics`], to
/// [`with_statistics`](Self::with_statistics); where there are counters, that of
/// [`counters_statement`](Self::counters_statement) to [`with_counters`](Self::with_counters).
#[derive(Clone)]
pub struct Catalog {
    tables: Arc<[TableIndexes]>,
    statistics: Statistics,
    /// What is said of counters that are ready.
    pub(super) counters: Arc<[CounterRow]>,
    server_version: Option<u32>,
    read_at: Instant,
}

/// The indexes of one table.
struct TableIndexes {
    schema_name: String,
    table_name: String,
    indexes: Vec<Index>,
}

impl Catalog {
    /// The catalog that the answer to [`statement`](Self::statement) holds, read now, without statistics.
    ///
    /// ```
    /// use pagewise::Catalog;
    /// use pagewise::catalog::CatalogRow;
    /// use pagewise::chat::{Session, Trace};
    ///
    /// let catalog = Catalog::from_rows([CatalogRow {
    ///     table_name: Some("experiments_experimentsession".to_owned()),
    ///     index_name: Some("session_team_created_idx".to_owned()),
    ///     method: Some("btree".to_owned()),
    ///     key_columns: Some(vec![Some("team_id".to_owned()), Some("created_at".to_owned())]),
    ///     is_valid: Some(true),
    ///     is_ready: Some(true),
    ///     ..CatalogRow::default()
    /// }]);
    /// assert_eq!(catalog.indexes(Session)[0].keys[1].text, "created_at");
    /// assert!(!catalog.knows(Trace));
    /// ```
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = CatalogRow>) -> Self {
        let mut server_version = None;
        let mut tables: Vec<TableIndexes> = Vec::new();
        for mut row in rows {
            let version = row.server_version.map(u32::try_from);
            server_version = server_version.or(version.and_then(Result::ok));
            let Some(table_name) = row.table_name.take() else {
                continue;
            };
            let schema_name = row.schema_name.take().unwrap_or_default();
            let known = tables
                .iter()
                .position(|table| table.is_called(&schema_name, &table_name));
            let at = known.unwrap_or_else(|| {
                tables.push(TableIndexes {
                    schema_name,
                    table_name,
                    indexes: Vec::new(),
                });
                tables.len() - 1
            });
            tables[at].indexes.extend(Index::of(row));
        }
        Self {
            tables: tables.into(),
            statistics: Statistics::from_rows([]),
            counters: Arc::new([]),
            server_version,
            read_at: Instant::now(),
        }
    }

    /// The same with these statistics.
    #[must_use]
    pub fn with_statistics(mut self, statistics: Statistics) -> Self {
        self.statistics = statistics;
        self
    }

    /// What PostgreSQL knows of the tables' rows.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The server's version as a number: 150020 is 15.20. `None` if the rows did not say.
    #[must_use]
    pub fn server_version(&self) -> Option<u32> {
        self.server_version
    }

    /// Whether the table was there and could be read: if not, nothing follows from its having no indexes here.
    #[must_use]
    pub fn knows<E: Entity>(&self, _: E) -> bool {
        self.has_read(&E::DEFINITION)
    }

    pub(crate) fn has_read(&self, definition: &EntityDefinition) -> bool {
        self.table(definition).is_some()
    }

    /// The indexes of a table, valid or not; none of a table that is not known.
    #[must_use]
    pub fn indexes<E: Entity>(&self, _: E) -> &[Index] {
        self.indexes_of(&E::DEFINITION)
    }

    /// How many rows a table has, about; `None` if that is not known. As [`Statistics::rows_of`].
    #[must_use]
    pub fn rows_of<E: Entity>(&self, entity: E) -> Option<f64> {
        self.statistics.rows_of(entity)
    }

    /// How much of a column is NULL, about: from 0 to 1; `None` if that is not known. As [`Statistics::null_fraction`].
    #[must_use]
    pub fn null_fraction<E: Entity, T: SqlType>(&self, column: Column<E, T>) -> Option<f64> {
        self.statistics.null_fraction(column)
    }

    /// How long ago it was read: the older of the indexes and the statistics.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.read_at.elapsed().max(self.statistics.age())
    }

    pub(crate) fn indexes_of(&self, definition: &EntityDefinition) -> &[Index] {
        self.table(definition)
            .map_or(&[], |table| table.indexes.as_slice())
    }

    /// The indexes of each table.
    #[cfg(feature = "plan")]
    pub(crate) fn indexes_by_table(&self) -> impl Iterator<Item = &[Index]> {
        self.tables.iter().map(|table| table.indexes.as_slice())
    }

    fn table(&self, definition: &EntityDefinition) -> Option<&TableIndexes> {
        self.tables
            .iter()
            .find(|table| definition.is_called(&table.schema_name, &table.table_name))
    }
}

impl TableIndexes {
    fn is_called(&self, schema_name: &str, table_name: &str) -> bool {
        self.schema_name == schema_name && self.table_name == table_name
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("server_version", &self.server_version)
            .field("tables", &self.tables.len())
            .field("statistics", &self.statistics)
            .field("counters", &self.counters.len())
            .field("age", &self.age())
            .finish_non_exhaustive()
    }
}

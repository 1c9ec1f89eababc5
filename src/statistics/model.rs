//! What is known of some tables: [`Statistics`].

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::column::ColumnStatistics;
use super::labels::Labels;
use super::row::StatisticsRow;
use super::table_set::TableSet;
use crate::schema::EntityDefinition;

/// What PostgreSQL knew of some tables when it was asked: how many rows they have, and of each column the most common
/// values, a histogram and how much is NULL.
///
/// Estimates are made from it: by [`Filter::estimate`](crate::filter::Filter::estimate), by a
/// [`FilterPipeline`](crate::filter::FilterPipeline) that is given it, and by the builders that choose between forms of a
/// statement. A missing or old one changes how fast a statement is, never its rows.
///
/// It is cheap to clone and shared between threads; a [`StatisticsCache`](super::StatisticsCache) keeps one until it
/// is too old. A table that was never analyzed, that does not exist, or that may not be read has no statistics, and
/// estimates of it are `None`.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat::{self, Session};
/// use pagewise::filter::Filter;
/// use pagewise::statistics::Statistics;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let statistics = Statistics::read(client, &chat::filter_tables())?;
/// let active = Filter::new("state", Session::STATUS.eq("active"));
/// if let Some(share) = active.estimate(&statistics) {
///     println!("about {:.1} % of the sessions are active", share * 100.0);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Through any driver
///
/// Without a driver's feature, [`statement`](Self::statement) and [`label_statement`](Self::label_statement) are run by
/// the host, which hands the answers to [`from_rows`](Self::from_rows) and [`with_labels`](Self::with_labels).
#[derive(Clone)]
pub struct Statistics {
    tables: Arc<[TableStatistics]>,
    read_at: Instant,
}

/// What is known of one table.
#[derive(Clone, Debug)]
pub(super) struct TableStatistics {
    schema_name: String,
    table_name: String,
    /// `None` if it was never analyzed.
    pub rows: Option<f64>,
    columns: Vec<ColumnStatistics>,
}

impl Statistics {
    /// The statistics that the answer to [`statement`](Self::statement) holds, read now.
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = StatisticsRow>) -> Self {
        let mut tables: Vec<TableStatistics> = Vec::new();
        for row in rows {
            let known = tables.iter().position(|table| {
                table.schema_name == row.schema_name && table.table_name == row.table_name
            });
            let at = known.unwrap_or_else(|| {
                tables.push(TableStatistics::new(&row));
                tables.len() - 1
            });
            tables[at].add(row);
        }
        Self {
            tables: tables.into(),
            read_at: Instant::now(),
        }
    }

    /// These statistics with the answer to [`label_statement`](Self::label_statement): `(label, key, values)` of each
    /// row.
    #[must_use]
    pub fn with_labels(
        mut self,
        tables: &TableSet,
        answer: impl IntoIterator<Item = (i32, String, Vec<Option<String>>)>,
    ) -> Self {
        let mut labels: Vec<_> = tables.labels.iter().map(Labels::new).collect();
        for (position, key, values) in answer {
            let labels = usize::try_from(position)
                .ok()
                .and_then(|at| labels.get_mut(at));
            if let Some(labels) = labels {
                labels.add(key, values);
            }
        }
        let mut known = self.tables.to_vec();
        for (label, labels) in tables.labels.iter().zip(labels) {
            let column = known
                .iter_mut()
                .find(|table| table.is_of(label.definition))
                .and_then(|table| {
                    table
                        .columns
                        .iter_mut()
                        .find(|column| column.name == label.from)
                });
            if let Some(column) = column
                && !labels.is_empty()
            {
                column.labels.push(labels);
            }
        }
        self.tables = known.into();
        self
    }

    /// How long ago it was read.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.read_at.elapsed()
    }

    /// Whether it knows nothing of any table.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    pub(super) fn table(&self, definition: &EntityDefinition) -> Option<&TableStatistics> {
        self.tables.iter().find(|table| table.is_of(definition))
    }

    pub(super) fn column(
        &self,
        definition: &EntityDefinition,
        name: &str,
    ) -> Option<&ColumnStatistics> {
        self.table(definition)?.column(name)
    }

    /// The same, read longer ago.
    #[cfg(test)]
    pub(crate) fn aged(mut self, by: Duration) -> Self {
        self.read_at = self
            .read_at
            .checked_sub(by)
            .expect("a clock that has run longer");
        self
    }
}

impl TableStatistics {
    fn new(row: &StatisticsRow) -> Self {
        Self {
            schema_name: row.schema_name.clone(),
            table_name: row.table_name.clone(),
            rows: row
                .row_count
                .map(f64::from)
                .filter(|rows| rows.is_finite() && *rows > 0.0),
            columns: Vec::new(),
        }
    }

    /// Adds what a row knows of a column; numbers with the partitions take the place of those without.
    fn add(&mut self, row: StatisticsRow) {
        let Some(column) = ColumnStatistics::of(row) else {
            return;
        };
        match self
            .columns
            .iter_mut()
            .find(|known| known.name == column.name)
        {
            Some(known) if column.inherited => *known = column,
            Some(_) => {}
            None => self.columns.push(column),
        }
    }

    fn is_of(&self, definition: &EntityDefinition) -> bool {
        definition.is_called(&self.schema_name, &self.table_name)
    }

    pub fn column(&self, name: &str) -> Option<&ColumnStatistics> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl fmt::Debug for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statistics")
            .field("tables", &self.tables.len())
            .field("age", &self.age())
            .finish_non_exhaustive()
    }
}

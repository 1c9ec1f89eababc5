//! What a load has made.

use std::fmt;

use postgres::Client;

use crate::error::Error;
use crate::schema::TABLES;

/// The number of rows of each table after a load; prints as a small table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    rows: Vec<(&'static str, i64)>,
}

impl Summary {
    /// Counts the rows of every table in [`TABLES`].
    ///
    /// # Errors
    ///
    /// The connection is gone or a table is missing.
    pub fn count(client: &mut Client) -> Result<Summary, Error> {
        let counts: Vec<String> = TABLES
            .iter()
            .map(|table| format!("(SELECT count(*) FROM {table})"))
            .collect();
        let row = client
            .query_one(&format!("SELECT ARRAY[{}]", counts.join(", ")), &[])
            .map_err(|source| Error::Query {
                purpose: "count the rows",
                source,
            })?;
        let counts: Vec<i64> = row.get(0);
        Ok(Summary {
            rows: TABLES.into_iter().zip(counts).collect(),
        })
    }

    /// The tables and their numbers of rows, in the order of [`TABLES`].
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, i64)> {
        self.rows.iter().copied()
    }

    /// The number of rows of one table, or nothing where the table is not among [`TABLES`].
    pub fn rows(&self, table: &str) -> Option<i64> {
        self.tables()
            .find(|(name, _)| *name == table)
            .map(|(_, rows)| rows)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tables()
            .try_for_each(|(table, rows)| writeln!(formatter, "{rows:>10}  {table}"))
    }
}

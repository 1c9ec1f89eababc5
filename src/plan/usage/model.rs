//! How much indexes are read, and how large they are: [`UsageReport`].

use std::fmt;

use chrono::{DateTime, Utc};

use crate::ddl::Step;

/// What is taken up beside the values: of an entry, its header and its place in the page; of a page, its header and its end.
const ENTRY: f64 = 12.0;
const PAGE: f64 = 8192.0;
const PAGE_HEADER: f64 = 40.0;
/// As full as PostgreSQL makes the pages of a new index.
const FILLED: f64 = 0.9;
/// The first page, and the pages above the lowest.
const ABOVE: f64 = 1.01;

/// An index as the answer to [`UsageReport::statement`] has it, a field for each column. An empty one stands for what a
/// driver could not read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageRow {
    /// The schema of the table and the index.
    pub schema_name: Option<String>,
    /// The table.
    pub table_name: Option<String>,
    /// The index.
    pub index_name: Option<String>,
    /// `btree`, `gin`, ...
    pub method: Option<String>,
    /// How many scans there were since statistics are counted; NULL if they are not counted, such as of the index of a
    /// partitioned table.
    pub scans: Option<i64>,
    /// When the last was; PostgreSQL 16 and newer.
    pub last_scan: Option<DateTime<Utc>>,
    /// Since when statistics are counted; NULL if they never were reset, which is since the database was made or crashed.
    pub counted_since: Option<DateTime<Utc>>,
    /// How large it is.
    pub bytes: Option<i64>,
    /// How many entries it has, about; negative if that is not known.
    pub entries: Option<f64>,
    /// How many bytes the values of an entry take on the average.
    pub width: Option<f64>,
    /// Whether it is unique, or belongs to a constraint or to the index of a partitioned table, or is what replication tells
    /// rows by.
    pub is_needed: Option<bool>,
    /// Whether its first columns are a foreign key's: deleting what that points at reads it.
    pub serves_foreign_key: Option<bool>,
    /// Whether queries may use it.
    pub is_valid: Option<bool>,
}

/// How an index is used, and how large it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexUsage {
    /// The schema of the table and the index.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The index.
    pub name: String,
    /// How many scans there were since statistics are counted.
    pub scans: u64,
    /// When the last was; PostgreSQL 16 and newer, and if there was one.
    pub last_scan: Option<DateTime<Utc>>,
    /// How large it is.
    pub bytes: u64,
    /// How large it would be if it were made anew, about; `None` if that is not known: of an index that is no B-tree, of a
    /// table that was never analyzed. More than that is bloat. Equal values are stored once, so that an index of few
    /// different values is smaller than this: a bloat is never told to be larger than it is, but may be.
    pub expected_bytes: Option<u64>,
    /// Whether it is unique, or belongs to a constraint, or is what replication tells rows by: such an index is of use
    /// although nothing reads it. Also if it is the index of a partitioned table, whose scans are counted by its partitions, or
    /// that of a partition, which is not dropped by itself.
    pub is_needed: bool,
    /// Whether its first columns are a foreign key's: deleting a row that this points at is slow without it, and is rare.
    pub serves_foreign_key: bool,
    /// Whether queries may use it: one that is not costs as much as others, and is left behind by a build that failed.
    pub is_valid: bool,
}

/// How the indexes of some tables are used.
///
/// The numbers are those of one server: what only a replica reads counts as unused here.
///
/// # Example
///
/// ```no_run
/// use pagewise::chat;
/// use pagewise::plan::UsageReport;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let report = UsageReport::read(client, &chat::filter_tables())?;
/// for index in report.unused() {
///     println!("{index}: {}", index.drop_text());
/// }
/// for index in report.bloated(2.0) {
///     println!("{index}: {}", index.reindex_text());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageReport {
    indexes: Vec<IndexUsage>,
    counted_since: Option<DateTime<Utc>>,
}

impl UsageReport {
    /// The report that the answer to [`statement`](Self::statement) holds.
    #[must_use]
    pub fn from_rows(rows: impl IntoIterator<Item = UsageRow>) -> Self {
        let mut report = Self::default();
        for row in rows {
            report.counted_since = report.counted_since.or(row.counted_since);
            report.indexes.extend(IndexUsage::of(row));
        }
        report
    }

    /// All indexes, by their tables.
    #[must_use]
    pub fn indexes(&self) -> &[IndexUsage] {
        &self.indexes
    }

    /// Since when scans are counted; `None` if the counts were never reset: since the database was made, or since the server
    /// crashed.
    #[must_use]
    pub fn counted_since(&self) -> Option<DateTime<Utc>> {
        self.counted_since
    }

    /// The indexes that nothing read since statistics are counted, the largest first: none that is unique, of a constraint, or
    /// serves a foreign key.
    #[must_use]
    pub fn unused(&self) -> Vec<&IndexUsage> {
        let is_unused =
            |index: &&IndexUsage| index.scans == 0 && !index.is_needed && !index.serves_foreign_key;
        let mut unused: Vec<_> = self.indexes.iter().filter(is_unused).collect();
        unused.sort_by_key(|index| std::cmp::Reverse(index.bytes));
        unused
    }

    /// The B-tree indexes that are more than so many times as large as they would be if they were made anew, that which would
    /// free the most first.
    #[must_use]
    pub fn bloated(&self, times: f64) -> Vec<&IndexUsage> {
        let is_bloated = |index: &&IndexUsage| index.bloat().is_some_and(|bloat| bloat > times);
        let mut bloated: Vec<_> = self.indexes.iter().filter(is_bloated).collect();
        let freed = |index: &IndexUsage| {
            index
                .bytes
                .saturating_sub(index.expected_bytes.unwrap_or_default())
        };
        bloated.sort_by_key(|index| std::cmp::Reverse(freed(index)));
        bloated
    }
}

impl IndexUsage {
    /// `None` of a row that names no index.
    fn of(row: UsageRow) -> Option<Self> {
        let is_btree = row.method.as_deref() == Some("btree");
        let expected_bytes = match (row.entries, row.width) {
            (Some(entries), Some(width)) if is_btree && entries >= 0.0 => {
                Some(expected(entries, width))
            }
            _ => None,
        };
        let count = |number: Option<i64>| {
            number
                .and_then(|number| u64::try_from(number).ok())
                .unwrap_or_default()
        };
        Some(Self {
            schema: row.schema_name.unwrap_or_default(),
            table: row.table_name.unwrap_or_default(),
            name: row.index_name?,
            scans: count(row.scans),
            last_scan: row.last_scan,
            bytes: count(row.bytes),
            expected_bytes,
            // Of what is not known nothing is said that might have it dropped.
            is_needed: row.is_needed.unwrap_or(true) || row.scans.is_none(),
            serves_foreign_key: row.serves_foreign_key.unwrap_or(true),
            is_valid: row.is_valid.unwrap_or(true),
        })
    }

    /// How many times as large it is as it would be if it were made anew, about; `None` if that is not known.
    #[must_use]
    pub fn bloat(&self) -> Option<f64> {
        Some(self.bytes as f64 / self.expected_bytes? as f64)
    }

    /// What makes it anew while it is in use: `REINDEX INDEX CONCURRENTLY "schema"."name"`. Outside of a transaction. If it
    /// fails it leaves an index that is not valid, named as this one with `_ccnew` after it.
    #[must_use]
    pub fn reindex_text(&self) -> String {
        self.reindex_step().sql()
    }

    /// The same as a step of a migration; there is nothing to take back.
    ///
    /// It waits as builds of indexes do ([`RunOptions::index_lock_timeout`](crate::ddl::RunOptions::index_lock_timeout)),
    /// and first, before it makes anything, for who has the table. What it, or another one before, left behind it drops:
    /// the INVALID indexes of the table that have this one's name with `_ccnew` or `_ccold` after it.
    #[must_use]
    pub fn reindex_step(&self) -> Step {
        Step::reindex(
            format!("reindex {}.{}", self.schema, self.name),
            &self.schema,
            &self.name,
        )
    }

    /// What drops it while its table is in use: `DROP INDEX CONCURRENTLY IF EXISTS "schema"."name"`. Outside of a transaction.
    #[must_use]
    pub fn drop_text(&self) -> String {
        format!("DROP INDEX CONCURRENTLY IF EXISTS {}", self.quoted())
    }

    fn quoted(&self) -> String {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// How large a B-tree of so many entries is that was just made.
fn expected(entries: f64, width: f64) -> u64 {
    let entry = ENTRY + (width / 8.0).ceil() * 8.0;
    let for_each_page = ((PAGE - PAGE_HEADER) * FILLED / entry).floor().max(1.0);
    let pages = (entries / for_each_page).ceil();
    ((pages * ABOVE + 1.0).ceil() * PAGE) as u64
}

impl fmt::Display for IndexUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{} on {}: {} scans, {} kB",
            self.schema,
            self.name,
            self.table,
            self.scans,
            self.bytes / 1024
        )?;
        match self.bloat() {
            Some(bloat) => write!(f, ", about {bloat:.1} times what it needs"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{UsageReport, UsageRow};

    fn row(name: &str) -> UsageRow {
        UsageRow {
            index_name: Some(name.to_owned()),
            method: Some("btree".to_owned()),
            scans: Some(0),
            bytes: Some(8_192_000),
            entries: Some(100_000.0),
            width: Some(8.0),
            is_needed: Some(false),
            serves_foreign_key: Some(false),
            ..UsageRow::default()
        }
    }

    #[test]
    fn what_is_needed_or_not_known_is_never_unused() {
        let report = UsageReport::from_rows([
            row("unused"),
            UsageRow {
                is_needed: Some(true),
                ..row("of a constraint")
            },
            UsageRow {
                serves_foreign_key: Some(true),
                ..row("of a foreign key")
            },
            UsageRow {
                scans: Some(3),
                ..row("read")
            },
            UsageRow {
                is_needed: None,
                ..row("unknown")
            },
            UsageRow {
                serves_foreign_key: None,
                ..row("unknown, too")
            },
            UsageRow {
                bytes: Some(9_000_000),
                ..row("larger")
            },
            UsageRow::default(),
        ]);
        let unused: Vec<_> = report
            .unused()
            .iter()
            .map(|index| index.name.as_str())
            .collect();
        assert_eq!(unused, ["larger", "unused"]);
        assert_eq!(report.indexes().len(), 7);
    }

    #[test]
    fn what_is_no_btree_has_no_bloat() {
        let report = UsageReport::from_rows([
            row("btree"),
            UsageRow {
                method: Some("gin".to_owned()),
                ..row("gin")
            },
            UsageRow {
                entries: Some(-1.0),
                ..row("never analyzed")
            },
            UsageRow {
                width: None,
                ..row("of unknown width")
            },
        ]);
        let bloated: Vec<_> = report
            .bloated(2.0)
            .iter()
            .map(|index| index.name.as_str())
            .collect();
        assert_eq!(bloated, ["btree"]);
        assert!(report.bloated(4.0).is_empty());
        assert_eq!(
            report.bloated(2.0)[0].reindex_text(),
            r#"REINDEX INDEX CONCURRENTLY ""."btree""#
        );
    }
}

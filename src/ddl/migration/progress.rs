//! How far the building of an index is: [`IndexProgress`].

use sea_query::{Expr, JoinType, Query};

use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};
use crate::statistics::catalog;

/// How far the building of an index is, as `pg_stat_progress_create_index` has it.
///
/// The client that builds is busy: another one reads it. [`Migration::run_watched`](super::Migration::run_watched) does
/// both. What another role builds is seen only by a member of `pg_read_all_stats`: its fields are `None`.
///
/// # Example
///
/// ```no_run
/// use pagewise::ddl::IndexProgress;
///
/// # fn example(other: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// for build in IndexProgress::read(other)? {
///     println!("{:?}: {:?}, {:.0?} %", build.index, build.phase, build.fraction().map(|done| done * 100.0));
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Through any driver
///
/// The answer to [`statement`](Self::statement) has a row for each build, whose columns have the names of these fields, in
/// this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexProgress {
    /// The server's process that builds it.
    pub process: i32,
    /// The table.
    pub table: Option<String>,
    /// The index; `None` as long as only its builder sees it.
    pub index: Option<String>,
    /// What the builder is doing, in PostgreSQL's words: `building index: scanning table`, `waiting for old snapshots`.
    pub phase: Option<String>,
    /// How many transactions it has to wait for in this phase.
    pub lockers_total: Option<i64>,
    /// How many of them have ended.
    pub lockers_done: Option<i64>,
    /// The process whose transaction it waits for; 0 or `None` if for none.
    pub current_locker: Option<i64>,
    /// How many blocks are to be read in this phase.
    pub blocks_total: Option<i64>,
    /// How many are.
    pub blocks_done: Option<i64>,
    /// How many rows are to be put in in this phase.
    pub tuples_total: Option<i64>,
    /// How many are.
    pub tuples_done: Option<i64>,
}

const OUTPUTS: [(&str, &str, DataType, bool); 11] = [
    ("process", "progress.pid", DataType::Integer, false),
    ("table", "of_table.relname::text", DataType::Text, true),
    ("index", "relation.relname::text", DataType::Text, true),
    ("phase", "progress.phase", DataType::Text, true),
    (
        "lockers_total",
        "progress.lockers_total",
        DataType::BigInt,
        true,
    ),
    (
        "lockers_done",
        "progress.lockers_done",
        DataType::BigInt,
        true,
    ),
    (
        "current_locker",
        "progress.current_locker_pid",
        DataType::BigInt,
        true,
    ),
    (
        "blocks_total",
        "progress.blocks_total",
        DataType::BigInt,
        true,
    ),
    (
        "blocks_done",
        "progress.blocks_done",
        DataType::BigInt,
        true,
    ),
    (
        "tuples_total",
        "progress.tuples_total",
        DataType::BigInt,
        true,
    ),
    (
        "tuples_done",
        "progress.tuples_done",
        DataType::BigInt,
        true,
    ),
];

impl IndexProgress {
    /// How much of the phase is done, from 0 to 1; `None` if it is not known how much there is to do.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        let pairs = [
            (self.blocks_done, self.blocks_total),
            (self.tuples_done, self.tuples_total),
            (self.lockers_done, self.lockers_total),
        ];
        pairs
            .into_iter()
            .find_map(|(done, total)| match (done?, total?) {
                (_, ..=0) => None,
                #[expect(clippy::cast_precision_loss, reason = "part of a whole, to be shown")]
                (done, total) => Some((done as f64 / total as f64).clamp(0.0, 1.0)),
            })
    }

    /// The statement that asks for all indexes that are being built in the database.
    #[must_use]
    pub fn statement() -> Statement {
        let mut select = Query::select();
        for (name, expression, ..) in OUTPUTS {
            select.expr_as(Expr::cust(expression), name);
        }
        select.from_as(catalog("pg_stat_progress_create_index"), "progress");
        for (alias, column) in [("of_table", "relid"), ("relation", "index_relid")] {
            select.join_as(
                JoinType::LeftJoin,
                catalog("pg_class"),
                alias,
                Expr::cust(format!("{alias}.oid = progress.{column}")),
            );
        }
        // The view has builds of all databases, whose tables have names only there.
        select.and_where(Expr::cust("progress.datname = current_database()"));
        let outputs = OUTPUTS.map(|(name, _, data_type, nullable)| OutputColumn {
            name: name.into(),
            data_type,
            nullable,
        });
        Statement::new(select, outputs.into())
    }

    /// The indexes that are being built in the database.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database).
    #[cfg(feature = "postgres")]
    pub fn read(
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<Vec<Self>, crate::Error> {
        of_answer(&Self::statement().query(client)?)
    }

    /// As `read`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database).
    #[cfg(feature = "tokio-postgres")]
    pub async fn read_async(
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<Vec<Self>, crate::Error> {
        of_answer(&Self::statement().query_async(client).await?)
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
fn of_answer(rows: &[crate::driver::wire::Row]) -> Result<Vec<IndexProgress>, crate::Error> {
    let builds = rows.iter().map(|row| {
        Ok(IndexProgress {
            process: row.try_get(0)?,
            table: row.try_get(1)?,
            index: row.try_get(2)?,
            phase: row.try_get(3)?,
            lockers_total: row.try_get(4)?,
            lockers_done: row.try_get(5)?,
            current_locker: row.try_get(6)?,
            blocks_total: row.try_get(7)?,
            blocks_done: row.try_get(8)?,
            tuples_total: row.try_get(9)?,
            tuples_done: row.try_get(10)?,
        })
    });
    builds.collect()
}

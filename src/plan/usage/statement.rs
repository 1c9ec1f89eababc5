//! The statement that asks how indexes are used, and reading its answer.

use sea_query::{Expr, JoinType, Query};

use super::model::UsageReport;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};
use crate::statistics::{TableSet, catalog};

/// The average width of an entry's values; NULL if one of them has no statistics. Those of an expression are the index's own.
const WIDTH: &str = "(SELECT CASE WHEN count(statistics.avg_width) = count(*) \
    THEN sum(statistics.avg_width * (1 - statistics.null_frac))::double precision END \
    FROM pg_catalog.pg_attribute AS entry \
    LEFT JOIN pg_catalog.pg_attribute AS of_table \
    ON of_table.attrelid = index.indrelid AND of_table.attnum = index.indkey[entry.attnum - 1] AND of_table.attnum <> 0 \
    LEFT JOIN pg_catalog.pg_stats AS statistics ON statistics.schemaname = namespace.nspname \
    AND statistics.tablename = CASE WHEN of_table.attnum IS NULL THEN relation.relname ELSE class.relname END \
    AND statistics.attname = COALESCE(of_table.attname, entry.attname) AND NOT statistics.inherited \
    WHERE entry.attrelid = index.indexrelid AND entry.attnum > 0)";

const IS_NEEDED: &str = "index.indisunique OR index.indisexclusion OR index.indisreplident OR EXISTS (SELECT FROM \
    pg_catalog.pg_constraint AS owner WHERE owner.conindid = index.indexrelid AND owner.contype IN ('p', 'u', 'x')) \
    OR relation.relispartition";

/// The columns of a foreign key may be in any order.
const SERVES_FOREIGN_KEY: &str = "EXISTS (SELECT FROM pg_catalog.pg_constraint AS points WHERE points.contype = 'f' \
    AND points.conrelid = index.indrelid \
    AND (index.indkey::smallint[])[0:cardinality(points.conkey) - 1] @> points.conkey)";

const COUNTED_SINCE: &str = "(SELECT of_database.stats_reset FROM pg_catalog.pg_stat_database AS of_database \
    WHERE of_database.datname = current_database())";

/// Older servers have no such column, and the text is one for all.
const LAST_SCAN: &str = "(to_jsonb(used) ->> 'last_idx_scan')::timestamptz";

const OUTPUTS: [(&str, &str, DataType); 13] = [
    ("schema_name", "namespace.nspname::text", DataType::Text),
    ("table_name", "class.relname::text", DataType::Text),
    ("index_name", "relation.relname::text", DataType::Text),
    ("method", "method.amname::text", DataType::Text),
    ("scans", "used.idx_scan", DataType::BigInt),
    ("last_scan", LAST_SCAN, DataType::TimestampTz),
    ("counted_since", COUNTED_SINCE, DataType::TimestampTz),
    (
        "bytes",
        "pg_relation_size(index.indexrelid)",
        DataType::BigInt,
    ),
    (
        "entries",
        "relation.reltuples::double precision",
        DataType::DoublePrecision,
    ),
    ("width", WIDTH, DataType::DoublePrecision),
    ("is_needed", IS_NEEDED, DataType::Boolean),
    ("serves_foreign_key", SERVES_FOREIGN_KEY, DataType::Boolean),
    ("is_valid", "index.indisvalid", DataType::Boolean),
];

impl UsageReport {
    /// The statement that asks how the indexes of the tables are used; its answer is for [`from_rows`](Self::from_rows). One
    /// row for each index.
    #[must_use]
    pub fn statement(tables: &TableSet) -> Statement {
        let mut select = Query::select();
        for (name, expression, _) in OUTPUTS {
            select.expr_as(Expr::cust(expression), name);
        }
        tables.find(&mut select);
        let mut join = |kind, table: &'static str, alias: &'static str, on: &'static str| {
            select.join_as(kind, catalog(table), alias, Expr::cust(on));
        };
        join(
            JoinType::InnerJoin,
            "pg_index",
            "index",
            "index.indrelid = class.oid AND index.indislive",
        );
        join(
            JoinType::InnerJoin,
            "pg_class",
            "relation",
            "relation.oid = index.indexrelid",
        );
        join(
            JoinType::InnerJoin,
            "pg_am",
            "method",
            "method.oid = relation.relam",
        );
        join(
            JoinType::LeftJoin,
            "pg_stat_all_indexes",
            "used",
            "used.indexrelid = index.indexrelid",
        );
        select
            .order_by_expr(Expr::cust("namespace.nspname"), sea_query::Order::Asc)
            .order_by_expr(Expr::cust("class.relname"), sea_query::Order::Asc)
            .order_by_expr(Expr::cust("relation.relname"), sea_query::Order::Asc);
        let outputs = OUTPUTS.map(|(name, _, data_type)| OutputColumn {
            name: name.into(),
            data_type,
            nullable: true,
        });
        Statement::new(select, outputs.into())
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod read {
    use super::super::model::{UsageReport, UsageRow};
    use crate::driver::wire::Row;
    use crate::error::Error;
    use crate::statistics::TableSet;

    impl UsageReport {
        /// Asks how the indexes of the tables are used.
        ///
        /// # Errors
        ///
        /// [`Error::Database`].
        #[cfg(feature = "postgres")]
        pub fn read(
            client: &mut impl crate::driver::postgres::Execute,
            tables: &TableSet,
        ) -> Result<Self, Error> {
            of_answer(&Self::statement(tables).query(client)?)
        }

        /// As `read`, through an asynchronous client.
        ///
        /// # Errors
        ///
        /// [`Error::Database`].
        #[cfg(feature = "tokio-postgres")]
        pub async fn read_async(
            client: &impl crate::driver::tokio_postgres::Execute,
            tables: &TableSet,
        ) -> Result<Self, Error> {
            of_answer(&Self::statement(tables).query_async(client).await?)
        }
    }

    fn of_answer(rows: &[Row]) -> Result<UsageReport, Error> {
        let rows = rows.iter().map(|row| {
            Ok(UsageRow {
                schema_name: row.try_get(0)?,
                table_name: row.try_get(1)?,
                index_name: row.try_get(2)?,
                method: row.try_get(3)?,
                scans: row.try_get(4)?,
                last_scan: row.try_get(5)?,
                counted_since: row.try_get(6)?,
                bytes: row.try_get(7)?,
                entries: row.try_get(8)?,
                width: row.try_get(9)?,
                is_needed: row.try_get(10)?,
                serves_foreign_key: row.try_get(11)?,
                is_valid: row.try_get(12)?,
            })
        });
        Ok(UsageReport::from_rows(
            rows.collect::<Result<Vec<_>, Error>>()?,
        ))
    }
}

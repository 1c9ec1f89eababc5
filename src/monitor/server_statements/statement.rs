//! The statement that asks for the server's statements.

use sea_query::{Expr, Func, Order, Query};

use super::model::ServerStatements;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};

/// The outputs with their expressions and types. Columns were renamed, and others came, from version to version of the
/// extension, which may be older than the server: as JSON the text is one for all.
const OUTPUTS: [(&str, &str, DataType); 10] = [
    (
        "query_id",
        "(entry.line ->> 'queryid')::bigint",
        DataType::BigInt,
    ),
    ("text", "entry.line ->> 'query'", DataType::Text),
    (
        "calls",
        "(entry.line ->> 'calls')::bigint",
        DataType::BigInt,
    ),
    ("total_milliseconds", TOTAL, DataType::DoublePrecision),
    (
        "most_milliseconds",
        "COALESCE(entry.line ->> 'max_exec_time', entry.line ->> 'max_time')::double precision",
        DataType::DoublePrecision,
    ),
    (
        "planning_milliseconds",
        "(entry.line ->> 'total_plan_time')::double precision",
        DataType::DoublePrecision,
    ),
    ("rows", "(entry.line ->> 'rows')::bigint", DataType::BigInt),
    (
        "blocks_hit",
        "(entry.line ->> 'shared_blks_hit')::bigint",
        DataType::BigInt,
    ),
    (
        "blocks_read",
        "(entry.line ->> 'shared_blks_read')::bigint",
        DataType::BigInt,
    ),
    (
        "temporary_blocks_written",
        "(entry.line ->> 'temp_blks_written')::bigint",
        DataType::BigInt,
    ),
];

const TOTAL: &str =
    "COALESCE(entry.line ->> 'total_exec_time', entry.line ->> 'total_time')::double precision";

impl ServerStatements {
    /// The statement that asks for so many statements of this database, those first that took longest together; its answer is
    /// for [`from_rows`](Self::from_rows).
    ///
    /// Its text is one for all versions of the extension, which is looked for by the search_path. It needs the extension in the
    /// database, and the server started with it. Who may not read what others ran gets their numbers without their texts.
    #[must_use]
    pub fn statement(limit: u32) -> Statement {
        let mut entry = Query::select();
        entry
            .expr_as(
                Func::cust("to_jsonb").arg(Expr::cust("counted")),
                "line",
            )
            .from_as("pg_stat_statements", "counted")
            .and_where(Expr::cust(
                "counted.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
            ));
        let mut select = Query::select();
        for (name, expression, _) in OUTPUTS {
            select.expr_as(Expr::cust(expression), name);
        }
        select
            .from_subquery(entry, "entry")
            .order_by_expr(Expr::cust(TOTAL), Order::Desc)
            .order_by_expr(Expr::cust("entry.line ->> 'queryid'"), Order::Asc)
            .limit(limit.into());
        let outputs = OUTPUTS.map(|(name, _, data_type)| OutputColumn {
            name: name.into(),
            data_type,
            nullable: true,
        });
        Statement::new(select, outputs.into())
    }
}

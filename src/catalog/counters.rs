//! Which counters are ready: what comments on their tables and columns say.

use std::sync::Arc;

use sea_query::{Expr, JoinType, Query};

use super::model::Catalog;
use crate::ddl::counter::Plan;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};
use crate::statistics::catalog;

/// One row of the answer to [`Catalog::counters_statement`], whose columns have the names of these fields, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterRow {
    /// The schema of the table.
    pub schema_name: String,
    /// The table that has the kept values.
    pub table_name: String,
    /// The comment on it, or on one of its columns.
    pub comment: String,
}

impl Catalog {
    /// The statement that asks which [counters](crate::ddl::Counter) are ready, of all tables; its answer is for
    /// [`with_counters`](Self::with_counters).
    ///
    /// A counter is ready when all rows have their values: the last of its steps says so in a comment.
    #[must_use]
    pub fn counters_statement() -> Statement {
        let outputs = [
            ("schema_name", "namespace.nspname::text"),
            ("table_name", "class.relname::text"),
            ("comment", "description.description"),
        ];
        let mut select = Query::select();
        for (name, expression) in outputs {
            select.expr_as(Expr::cust(expression), name);
        }
        select
            .from_as(catalog("pg_description"), "description")
            .join_as(
                JoinType::InnerJoin,
                catalog("pg_class"),
                "class",
                Expr::cust("class.oid = description.objoid"),
            )
            .join_as(
                JoinType::InnerJoin,
                catalog("pg_namespace"),
                "namespace",
                Expr::cust("namespace.oid = class.relnamespace"),
            )
            .and_where(Expr::cust(
                "description.classoid = 'pg_catalog.pg_class'::regclass",
            ))
            .and_where(Expr::cust(
                "description.description LIKE 'pagewise counter %: ready'",
            ));
        let outputs = outputs.map(|(name, _)| OutputColumn {
            name: name.into(),
            data_type: DataType::Text,
            nullable: false,
        });
        Statement::new(select, outputs.into())
    }

    /// The same with these counters.
    #[must_use]
    pub fn with_counters(mut self, rows: impl IntoIterator<Item = CounterRow>) -> Self {
        self.counters = rows.into_iter().collect::<Arc<[_]>>();
        self
    }

    pub(crate) fn has_counter(&self, plan: &Plan) -> bool {
        self.counters
            .iter()
            .any(|row| plan.is_ready_by(&row.schema_name, &row.table_name, &row.comment))
    }
}

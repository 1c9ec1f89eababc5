//! The tables of a set, as a statement finds them in the catalog.

use sea_query::{Expr, Func, JoinType, Query, SelectStatement};

use super::table_set::TableSet;
use crate::render::bound;
use crate::schema::{Definition, SqlType};

/// A table of the catalog, whatever else the search path has of its name.
pub(crate) fn catalog(table: &'static str) -> (&'static str, &'static str) {
    ("pg_catalog", table)
}

impl TableSet {
    /// The names of the tables, bound.
    pub(crate) fn table_names(&self) -> Expr {
        self.names(|table| table.table)
    }

    fn names(&self, name: fn(&Definition) -> &'static str) -> Expr {
        let names: Vec<_> = self
            .tables
            .iter()
            .map(|table| name(table).to_owned())
            .collect();
        bound(names.into_value())
    }

    /// Has the statement read those of the tables that are there, in schemas that may be used: `wanted` is what an entity
    /// calls it, `class` and `namespace` what the catalog says of it.
    pub(crate) fn find(&self, select: &mut SelectStatement) {
        let mut wanted = Query::select();
        wanted
            .expr_as(
                Func::cust("unnest").arg(self.names(|table| table.schema.unwrap_or_default())),
                "schema_name",
            )
            .expr_as(Func::cust("unnest").arg(self.table_names()), "table_name");
        select
            .from_subquery(wanted, "wanted")
            .join_as(
                JoinType::InnerJoin,
                catalog("pg_class"),
                "class",
                Expr::cust("class.relname = wanted.table_name AND class.relkind IN ('r', 'p', 'm', 'f')"),
            )
            .join_as(
                JoinType::InnerJoin,
                catalog("pg_namespace"),
                "namespace",
                // `to_regclass` would do, but for a schema that may not be used it is an error.
                Expr::cust(
                    "namespace.oid = class.relnamespace AND has_schema_privilege(namespace.oid, 'USAGE') AND \
                     CASE wanted.schema_name WHEN '' THEN pg_table_is_visible(class.oid) \
                     ELSE namespace.nspname = wanted.schema_name END",
                ),
            );
    }
}

//! The statements that ask for statistics.

use sea_query::{Expr, ExprTrait, Func, IntoIden, JoinType, Query, SelectStatement, Value};

use super::datum::Datum;
use super::found::catalog;
use super::model::Statistics;
use super::table_set::{Label, TableSet};
use crate::render::bound;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};

const TEXTS: DataType = DataType::Array(&DataType::Text);
const REALS: DataType = DataType::Array(&DataType::Real);

/// `row_count`: of a table with children that is not partitioned, the catalog counts only the rows that are in no child.
const ROW_COUNT: &str =
    "CASE WHEN class.relkind = 'p' OR NOT class.relhassubclass THEN class.reltuples END";

/// The outputs with their expressions. The values are of the column's own type, which only their text hides.
const OUTPUTS: [(&str, &str, DataType, bool); 13] = [
    ("schema_name", "wanted.schema_name", DataType::Text, false),
    ("table_name", "wanted.table_name", DataType::Text, false),
    ("row_count", ROW_COUNT, DataType::Real, true),
    ("column_name", "stats.attname::text", DataType::Text, true),
    ("inherited", "stats.inherited", DataType::Boolean, true),
    ("null_fraction", "stats.null_frac", DataType::Real, true),
    ("distinct_values", "stats.n_distinct", DataType::Real, true),
    (
        "common_values",
        "stats.most_common_vals::text::text[]",
        TEXTS,
        true,
    ),
    ("common_frequencies", "stats.most_common_freqs", REALS, true),
    (
        "histogram_bounds",
        "stats.histogram_bounds::text::text[]",
        TEXTS,
        true,
    ),
    ("correlation", "stats.correlation", DataType::Real, true),
    (
        "common_elements",
        "stats.most_common_elems::text::text[]",
        TEXTS,
        true,
    ),
    (
        "element_frequencies",
        "stats.most_common_elem_freqs",
        REALS,
        true,
    ),
];

impl Statistics {
    /// The statement that asks for the statistics of the tables; its answer is for [`from_rows`](Self::from_rows).
    ///
    /// One text, however many tables there are: their names are bound. A table that does not exist or may not be read
    /// and a view have no rows in the answer, which is no error.
    #[must_use]
    pub fn statement(tables: &TableSet) -> Statement {
        let mut select = Query::select();
        for (name, expression, ..) in OUTPUTS {
            select.expr_as(Expr::cust(expression), name);
        }
        tables.find(&mut select);
        select.join_as(
            JoinType::LeftJoin,
            catalog("pg_stats"),
            "stats",
            // The second half is what gets into the view: it is a security barrier, and would be computed whole.
            Expr::cust("stats.schemaname = namespace.nspname AND stats.tablename = class.relname")
                .and(
                    Expr::col(("stats", "tablename"))
                        .eq(Func::cust("ANY").arg(tables.table_names())),
                ),
        );
        let outputs = OUTPUTS.map(|(name, _, data_type, nullable)| OutputColumn {
            name: name.into(),
            data_type,
            nullable,
        });
        Statement::new(select, outputs.into())
    }

    /// The statement that asks what the rows are called that the most common values point at; its answer is for
    /// [`with_labels`](Self::with_labels). `None` where nothing is to be asked: no labels are wanted, or nothing is
    /// known of the tables, or they may not be read.
    #[must_use]
    pub fn label_statement(&self, tables: &TableSet) -> Option<Statement> {
        let selects = tables
            .labels
            .iter()
            .enumerate()
            .filter_map(|(position, label)| self.label_select(position, label));
        let select = selects.reduce(|mut all, next| {
            all.union(sea_query::UnionType::All, next);
            all
        })?;
        let output = |name: &'static str, data_type| OutputColumn {
            name: name.into(),
            data_type,
            nullable: false,
        };
        let outputs = vec![
            output("label", DataType::Integer),
            output("key", DataType::Text),
            output("values", TEXTS),
        ];
        Some(Statement::new(select, outputs))
    }

    fn label_select(&self, position: usize, label: &Label) -> Option<SelectStatement> {
        let target = label.target;
        // Columns that the catalog speaks of exist and may be read.
        let known = self.table(target)?;
        known.column(target.key)?;
        for name in &label.columns {
            known.column(name)?;
        }
        let keys = self.table(label.definition)?.column(label.from)?;
        let keys: Vec<_> = keys
            .common_values()
            .map(|text| Datum::parse(text, target.key_type)?.into_value(target.key_type))
            .collect::<Option<_>>()?;
        if keys.is_empty() {
            return None;
        }
        let position = i32::try_from(position).ok()?;
        let array = Value::Array(target.key_type.array_type(), Some(Box::new(keys)));
        let column = |name: &'static str| Expr::col((target.alias.into_iden(), name.into_iden()));
        // sea-query takes brackets for quotes. Names have no quotes in them.
        let texts = label
            .columns
            .iter()
            .map(|name| format!("\"{}\".\"{name}\"::text", target.alias));
        let texts = texts.collect::<Vec<_>>().join(", ");
        let mut select = Query::select();
        select
            .expr_as(Expr::val(position).cast_as("integer"), "label")
            .expr_as(column(target.key).cast_as("text"), "key")
            .expr_as(Expr::cust(format!("ARRAY[{texts}]")), "values")
            .and_where(column(target.key).eq(Func::cust("ANY").arg(bound(array))));
        match target.schema {
            Some(schema) => select.from_as((schema, target.table), target.alias),
            None => select.from_as(target.table, target.alias),
        };
        Some(select)
    }
}

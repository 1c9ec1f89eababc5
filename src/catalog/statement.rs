//! The statement that asks for the catalog.

use sea_query::{Expr, JoinType, Query, SelectStatement};

use super::model::Catalog;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};
use crate::statistics::{TableSet, catalog};

const TEXTS: DataType = DataType::Array(&DataType::Text);
const BOOLEANS: DataType = DataType::Array(&DataType::Boolean);

/// Older servers have no such column, and the text is one for all.
const NULLS_NOT_DISTINCT: &str = "(to_jsonb(index) ->> 'indnullsnotdistinct')::boolean";

/// The outputs with their expressions and types, and whether they may be NULL: all that is said of an index is, where
/// there is none.
const OUTPUTS: [(&str, &str, DataType, bool); 21] = [
    ("server_version", "server.version", DataType::Integer, false),
    ("schema_name", "found.schema_name", DataType::Text, true),
    ("table_name", "found.table_name", DataType::Text, true),
    (
        "index_schema",
        "namespace.nspname::text",
        DataType::Text,
        true,
    ),
    ("index_name", "relation.relname::text", DataType::Text, true),
    ("method", "method.amname::text", DataType::Text, true),
    ("key_columns", "keys.columns", TEXTS, true),
    ("key_texts", "keys.texts", TEXTS, true),
    ("descending", "keys.descending", BOOLEANS, true),
    ("nulls_first", "keys.nulls_first", BOOLEANS, true),
    ("operator_classes", "keys.operator_classes", TEXTS, true),
    ("collations", "keys.collations", TEXTS, true),
    ("included_columns", "keys.included", TEXTS, true),
    (
        "predicate",
        "pg_get_expr(index.indpred, index.indrelid)",
        DataType::Text,
        true,
    ),
    ("is_unique", "index.indisunique", DataType::Boolean, true),
    (
        "nulls_not_distinct",
        NULLS_NOT_DISTINCT,
        DataType::Boolean,
        true,
    ),
    ("is_primary", "index.indisprimary", DataType::Boolean, true),
    (
        "constraint_name",
        "owner.conname::text",
        DataType::Text,
        true,
    ),
    ("is_valid", "index.indisvalid", DataType::Boolean, true),
    ("is_ready", "index.indisready", DataType::Boolean, true),
    (
        "definition",
        "pg_get_indexdef(index.indexrelid)",
        DataType::Text,
        true,
    ),
];

impl Catalog {
    /// The statement that asks for the indexes of the tables; its answer is for [`from_rows`](Self::from_rows).
    ///
    /// One text, however many tables there are: their names are bound. It has a row for each index, one for each table
    /// without, and one with nothing but the server's version if there is no table. A table that does not exist or may not be
    /// read is not in the answer, which is no error.
    #[must_use]
    pub fn statement(tables: &TableSet) -> Statement {
        let mut server = Query::select();
        server.expr_as(
            Expr::cust("current_setting('server_version_num')::integer"),
            "version",
        );
        let mut found = Query::select();
        found
            .expr_as(Expr::cust("wanted.schema_name"), "schema_name")
            .expr_as(Expr::cust("wanted.table_name"), "table_name")
            .expr_as(Expr::cust("class.oid"), "oid")
            .and_where(Expr::cust("has_any_column_privilege(class.oid, 'SELECT')"));
        tables.find(&mut found);

        let mut select = Query::select();
        for (name, expression, ..) in OUTPUTS {
            select.expr_as(Expr::cust(expression), name);
        }
        select.from_subquery(server, "server").join_subquery(
            JoinType::LeftJoin,
            found,
            "found",
            Expr::cust("TRUE"),
        );
        let mut join = |table: &'static str, alias: &'static str, on: &'static str| {
            select.join_as(JoinType::LeftJoin, catalog(table), alias, Expr::cust(on));
        };
        // What is being dropped is not live any more.
        join(
            "pg_index",
            "index",
            "index.indrelid = found.oid AND index.indislive",
        );
        join("pg_class", "relation", "relation.oid = index.indexrelid");
        join(
            "pg_namespace",
            "namespace",
            "namespace.oid = relation.relnamespace",
        );
        join("pg_am", "method", "method.oid = relation.relam");
        join(
            "pg_constraint",
            "owner",
            "owner.conrelid = index.indrelid AND owner.conindid = index.indexrelid AND owner.contype IN ('p', 'u', 'x')",
        );
        select.join_lateral(JoinType::LeftJoin, keys(), "keys", Expr::cust("TRUE"));
        let outputs = OUTPUTS.map(|(name, _, data_type, nullable)| OutputColumn {
            name: name.into(),
            data_type,
            nullable,
        });
        Statement::new(select, outputs.into())
    }
}

/// Whether the operator class is what PostgreSQL takes for the type when none is named. It may be the default of another
/// type that this one is stored like.
const IS_DEFAULT_CLASS: &str = "operator_class.opcdefault AND (operator_class.opcintype = value_type.oid OR NOT EXISTS \
    (SELECT FROM pg_catalog.pg_opclass AS other WHERE other.opcmethod = operator_class.opcmethod AND other.opcdefault \
    AND other.opcintype = value_type.oid))";

const CLASS_NAME: &str = "CASE WHEN pg_opclass_is_visible(operator_class.oid) THEN '' \
    ELSE operator_class.opcnamespace::regnamespace::text || '.' END || quote_ident(operator_class.opcname)";

/// Whether the collation is that of the column. That of an expression is nowhere but in the index's definition, which
/// names a collation after it if it is another.
const IS_OWN_COLLATION: &str = "CASE WHEN of_table.attnum IS NOT NULL THEN key.collation = of_table.attcollation \
    ELSE strpos(pg_get_indexdef(index.indexrelid), \
    pg_get_indexdef(index.indexrelid, key.position, false) || ' COLLATE ') = 0 END";

/// The keys of an index, and what it has beside them, as lists.
fn keys() -> SelectStatement {
    let mut key = Query::select();
    for (expression, name) in [
        ("generate_series(1, index.indnatts::integer)", "position"),
        ("unnest(index.indkey)", "column_number"),
        ("unnest(index.indclass)", "class"),
        ("unnest(index.indcollation)", "collation"),
        ("unnest(index.indoption)", "options"),
    ] {
        key.expr_as(Expr::cust(expression), name);
    }
    let listed = |value: &str, condition: &str| {
        Expr::cust(format!(
            "array_agg({value} ORDER BY key.position) FILTER (WHERE key.position {condition} index.indnkeyatts)"
        ))
    };
    let of_keys = |value: &str| listed(value, "<=");
    let unless =
        |usual: &str, value: &str| of_keys(&format!("CASE WHEN NOT ({usual}) THEN {value} END"));
    let mut keys = Query::select();
    keys.expr_as(of_keys("of_table.attname::text"), "columns")
        .expr_as(
            of_keys("pg_get_indexdef(index.indexrelid, key.position, false)"),
            "texts",
        )
        .expr_as(of_keys("key.options & 1 = 1"), "descending")
        .expr_as(of_keys("key.options & 2 = 2"), "nulls_first")
        .expr_as(unless(IS_DEFAULT_CLASS, CLASS_NAME), "operator_classes")
        .expr_as(
            unless(IS_OWN_COLLATION, "key.collation::regcollation::text"),
            "collations",
        )
        .expr_as(listed("of_table.attname::text", ">"), "included")
        .from_subquery(key, "key");
    let mut join = |table: &'static str, alias: &'static str, on: &'static str| {
        keys.join_as(JoinType::LeftJoin, catalog(table), alias, Expr::cust(on));
    };
    join(
        "pg_attribute",
        "of_table",
        "of_table.attrelid = index.indrelid AND of_table.attnum = key.column_number",
    );
    join(
        "pg_attribute",
        "of_index",
        "of_index.attrelid = index.indexrelid AND of_index.attnum = key.position",
    );
    join(
        "pg_type",
        "declared",
        "declared.oid = COALESCE(of_table.atttypid, of_index.atttypid)",
    );
    join(
        "pg_type",
        "value_type",
        "value_type.oid = COALESCE(NULLIF(declared.typbasetype, 0), declared.oid)",
    );
    join(
        "pg_opclass",
        "operator_class",
        "operator_class.oid = key.class",
    );
    keys
}

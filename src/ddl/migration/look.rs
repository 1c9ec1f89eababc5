//! What is there of an index that a step is about: [`Found`].

use super::error::MigrationError;
use super::lost;
use super::runner::Runner;
use crate::catalog::{Catalog, Index};
use crate::ddl::index::IndexDefinition;
use crate::ddl::text;
use crate::driver::session::Session;
use crate::error::Error;
use crate::statistics::TableSet;

/// What is there of an index.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Neither it nor one like it.
    Missing,
    /// It, and queries use it.
    Present { constraint: Option<String> },
    /// One like it under another name, which queries use.
    PresentAs(String),
    /// What a failed build left, or a drop that was broken off.
    Invalid,
    /// Somebody is building it.
    BeingBuilt,
    /// Something else that has its name.
    Other(String),
}

/// What has the name, in the schema of the table. An index that is being dropped is not among the table's any more, but
/// has its name.
const NAMED: &str = "SELECT owner.oid IS NOT NULL, relation.oid IS NOT NULL, \
    COALESCE(index.indrelid = owner.oid, FALSE), COALESCE(index.indislive, FALSE), \
    EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS progress \
    WHERE progress.datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
    AND progress.index_relid = relation.oid AND progress.pid <> pg_backend_pid()), \
    COALESCE(pg_get_indexdef(index.indexrelid), \
    CASE relation.relkind WHEN 'r' THEN 'a table' WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' \
    WHEN 'S' THEN 'a sequence' ELSE 'a relation' END) \
    FROM (SELECT to_regclass($1)::oid AS oid) AS wanted \
    LEFT JOIN pg_catalog.pg_class AS owner ON owner.oid = wanted.oid \
    LEFT JOIN pg_catalog.pg_class AS relation ON relation.relnamespace = owner.relnamespace AND relation.relname = $2::text \
    LEFT JOIN pg_catalog.pg_index AS index ON index.indexrelid = relation.oid";

/// How the server prints the keys and the condition of the index that [`Runner::printed`] makes, and whether it compares by
/// the operator classes and the collations of the index of this schema and name: their names do not tell, since each may be
/// said with its schema and without, and that which is taken else may be named.
const PRINTED: &str = "SELECT pg_get_indexdef(index.indexrelid, key.position, false), \
    pg_get_expr(index.indpred, index.indrelid), \
    EXISTS (SELECT FROM pg_catalog.pg_index AS other \
    JOIN pg_catalog.pg_class AS relation ON relation.oid = other.indexrelid \
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relation.relnamespace \
    WHERE namespace.nspname = $1::text AND relation.relname = $2::text \
    AND other.indclass = index.indclass AND other.indcollation = index.indcollation) \
    FROM pg_catalog.pg_index AS index, generate_series(1, index.indnkeyatts::integer) AS key (position) \
    WHERE index.indrelid = to_regclass('pg_temp.pagewise_like') ORDER BY key.position";

/// What the server makes of an index, beside another.
struct Printed {
    /// The keys and the condition as it prints them.
    keys: Vec<String>,
    predicate: Option<String>,
    /// Whether both have the same operator classes and collations.
    is_compared_alike: bool,
}

impl<S: Session> Runner<'_, S> {
    pub async fn look(&mut self, index: &IndexDefinition) -> Result<Found, Error> {
        let table = text::table(index.definition());
        let parameters = [table.clone().into(), index.name().into()];
        let rows = self.query(NAMED, &parameters).await?;
        let Some(row) = rows.first() else {
            return Err(unexpected("one row says what has the name of an index"));
        };
        if !row.try_get::<_, bool>(0)? {
            return Err(MigrationError::NoTable { table }.into());
        }
        let (is_there, is_of_table): (bool, bool) = (row.try_get(1)?, row.try_get(2)?);
        let (is_live, is_being_built): (bool, bool) = (row.try_get(3)?, row.try_get(4)?);
        let definition: String = row.try_get(5)?;

        let of_table = TableSet::of(index.definition());
        let statement = Catalog::statement(&of_table);
        let rows = self.query(statement.text(), statement.parameters()).await?;
        let catalog = Catalog::of_answer(&rows)?;
        let indexes = catalog.indexes_of(index.definition());

        if !is_there {
            for other in indexes
                .iter()
                .filter(|other| other.is_valid && other.is_ready)
            {
                if self.is_same(index, other).await? {
                    return Ok(Found::PresentAs(other.name.clone()));
                }
            }
            return Ok(Found::Missing);
        }
        if !is_of_table {
            return Ok(Found::Other(definition));
        }
        if is_being_built {
            return Ok(Found::BeingBuilt);
        }
        if !is_live {
            return Ok(Found::Invalid);
        }
        // Between the two statements it may have gone.
        let Some(own) = indexes.iter().find(|own| own.name == index.name()) else {
            return Ok(Found::BeingBuilt);
        };
        Ok(if !self.is_same(index, own).await? {
            Found::Other(own.definition.clone())
        } else if own.is_valid && own.is_ready {
            Found::Present {
                constraint: own.constraint.clone(),
            }
        } else {
            Found::Invalid
        })
    }

    /// The statement that drops the index of its table's schema: the search path may find another of its name before.
    pub async fn drop_text(&mut self, index: &IndexDefinition) -> Result<String, Error> {
        const SCHEMA: &str = "SELECT relation.relnamespace::regnamespace::text FROM pg_catalog.pg_class AS relation \
            WHERE relation.oid = to_regclass($1)";
        let table = text::table(index.definition());
        let rows = self.query(SCHEMA, &[table.clone().into()]).await?;
        let Some(row) = rows.first() else {
            return Err(MigrationError::NoTable { table }.into());
        };
        let schema: String = row.try_get(0)?;
        Ok(format!(
            "DROP INDEX CONCURRENTLY IF EXISTS {schema}.{}",
            text::identifier(index.name())
        ))
    }

    /// Whether the two are the same. If they are but for expressions, conditions, operator classes or collations, the
    /// server is asked what it makes of those that are wanted.
    async fn is_same(&mut self, index: &IndexDefinition, other: &Index) -> Result<bool, Error> {
        if index.is_same(other) || !index.has_shape(other) {
            return Ok(index.is_same(other));
        }
        let printed = match self.printed(index, other).await {
            // What cannot be made is not what is there: why not, is said when it is built.
            Err(Error::Database { source, .. }) if lost::is_without_class(&source) => {
                return Ok(false);
            }
            answer => answer?,
        };
        let keys = other.keys.iter().map(|key| &key.text);
        Ok(printed.is_compared_alike
            && keys.eq(&printed.keys)
            && other.predicate == printed.predicate)
    }

    /// Makes the index on an empty table like its own, in a transaction that is rolled back.
    async fn printed(&mut self, index: &IndexDefinition, other: &Index) -> Result<Printed, Error> {
        let table = text::table(index.definition());
        let like = format!("CREATE TEMPORARY TABLE pagewise_like (LIKE {table})");
        let create = format!("CREATE INDEX ON pg_temp.pagewise_like{}", index.rest());
        let beside = [other.schema.clone().into(), other.name.clone().into()];
        self.query("BEGIN", &[]).await?;
        let mut answer = self.query(&like, &[]).await;
        if answer.is_ok() {
            answer = self.query(&create, &[]).await;
        }
        if answer.is_ok() {
            answer = self.query(PRINTED, &beside).await;
        }
        self.query("ROLLBACK", &[]).await?;
        let rows = answer?;
        let mut printed = Printed {
            keys: Vec::with_capacity(rows.len()),
            predicate: None,
            is_compared_alike: false,
        };
        for row in &rows {
            printed.keys.push(row.try_get(0)?);
            printed.predicate = row.try_get(1)?;
            printed.is_compared_alike = row.try_get(2)?;
        }
        Ok(printed)
    }
}

pub(super) fn unexpected(reason: &str) -> Error {
    Error::UnexpectedAnswer {
        reason: reason.to_owned(),
    }
}

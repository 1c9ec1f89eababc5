//! The statements that make and drop an index: [`CreateIndex`], [`DropIndex`].

use std::fmt;

use sea_query::{
    ConditionalStatement, Expr, Index, IndexCreateStatement, IndexOrder, IndexType, IntoIden,
    TableName,
};

use super::definition::IndexDefinition;
use super::method::IndexMethod;
use super::node::PartNode;
use crate::ddl::text;
use crate::expression::Node;
use crate::order::Direction;
use crate::statement::write_index;

/// `CREATE INDEX ..`; its `Display` is the statement.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::IndexSpec;
///
/// let index = IndexSpec::on(Session).key(Session::TEAM_ID).key(Session::EXPERIMENT_ID).build()?;
/// assert_eq!(
///     index.create().concurrently().if_not_exists().to_string(),
///     r#"CREATE INDEX CONCURRENTLY IF NOT EXISTS "experiments_experimentsession_team_id_experiment_id_idx" ON "experiments_experimentsession" ("team_id", "experiment_id")"#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CreateIndex {
    index: IndexDefinition,
    concurrently: bool,
    if_not_exists: bool,
}

impl CreateIndex {
    pub(super) fn new(index: IndexDefinition) -> Self {
        Self {
            index,
            concurrently: false,
            if_not_exists: false,
        }
    }

    /// `CONCURRENTLY`: rows are written while it is being built. Not in a transaction, nor on a partitioned table; if it
    /// fails, an index is left that is INVALID, which a [`Migration`](crate::ddl::Migration) sees and builds anew.
    #[must_use]
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// `IF NOT EXISTS`: nothing is done if anything has its name, be it another index or one that is INVALID.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// sea-query's form; `None` of what it cannot write: names with quotes in them (it does not escape an index's),
    /// operator classes beside directions, where NULL goes, and collations.
    fn as_sea_query(&self) -> Option<IndexCreateStatement> {
        let (index, node) = (&self.index, self.index.node());
        let is_written = |key: &PartNode| {
            key.operator_class.is_none()
                && key.collation.is_none()
                && key.nulls == key.direction.default_nulls()
        };
        if index.name().contains('"') || !node.keys.iter().all(is_written) {
            return None;
        }
        let mut create = Index::create();
        let schema = node.table.schema.map(Into::into);
        create
            .name(index.name())
            .table(TableName(schema, node.table.table.into_iden()));
        if node.unique {
            create.unique();
        }
        if node.nulls_not_distinct {
            create.nulls_not_distinct();
        }
        if self.concurrently {
            create.concurrently();
        }
        if self.if_not_exists {
            create.if_not_exists();
        }
        if node.method != IndexMethod::default() {
            let method = IndexType::Custom(node.method.name().into_iden());
            create.index_type(method);
        }
        for (key, part) in node.keys.iter().zip(index.parts()) {
            let descending = key.direction == Direction::Descending;
            match (&key.node, descending) {
                (Node::Column(name), false) => create.col(*name),
                (Node::Column(name), true) => create.col((*name, IndexOrder::Desc)),
                (_, false) => create.col(Expr::cust(part.value.clone())),
                (_, true) => create.col((Expr::cust(part.value.clone()), IndexOrder::Desc)),
            };
        }
        for column in &node.include {
            create.include(*column);
        }
        if let Some(predicate) = index.predicate() {
            create.and_where(Expr::cust(predicate.to_owned()));
        }
        Some(create)
    }

    /// The same without sea-query.
    fn by_hand(&self) -> String {
        let (index, node) = (&self.index, self.index.node());
        let mut sql = String::from("CREATE ");
        if node.unique {
            sql.push_str("UNIQUE ");
        }
        sql.push_str("INDEX ");
        if self.concurrently {
            sql.push_str("CONCURRENTLY ");
        }
        if self.if_not_exists {
            sql.push_str("IF NOT EXISTS ");
        }
        sql.push_str(&text::identifier(index.name()));
        sql.push_str(" ON ");
        sql.push_str(&text::table(node.table));
        sql.push_str(&index.rest());
        sql
    }
}

impl IndexDefinition {
    /// What it says after the table.
    pub(crate) fn rest(&self) -> String {
        let node = self.node();
        let mut sql = String::new();
        if node.method != IndexMethod::default() {
            sql.push_str(" USING ");
            sql.push_str(node.method.name());
        }
        sql.push_str(&format!(" ({})", self.columns()));
        if !node.include.is_empty() {
            let columns: Vec<_> = node
                .include
                .iter()
                .map(|name| text::identifier(name))
                .collect();
            sql.push_str(&format!(" INCLUDE ({})", columns.join(", ")));
        }
        if node.nulls_not_distinct {
            sql.push_str(" NULLS NOT DISTINCT");
        }
        if let Some(predicate) = self.predicate() {
            sql.push_str(" WHERE ");
            sql.push_str(predicate);
        }
        sql
    }
}

impl fmt::Display for CreateIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_sea_query() {
            Some(create) => f.write_str(&write_index(&create)),
            None => f.write_str(&self.by_hand()),
        }
    }
}

/// `DROP INDEX ..`; its `Display` is the statement.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::IndexSpec;
///
/// let index = IndexSpec::on(Session).key(Session::TEAM_ID).named("by_team").build()?;
/// assert_eq!(index.drop().to_string(), r#"DROP INDEX "by_team""#);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DropIndex {
    index: IndexDefinition,
    concurrently: bool,
    if_exists: bool,
}

impl DropIndex {
    pub(super) fn new(index: IndexDefinition) -> Self {
        Self {
            index,
            concurrently: false,
            if_exists: false,
        }
    }

    /// `CONCURRENTLY`: neither readers nor writers wait. Not in a transaction.
    #[must_use]
    pub fn concurrently(mut self) -> Self {
        self.concurrently = true;
        self
    }

    /// `IF EXISTS`: nothing is done if nothing has its name.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }
}

impl fmt::Display for DropIndex {
    // sea-query's does not escape the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DROP INDEX ")?;
        if self.concurrently {
            f.write_str("CONCURRENTLY ")?;
        }
        if self.if_exists {
            f.write_str("IF EXISTS ")?;
        }
        f.write_str(&text::in_schema(self.index.schema(), self.index.name()))
    }
}

#[cfg(test)]
mod tests {
    use crate::chat::Session;
    use crate::ddl::{IndexMethod, IndexSpec};
    use crate::expression::lower;

    /// Where both can write an index, they write the same.
    #[test]
    fn as_sea_query_has_it() {
        let plain = IndexSpec::on(Session)
            .key(Session::TEAM_ID)
            .key(Session::CREATED_AT.desc());
        let specs = [
            plain.clone(),
            plain
                .clone()
                .key(lower(Session::STATUS))
                .key(lower(Session::PLATFORM).desc().nulls_first()),
            plain
                .clone()
                .include(Session::STATUS)
                .include(Session::CHAT_ID)
                .unique()
                .nulls_not_distinct(),
            plain
                .clone()
                .filter(Session::STATUS.eq("it's \\ ?"))
                .filter(
                    Session::ENDED_AT
                        .is_not_null()
                        .or(Session::PLATFORM.is_null()),
                ),
            IndexSpec::on(Session)
                .key(Session::CREATED_AT)
                .method(IndexMethod::Brin),
        ];
        for spec in specs {
            let create = spec.build().unwrap().create();
            for create in [create.clone(), create.concurrently().if_not_exists()] {
                assert!(create.as_sea_query().is_some());
                assert_eq!(create.to_string(), create.by_hand());
            }
        }
    }
}

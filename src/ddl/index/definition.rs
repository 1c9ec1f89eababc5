//! An index as it is written and compared: [`IndexDefinition`].

use std::fmt;
use std::sync::Arc;

use super::method::IndexMethod;
use super::name;
use super::node::IndexNode;
use super::sql::{CreateIndex, DropIndex};
use super::write::{self, PartText};
use crate::error::Error;
use crate::render::is_name;
use crate::schema::Definition;

/// An index with its name and its SQL; made by [`IndexSpec::build`](super::IndexSpec::build).
///
/// `Display` is the statement that makes it. Cheap to clone.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::IndexSpec;
///
/// let index = IndexSpec::on(Session).key(Session::TEAM_ID).key(Session::ENDED_AT.desc()).build()?;
/// assert_eq!(index.name(), "experiments_experimentsession_team_id_ended_at_95dc3aae_idx");
/// assert_eq!(index.table(), "experiments_experimentsession");
/// assert_eq!(index.columns(), r#""team_id", "ended_at" DESC NULLS LAST"#);
/// assert_eq!(
///     index.drop().concurrently().if_exists().to_string(),
///     r#"DROP INDEX CONCURRENTLY IF EXISTS "experiments_experimentsession_team_id_ended_at_95dc3aae_idx""#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone)]
pub struct IndexDefinition(Arc<Inner>);

struct Inner {
    node: IndexNode,
    name: String,
    parts: Vec<PartText>,
    predicate: Option<String>,
}

impl IndexDefinition {
    pub(crate) fn new(node: IndexNode) -> Result<Self, Error> {
        if node.keys.is_empty() {
            return Err(Error::Incomplete {
                what: "the index has no key",
                with: ".key(..)",
            });
        }
        let parts = node.keys.iter().map(|key| PartText::of(node.table, key));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let predicate = match &node.predicate {
            Some(predicate) => Some(write::predicate(node.table, predicate)?),
            None => None,
        };
        let name = match &node.name {
            Some(name) if is_name(name) => name.clone().into_owned(),
            Some(name) => return Err(Error::InvalidName { name: name.clone() }),
            None => name::of(&node, &parts, predicate.as_deref()),
        };
        Ok(Self(Arc::new(Inner {
            node,
            name,
            parts,
            predicate,
        })))
    }

    /// Its name, without the schema, which is the table's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The table that it is of.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.0.node.table.table
    }

    /// The schema of the table; `None` where the search path finds it.
    #[must_use]
    pub fn schema(&self) -> Option<&'static str> {
        self.0.node.table.schema
    }

    /// How it is stored.
    #[must_use]
    pub fn method(&self) -> IndexMethod {
        self.0.node.method
    }

    /// Whether no two rows have the same keys.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.0.node.unique
    }

    /// Its keys as they are written.
    #[must_use]
    pub fn columns(&self) -> String {
        let keys: Vec<_> = self
            .0
            .parts
            .iter()
            .map(|part| part.whole.as_str())
            .collect();
        keys.join(", ")
    }

    /// The condition that its rows meet, as it is written; `None` if all rows are in it.
    #[must_use]
    pub fn predicate(&self) -> Option<&str> {
        self.0.predicate.as_deref()
    }

    /// The statement that makes it.
    #[must_use]
    pub fn create(&self) -> CreateIndex {
        CreateIndex::new(self.clone())
    }

    /// The statement that drops it.
    #[must_use]
    pub fn drop(&self) -> DropIndex {
        DropIndex::new(self.clone())
    }

    pub(crate) fn definition(&self) -> Definition {
        self.0.node.table
    }

    pub(crate) fn node(&self) -> &IndexNode {
        &self.0.node
    }

    pub(super) fn parts(&self) -> &[PartText] {
        &self.0.parts
    }
}

/// The same text: one of the same name makes the same index.
impl PartialEq for IndexDefinition {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.to_string() == other.to_string()
    }
}

impl Eq for IndexDefinition {}

impl fmt::Display for IndexDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.create().fmt(f)
    }
}

impl fmt::Debug for IndexDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IndexDefinition")
            .field(&self.to_string())
            .finish()
    }
}

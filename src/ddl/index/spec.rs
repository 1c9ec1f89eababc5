//! Which index a host wants: [`IndexSpec`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::definition::IndexDefinition;
use super::method::IndexMethod;
use super::node::IndexNode;
use super::part::IndexPart;
use crate::error::Error;
use crate::predicate::Predicate;
use crate::schema::{Column, Entity, SqlType};

/// An index of the entity `E`: its keys, what it holds beside them, and which rows are in it.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::IndexSpec;
/// use pagewise::expression::coalesce;
///
/// let newest = IndexSpec::on(Session)
///     .key(Session::TEAM_ID)
///     .key(coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).desc())
///     .include(Session::EXPERIMENT_ID)
///     .filter(Session::STATUS.eq("active"))
///     .named("session_active_newest")
///     .build()?;
/// assert_eq!(
///     newest.create().concurrently().to_string(),
///     r#"CREATE INDEX CONCURRENTLY "session_active_newest" ON "experiments_experimentsession" ("team_id", (COALESCE("last_activity_at", "created_at")) DESC) INCLUDE ("experiment_id") WHERE "status" = 'active'"#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
///
/// # NULL
///
/// A column that is given as it is has NULL last, as a plain index has. `desc()` has NULL last too, if the column may be
/// NULL: the index is `DESC NULLS LAST`, and serves a [`Listing`](crate::Listing) with the same order, which a plain
/// `DESC` does not.
pub struct IndexSpec<E> {
    pub(super) node: IndexNode,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> IndexSpec<E> {
    /// An index of this table; its keys are to be said.
    #[must_use]
    pub fn on(_: E) -> Self {
        Self {
            node: IndexNode::new(const { &E::DEFINITION }),
            marker: PhantomData,
        }
    }

    /// The next key: a column, an expression, an order, or an [`IndexPart`].
    #[must_use]
    pub fn key(mut self, key: impl Into<IndexPart<E>>) -> Self {
        self.node.keys.push(key.into().node);
        self
    }

    /// A column that is held beside the keys (`INCLUDE`), so that the table need not be looked at for it.
    #[must_use]
    pub fn include<T: SqlType>(mut self, column: Column<E, T>) -> Self {
        self.node.include.push(column.name());
        self
    }

    /// Only rows that meet the condition are in the index (`WHERE`). Several are joined by AND.
    ///
    /// Its values are written out: PostgreSQL takes the index where a statement says the same with a
    /// [`constant`](crate::expression::constant), and not where it is a parameter of a plan that is kept. Conditions on
    /// other tables cannot be in an index.
    #[must_use]
    pub fn filter(mut self, predicate: Predicate<E>) -> Self {
        self.node.predicate = Some(match self.node.predicate {
            Some(before) => before.and(predicate.node),
            None => predicate.node,
        });
        self
    }

    /// No two rows have the same keys. Rows with NULL in a key are different, unless
    /// [`nulls_not_distinct`](Self::nulls_not_distinct) says otherwise.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.node.unique = true;
        self
    }

    /// Two NULLs are the same to a unique index. PostgreSQL 15 and newer.
    #[must_use]
    pub fn nulls_not_distinct(mut self) -> Self {
        self.node.nulls_not_distinct = true;
        self
    }

    /// Stored otherwise than as a B-tree.
    #[must_use]
    pub fn method(mut self, method: IndexMethod) -> Self {
        self.node.method = method;
        self
    }

    /// Its name, of 63 bytes at most; without, one is made of the table and the keys.
    ///
    /// The name that is made has a hash in it if the index is more than its columns, or if the name would be too long: so
    /// that two indexes of the same columns have different names, and one that is declared otherwise than before has
    /// another name. The same declaration has the same name, always.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::ddl::IndexSpec;
    ///
    /// let plain = IndexSpec::on(Session).key(Session::TEAM_ID).key(Session::CREATED_AT);
    /// let active = plain.clone().filter(Session::STATUS.eq("active"));
    /// assert_eq!(plain.build()?.name(), "experiments_experimentsession_team_id_created_at_idx");
    /// assert_eq!(active.build()?.name(), "experiments_experimentsession_team_id_created_at_614636bc_idx");
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.node.name = Some(name.into());
        self
    }

    /// The index as it is written and compared.
    ///
    /// # Errors
    ///
    /// * [`Error::Incomplete`] if it has no key;
    /// * [`Error::InvalidName`] if its name, an operator class or a collation cannot be one: empty, longer than 63 bytes, or
    ///   with NUL in it;
    /// * [`Error::NotIndexable`] if a key or the condition looks at other rows than the one that is in the index;
    /// * [`Error::NulInText`] if a text in the condition has NUL in it, and [`Error::TooDeep`] if there is too much inside
    ///   one another.
    pub fn build(self) -> Result<IndexDefinition, Error> {
        IndexDefinition::new(self.node)
    }
}

impl<E> Clone for IndexSpec<E> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for IndexSpec<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IndexSpec").field(&self.node).finish()
    }
}

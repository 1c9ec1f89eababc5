//! A column of an entity.

use std::fmt;
use std::marker::PhantomData;

use super::{Entity, SqlType};
use crate::expression::{Expression, Node};

/// A column of the entity `E` that decodes to `T`; `Option<..>` if it may be NULL.
///
/// Declared by [`entity!`](crate::entity). Its comparisons make a [`Predicate`](crate::Predicate), its
/// directions an [`Order`](crate::Order). All values are bound as parameters.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
///
/// let open = Session::STATUS.eq("active").and(Session::ENDED_AT.is_null());
/// let newest = Session::CREATED_AT.desc();
/// ```
pub struct Column<E, T> {
    name: &'static str,
    marker: PhantomData<fn() -> (E, T)>,
}

impl<E, T> Column<E, T> {
    /// A column by its name in the database.
    ///
    /// # Panics
    ///
    /// If the name cannot be one: empty, longer than 63 bytes, or with a quote or NUL in it. Columns are
    /// constants, so this is a compile error where it matters.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert_identifier(name);
        Self {
            name,
            marker: PhantomData,
        }
    }

    /// The column's name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// Names are written between quotes, unescaped where they are constants: so none may contain one.
pub(crate) const fn assert_identifier(name: &str) {
    let bytes = name.as_bytes();
    assert!(!bytes.is_empty(), "a name in the database is not empty");
    assert!(
        bytes.len() <= 63,
        "PostgreSQL cuts names off after 63 bytes"
    );
    let mut i = 0;
    while i < bytes.len() {
        assert!(
            bytes[i] != b'"' && bytes[i] != 0,
            "a name in the database has no quote and no NUL in it"
        );
        i += 1;
    }
}

impl<E: Entity, T: SqlType> Column<E, T> {
    /// The column as an expression, to be given to functions of expressions.
    #[must_use]
    pub fn into_expression(self) -> Expression<E, T> {
        Expression::new(self.name, Node::Column(self.name))
    }
}

impl<E, T> Clone for Column<E, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, T> Copy for Column<E, T> {}

impl<E, T> fmt::Debug for Column<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({:?})", self.name)
    }
}

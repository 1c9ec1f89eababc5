//! One key of an index: [`IndexPart`].

use std::borrow::Cow;
use std::marker::PhantomData;

use super::node::PartNode;
use crate::expression::{Expression, Operand};
use crate::order::{Direction, Order};
use crate::schema::{Column, Entity, SqlType};

/// One key of an index of the entity `E`: a column or an expression, and how it is sorted and compared.
///
/// Made of a [`Column`], an [`Expression`] or an [`Order`], which [`IndexSpec::key`](super::IndexSpec::key) takes as they
/// are. This type is for what they do not say: an operator class, a collation.
///
/// # Example
///
/// ```
/// use pagewise::chat::Participant;
/// use pagewise::ddl::{IndexMethod, IndexPart, IndexSpec};
///
/// let names = IndexSpec::on(Participant)
///     .method(IndexMethod::Gin)
///     .key(IndexPart::from(Participant::NAME).operator_class("gin_trgm_ops"))
///     .build()?;
/// assert!(names.create().to_string().ends_with(
///     r#"ON "experiments_participant" USING gin ("name" "gin_trgm_ops")"#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Debug)]
pub struct IndexPart<E> {
    pub(super) node: PartNode,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> IndexPart<E> {
    fn new(node: PartNode) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }

    /// Compared by this operator class, such as `text_pattern_ops`; the type's own is what is taken else.
    ///
    /// The search path finds it, unless a schema is named: `extensions.gin_trgm_ops`.
    #[must_use]
    pub fn operator_class(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.node.operator_class = Some(name.into());
        self
    }

    /// Sorted by this collation, such as `C`; that of the column is what is taken else.
    ///
    /// The search path finds it, unless a schema is named.
    #[must_use]
    pub fn collation(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.node.collation = Some(name.into());
        self
    }
}

impl<E> Clone for IndexPart<E> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

/// Smallest first, NULL last.
impl<E: Entity, T: SqlType> From<Column<E, T>> for IndexPart<E> {
    fn from(column: Column<E, T>) -> Self {
        Self::from(column.into_operand())
    }
}

/// Smallest first, NULL last.
impl<E: Entity, T: SqlType> From<Expression<E, T>> for IndexPart<E> {
    fn from(expression: Expression<E, T>) -> Self {
        Self::new(PartNode::new(expression.node, Direction::Ascending))
    }
}

/// Smallest first, NULL last.
impl<E: Entity, T: SqlType> From<&Expression<E, T>> for IndexPart<E> {
    fn from(expression: &Expression<E, T>) -> Self {
        Self::from(expression.clone())
    }
}

/// As it sorts: an index on what a listing is sorted by has its rows in that order, NULL included.
impl<E: Entity> From<Order<E>> for IndexPart<E> {
    fn from(order: Order<E>) -> Self {
        let mut node = PartNode::new(order.node.node, order.node.direction);
        node.nulls = order.node.nulls;
        Self::new(node)
    }
}

/// As it sorts.
impl<E: Entity> From<&Order<E>> for IndexPart<E> {
    fn from(order: &Order<E>) -> Self {
        Self::from(order.clone())
    }
}

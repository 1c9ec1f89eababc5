//! Typed conditions on one row: [`Predicate`] and the comparisons that make one.

mod arrays;
mod comparisons;
mod dates;
mod linked;
mod not_true;

pub use comparisons::compare;
pub(crate) use dates::FIRST_DATE;
pub(crate) use linked::{Form, Linked, Quantifier};

use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;
use std::sync::Arc;

use sea_query::Value;

use crate::aggregate::ValuesNode;
use crate::expression::Node;
use crate::schema::{DataType, Entity, Path};

/// A condition on one row of the entity `E`.
///
/// Made by the comparisons of [`Column`](crate::Column), [`Expression`](crate::Expression) and
/// [`Annotation`](crate::Annotation), and by
/// [`Relation::exists`](crate::Relation::exists). A comparison with NULL is not true, as in SQL; where a
/// NULL must count as "different", say [`is_distinct_from`](crate::Column::is_distinct_from).
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::{Listing, Page, Predicate};
///
/// let open = Session::STATUS.eq("active").or(Session::ENDED_AT.is_null());
/// let page = Listing::of(Session).tenant(7).filter(open).page(Page::first(10)).build()?;
/// assert!(page.to_string().contains(
///     r#"WHERE "session"."team_id" = $1 AND ("session"."status" = $2 OR "session"."ended_at" IS NULL)"#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Predicate<E> {
    pub(crate) node: PredicateNode,
    marker: PhantomData<fn() -> E>,
}

/// The untyped form of a predicate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PredicateNode {
    Compare(Node, Comparison, Node),
    IsNull {
        node: Node,
        negated: bool,
    },
    /// `= ANY (array)`, negated `<> ALL (array)`.
    AnyOf {
        node: Node,
        array: Value,
        element: DataType,
        negated: bool,
    },
    Like {
        node: Node,
        pattern: String,
        ignore_case: bool,
    },
    /// An array of the row with a bound one.
    CompareArray {
        node: Node,
        how: ArrayComparison,
        values: Value,
    },
    Exists {
        path: Path,
        filter: Option<Box<PredicateNode>>,
        negated: bool,
    },
    /// Linked to wanted rows; the listing chooses the form.
    Linked(Arc<Linked>, Form),
    /// The row that a column points at is one of few, which are found first: `= ANY (ARRAY (SELECT key ..))`, negated
    /// `<> ALL (..)`.
    OneOfRows {
        path: Path,
        filter: Box<PredicateNode>,
        negated: bool,
    },
    /// One of the values that something has in a set of rows: `EXISTS (..)`, negated `NOT EXISTS (..)`.
    InRows {
        node: Node,
        values: Arc<ValuesNode>,
        negated: bool,
    },
    /// True if all are; true if there is none.
    All(Vec<PredicateNode>),
    /// True if one is; false if there is none.
    Any(Vec<PredicateNode>),
    Not(Box<PredicateNode>),
    /// `IS NOT TRUE`: false or NULL.
    NotTrue(Box<PredicateNode>),
}

/// How two values are compared, for [`compare`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IS DISTINCT FROM`: different, NULL being a value like others
    DistinctFrom,
    /// `IS NOT DISTINCT FROM`: equal, NULL being a value like others
    NotDistinctFrom,
}

/// How two arrays are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArrayComparison {
    /// `&&`
    Overlaps,
    /// `@>`
    ContainsAll,
}

impl PredicateNode {
    /// Both; keeps a chain of AND flat, on whichever side it grows.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(mut all), Self::All(more)) => {
                all.extend(more);
                Self::All(all)
            }
            (Self::All(mut all), other) => {
                all.push(other);
                Self::All(all)
            }
            (first, Self::All(mut all)) => {
                all.insert(0, first);
                Self::All(all)
            }
            (first, other) => Self::All(vec![first, other]),
        }
    }

    /// Computed from columns of the row alone, so that an index may be limited by it.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Compare(left, _, right) => left.is_plain() && right.is_plain(),
            Self::IsNull { node, .. }
            | Self::AnyOf { node, .. }
            | Self::Like { node, .. }
            | Self::CompareArray { node, .. } => node.is_plain(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_plain),
            Self::Not(inner) | Self::NotTrue(inner) => inner.is_plain(),
            Self::Exists { .. }
            | Self::Linked(..)
            | Self::OneOfRows { .. }
            | Self::InRows { .. } => false,
        }
    }

    /// The opposite of a condition on links, which is never NULL.
    fn not_linked(linked: Arc<Linked>, form: Form) -> Self {
        match linked.negated() {
            Ok(negated) => Self::Linked(negated, form),
            Err(linked) => Self::Not(Box::new(Self::Linked(linked, form))),
        }
    }

    /// Either; keeps a chain of OR flat, on whichever side it grows.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any(mut any), Self::Any(more)) => {
                any.extend(more);
                Self::Any(any)
            }
            (Self::Any(mut any), other) => {
                any.push(other);
                Self::Any(any)
            }
            (first, Self::Any(mut any)) => {
                any.insert(0, first);
                Self::Any(any)
            }
            (first, other) => Self::Any(vec![first, other]),
        }
    }
}

impl<E: Entity> Predicate<E> {
    pub(crate) fn new(node: PredicateNode) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.node.and(other.node))
    }

    /// Either, or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(self.node.or(other.node))
    }

    /// All of them; true of every row if there is none.
    #[must_use]
    pub fn all(predicates: impl IntoIterator<Item = Self>) -> Self {
        Self::new(PredicateNode::All(
            predicates.into_iter().map(|p| p.node).collect(),
        ))
    }

    /// At least one of them; true of no row if there is none.
    #[must_use]
    pub fn any(predicates: impl IntoIterator<Item = Self>) -> Self {
        Self::new(PredicateNode::Any(
            predicates.into_iter().map(|p| p.node).collect(),
        ))
    }
}

/// `NOT`: true where the predicate is false. Where it is NULL, so is its negation.
impl<E: Entity> Not for Predicate<E> {
    type Output = Self;
    fn not(self) -> Self {
        Self::new(match self.node {
            PredicateNode::IsNull { node, negated } => PredicateNode::IsNull {
                node,
                negated: !negated,
            },
            // NOT directly above EXISTS is an anti-join to PostgreSQL; above anything else it is not.
            PredicateNode::Exists {
                path,
                filter,
                negated,
            } => PredicateNode::Exists {
                path,
                filter,
                negated: !negated,
            },
            PredicateNode::Linked(linked, form) => PredicateNode::not_linked(linked, form),
            // Both are NULL of the same rows.
            PredicateNode::OneOfRows {
                path,
                filter,
                negated,
            } => PredicateNode::OneOfRows {
                path,
                filter,
                negated: !negated,
            },
            PredicateNode::InRows {
                node,
                values,
                negated,
            } => PredicateNode::InRows {
                node,
                values,
                negated: !negated,
            },
            PredicateNode::Not(inner) => *inner,
            node => PredicateNode::Not(Box::new(node)),
        })
    }
}

impl<E> Clone for Predicate<E> {
    fn clone(&self) -> Self {
        Self {
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Predicate<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Predicate").field(&self.node).finish()
    }
}

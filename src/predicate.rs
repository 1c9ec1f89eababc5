//! Typed conditions on one row: [`Predicate`] and the comparisons that make one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Not, Range};

use sea_query::Value;

use crate::annotation::Annotation;
use crate::expression::{Expression, Node, Operand};
use crate::schema::{Column, DataType, Entity, IntoSql, Path, SqlType};

/// A condition on one row of the entity `E`.
///
/// Made by the comparisons of [`Column`], [`Expression`] and [`Annotation`], and by
/// [`Relation::exists`](crate::Relation::exists). A comparison with NULL is not true, as in SQL; where a
/// NULL must count as "different", say [`is_distinct_from`](Column::is_distinct_from).
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
    Exists {
        path: Path,
        filter: Option<Box<PredicateNode>>,
        negated: bool,
    },
    /// True if all are; true if there is none.
    All(Vec<PredicateNode>),
    /// True if one is; false if there is none.
    Any(Vec<PredicateNode>),
    Not(Box<PredicateNode>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    DistinctFrom,
    NotDistinctFrom,
}

impl PredicateNode {
    /// Both; keeps a chain of AND flat.
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
            (first, other) => Self::All(vec![first, other]),
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
        Self::new(match self.node {
            PredicateNode::Any(mut any) => {
                any.push(other.node);
                PredicateNode::Any(any)
            }
            first => PredicateNode::Any(vec![first, other.node]),
        })
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

fn compare<E: Entity, T: SqlType>(
    left: Expression<E, T>,
    how: Comparison,
    right: Value,
) -> Predicate<E> {
    Predicate::new(PredicateNode::Compare(left.node, how, Node::Value(right)))
}

fn any_of<E: Entity, T: SqlType>(
    left: Expression<E, T>,
    values: Vec<Value>,
    negated: bool,
) -> Predicate<E> {
    let element = T::DATA_TYPE;
    let array = Value::Array(element.array_type(), Some(Box::new(values)));
    Predicate::new(PredicateNode::AnyOf {
        node: left.node,
        array,
        element,
        negated,
    })
}

fn like<E: Entity, T: SqlType>(
    left: Expression<E, T>,
    before: &str,
    text: &str,
    after: &str,
    ignore_case: bool,
) -> Predicate<E> {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    for c in text.chars() {
        if matches!(c, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push_str(after);
    Predicate::new(PredicateNode::Like {
        node: left.node,
        pattern,
        ignore_case,
    })
}

/// The comparisons, the same for everything that is a value of a row.
macro_rules! comparisons {
    ($operand:ident by $self_:ty) => {
        impl<E: Entity, T: SqlType> $operand<E, T> {
            /// `= value`.
            #[must_use]
            pub fn eq(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::Equal,
                    value.into_sql().into_value(),
                )
            }

            /// `<> value`; not true where the column is NULL, see
            /// [`is_distinct_from`](Self::is_distinct_from).
            #[must_use]
            pub fn ne(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::NotEqual,
                    value.into_sql().into_value(),
                )
            }

            /// `< value`.
            #[must_use]
            pub fn lt(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::Less,
                    value.into_sql().into_value(),
                )
            }

            /// `<= value`.
            #[must_use]
            pub fn le(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::LessOrEqual,
                    value.into_sql().into_value(),
                )
            }

            /// `> value`.
            #[must_use]
            pub fn gt(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::Greater,
                    value.into_sql().into_value(),
                )
            }

            /// `>= value`.
            #[must_use]
            pub fn ge(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::GreaterOrEqual,
                    value.into_sql().into_value(),
                )
            }

            /// `>= start AND < end`: half-open, so that adjacent windows neither overlap nor leave a gap.
            #[must_use]
            pub fn within<V: IntoSql<T::Base>>(self: $self_, window: Range<V>) -> Predicate<E> {
                let operand = self.into_operand();
                let start = window.start.into_sql().into_value();
                let end = window.end.into_sql().into_value();
                compare(operand.clone(), Comparison::GreaterOrEqual, start).and(compare(
                    operand,
                    Comparison::Less,
                    end,
                ))
            }

            /// `IS DISTINCT FROM value`: different, or NULL.
            #[must_use]
            pub fn is_distinct_from(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::DistinctFrom,
                    value.into_sql().into_value(),
                )
            }

            /// `IS NOT DISTINCT FROM value`: equal. Unlike [`eq`](Self::eq) it is false, not NULL, where
            /// the column is NULL, so its negation is true there.
            #[must_use]
            pub fn is_not_distinct_from(
                self: $self_,
                value: impl IntoSql<T::Base>,
            ) -> Predicate<E> {
                compare(
                    self.into_operand(),
                    Comparison::NotDistinctFrom,
                    value.into_sql().into_value(),
                )
            }

            /// `IS NULL`.
            #[must_use]
            pub fn is_null(self: $self_) -> Predicate<E> {
                Predicate::new(PredicateNode::IsNull {
                    node: self.into_operand().node,
                    negated: false,
                })
            }

            /// `IS NOT NULL`.
            #[must_use]
            pub fn is_not_null(self: $self_) -> Predicate<E> {
                Predicate::new(PredicateNode::IsNull {
                    node: self.into_operand().node,
                    negated: true,
                })
            }

            /// `= ANY (values)`: one bound array, so that 3 values and 300 are the same statement. True
            /// of no row if there are none.
            #[must_use]
            pub fn any_of<V: IntoSql<T::Base>>(
                self: $self_,
                values: impl IntoIterator<Item = V>,
            ) -> Predicate<E> {
                let values = values
                    .into_iter()
                    .map(|v| v.into_sql().into_value())
                    .collect();
                any_of(self.into_operand(), values, false)
            }

            /// `<> ALL (values)`; true of every row if there are none. Otherwise not true where the
            /// column is NULL: add `.or(column.is_null())` to keep those.
            #[must_use]
            pub fn none_of<V: IntoSql<T::Base>>(
                self: $self_,
                values: impl IntoIterator<Item = V>,
            ) -> Predicate<E> {
                let values = values
                    .into_iter()
                    .map(|v| v.into_sql().into_value())
                    .collect();
                any_of(self.into_operand(), values, true)
            }
        }

        impl<E: Entity, T: SqlType<Base = String>> $operand<E, T> {
            /// `LIKE '%text%'`, `text` taken literally.
            #[must_use]
            pub fn contains(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "%", text.as_ref(), "%", false)
            }

            /// `ILIKE '%text%'`, `text` taken literally, upper and lower case alike.
            #[must_use]
            pub fn contains_ignore_case(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "%", text.as_ref(), "%", true)
            }

            /// `LIKE 'text%'`, `text` taken literally.
            #[must_use]
            pub fn starts_with(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "", text.as_ref(), "%", false)
            }

            /// `ILIKE 'text%'`, `text` taken literally, upper and lower case alike.
            #[must_use]
            pub fn starts_with_ignore_case(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "", text.as_ref(), "%", true)
            }

            /// `LIKE '%text'`, `text` taken literally.
            #[must_use]
            pub fn ends_with(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "%", text.as_ref(), "", false)
            }

            /// `ILIKE '%text'`, `text` taken literally, upper and lower case alike.
            #[must_use]
            pub fn ends_with_ignore_case(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "%", text.as_ref(), "", true)
            }

            /// `ILIKE 'text'`, `text` taken literally: equal but for upper and lower case.
            #[must_use]
            pub fn eq_ignore_case(self: $self_, text: impl AsRef<str>) -> Predicate<E> {
                like(self.into_operand(), "", text.as_ref(), "", true)
            }
        }
    };
}

comparisons!(Column by Self);
comparisons!(Expression by &Self);
comparisons!(Annotation by &Self);

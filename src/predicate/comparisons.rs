//! The comparisons of columns, expressions and annotations: the methods that make a [`Predicate`].

use std::ops::Range;

use sea_query::Value;

use super::{Comparison, Predicate, PredicateNode};
use crate::annotation::Annotation;
use crate::expression::{Expression, Node, Operand};
use crate::schema::{Column, DataType, Entity, IntoSql, SqlType};

/// Compares two values of one row: columns, expressions or annotations of the same type.
///
/// A comparison with NULL is not true, except by [`DistinctFrom`](Comparison::DistinctFrom) and
/// [`NotDistinctFrom`](Comparison::NotDistinctFrom).
///
/// # Example
///
/// Sessions that somebody wrote in after they had ended:
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::predicate::{Comparison, compare};
/// use pagewise::{Listing, Page};
///
/// let last = chat::message_timestamps().last;
/// let late = compare(last, Comparison::Greater, Session::ENDED_AT);
/// let page = Listing::of(Session).tenant(7).filter(late).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#") > "session"."ended_at""#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn compare<E, A, B>(left: A, how: Comparison, right: B) -> Predicate<E>
where
    E: Entity,
    A: Operand<E>,
    B: Operand<E>,
    B::Type: SqlType<Base = <A::Type as SqlType>::Base>,
{
    Predicate::new(PredicateNode::Compare(
        left.into_operand().node,
        how,
        right.into_operand().node,
    ))
}

fn compare_value<E: Entity, T: SqlType>(
    left: Expression<E, T>,
    how: Comparison,
    right: Value,
) -> Predicate<E> {
    let right = match T::DATA_TYPE {
        DataType::Named(_) => Node::NamedValue(right),
        _ => Node::Value(right),
    };
    Predicate::new(PredicateNode::Compare(left.node, how, right))
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
                compare_value(
                    self.into_operand(),
                    Comparison::Equal,
                    value.into_sql().into_value(),
                )
            }

            /// `<> value`; not true where the column is NULL, see
            /// [`is_distinct_from`](Self::is_distinct_from).
            #[must_use]
            pub fn ne(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
                    self.into_operand(),
                    Comparison::NotEqual,
                    value.into_sql().into_value(),
                )
            }

            /// `< value`.
            #[must_use]
            pub fn lt(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
                    self.into_operand(),
                    Comparison::Less,
                    value.into_sql().into_value(),
                )
            }

            /// `<= value`.
            #[must_use]
            pub fn le(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
                    self.into_operand(),
                    Comparison::LessOrEqual,
                    value.into_sql().into_value(),
                )
            }

            /// `> value`.
            #[must_use]
            pub fn gt(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
                    self.into_operand(),
                    Comparison::Greater,
                    value.into_sql().into_value(),
                )
            }

            /// `>= value`.
            #[must_use]
            pub fn ge(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
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
                compare_value(operand.clone(), Comparison::GreaterOrEqual, start)
                    .and(compare_value(operand, Comparison::Less, end))
            }

            /// `IS DISTINCT FROM value`: different, or NULL.
            #[must_use]
            pub fn is_distinct_from(self: $self_, value: impl IntoSql<T::Base>) -> Predicate<E> {
                compare_value(
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
                compare_value(
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

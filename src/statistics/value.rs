//! A value of a row, compared with bound ones.

use std::borrow::Cow;

use sea_query::Value;

use super::column::share;
use super::model::Statistics;
use super::range::{Bound, Range};
use crate::expression::{LOCAL_DATE, Node};
use crate::predicate::Comparison;
use crate::schema::{DataType, EntityDefinition, null};

impl Statistics {
    /// A value of the row compared with a bound one.
    pub(super) fn compared(
        &self,
        definition: &EntityDefinition,
        left: &Node,
        how: Comparison,
        value: &Value,
    ) -> Option<f64> {
        if is_null(value) {
            return match how {
                Comparison::DistinctFrom => share(1.0 - self.nulls(definition, left)?),
                Comparison::NotDistinctFrom => self.nulls(definition, left),
                _ => Some(0.0),
            };
        }
        match left {
            Node::Column(name) => {
                let column = self.column(definition, name)?;
                column.compare(how, value, self.rows(definition))
            }
            Node::Function(LOCAL_DATE, _) => match how {
                Comparison::NotEqual => {
                    let same = self.compared(definition, left, Comparison::Equal, value)?;
                    share(1.0 - self.nulls(definition, left)? - same)
                }
                Comparison::DistinctFrom => {
                    share(1.0 - self.compared(definition, left, Comparison::Equal, value)?)
                }
                how => {
                    let mut bounds = Bound::of_value(left, how, value).into_iter();
                    let bound = bounds.next()?;
                    let mut range = Range::new(bound.clone(), self.bounded(definition, &bound)?);
                    for bound in bounds {
                        range.narrow(bound.side, self.bounded(definition, &bound)?);
                    }
                    share(range.share(1.0 - self.nulls(definition, range.node)?))
                }
            },
            // What is NULL is distinct from the value, so only once, at the end.
            Node::Function("coalesce", arguments) if how != Comparison::DistinctFrom => {
                let (last, first) = arguments.split_last()?;
                let mut reached = 1.0;
                let mut total = 0.0;
                for argument in first {
                    total += reached * self.compared(definition, argument, how, value)?;
                    reached *= self.nulls(definition, argument)?;
                }
                share(total + reached * self.compared(definition, last, how, value)?)
            }
            Node::Function("coalesce", _) => {
                let same = self.compared(definition, left, Comparison::NotDistinctFrom, value)?;
                share(1.0 - same)
            }
            _ => None,
        }
    }

    /// `= ANY (values)`, or `<> ALL (values)`.
    pub(super) fn listed(
        &self,
        definition: &EntityDefinition,
        node: &Node,
        values: &[Value],
        any: bool,
    ) -> Option<f64> {
        if values.is_empty() {
            return Some(if any { 0.0 } else { 1.0 });
        }
        if !any && values.iter().any(is_null) {
            return Some(0.0);
        }
        let Node::Column(name) = node else {
            return None;
        };
        let column = self.column(definition, name)?;
        let present = values.iter().filter(|value| !is_null(value));
        let found = column.any_of(present, self.rows(definition))?;
        share(if any { found } else { column.present() - found })
    }

    /// The share of the rows of which a value is NULL.
    pub(super) fn nulls(&self, definition: &EntityDefinition, node: &Node) -> Option<f64> {
        match node {
            Node::Column(name) => Some(self.column(definition, name)?.nulls),
            Node::Value(value) | Node::NamedValue(value) => {
                Some(if is_null(value) { 1.0 } else { 0.0 })
            }
            Node::Function(LOCAL_DATE, arguments) => self.nulls(definition, arguments.last()?),
            Node::Function("coalesce", arguments) => {
                let each = arguments
                    .iter()
                    .map(|argument| self.nulls(definition, argument));
                each.product()
            }
            _ => None,
        }
    }
}

/// What is the same for every row.
pub(super) fn constant(node: &Node) -> Option<Cow<'_, Value>> {
    match node {
        Node::Value(value) | Node::NamedValue(value) => Some(Cow::Borrowed(value)),
        Node::Constant(text) => Some(Cow::Owned(Value::String(Some((*text).to_owned())))),
        _ => None,
    }
}

/// The bound value on the right.
pub(super) fn value_last<'n>(
    left: &'n Node,
    how: Comparison,
    right: &'n Node,
) -> (&'n Node, Comparison, &'n Node) {
    if constant(left).is_none() {
        return (left, how, right);
    }
    let how = match how {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        how => how,
    };
    (right, how, left)
}

/// The comparison that is true where this one is false.
pub(super) fn opposite(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
        Comparison::DistinctFrom => Comparison::NotDistinctFrom,
        Comparison::NotDistinctFrom => Comparison::DistinctFrom,
    }
}

pub(super) fn is_null(value: &Value) -> bool {
    DataType::of_value(value).is_some_and(|data_type| *value == null(data_type))
}

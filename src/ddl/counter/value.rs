//! One kept value, and its SQL: [`KeptValue`].

use std::sync::Arc;

use super::condition;
use crate::annotation::{Aggregate, AnnotationNode, Computed};
use crate::ddl::text::identifier;
use crate::error::Error;
use crate::expression::Node;
use crate::schema::DataType;

/// A value that is kept, in which column and how.
#[derive(Debug)]
pub(crate) struct KeptValue {
    pub node: Arc<AnnotationNode>,
    pub column: &'static str,
    pub(super) what: What,
    /// The rows that count, as a condition on `child`.
    pub(super) condition: Option<String>,
    pub is_indexed: bool,
}

/// What is kept of the rows.
#[derive(Debug)]
pub(super) enum What {
    Count,
    Extreme {
        column: &'static str,
        is_max: bool,
        /// A new row can only move it one way, which is told without a look at the others.
        by_delta: bool,
    },
    First {
        column: &'static str,
        order: String,
    },
}

impl KeptValue {
    /// `None` of what triggers cannot keep.
    pub(super) fn of(
        counter: &str,
        node: &Arc<AnnotationNode>,
        column: &'static str,
        reads: &mut Vec<&'static str>,
    ) -> Result<Self, Error> {
        let refused = |reason| Error::NotKept {
            counter: counter.to_owned().into(),
            value: node.name.clone(),
            reason,
        };
        const COLUMN: &str = "a minimum, maximum, first or last is kept of a column of the rows";
        let plain = |value: &Node| match value {
            Node::Column(name) => Ok(*name),
            _ => Err(refused(COLUMN)),
        };
        let what = match &node.computed {
            Computed::Aggregate(Aggregate::Count) => What::Count,
            Computed::Aggregate(Aggregate::Min(value)) => What::Extreme {
                column: plain(value)?,
                is_max: false,
                by_delta: is_compared_alike(node.data_type),
            },
            Computed::Aggregate(Aggregate::Max(value)) => What::Extreme {
                column: plain(value)?,
                is_max: true,
                by_delta: is_compared_alike(node.data_type),
            },
            Computed::First { value, order } => {
                let keys = order.iter().map(|order| {
                    let column = plain(&order.node)?;
                    condition::read(column, reads);
                    Ok::<_, Error>(format!("child.{} {}", identifier(column), order.words()))
                });
                What::First {
                    column: plain(value)?,
                    order: keys.collect::<Result<Vec<_>, _>>()?.join(", "),
                }
            }
            _ => {
                return Err(refused(
                    "a count, a minimum, a maximum, a first or a last value is kept",
                ));
            }
        };
        if let What::Extreme { column, .. } | What::First { column, .. } = &what {
            condition::read(column, reads);
        }
        let hop = node.path.hops.first();
        let conditions = hop.and_then(|hop| hop.condition.as_ref());
        let conditions: Vec<_> = conditions.into_iter().chain(&node.filter).collect();
        let condition = condition::text(&conditions, reads)?.map_err(refused)?;
        Ok(Self {
            node: Arc::clone(node),
            column,
            what,
            condition,
            is_indexed: false,
        })
    }

    /// The column, quoted.
    pub(super) fn quoted(&self) -> String {
        identifier(self.column)
    }

    /// What the value is of nothing.
    pub(super) fn of_nothing(&self) -> &'static str {
        match self.what {
            What::Count => "0",
            What::Extreme { .. } | What::First { .. } => "NULL",
        }
    }

    /// Whether a row's value differs from that of nothing.
    pub(super) fn is_something(&self) -> String {
        match self.what {
            What::Count => format!("kept.{} <> 0", self.quoted()),
            What::Extreme { .. } | What::First { .. } => {
                format!("kept.{} IS NOT NULL", self.quoted())
            }
        }
    }

    /// `max(child.column)`, without the condition.
    pub(super) fn extreme(&self) -> Option<String> {
        match &self.what {
            What::Extreme {
                column,
                is_max,
                by_delta: true,
            } => {
                let function = if *is_max { "max" } else { "min" };
                Some(format!("{function}(child.{})", identifier(column)))
            }
            _ => None,
        }
    }

    /// The column that it has its type from; `None` of a count.
    pub(super) fn source(&self) -> Option<&'static str> {
        match &self.what {
            What::Count => None,
            What::Extreme { column, .. } | What::First { column, .. } => Some(column),
        }
    }

    /// `(SELECT .. FROM child WHERE tied AND condition)`
    pub(super) fn counted(&self, child_table: &str, tied: &str) -> String {
        let condition = match &self.condition {
            Some(condition) => format!(" AND ({condition})"),
            None => String::new(),
        };
        let (value, end) = match &self.what {
            What::Count => ("count(*)".to_owned(), String::new()),
            What::Extreme { column, is_max, .. } => {
                let function = if *is_max { "max" } else { "min" };
                (
                    format!("{function}(child.{})", identifier(column)),
                    String::new(),
                )
            }
            What::First { column, order } => (
                format!("child.{}", identifier(column)),
                format!(" ORDER BY {order} LIMIT 1"),
            ),
        };
        format!("(SELECT {value} FROM {child_table} AS child WHERE {tied}{condition}{end})")
    }
}

/// Whether `max` and `GREATEST` are of one mind whatever the column: not where they depend on a collation.
fn is_compared_alike(data_type: DataType) -> bool {
    matches!(
        data_type,
        DataType::SmallInt
            | DataType::Integer
            | DataType::BigInt
            | DataType::Real
            | DataType::DoublePrecision
            | DataType::Date
            | DataType::Timestamp
            | DataType::TimestampTz
    )
}

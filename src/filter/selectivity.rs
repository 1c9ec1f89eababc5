//! How much a filter leaves, and what it costs to test: [`Selectivity`] and [`Cost`].

use std::fmt;

use crate::expression::Node;
use crate::predicate::PredicateNode;

/// How few rows a filter leaves, by experience: its rank where there are no statistics.
///
/// Beside filters whose share of the rows is known from statistics, high stands for 1 % of the rows, medium for 10 %, low
/// for 50 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Selectivity {
    /// Few rows are left: one chatbot, one participant, one state.
    High,
    /// Some are: a channel, an id of another system.
    #[default]
    Medium,
    /// Many are: a range of dates, tags, versions.
    Low,
}

impl Selectivity {
    /// The share of the rows that it stands for where there is no estimate, to be compared with those that there are.
    pub(super) fn stand_in(self) -> f64 {
        match self {
            Self::High => 0.01,
            Self::Medium => 0.1,
            Self::Low => 0.5,
        }
    }
}

impl fmt::Display for Selectivity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        })
    }
}

/// What it costs to test one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// Columns of the row are compared.
    Comparison,
    /// A text of the row is matched with a pattern: `LIKE`, `ILIKE`.
    TextMatch,
    /// Rows of other tables are looked for.
    Relation,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comparison => "comparison of columns",
            Self::TextMatch => "match of a text",
            Self::Relation => "look at other tables",
        })
    }
}

impl Cost {
    /// What it costs to test a condition: its dearest part.
    pub(super) fn of(node: &PredicateNode) -> Self {
        match node {
            PredicateNode::Compare(left, _, right) => of_value(left).max(of_value(right)),
            PredicateNode::IsNull { node, .. }
            | PredicateNode::AnyOf { node, .. }
            | PredicateNode::CompareArray { node, .. } => of_value(node),
            PredicateNode::Like { node, .. } => Self::TextMatch.max(of_value(node)),
            PredicateNode::Exists { .. }
            | PredicateNode::Linked(..)
            | PredicateNode::InRows { .. } => Self::Relation,
            PredicateNode::All(parts) | PredicateNode::Any(parts) => {
                let dearest = parts.iter().map(Self::of).max();
                dearest.unwrap_or(Self::Comparison)
            }
            // What is pointed at is found once, not for each row.
            PredicateNode::OneOfRows { .. } => Self::Comparison,
            PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => Self::of(inner),
        }
    }
}

fn of_value(node: &Node) -> Cost {
    if node.is_plain() {
        Cost::Comparison
    } else {
        Cost::Relation
    }
}

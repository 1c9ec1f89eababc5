//! One index that something would be faster with: [`Want`].

use std::fmt;

use crate::ddl::IndexDefinition;
use crate::ddl::index::node::{IndexNode, PartNode};
use crate::error::Error;
use crate::expression::Node;
use crate::order::Direction;
use crate::schema::{Definition, Tenancy};

/// As many columns as an index that is advised has at most: a wider one costs more with each row that is written than it is
/// likely to be worth, and does not stay in memory.
pub(super) const MOST_COLUMNS: usize = 5;

/// An index by what it is to find, before it has a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Want {
    pub table: Definition,
    /// Columns that are equal to one value: their order among themselves does not matter.
    pub equal: Vec<&'static str>,
    /// What the rows that are found are sorted or narrowed by.
    pub then: Vec<PartNode>,
    /// Whether the first of that may be NULL.
    pub is_nullable: bool,
    /// What it is for.
    pub purpose: Purpose,
}

/// What an index is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Rows in an order, so that the first are found without the others.
    Order,
    /// Rows whose value is within bounds.
    Range,
    /// Rows that have some values.
    Values,
    /// Rows that belong to another row.
    Related,
    /// The same, with all that is read of them.
    RelatedWhole,
    /// Links to something.
    Links,
    /// Related rows in the order of a value by which the rows that they belong to are sorted.
    Walk,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Order => "rows in their order",
            Self::Range => "rows within bounds",
            Self::Values => "rows that have some values",
            Self::Related => "rows that belong to a row",
            Self::RelatedWhole => "rows that belong to a row, with all that is read of them",
            Self::Links => "links to something",
            Self::Walk => "related rows in the order of those that they belong to",
        })
    }
}

/// The column that says whose a row is.
pub(super) fn tenant(table: Definition) -> Option<&'static str> {
    match table.tenancy {
        Tenancy::Column { name, .. } => Some(name),
        _ => None,
    }
}

impl Want {
    pub fn new(table: Definition, equal: Vec<&'static str>, purpose: Purpose) -> Self {
        Self {
            table,
            equal,
            then: Vec::new(),
            is_nullable: false,
            purpose,
        }
    }

    /// The keys, with the columns that are equal in this order.
    pub fn keys(&self, equal: &[&'static str]) -> Vec<PartNode> {
        let equal = equal
            .iter()
            .map(|name| PartNode::new(Node::Column(name), Direction::Ascending));
        equal.chain(self.then.iter().cloned()).collect()
    }

    /// Its index.
    pub fn definition(&self) -> Result<IndexDefinition, Error> {
        self.definition_with(&self.equal)
    }

    pub fn definition_with(&self, equal: &[&'static str]) -> Result<IndexDefinition, Error> {
        let mut node = IndexNode::new(self.table);
        node.keys = self.keys(equal);
        IndexDefinition::new(node)
    }

    /// Whether the other one is for the same, or for another purpose by the same index.
    pub fn is_same(&self, other: &Self) -> bool {
        self.table == other.table && self.equal == other.equal && self.then == other.then
    }

    pub fn width(&self) -> usize {
        self.equal.len() + self.then.len()
    }

    /// Whether an index of another want does what this one's would.
    pub fn is_served_by(&self, other: &Self) -> bool {
        if self.table != other.table || self.width() > other.width() {
            return false;
        }
        let keys = other.keys(&other.equal);
        let (first, rest) = keys.split_at(self.equal.len());
        let has = |name: &&'static str| {
            first
                .iter()
                .any(|key| key.node == Node::Column(name) && key.operator_class.is_none())
        };
        // One that is read from a key on has it first.
        let begins = match self.purpose {
            Purpose::RelatedWhole => self
                .equal
                .first()
                .is_some_and(|name| keys[0].node == Node::Column(name)),
            _ => true,
        };
        begins && self.equal.iter().all(has) && is_in_order(rest, &self.then)
    }
}

/// Whether keys have rows in an order, read from the beginning or from the end.
fn is_in_order(keys: &[PartNode], wanted: &[PartNode]) -> bool {
    let pairs = || keys.iter().zip(wanted);
    let is_backward = |(key, wanted): (&PartNode, &PartNode)| {
        let turned = PartNode {
            direction: wanted.direction,
            nulls: wanted.nulls,
            ..key.clone()
        };
        turned == *wanted && key.direction != wanted.direction && key.nulls != wanted.nulls
    };
    pairs().all(|(key, wanted)| key == wanted) || pairs().all(is_backward)
}

//! Conditions on what a row is linked to: the untyped form.

use std::sync::Arc;

use sea_query::Value;

use super::PredicateNode;
use crate::expression::Node;
use crate::schema::{DataType, Definition, Path};

/// That a row is linked to wanted rows, each on one of several ways.
#[derive(Debug, PartialEq)]
pub(crate) struct Linked {
    /// The table of the row.
    pub row: Definition,
    /// The ways from the row to its links.
    pub ways: Vec<Path>,
    /// The column of a link that points at what is linked.
    pub from: &'static str,
    /// What is linked.
    pub target: Definition,
    /// Only these of it.
    pub among: Option<PredicateNode>,
    /// The column of what is linked that the wanted values are of.
    pub by: &'static str,
    /// The wanted values, an array.
    pub wanted: Value,
    /// The type of one.
    pub element: DataType,
    pub quantifier: Quantifier,
}

/// How many of the wanted rows a row must be linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
    None,
}

/// How a [`Linked`] is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Each row is looked at, by itself or at once with all others, as the planner likes.
    Probe,
    /// Each row is looked at by itself: there are few.
    OneByOne,
    /// The rows that are linked are found first.
    Set,
}

impl Linked {
    /// The table of the links.
    pub fn link(&self) -> Option<Definition> {
        let hops = &self.ways.first()?.hops;
        Some(hops.last()?.definition)
    }

    /// The wanted values.
    pub fn values(&self) -> &[Value] {
        match &self.wanted {
            Value::Array(_, Some(values)) => values,
            _ => &[],
        }
    }

    /// That a row of what is linked is wanted by its value.
    pub fn wanted_rows(&self) -> PredicateNode {
        PredicateNode::AnyOf {
            node: Node::Column(self.by),
            array: self.wanted.clone(),
            element: self.element,
            negated: false,
        }
    }

    /// The column that all ways start from, if it is one.
    pub fn start(&self) -> Option<&'static str> {
        let mut starts = self.starts();
        let first = starts.next()?;
        starts.all(|start| start == first).then_some(first)
    }

    /// The column by which rows are named that are found by their links: what all ways start from, else the key.
    pub fn start_or_key(&self) -> &'static str {
        self.start().unwrap_or(self.row.key)
    }

    /// The columns that the ways start from.
    pub fn starts(&self) -> impl Iterator<Item = &'static str> {
        let hops = self.ways.iter().filter_map(|way| way.hops.first());
        hops.map(|hop| hop.from)
    }

    /// Whether one row may have so many links that a look at each costs more than the look at all rows.
    ///
    /// The links of a row, or of the rows that belong to it, are few; those of the rows that belong to rows that belong to
    /// it may be many.
    pub fn is_dear(&self) -> bool {
        self.ways.iter().any(|way| {
            let many = way.hops.iter().filter(|hop| !hop.to_one);
            many.count() > 2
        })
    }

    /// Whether the opposite is a condition of the same kind.
    pub fn negated(self: Arc<Self>) -> Result<Arc<Self>, Arc<Self>> {
        let quantifier = match self.quantifier {
            Quantifier::Any => Quantifier::None,
            Quantifier::None => Quantifier::Any,
            Quantifier::All => return Err(self),
        };
        Ok(Arc::new(Self {
            ways: self.ways.clone(),
            among: self.among.clone(),
            wanted: self.wanted.clone(),
            quantifier,
            ..*self
        }))
    }
}

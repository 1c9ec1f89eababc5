//! Which index has rows in a wanted order: [`Fit`].

use std::cmp::Reverse;

use super::index::{Index, IndexKey};
use super::model::Catalog;
use super::sql_text::SqlText;
use crate::expression::Node;
use crate::order::{Direction, Nulls};
use crate::schema::EntityDefinition;

/// A sort key: a value of the row, its direction, and where NULL goes.
pub(crate) type SortKey<'n> = (&'n Node, Direction, Nulls);

/// How an index has the rows in a wanted order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fit<'c> {
    /// The index.
    pub index: &'c Index,
    /// How many of its first keys are columns that are equal to one value: what bounds how much of it is read.
    pub equal: usize,
    /// How many of the sort keys it has the rows in the order of; at least the first. PostgreSQL (13 and newer) sorts the
    /// rows that are the same in these by the others.
    pub keys: usize,
    /// It is read from its end.
    pub is_backward: bool,
    /// Where it has NULL of the first sort key, in the direction that it is read in. PostgreSQL takes the index only where
    /// the statement says so too, even if there is no NULL.
    pub nulls: Nulls,
    /// That is not where it was wanted: the index serves only where rows with NULL are read apart from the others.
    pub nulls_apart: bool,
}

impl Catalog {
    /// The index that has the rows in the wanted order, or in that of the first sort keys.
    ///
    /// `equal` are columns that the rows have one value of, such as the tenant's: the index may begin with some of them, and
    /// have them anywhere. It has all rows, or only those that meet conditions which are among these. Of several it is the
    /// one that begins with the most such columns, since without them the rows of everybody are read; then one that has NULL
    /// where it is wanted; then the one that has the most sort keys in order; then the one with the fewest columns.
    pub(crate) fn index_of_order(
        &self,
        definition: &EntityDefinition,
        equal: &[&str],
        order: &[SortKey<'_>],
        conditions: &[&str],
    ) -> Option<Fit<'_>> {
        let conditions: Vec<_> = conditions
            .iter()
            .filter_map(|text| SqlText::of(text))
            .collect();
        self.indexes_of(definition)
            .iter()
            .filter(|index| index.is_usable(&conditions))
            .filter_map(|index| Fit::of(index, equal, order))
            .min_by_key(|fit| {
                let columns = fit.index.width();
                (
                    Reverse(fit.equal),
                    fit.nulls_apart,
                    Reverse(fit.keys),
                    columns,
                )
            })
    }
}

impl<'c> Fit<'c> {
    fn of(index: &'c Index, equal: &[&str], order: &[SortKey<'_>]) -> Option<Self> {
        let is_equal = |key: &IndexKey| {
            key.is_plain()
                && key
                    .column
                    .as_deref()
                    .is_some_and(|name| equal.contains(&name))
        };
        let first = index.keys.iter().take_while(|key| is_equal(key)).count();
        let mut keys = index.keys.iter().filter(|key| !is_equal(key));
        let mut fit: Option<Self> = None;
        for (at, (node, direction, nulls)) in order.iter().enumerate() {
            // What all rows have the same value of does not order them.
            if matches!(node, Node::Column(name) if equal.contains(name)) {
                if let Some(fit) = &mut fit {
                    fit.keys = at + 1;
                }
                continue;
            }
            let Some(key) = keys
                .next()
                .filter(|key| key.is_plain() && key.is_value(node))
            else {
                break;
            };
            let is_backward = key.direction != *direction;
            let has_nulls = match is_backward {
                true => key.nulls().reversed(),
                false => key.nulls(),
            };
            match &mut fit {
                None => {
                    fit = Some(Self {
                        index,
                        equal: first,
                        keys: at + 1,
                        is_backward,
                        nulls: has_nulls,
                        nulls_apart: has_nulls != *nulls,
                    });
                }
                Some(fit) if fit.is_backward == is_backward && has_nulls == *nulls => {
                    fit.keys = at + 1;
                }
                Some(_) => break,
            }
        }
        fit
    }
}

impl IndexKey {
    fn is_value(&self, node: &Node) -> bool {
        match (node, &self.column, &self.expression) {
            (Node::Column(name), Some(column), _) => name == column,
            (Node::Kept(kept), Some(column), _) => kept.side.is_none() && kept.column == column,
            (Node::Function(..), None, Some(expression)) => expression.is_value(node),
            _ => false,
        }
    }
}

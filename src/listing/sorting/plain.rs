//! The choice for a sort key that is a value of the row itself: the order of an index, or a sort of all rows.

use super::choice::Circumstances;
use super::plan::Sorting;
use crate::catalog::Catalog;
use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::Tenancy;

impl Circumstances<'_> {
    /// By a value of the row itself, which an index may have in order.
    pub(super) fn by_plain(&self, leading: &OrderNode, sorting: &mut Sorting) {
        let has_other_nulls =
            leading.nullable && leading.nulls != leading.direction.default_nulls();
        let known = |catalog: &&Catalog| catalog.has_read(self.definition);
        let Some(catalog) = self.catalog.filter(known) else {
            // A plain index has NULL on the other side.
            sorting.nulls_apart = has_other_nulls && !self.has_offset;
            return;
        };
        let keys: Vec<_> = self
            .orders
            .iter()
            .map(|order| (&order.node, order.direction, order.nulls))
            .collect();
        let equal = self.equal_columns();
        let fit = catalog.index_of_order(self.definition, &equal, &keys, &[]);
        let subject = format!("order by {}", leading.name);
        let Some(fit) = fit else {
            let mut columns = equal;
            let direction = match (leading.direction, leading.nulls) {
                (Direction::Ascending, Nulls::Last) => "",
                (Direction::Ascending, Nulls::First) => " NULLS FIRST",
                (Direction::Descending, Nulls::First) => " DESC",
                (Direction::Descending, Nulls::Last) => " DESC NULLS LAST",
            };
            columns.truncate(1);
            let wanted = match &leading.node {
                Node::Column(name) => {
                    let key = format!("{name}{direction}");
                    let keys: Vec<_> = columns.into_iter().chain([key.as_str()]).collect();
                    Some(format!("{} ({})", self.definition.table, keys.join(", ")))
                }
                _ => None,
            };
            let reason = "no index of all rows has them in this order";
            let report = &mut sorting.report;
            report.add_with_index(subject, "all rows, sorted", reason, None, wanted);
            return;
        };
        // Without any, they are where the index has them.
        let nulls_apart = fit.nulls_apart && leading.nullable;
        sorting.index_nulls = Some(fit.nulls);
        sorting.nulls_apart = nulls_apart && self.cursor.is_none() && self.is_flat_or_first();
        let (decision, reason) = match (nulls_apart, sorting.nulls_apart) {
            (true, true) => (
                "in the order of an index, rows without a value apart",
                "the index has NULL on the other side",
            ),
            (true, false) if self.cursor.is_some() => (
                "in the order of an index, from the cursor",
                "an index has the rows in this order",
            ),
            (true, false) => ("all rows, sorted", "the index has NULL on the other side"),
            (false, _) => (
                "in the order of an index",
                "an index has the rows in this order",
            ),
        };
        let index = Some(fit.index.name.clone());
        let report = &mut sorting.report;
        report.add_with_index(subject, decision, reason, index, None);
    }

    /// The columns that all rows have one value of.
    fn equal_columns(&self) -> Vec<&'static str> {
        let tenant = match self.definition.tenancy {
            Tenancy::Column { name, .. } => Some(name),
            _ => None,
        };
        let filters = self.filters.iter().filter_map(|filter| match filter {
            PredicateNode::Compare(
                Node::Column(name),
                Comparison::Equal,
                Node::Value(_) | Node::NamedValue(_) | Node::Constant(_),
            ) => Some(*name),
            _ => None,
        });
        tenant.into_iter().chain(filters).collect()
    }

    /// Whether the page can be put together from two parts.
    pub(super) fn is_flat_or_first(&self) -> bool {
        self.is_flat || !self.has_offset
    }
}

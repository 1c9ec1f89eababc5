//! Whether an index that is there serves what is wanted.

use super::want::{Purpose, Want};
use crate::catalog::{Catalog, Index};

impl Want {
    /// The index that serves it already.
    pub(super) fn existing<'c>(&self, catalog: &'c Catalog) -> Option<&'c Index> {
        let indexes = catalog.indexes_of(self.table).iter();
        let usable =
            indexes.filter(|index| index.is_valid && index.is_ready && index.predicate.is_none());
        usable
            .clone()
            .find(|index| self.is_one_row(index))
            .or_else(|| {
                let mut usable = usable;
                usable.find(|index| self.begins(index) || self.holds(index))
            })
            .or_else(|| self.in_order(catalog))
    }

    /// Whether no more than one row is found by a part of what is equal.
    fn is_one_row(&self, index: &Index) -> bool {
        let is_equal = |name: Option<&str>| name.is_some_and(|name| self.equal.contains(&name));
        index.is_unique && index.keys.iter().all(|key| is_equal(key.column.as_deref()))
    }

    /// Whether it begins with the same keys; those that are equal in any order.
    fn begins(&self, index: &Index) -> bool {
        let first = index.keys.iter().take(self.equal.len());
        let equal = first.map(|key| {
            let mut equal = self.equal.iter().copied();
            equal.find(|name| key.column.as_deref() == Some(*name))
        });
        let Some(equal) = equal.collect::<Option<Vec<_>>>() else {
            return false;
        };
        let is_all = self.equal.iter().all(|name| equal.contains(name));
        let is_covered = || {
            self.definition_with(&equal)
                .is_ok_and(|wanted| wanted.is_covered_by(index))
        };
        is_all && is_covered()
    }

    /// Whether it finds the rows of a row, and has all that is read of them.
    fn holds(&self, index: &Index) -> bool {
        let begins =
            index.keys.first().and_then(|key| key.column.as_deref()) == self.equal.first().copied();
        let has = |name: &&str| {
            index
                .keys
                .iter()
                .any(|key| key.column.as_deref() == Some(*name))
                || index.included.iter().any(|column| column == *name)
        };
        self.purpose == Purpose::RelatedWhole
            && index.method == "btree"
            && begins
            && self.equal.iter().all(has)
    }

    /// The index that a listing that knows it would take for the order, although it has NULL elsewhere, where there is none.
    fn in_order<'c>(&self, catalog: &'c Catalog) -> Option<&'c Index> {
        if self.then.is_empty() || self.is_nullable {
            return None;
        }
        let order: Vec<_> = self
            .then
            .iter()
            .map(|part| (&part.node, part.direction, part.nulls))
            .collect();
        let fit = catalog.index_of_order(self.table, &self.equal, &order, &[])?;
        (fit.equal == self.equal.len() && fit.keys == order.len()).then_some(fit.index)
    }
}

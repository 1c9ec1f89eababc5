//! Which index finds the rows that have some values.

use std::cmp::Reverse;

use super::index::Index;
use super::model::Catalog;
use super::sql_text::SqlText;
use crate::schema::EntityDefinition;

impl Catalog {
    /// An index whose first keys are exactly these columns, in this order: with one column it finds the rows that point at a
    /// row by it, with a second one also their least and largest value of that in one look.
    ///
    /// It has all rows, or only those that meet conditions which are among these. Of several it is the one with the
    /// fewest columns, and one with fewer rows before one with all.
    pub(crate) fn index_with_prefix(
        &self,
        definition: &EntityDefinition,
        columns: &[&str],
        conditions: &[&str],
    ) -> Option<&Index> {
        if columns.is_empty() {
            return None;
        }
        let conditions: Vec<_> = conditions
            .iter()
            .filter_map(|text| SqlText::of(text))
            .collect();
        self.indexes_of(definition)
            .iter()
            .filter(|index| index.is_usable(&conditions) && index.begins_with(columns))
            .min_by_key(|index| (index.width(), Reverse(index.predicate.is_some())))
    }
}

impl Index {
    fn begins_with(&self, columns: &[&str]) -> bool {
        self.keys.len() >= columns.len()
            && columns
                .iter()
                .zip(&self.keys)
                .all(|(name, key)| key.is_column(name) && key.is_plain())
    }

    /// How many columns it has: the fewer, the less there is to read.
    pub(super) fn width(&self) -> usize {
        self.keys.len() + self.included.len()
    }
}

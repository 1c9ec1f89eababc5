//! Whether an index of the catalog has in it what is written in SQL somewhere else.

use super::index::{Index, IndexKey};
use super::sql_text::SqlText;
use crate::order::Nulls;

impl Index {
    /// Whether its rows are those that meet the condition; `None` is all rows.
    pub(crate) fn has_predicate(&self, text: Option<&str>) -> bool {
        match (&self.predicate, text) {
            (None, None) => true,
            (Some(own), Some(text)) => own == text || self.is_said_by(text) && self.says(text),
            _ => false,
        }
    }

    /// Whether its condition says what the text does, or more.
    fn says(&self, text: &str) -> bool {
        match (&self.condition, SqlText::of(text)) {
            (Some(own), Some(wanted)) => wanted.is_among(&own.conjuncts()),
            _ => false,
        }
    }

    /// Whether the text says what its condition does, or more.
    fn is_said_by(&self, text: &str) -> bool {
        match (&self.condition, SqlText::of(text)) {
            (Some(own), Some(wanted)) => own.is_among(&wanted.conjuncts()),
            _ => false,
        }
    }

    /// Whether it has at least the rows that meet the condition: it has all, or each condition on its own is one of those.
    pub(crate) fn has_rows_of(&self, text: Option<&str>) -> bool {
        self.predicate.is_none()
            || self.has_predicate(text)
            || text.is_some_and(|text| self.is_said_by(text))
    }
}

impl IndexKey {
    /// Whether it is the expression of this text.
    pub(crate) fn is_text(&self, text: &str) -> bool {
        self.column.is_none() && is_same(&self.text, &self.expression, text)
    }

    pub(crate) fn nulls(&self) -> Nulls {
        if self.nulls_first {
            Nulls::First
        } else {
            Nulls::Last
        }
    }
}

fn is_same(own: &str, read: &Option<SqlText>, text: &str) -> bool {
    own == text || read.is_some() && *read == SqlText::of(text)
}

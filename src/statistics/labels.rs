//! What the rows are called that the most common values of a column point at.

use std::collections::HashMap;

use super::table_set::Label;
use crate::schema::{Definition, EntityDefinition};

/// Some columns of the rows that a column points at, by key.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    target: Definition,
    columns: Vec<&'static str>,
    rows: HashMap<String, Vec<Option<String>>>,
}

impl Labels {
    pub fn new(label: &Label) -> Self {
        Self {
            target: label.target,
            columns: label.columns.clone(),
            rows: HashMap::new(),
        }
    }

    pub fn add(&mut self, key: String, values: Vec<Option<String>>) {
        if values.len() == self.columns.len() {
            self.rows.insert(key, values);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn are_of(&self, target: &EntityDefinition) -> bool {
        self.target.schema == target.schema && self.target.table == target.table
    }
}

/// A row that is pointed at: its key, and what else is known of it, as text.
#[derive(Clone, Copy)]
pub(super) struct PointedAt<'a> {
    key_column: &'a str,
    key: &'a str,
    columns: &'a [&'static str],
    values: &'a [Option<String>],
}

impl<'a> PointedAt<'a> {
    /// `None` if it is gone, as it may be where no foreign key keeps it.
    pub fn new(
        target: &EntityDefinition,
        key: &'a str,
        labels: Option<&'a Labels>,
    ) -> Option<Self> {
        let (columns, values) = match labels {
            Some(labels) => (labels.columns.as_slice(), labels.rows.get(key)?.as_slice()),
            None => (&[][..], &[][..]),
        };
        Some(Self {
            key_column: target.key,
            key,
            columns,
            values,
        })
    }

    /// A column's value: `None` if the column was not read, `Some(None)` if it is NULL.
    pub fn value(&self, column: &str) -> Option<Option<&str>> {
        if column == self.key_column {
            return Some(Some(self.key));
        }
        let at = self.columns.iter().position(|name| *name == column)?;
        self.values.get(at).map(Option::as_deref)
    }
}

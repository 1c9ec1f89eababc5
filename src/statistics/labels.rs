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

    /// The row of a key, which is gone where links have no foreign key.
    pub fn row(&self, key: &str) -> Option<LabelledRow<'_>> {
        let values = self.rows.get(key)?;
        Some(LabelledRow {
            columns: &self.columns,
            values,
        })
    }
}

/// Some columns of a row, as text.
#[derive(Clone, Copy)]
pub(super) struct LabelledRow<'a> {
    columns: &'a [&'static str],
    values: &'a [Option<String>],
}

impl LabelledRow<'_> {
    /// A column's value: `None` if the column was not read, `Some(None)` if it is NULL.
    pub fn value(&self, column: &str) -> Option<Option<&str>> {
        let at = self.columns.iter().position(|name| *name == column)?;
        self.values.get(at).map(Option::as_deref)
    }
}

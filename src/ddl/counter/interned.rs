//! Names that are made when a counter is declared, and live as long as those that are written in the program.

use std::sync::{Mutex, PoisonError};

use crate::schema::{Definition, EntityDefinition};

static NAMES: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
static TABLES: Mutex<Vec<Definition>> = Mutex::new(Vec::new());

/// The name, kept for ever; once, however often the same counter is declared.
pub(super) fn name(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.iter().find(|known| **known == name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.push(name);
    name
}

/// The table, kept for ever; once, however often the same counter is declared.
pub(super) fn table(table: EntityDefinition) -> Definition {
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = tables.iter().find(|known| ***known == table) {
        return known;
    }
    let table: Definition = Box::leak(Box::new(table));
    tables.push(table);
    table
}

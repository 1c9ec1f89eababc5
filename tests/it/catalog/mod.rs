//! What is read of the catalog, beside what was made.

mod kinds;
mod reading;

use pagewise::catalog::{Index, IndexKey};
use pagewise::order::Direction;

/// The index of the name.
#[track_caller]
fn named<'i>(indexes: &'i [Index], name: &str) -> &'i Index {
    indexes
        .iter()
        .find(|index| index.name == name)
        .unwrap_or_else(|| panic!("no index {name:?} in {indexes:#?}"))
}

/// A name as PostgreSQL prints it: quoted where it is not a plain word, or a word of SQL.
fn quoted(name: &str) -> String {
    let is_plain = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    if name.chars().all(is_plain) && !["select", "timestamp"].contains(&name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// The statement that makes the index, put together from what was read of it; as PostgreSQL prints it, but for storage
/// parameters.
fn put_together(index: &Index, table: &str) -> String {
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let mut text = format!(
        "CREATE {unique}INDEX {} ON {table} USING {} (",
        quoted(&index.name),
        index.method
    );
    let is_ordered = index.method == "btree";
    let keys: Vec<_> = index
        .keys
        .iter()
        .map(|key| key_text(key, is_ordered))
        .collect();
    text.push_str(&keys.join(", "));
    text.push(')');
    if !index.included.is_empty() {
        let included: Vec<_> = index.included.iter().map(|name| quoted(name)).collect();
        text.push_str(&format!(" INCLUDE ({})", included.join(", ")));
    }
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
        text.push_str(&format!(" WHERE {predicate}"));
    }
    text
}

fn key_text(key: &IndexKey, is_ordered: bool) -> String {
    let mut text = match &key.column {
        Some(column) => quoted(column),
        None => key.text.clone(),
    };
    if key.column.is_some() {
        assert_eq!(key.text, text, "a column is printed as its name");
    }
    if let Some(collation) = &key.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(class) = &key.operator_class {
        text.push_str(&format!(" {class}"));
    }
    text.push_str(match (is_ordered, key.direction, key.nulls_first) {
        (false, ..) | (true, Direction::Ascending, false) => "",
        (true, Direction::Ascending, true) => " NULLS FIRST",
        (true, Direction::Descending, true) => " DESC",
        (true, Direction::Descending, false) => " DESC NULLS LAST",
    });
    text
}

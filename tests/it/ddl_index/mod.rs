//! Wanted indexes: how they are written and named, and how they compare with those that exist.

mod chat;
mod covered;
mod names;
mod same;

use pagewise::Catalog;
use pagewise::catalog::Index;
use pagewise::chat::Session;
use pagewise::ddl::IndexDefinition;
use pagewise::statistics::TableSet;
use postgres::Client;

/// The index of sessions with this name.
#[track_caller]
fn of_sessions(client: &mut Client, name: &str) -> Index {
    let catalog = Catalog::read(client, &TableSet::new().table(Session)).unwrap();
    let found = catalog
        .indexes(Session)
        .iter()
        .find(|index| index.name == name);
    found.unwrap_or_else(|| panic!("no index {name}")).clone()
}

/// Makes the index, and reads what was made.
#[track_caller]
fn made(client: &mut Client, index: &IndexDefinition) -> Index {
    let text = index.create().to_string();
    client
        .batch_execute(&text)
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    of_sessions(client, index.name())
}

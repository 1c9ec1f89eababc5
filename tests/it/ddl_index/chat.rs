//! What is said of the wanted indexes of Open Chat Studio is true of its schema.

use std::collections::HashSet;

use pagewise::Catalog;
use pagewise::catalog::Index;
use pagewise::chat::{
    self, Channel, ChatIndex, ParticipantData, Session, Standing, TaggedItem, Trace, WantedBy,
};
use pagewise::statistics::TableSet;
use pagewise_reference::{IndexSet, indexes};
use postgres::Client;

use crate::support::empty;

/// All indexes of the tables.
fn of_tables(client: &mut Client) -> Vec<(&'static str, Index)> {
    let tables = TableSet::new()
        .table(Session)
        .table(Trace)
        .table(TaggedItem);
    let tables = tables.table(ParticipantData).table(Channel);
    let catalog = Catalog::read(client, &tables).unwrap();
    let mut found = Vec::new();
    for (table, indexes) in [
        ("experiments_experimentsession", catalog.indexes(Session)),
        ("trace_trace", catalog.indexes(Trace)),
        ("annotations_customtaggeditem", catalog.indexes(TaggedItem)),
        (
            "experiments_participantdata",
            catalog.indexes(ParticipantData),
        ),
        ("channels_experimentchannel", catalog.indexes(Channel)),
    ] {
        found.extend(indexes.iter().map(|index| (table, index.clone())));
    }
    found
}

fn columns(index: &Index) -> Vec<&str> {
    index
        .keys
        .iter()
        .map(|key| key.text.trim_matches('"'))
        .collect()
}

/// The columns as the wanted one has them.
fn wanted_columns(wanted: &ChatIndex) -> Vec<String> {
    let columns = wanted.index.columns();
    columns
        .split(", ")
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

#[test]
fn the_marks_are_true() {
    let (_database, mut client) = empty();
    let origin = of_tables(&mut client);
    let wanted = chat::indexes().unwrap();
    let names: HashSet<_> = wanted.iter().map(|wanted| wanted.index.name()).collect();
    assert_eq!(names.len(), wanted.len());
    for wanted in &wanted {
        client
            .batch_execute(&wanted.index.create().to_string())
            .unwrap();
    }
    let with_wanted = of_tables(&mut client);

    for wanted in &wanted {
        let index = &wanted.index;
        let on_table = |all: &[(&str, Index)]| -> Vec<Index> {
            let all = all.iter().filter(|(table, _)| *table == index.table());
            all.map(|(_, index)| index.clone()).collect()
        };
        let (origin, all) = (on_table(&origin), on_table(&with_wanted));
        let named = |name: &str| {
            all.iter()
                .find(|index| index.name == name)
                .unwrap_or_else(|| panic!("no {name}"))
        };
        let covering: Vec<_> = origin
            .iter()
            .filter(|other| index.is_covered_by(other))
            .collect();
        match wanted.standing {
            Standing::Absent => {
                assert!(covering.is_empty(), "{index} is covered by {covering:?}");
                let like = wanted_columns(wanted);
                assert!(
                    !origin.iter().any(|other| columns(other) == like),
                    "{index}"
                );
            }
            Standing::Present(name) => assert!(index.is_same(named(name)), "{index}"),
            Standing::ForeignKey(name) => {
                assert!(index.is_same(named(name)), "{index}");
                assert_eq!(named(name).keys.len(), 1);
            }
            Standing::OtherForm { name, .. } => {
                assert!(covering.is_empty(), "{index} is covered by {covering:?}");
                assert_eq!(columns(named(name)), wanted_columns(wanted), "{index}");
                assert!(origin.iter().any(|other| other.name == name));
            }
            Standing::Shadowed(name) => {
                let other = named(name);
                let is_one_row = other.is_unique
                    && columns(other)
                        .iter()
                        .zip(wanted_columns(wanted))
                        .all(|(own, wanted)| **own == wanted);
                assert!(index.is_covered_by(other) || is_one_row, "{index}");
                assert_ne!(other.name, index.name());
            }
            standing => panic!("{standing:?} is new: say when it is true"),
        }
        assert!(
            !wanted.serves.is_empty() && wanted.serves.ends_with('.'),
            "{index}"
        );
    }
}

/// Each index that the design document proposes is here, under its name and as it proposes it.
#[test]
fn all_of_the_design_document() {
    let (_database, mut client) = empty();
    for statement in indexes(IndexSet::Seed) {
        client.batch_execute(statement).unwrap();
    }
    let wanted = chat::indexes().unwrap();
    let seed: Vec<_> = of_tables(&mut client)
        .into_iter()
        .filter(|(_, index)| index.name.starts_with("idx_"))
        .collect();
    assert_eq!(seed.len(), 13);
    for (table, index) in seed {
        let own = wanted
            .iter()
            .find(|wanted| wanted.index.name() == index.name);
        let own = own.unwrap_or_else(|| panic!("{} is missing", index.name));
        assert_eq!(own.index.table(), table);
        assert!(
            own.index.is_same(&index),
            "{}\n{}",
            own.index,
            index.definition
        );
        assert!(![WantedBy::Existing, WantedBy::Pagewise].contains(&own.wanted_by));
    }
}

//! Two databases have other numbers for the same models.

use std::sync::Arc;
use std::thread;

use pagewise::ContentTypes;
use pagewise::chat;
use pagewise::content_type::ContentTypesByDatabase;
use pagewise_reference::Database;
use postgres::Client;

use crate::support::{empty, reader};

/// Chats are 5 and messages 6, where the shared database has 41 and 12.
fn other() -> (Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            "INSERT INTO django_content_type (id, app_label, model) VALUES (5, 'chat', 'chat'), (6, 'chat', 'chatmessage')",
        )
        .unwrap();
    (database, client)
}

#[test]
fn each_database_has_numbers_of_its_own() {
    let (_database, mut other) = other();
    let (here, there) = (ContentTypes::default(), ContentTypes::default());
    let mut client = reader();
    for _ in 0..2 {
        assert_eq!(here.resolve(&mut client, &chat::CHAT).unwrap().value(), 41);
        assert_eq!(there.resolve(&mut other, &chat::CHAT).unwrap().value(), 5);
    }
}

#[test]
fn each_name_of_a_database_has_a_cache_of_its_own() {
    let (database, mut other) = other();
    let types = ContentTypesByDatabase::default();
    thread::scope(|scope| {
        for (name, expected) in [("main", (41, 12)), ("other", (5, 6))] {
            for _ in 0..4 {
                let (types, database) = (&types, &database);
                scope.spawn(move || {
                    let mut client = match name {
                        "main" => reader(),
                        _ => database.client().unwrap(),
                    };
                    for _ in 0..20 {
                        let ids = types
                            .of(name)
                            .resolve(&mut client, &chat::TAGGABLE)
                            .unwrap();
                        assert_eq!((ids.chat.value(), ids.message.value()), expected);
                    }
                });
            }
        }
    });
    let held = types.of("other");
    assert!(Arc::ptr_eq(&held, &types.of("other")));
    assert!(held.known(&chat::TAGGABLE).is_some());
    other
        .batch_execute("UPDATE django_content_type SET id = 7 WHERE model = 'chat'")
        .unwrap();
    types.remove("other");
    assert!(
        held.known(&chat::TAGGABLE).is_none(),
        "forgotten by those who hold it, too"
    );
    assert_eq!(
        types
            .of("other")
            .resolve(&mut other, &chat::CHAT)
            .unwrap()
            .value(),
        7
    );
    assert!(types.of("main").known(&chat::TAGGABLE).is_some());
    types.clear();
    assert!(types.of("main").known(&chat::TAGGABLE).is_none());
    assert!(types.of("other").known(&chat::CHAT).is_none());
}

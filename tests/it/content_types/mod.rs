//! Which number stands for which model, asked once.

mod databases;
mod invalidation;
mod names;
mod single_flight;
#[cfg(feature = "tokio-postgres")]
mod tasks;

use pagewise::chat::{self, Chat, Message};
use pagewise::content_type::ContentType;
use pagewise::{ContentTypes, Error};

use crate::counting::CountingClient;
use crate::support::{empty, reader};

const LEGACY_CHAT: ContentType<Chat> = ContentType::new("legacy", "chat");
const NOWHERE: ContentType<Message> = ContentType::new("nowhere", "nothing");

#[test]
fn asked_once_then_known() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::default();
    let ids = types.resolve(&mut client, &chat::TAGGABLE).unwrap();
    assert_eq!((ids.chat.value(), ids.message.value()), (41, 12));
    assert_eq!(client.asked, 1, "both in one query");
    for _ in 0..3 {
        types.resolve(&mut client, &chat::TAGGABLE).unwrap();
        types.resolve(&mut client, &chat::MESSAGE).unwrap();
    }
    assert_eq!(client.asked, 1);
    let counts = types.counts();
    assert_eq!((counts.hits, counts.misses, counts.queries), (6, 1, 1));
    assert_eq!(counts.hit_ratio(), Some(6.0 / 7.0));
    types.clear();
    assert!(types.known(&chat::CHAT).is_none());
    types.resolve(&mut client, &chat::CHAT).unwrap();
    assert_eq!(client.asked, 2);
}

#[test]
fn what_is_partly_known_is_asked_for_in_one_query() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::default();
    types.resolve(&mut client, &chat::CHAT).unwrap();
    let all = types
        .resolve(&mut client, &(chat::TAGGABLE, LEGACY_CHAT, chat::CHAT))
        .unwrap();
    assert_eq!((all.0.chat.value(), all.0.message.value()), (41, 12));
    assert_eq!((all.1.value(), all.2.value()), (9, 41));
    assert_eq!(client.asked, 2);
}

#[test]
fn models_of_one_name_in_two_applications_are_two() {
    let mut client = reader();
    let types = ContentTypes::default();
    let (legacy, chat) = types
        .resolve(&mut client, &(LEGACY_CHAT, chat::CHAT))
        .unwrap();
    assert_eq!((legacy.value(), chat.value()), (9, 41));
    // Application and model match crosswise: the answer has (legacy, chat) too, which nobody asked for.
    let crossed: (ContentType<Chat>, ContentType<Chat>) =
        (ContentType::new("legacy", "chatmessage"), chat::CHAT);
    let error = ContentTypes::default()
        .resolve(&mut client, &crossed)
        .unwrap_err();
    assert!(
        matches!(&error, Error::UnknownContentTypes { names, .. } if names == &["legacy.chatmessage"]),
        "{error}"
    );
}

#[test]
fn unknown_types_are_named_and_not_remembered() {
    let (_database, client) = empty();
    let mut client = CountingClient::new(client);
    let types = ContentTypes::default();
    let error = types
        .resolve(&mut client, &(NOWHERE, chat::CHAT, chat::CHAT))
        .unwrap_err();
    insta::assert_snapshot!("unknown_content_types", error);
    client
        .client
        .batch_execute(
            "INSERT INTO django_content_type (id, app_label, model) VALUES (3, 'chat', 'chat')",
        )
        .unwrap();
    let error = types
        .resolve(&mut client, &(NOWHERE, chat::CHAT))
        .unwrap_err();
    assert!(
        matches!(&error, Error::UnknownContentTypes { names, .. } if names == &["nowhere.nothing"]),
        "{error}"
    );
    let asked = client.asked;
    assert_eq!(types.resolve(&mut client, &chat::CHAT).unwrap().value(), 3);
    assert_eq!(client.asked, asked, "the one that was there is known");
    client.client.batch_execute("INSERT INTO django_content_type (id, app_label, model) VALUES (4, 'nowhere', 'nothing')").unwrap();
    assert_eq!(types.resolve(&mut client, &NOWHERE).unwrap().value(), 4);
}

#[test]
fn the_least_recently_used_goes_first() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::new(2);
    types.resolve(&mut client, &chat::CHAT).unwrap();
    types.resolve(&mut client, &chat::MESSAGE).unwrap();
    types.resolve(&mut client, &chat::CHAT).unwrap();
    types.resolve(&mut client, &LEGACY_CHAT).unwrap();
    assert!(types.known(&chat::CHAT).is_some());
    assert!(types.known(&chat::MESSAGE).is_none());
    // A set that is larger than the cache is answered all the same.
    let least = ContentTypes::new(0);
    for asked in [4, 5] {
        let ids = least
            .resolve(&mut client, &(chat::CHAT, chat::MESSAGE, LEGACY_CHAT))
            .unwrap();
        assert_eq!((ids.0.value(), ids.1.value(), ids.2.value()), (41, 12, 9));
        assert_eq!(client.asked, asked);
    }
}

#[test]
fn without_a_driver_the_answer_is_learnt() {
    let mut client = reader();
    let statement = ContentTypes::statement(&chat::TAGGABLE).unwrap();
    crate::support::run(&mut client, &statement);
    let types = ContentTypes::default();
    let generation = types.generation();
    let rows = statement.query(&mut client).unwrap();
    let rows = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
    assert_eq!(
        types
            .learn(&chat::TAGGABLE, generation, rows)
            .unwrap()
            .message
            .value(),
        12
    );
    assert!(types.known(&chat::TAGGABLE).is_some());
    let nul: ContentType<Chat> = ContentType::new("chat\0", "chat");
    assert!(matches!(
        ContentTypes::statement(&nul),
        Err(Error::NulInText { .. })
    ));
}

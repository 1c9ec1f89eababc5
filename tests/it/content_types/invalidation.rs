//! What was read before the cache was told to forget is not remembered afterwards.

use pagewise::ContentTypes;
use pagewise::chat;
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use postgres::{Client, Error as DriverError, Row};

use super::LEGACY_CHAT;
use crate::counting::CountingClient;
use crate::support::{empty, reader};

/// A client that reads, and then lets something happen before it gives its answer.
struct Late<'a> {
    client: Client,
    then: Option<Box<dyn FnOnce() + 'a>>,
}

impl Execute for Late<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        let rows = Execute::run(&mut self.client, text, parameters);
        if let Some(then) = self.then.take() {
            then();
        }
        rows
    }
}

#[test]
fn an_answer_from_before_is_given_and_not_remembered() {
    let (database, mut writer) = empty();
    writer
        .batch_execute(
            "INSERT INTO django_content_type (id, app_label, model) VALUES (3, 'chat', 'chat')",
        )
        .unwrap();
    let types = ContentTypes::default();
    let mut next = database.client().unwrap();
    let mut late = Late {
        client: database.client().unwrap(),
        then: Some(Box::new(|| {
            writer
                .batch_execute("UPDATE django_content_type SET id = 4")
                .unwrap();
            types.invalidate(&chat::CHAT);
            // Whoever asks from here on does not wait for the answer from before.
            let ids = types.resolve(&mut next, &chat::CHAT);
            assert_eq!(ids.unwrap().value(), 4);
        })),
    };
    assert_eq!(types.resolve(&mut late, &chat::CHAT).unwrap().value(), 3);
    drop(late);
    assert_eq!(
        types.known(&chat::CHAT).unwrap().value(),
        4,
        "the older one did not replace it"
    );
    assert_eq!(types.counts().queries, 2);
}

#[test]
fn a_warm_up_from_before_is_not_remembered() {
    for forget in [
        (|types: &ContentTypes| types.clear()) as fn(&ContentTypes),
        |types| types.invalidate(&chat::CHAT),
    ] {
        let types = ContentTypes::default();
        let mut late = Late {
            client: reader(),
            then: Some(Box::new(|| forget(&types))),
        };
        assert!(types.warm_up(&mut late).unwrap() > 2);
        drop(late);
        assert!(types.known(&chat::MESSAGE).is_none());
    }
}

#[test]
fn without_a_driver_too() {
    let types = ContentTypes::default();
    let generation = types.generation();
    types.clear();
    let answer = || [(3, "chat".to_owned(), "chat".to_owned())];
    let learnt = types.learn(&chat::CHAT, generation, answer()).unwrap();
    assert_eq!(learnt.value(), 3);
    assert!(types.known(&chat::CHAT).is_none());
    assert_eq!(types.learn_all(generation, answer()), 1);
    assert!(types.known(&chat::CHAT).is_none());
    types.learn_all(types.generation(), answer());
    assert_eq!(types.known(&chat::CHAT).unwrap().value(), 3);
}

#[test]
fn one_is_forgotten_and_the_others_stay() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::default();
    types
        .resolve(&mut client, &(chat::TAGGABLE, LEGACY_CHAT))
        .unwrap();
    types.invalidate(&(chat::MESSAGE, LEGACY_CHAT));
    assert!(types.known(&chat::CHAT).is_some());
    assert!(types.known(&chat::MESSAGE).is_none());
    assert!(types.known(&LEGACY_CHAT).is_none());
    types.resolve(&mut client, &chat::MESSAGE).unwrap();
    assert_eq!(client.asked, 2);
}

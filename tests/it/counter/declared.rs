//! What can be declared, and what is made of it.

use pagewise::chat::{self, Experiment, Message, Session};
use pagewise::ddl::Counter;
use pagewise::{Error, Relation};

use super::place::{By, Event, Room, declaration, values};

#[test]
fn steps() {
    let counter = chat::session_messages().unwrap();
    let steps: Vec<_> = counter.steps().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("session_messages", steps.join("\n\n"));
    let counter = Counter::of("chatbots", &chat::chatbot_numbers().sessions)
        .in_columns("kept_")
        .build()
        .unwrap();
    let steps: Vec<_> = counter.steps().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("in_columns", steps.join("\n\n"));
}

#[test]
fn another_declaration_is_another_counter() {
    let one = declaration(By::Key).build().unwrap();
    assert_eq!(
        one.fingerprint(),
        declaration(By::Key).build().unwrap().fingerprint()
    );
    let others = [
        declaration(By::Code).build().unwrap(),
        declaration(By::Key).in_columns("kept_").build().unwrap(),
        declaration(By::Key).in_schema("other").build().unwrap(),
        declaration(By::Key)
            .sorted_by(values(By::Key).last)
            .build()
            .unwrap(),
        Counter::of("room_events", &values(By::Key).count)
            .build()
            .unwrap(),
        Counter::of("room_events", &values(By::Key).talks)
            .build()
            .unwrap(),
    ];
    for other in &others {
        assert_ne!(one.fingerprint(), other.fingerprint(), "{other:?}");
    }
}

#[test]
fn refused() {
    let refused =
        |counter: pagewise::ddl::CounterDeclaration<Room>| match counter.build().unwrap_err() {
            Error::NotKept { value, reason, .. } => format!("{value}: {reason}"),
            Error::KeptNameTaken {
                column, taken_by, ..
            } => format!("{column}: {taken_by}"),
            error => error.to_string(),
        };
    let v = values(By::Key);
    let events = Relation::many("events", Room::ID, Event::ROOM_ID);
    let texts: Vec<_> = [
        Counter::of("c", events.count_distinct(Event::KIND)),
        Counter::of("c", events.sum(Event::SMALL)),
        Counter::of("c", (&v.count, values(By::Code).last)),
        Counter::of("c", Room::CODE),
        Counter::of("c", ()),
        Counter::of("c", v.count.clone().named("site_id")),
        Counter::of(
            "c",
            (v.count.clone().named("n"), v.talks.clone().named("n")),
        ),
        Counter::of("c", &v.count).in_columns(""),
        Counter::of("c", &v.count).sorted_by(&v.last),
        Counter::of("c", &v.count)
            .sorted_by(&v.count)
            .in_columns("kept_"),
        Counter::of("c".repeat(50), &v.count),
        Counter::of("a\"b", &v.count),
    ]
    .into_iter()
    .map(refused)
    .collect();
    insta::assert_snapshot!("refused", texts.join("\n"));

    let other_rows = Session::messages().filter(Message::chat().exists()).count();
    assert!(matches!(
        Counter::of("c", &other_rows).build(),
        Err(Error::NotKept { .. })
    ));
    let interactions = chat::chatbot_numbers().interactions;
    let refused = Counter::<Experiment>::of("c", &interactions).build();
    assert!(matches!(refused, Err(Error::NotKept { .. })));
}

//! Content types that are known by name when the program runs, and all at once.

use pagewise::content_type::Names;
use pagewise::{ContentTypes, Error, chat};

use super::LEGACY_CHAT;
use crate::counting::CountingClient;
use crate::support::{empty, reader, run};

#[test]
fn by_name_in_the_order_of_the_names() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::default();
    let configured = [
        ("chat", "chatmessage"),
        ("legacy", "chat"),
        ("chat", "chat"),
        ("legacy", "chat"),
    ];
    let owned = configured.map(|(app_label, model)| (app_label.to_owned(), model.to_owned()));
    for _ in 0..2 {
        let ids = types.resolve_names(&mut client, &configured).unwrap();
        assert_eq!(ids, [12, 9, 41, 9]);
        assert_eq!(types.resolve_names(&mut client, &owned).unwrap(), ids);
        let (both, chats) = types
            .resolve(&mut client, &(Names(&owned), chat::CHAT))
            .unwrap();
        assert_eq!((both, chats.value()), (ids, 41));
    }
    assert!(types.known(&(chat::TAGGABLE, LEGACY_CHAT)).is_some());
    assert_eq!(client.asked, 1);
    let none: [(&str, &str); 0] = [];
    assert!(types.resolve_names(&mut client, &none).unwrap().is_empty());
    assert_eq!(client.asked, 1, "nothing is asked of no names");
}

#[test]
fn names_from_anywhere_are_data() {
    let mut client = CountingClient::new(reader());
    let types = ContentTypes::default();
    let hostile = [
        ("chat", "chat"),
        ("'; DROP TABLE x; --", "chat\"'"),
        ("", ""),
    ];
    let error = types.resolve_names(&mut client, &hostile).unwrap_err();
    assert!(
        matches!(&error, Error::UnknownContentTypes { names, .. } if names == &["'; DROP TABLE x; --.chat\"'", "."]),
        "{error}"
    );
    let nul = types.resolve_names(&mut client, &[("chat", "chat\0")]);
    assert!(matches!(nul, Err(Error::NulInText { .. })));
    assert_eq!(client.asked, 1);
}

#[test]
fn all_are_read_at_the_start() {
    let mut client = CountingClient::new(reader());
    run(
        &mut client.client,
        &ContentTypes::statement_of_all().unwrap(),
    );
    let types = ContentTypes::default();
    let count = types.warm_up(&mut client).unwrap();
    let rows = client
        .client
        .query("SELECT app_label, model, id FROM django_content_type", &[]);
    let rows = rows.unwrap();
    assert_eq!(count, rows.len());
    for row in &rows {
        let (app_label, model): (String, String) = (row.get(0), row.get(1));
        let ids = types
            .resolve_names(&mut client, &[(app_label, model)])
            .unwrap();
        assert_eq!(ids, [row.get::<_, i32>(2)]);
    }
    assert_eq!(client.asked, 1);
    assert_eq!(types.counts().misses, 0);
}

#[test]
fn a_warm_up_leaves_what_is_known() {
    let (_database, client) = empty();
    let mut client = CountingClient::new(client);
    client
        .client
        .batch_execute(
            "INSERT INTO django_content_type (id, app_label, model) SELECT n, 'app', 'model' || n FROM generate_series(1, 50) AS n",
        )
        .unwrap();
    let types = ContentTypes::new(4);
    let used = [("app", "model7"), ("app", "model8")];
    types.resolve_names(&mut client, &used).unwrap();
    assert_eq!(types.warm_up(&mut client).unwrap(), 50);
    assert_eq!(types.known(&Names(&used)), Some(vec![7, 8]));
    let known = (1..=50)
        .filter(|n| {
            types
                .known(&Names(&[("app", format!("model{n}"))]))
                .is_some()
        })
        .count();
    assert_eq!(known, 4);
}

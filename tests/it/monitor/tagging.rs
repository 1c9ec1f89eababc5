//! Tags in the texts, on a server.

use std::collections::BTreeMap;

use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::monitor::{Collector, Monitor, TagError, Tags};
use proptest::prelude::*;

use super::support::{page, rows};
use crate::support::reader;

const ACTIVITY: &str = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()";

fn tags() -> Tags {
    Tags::new([
        ("route", "/sessions/{id}"),
        ("application", "open chat studio"),
    ])
    .unwrap()
}

#[test]
fn the_server_sees_them() {
    let mut client = reader();
    let tags = tags();
    let seen: String = tags.with(&mut client).run(ACTIVITY, &[]).unwrap()[0].get(0);
    assert_eq!(
        seen,
        format!("{ACTIVITY} /*application='open%20chat%20studio',route='%2Fsessions%2F%7Bid%7D'*/")
    );
    assert_eq!(tags.to_string(), seen[ACTIVITY.len() + 1..]);
    let seen: String = client.run(ACTIVITY, &[]).unwrap()[0].get(0);
    assert_eq!(seen, ACTIVITY, "off unless they are asked for");
    let seen: String = Tags::new([])
        .unwrap()
        .with(&mut client)
        .run(ACTIVITY, &[])
        .unwrap()[0]
        .get(0);
    assert_eq!(seen, ACTIVITY);
}

#[test]
fn a_page_is_the_same_and_is_prepared_once() {
    let (mut client, statements) = (reader(), StatementCache::default());
    let (page, tags, request) = (page(5), tags(), Monitor::new("page"));
    let ids = |client: &mut dyn FnMut() -> pagewise::driver::PageRows<pagewise::chat::Session>| {
        client()
            .decode(|row| row.get(pagewise::chat::Session::ID))
            .unwrap()
    };
    let expected = ids(&mut || page.fetch(&mut client).unwrap());
    for _ in 0..3 {
        let mut tagged = statements.with(&mut client);
        let mut tagged = tags.with(&mut tagged);
        assert_eq!(
            ids(&mut || page.fetch(&mut request.with(&mut tagged)).unwrap()),
            expected
        );
        let mut cached = statements.with(&mut client);
        let mut monitored = request.with(&mut cached);
        assert_eq!(
            ids(&mut || page.fetch(&mut tags.with(&mut monitored)).unwrap()),
            expected
        );
    }
    assert_eq!((statements.len(), request.count()), (1, 6));
    let prepared: Vec<String> = client
        .query(
            "SELECT statement FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared%'",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(prepared, [tags.append(page.text())]);
}

#[test]
fn a_monitor_knows_a_statement_with_and_without() {
    let (mut client, collector, tags) = (reader(), Collector::new(), tags());
    collector.register("one", "SELECT 1");
    let request = collector.scope("page");
    rows(&mut request.with(&mut client), "SELECT 1").unwrap();
    rows(&mut request.with(&mut tags.with(&mut client)), "SELECT 1").unwrap();
    rows(&mut tags.with(&mut request.with(&mut client)), "SELECT 1").unwrap();
    let summary = request.finish();
    let [only] = summary.by_statement.as_slice() else {
        panic!("one statement: {summary}");
    };
    assert_eq!(
        (only.runs, only.text.as_str(), &*only.label()),
        (3, "SELECT 1", "one")
    );
    assert_eq!(
        collector.report().statement("one").unwrap().latency.count,
        3
    );
}

#[test]
fn a_text_is_registered_with_its_tags_or_without() {
    let (mut client, collector) = (reader(), Collector::new());
    collector.register("one", &tags().append("SELECT 1"));
    let request = collector.scope("page");
    rows(&mut request.with(&mut client), "SELECT 1").unwrap();
    assert_eq!(request.finish().by_statement[0].label(), "one");
}

#[test]
fn a_text_with_a_comment_is_left_as_it_is() {
    let tags = tags();
    for text in ["SELECT 1 -- one", "SELECT /* one */ 1", "SELECT '--'"] {
        assert_eq!(tags.append(text), text);
    }
}

#[test]
fn what_varies_or_is_too_much_is_refused() {
    let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(|key| (key, ""));
    assert!(matches!(
        Tags::new(many),
        Err(TagError::TooMany { count: 9, .. })
    ));
    assert!(Tags::new(many.into_iter().take(8)).is_ok());
    let long: &'static str = "x".repeat(129).leak();
    assert!(matches!(
        Tags::new([("key", long)]),
        Err(TagError::TooLong { key: "key", .. })
    ));
    assert!(matches!(
        Tags::new([(&long[..33], "")]),
        Err(TagError::TooLong { .. })
    ));
    assert!(Tags::new([(&long[..32], &long[..128])]).is_ok());
    assert_eq!(Tags::new([("", "value")]), Err(TagError::Unnamed));
    assert!(matches!(
        Tags::new([("a", "1"), ("b", ""), ("a", "2")]),
        Err(TagError::Twice { key: "a", .. })
    ));
    for key in ["traceparent", "Request_ID"] {
        let refused = Tags::new([(key, "1")]).unwrap_err();
        assert!(matches!(refused, TagError::Varies { .. }));
        assert!(
            refused
                .to_string()
                .contains("no statement would be kept prepared"),
            "{refused}"
        );
    }
}

/// The tags of a comment as any reader of sqlcommenter's format would take them.
fn read(comment: &str) -> BTreeMap<String, String> {
    let inside = comment
        .strip_prefix("/*")
        .and_then(|rest| rest.strip_suffix("*/"))
        .unwrap();
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first == b'%' {
                let digits = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let mut keys = Vec::new();
    let tags = inside.split(',').map(|tag| {
        let (key, value) = tag.split_once('=').unwrap();
        keys.push(key.to_owned());
        let value = value
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .unwrap();
        (decoded(key), decoded(value))
    });
    let tags = tags.collect();
    assert!(keys.is_sorted(), "{comment}");
    tags
}

#[test]
fn nothing_in_a_tag_ends_the_comment() {
    let client = std::cell::RefCell::new(reader());
    let parts = "[a-zA-Z0-9 ]|\\*/|/\\*|'|''|\\\\'|;|--|%|%27|%2A%2F|\\$1|\\$\\$|\"|=|,|\\n|\\PC|\u{0}|ä|🦀";
    let text = |longest: usize| {
        prop::collection::vec(parts, 0..12).prop_map(move |parts| {
            let mut text = parts.concat();
            while text.len() > longest {
                text.pop();
            }
            text
        })
    };
    let pairs = prop::collection::btree_map(text(32), text(128), 1..8);
    proptest!(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() }, |(pairs in pairs)| {
        // Leaked, as whoever makes tags of what varies would have to.
        let leaked = pairs.iter().map(|(key, value)| -> (&'static str, &'static str) {
            (key.clone().leak(), value.clone().leak())
        });
        let tags = match Tags::new(leaked.rev()) {
            Err(TagError::Unnamed) => {
                prop_assert!(pairs.contains_key(""));
                return Ok(());
            }
            tags => tags.unwrap(),
        };
        let tagged = tags.append(ACTIVITY);
        let comment = tagged.strip_prefix(ACTIVITY).unwrap().strip_prefix(' ').unwrap();
        prop_assert!(comment.is_ascii());
        prop_assert_eq!((comment.matches("*/").count(), comment.matches("/*").count()), (1, 1));
        prop_assert_eq!(read(comment), pairs);
        let rows = client.borrow_mut().query_typed(tagged.as_str(), &[]).unwrap();
        prop_assert_eq!(rows.len(), 1);
        let seen: String = rows[0].get(0);
        // The server shows the first kilobyte.
        prop_assert!(tagged.starts_with(&seen) && seen.len() >= tagged.len().min(1000));
    });
}

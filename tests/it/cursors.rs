//! Cursors come back from outside: each is refused by a typed error, or understood by the server.

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::{Chat, Experiment, Message, Session, Tag};
use pagewise::expression::coalesce;
use pagewise::listing::CursorError;
use pagewise::schema::SqlType;
use pagewise::{Annotation, Column, Cursor, Error, Listing, Page, Relation};
use postgres::Client;
use proptest::prelude::*;

use crate::bad_input::refused;
use crate::support::{TEAM, empty, reader, run};

fn sessions() -> Listing<Session> {
    Listing::of(Session).tenant(TEAM)
}

fn cursor<E: pagewise::Entity>(client: &mut Client, listing: Listing<E>) -> Cursor {
    let page = listing.page(Page::first(3)).build().unwrap();
    page.fetch(client)
        .unwrap()
        .next_cursor()
        .expect("a next page")
        .clone()
}

#[test]
fn cursors_of_another_listing() {
    let mut client = reader();
    let newest = || sessions().order_by(Session::CREATED_AT.desc());
    let mine = cursor(&mut client, newest());
    for (at, other) in [
        cursor(&mut client, sessions()),
        cursor(&mut client, sessions().order_by(Session::CREATED_AT.asc())),
        cursor(&mut client, sessions().order_by(Session::UPDATED_AT.desc())),
        cursor(&mut client, newest().order_by(Session::STATUS.asc())),
        cursor(
            &mut client,
            sessions().order_by(coalesce(Session::CREATED_AT, Session::UPDATED_AT).desc()),
        ),
        cursor(
            &mut client,
            sessions().order_by(Session::messages().count().desc()),
        ),
        cursor(
            &mut client,
            Listing::of(Chat)
                .tenant(TEAM)
                .order_by(Chat::CREATED_AT.desc()),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        for page in [
            Page::after(other.clone(), 3),
            Page::before(other.clone(), 3),
        ] {
            let error = refused(newest().page(page));
            assert!(
                matches!(error, Error::Cursor(CursorError::OtherOrder)),
                "{at}: {error}"
            );
        }
    }
    let nulls_last = sessions().order_by(Session::ENDED_AT.desc());
    let nulls_first = cursor(
        &mut client,
        sessions().order_by(Session::ENDED_AT.desc().nulls_first()),
    );
    assert!(matches!(
        refused(nulls_last.page(Page::after(nulls_first, 3))),
        Error::Cursor(CursorError::OtherOrder)
    ));
    // Filters, size and what is shown are free: a cursor is a place in an order.
    let narrowed = newest()
        .filter(Session::STATUS.ne("x"))
        .show(Session::messages().count());
    assert!(narrowed.page(Page::after(mine, 7)).build().is_ok());
}

#[test]
fn cursors_that_are_none() {
    let mut client = reader();
    let listing = || {
        sessions()
            .order_by(Session::STATUS.desc())
            .order_by(Session::ENDED_AT.asc())
    };
    let good = cursor(&mut client, listing()).to_string();
    assert_eq!(good.parse::<Cursor>().unwrap().to_string(), good);
    let mut messages = Vec::new();
    for text in ["", "A", "AQ", "=", "a b", "AQ==", "\0", "..", "✓", "-_-_"] {
        let error = text.parse::<Cursor>().unwrap_err();
        messages.push(format!("{text:?}: {error}"));
    }
    let newer = format!("Ag{}", &good[2..]);
    messages.push(format!(
        "version 2: {}",
        newer.parse::<Cursor>().unwrap_err()
    ));
    messages.push(format!(
        "long: {}",
        "A".repeat(2_000_000).parse::<Cursor>().unwrap_err()
    ));
    insta::assert_snapshot!("cursors", messages.join("\n"));

    // Cut anywhere, or with anything changed: refused, or a cursor that the server understands.
    for end in 0..good.len() {
        try_cursor(&mut client, &listing(), &good[..end]);
        for byte in [b'A', b'_', b'9'] {
            let mut changed = good.clone().into_bytes();
            changed[end] = byte;
            try_cursor(
                &mut client,
                &listing(),
                &String::from_utf8(changed).unwrap(),
            );
        }
    }
}

/// A text is no cursor, or not one of the listing, or the server gives the page.
fn try_cursor(client: &mut Client, listing: &Listing<Session>, text: &str) -> bool {
    let Ok(cursor) = text.parse::<Cursor>() else {
        return false;
    };
    let mut taken = false;
    for page in [Page::after(cursor.clone(), 3), Page::before(cursor, 3)] {
        match listing.clone().page(page).build() {
            Ok(page) => {
                page.fetch(client)
                    .unwrap_or_else(|error| panic!("{error}\n{text}\n{page:?}"));
                taken = true;
            }
            Err(Error::Cursor(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    taken
}

/// The parts of a cursor's text that a forger changes.
#[derive(Clone, Debug)]
enum Forged {
    Null,
    Text(String),
    Int(i64),
    Instant(i64),
    Raw(Vec<u8>),
}

fn forged() -> impl proptest::strategy::Strategy<Value = Forged> {
    prop_oneof![
        Just(Forged::Null),
        any::<String>().prop_map(Forged::Text),
        any::<i64>().prop_map(Forged::Int),
        any::<i64>().prop_map(Forged::Instant),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Forged::Raw),
    ]
}

impl Forged {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Text(text) => {
                out.push(7);
                out.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
                out.extend(text.as_bytes());
            }
            Self::Int(value) => {
                out.push(4);
                out.extend(value.to_be_bytes());
            }
            Self::Instant(micros) => {
                out.push(10);
                out.extend(micros.to_be_bytes());
            }
            Self::Raw(bytes) => out.extend(bytes),
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap()
}

#[test]
fn cursors_of_any_bytes_are_refused_or_understood() {
    let client = std::cell::RefCell::new(reader());
    let listing = sessions()
        .order_by(Session::STATUS.desc())
        .order_by(Session::ENDED_AT.asc());
    let head = decode(&cursor(&mut client.borrow_mut(), listing.clone()).to_string())[..9].to_vec();
    let taken = std::cell::Cell::new(0);
    // A runner counts its cases over all that it runs, so that each is used once.
    let runner = || {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(300)
        };
        proptest::test_runner::TestRunner::new(config)
    };
    runner()
        .run(&any::<String>(), |text| {
            try_cursor(&mut client.borrow_mut(), &listing, &text);
            Ok(())
        })
        .unwrap();
    runner()
        .run(&proptest::collection::vec(any::<u8>(), 0..200), |bytes| {
            try_cursor(&mut client.borrow_mut(), &listing, &encode(&bytes));
            let version: Vec<u8> = [1].into_iter().chain(bytes.iter().copied()).collect();
            try_cursor(&mut client.borrow_mut(), &listing, &encode(&version));
            let fingerprint: Vec<u8> = head.iter().copied().chain(bytes).collect();
            try_cursor(&mut client.borrow_mut(), &listing, &encode(&fingerprint));
            Ok(())
        })
        .unwrap();
    runner()
        .run(&[forged(), forged(), forged()], |values| {
            let mut bytes = head.clone();
            for value in &values {
                value.write(&mut bytes);
            }
            if try_cursor(&mut client.borrow_mut(), &listing, &encode(&bytes)) {
                taken.set(taken.get() + 1);
            }
            Ok(())
        })
        .unwrap();
    let fitting = (
        any::<String>(),
        proptest::option::of(any::<i64>()),
        any::<i64>(),
    );
    runner()
        .run(&fitting, |(status, ended_at, id)| {
            let mut bytes = head.clone();
            Forged::Text(status).write(&mut bytes);
            ended_at
                .map_or(Forged::Null, Forged::Instant)
                .write(&mut bytes);
            Forged::Int(id).write(&mut bytes);
            if try_cursor(&mut client.borrow_mut(), &listing, &encode(&bytes)) {
                taken.set(taken.get() + 1);
            }
            Ok(())
        })
        .unwrap();
    assert!(taken.get() > 100, "only {} were understood", taken.get());
}

#[test]
fn cursors_at_the_ends_of_what_the_server_has() {
    let mut client = reader();
    let listing = sessions().order_by(Session::CREATED_AT.desc());
    let head = decode(&cursor(&mut client, listing.clone()).to_string())[..9].to_vec();
    let micros = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
    for (micros, fits) in [
        (0, true),
        (micros("2026-01-01T00:00:00Z"), true),
        (micros("-4000-01-01T00:00:00Z"), true),
        (DateTime::<Utc>::MIN_UTC.timestamp_micros(), false),
        (i64::MIN, false),
        (i64::MAX, false),
    ] {
        let mut bytes = head.clone();
        Forged::Instant(micros).write(&mut bytes);
        Forged::Int(0).write(&mut bytes);
        assert_eq!(
            try_cursor(&mut client, &listing, &encode(&bytes)),
            fits,
            "{micros}"
        );
    }
    let latest = DateTime::<Utc>::MAX_UTC.timestamp_micros();
    let mut bytes = head.clone();
    Forged::Instant(latest).write(&mut bytes);
    Forged::Int(0).write(&mut bytes);
    try_cursor(&mut client, &listing, &encode(&bytes));
}

#[test]
fn a_long_sort_key_still_has_a_next_page() {
    let (_database, mut client) = crate::support::empty();
    client
        .batch_execute(
            "INSERT INTO annotations_tag (id, team_id, name, category)
             SELECT i, 1, 'tag', repeat(chr((64 + i)::integer), 20000) FROM generate_series(1, 6) AS i",
        )
        .unwrap();
    let listing = Listing::of(Tag).tenant(1).order_by(Tag::CATEGORY.desc());
    let cursor = cursor(&mut client, listing.clone());
    let cursor: Cursor = cursor.to_string().parse().unwrap();
    let page = listing.page(Page::after(cursor, 5)).build().unwrap();
    assert_eq!(run(&mut client, &page).len(), 3);
}

#[test]
fn a_cursor_outlives_the_time_that_its_order_is_computed_with() {
    let mut client = reader();
    let since = |from: &str, who: &str| {
        let from: DateTime<Utc> = from.parse().unwrap();
        let messages = Session::messages().filter(
            Message::CREATED_AT
                .ge(from)
                .and(Message::MESSAGE_TYPE.eq(who)),
        );
        sessions().order_by(messages.count().desc())
    };
    let mine = cursor(&mut client, since("2026-10-01T00:00:00Z", "human"));
    let page = |listing: Listing<Session>| listing.page(Page::after(mine.clone(), 3)).build();
    assert!(page(since("2026-10-01T00:01:00Z", "human")).is_ok());
    // Anything but a time is another order.
    assert!(matches!(
        page(since("2026-10-01T00:00:00Z", "ai")),
        Err(Error::Cursor(CursorError::OtherOrder))
    ));
}

#[test]
fn counts_over_time_are_orders_of_their_own() {
    let mut client = reader();
    let of = |hours: i64, bucket: Bucket, zone: &str, by: Column<Session, DateTime<Utc>>| {
        let end: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
        let end = end + TimeDelta::hours(hours);
        let window = Window::before(end, TimeDelta::days(2)).unwrap();
        let counts =
            Experiment::sessions().counts_over_time(by, bucket, &window, &zone.parse().unwrap());
        Listing::of(Experiment).tenant(TEAM).order_by(counts.desc())
    };
    let created = Session::CREATED_AT;
    let mine = cursor(&mut client, of(0, Bucket::Day, "UTC", created));
    let is_taken = |listing: Listing<Experiment>| {
        let page = listing.page(Page::after(mine.clone(), 3)).build();
        assert!(matches!(
            page,
            Ok(_) | Err(Error::Cursor(CursorError::OtherOrder))
        ));
        page.is_ok()
    };
    // The same an hour later.
    assert!(is_taken(of(1, Bucket::Day, "UTC", created)));
    assert!(!is_taken(of(0, Bucket::Hour, "UTC", created)));
    assert!(!is_taken(of(0, Bucket::Day, "Asia/Kathmandu", created)));
    assert!(!is_taken(of(0, Bucket::Day, "UTC", Session::UPDATED_AT)));
    // Nor is a count of a family one of those that are named by either column alone.
    let by = |count: Annotation<Experiment, i64>| {
        Listing::of(Experiment).tenant(TEAM).order_by(count.desc())
    };
    let family = cursor(&mut client, by(Experiment::family().count()));
    let versions = by(Experiment::versions().count()).page(Page::after(family.clone(), 3));
    assert!(versions.build().is_err());
    let itself = Relation::many("itself", Experiment::ID, Experiment::ID);
    let itself: Annotation<Experiment, i64> = Relation::<Experiment, Experiment>::count(&itself);
    assert!(by(itself).page(Page::after(family, 3)).build().is_err());
}

#[test]
fn long_sort_values_have_cursors_too() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "INSERT INTO annotations_tag (team_id, name, category)
             SELECT 1, 'tag ' || n, repeat(chr(64 + n), 60000) FROM generate_series(1, 3) AS n",
        )
        .unwrap();
    let tags = Listing::of(Tag)
        .tenant(1)
        .order_by(Tag::CATEGORY.desc())
        .show(Tag::NAME);
    let mut page = Page::first(1);
    let mut names = Vec::new();
    loop {
        let rows = tags
            .clone()
            .page(page)
            .build()
            .unwrap()
            .fetch(&mut client)
            .unwrap();
        names.extend(rows.decode(|row| row.get(Tag::NAME)).unwrap());
        let Some(next) = rows.next_cursor() else {
            break;
        };
        page = Page::after(next.to_string().parse().unwrap(), 1);
    }
    assert_eq!(names, ["tag 3", "tag 2", "tag 1"]);
}

#[test]
fn a_cursor_made_by_hand_is_that_of_the_row() {
    let mut client = reader();
    let listing = sessions().order_by(Session::ENDED_AT.desc().nulls_first());
    let page = listing.page(Page::first(3)).build().unwrap();
    let rows = page.fetch(&mut client).unwrap();
    let row = rows.last().unwrap();
    let ended_at = row.get_named::<Option<DateTime<Utc>>>("ended_at").unwrap();
    let id = row.get(Session::ID).unwrap();
    let by_hand = page
        .cursor([ended_at.into_value(), id.into_value()])
        .unwrap();
    assert_eq!(Some(&by_hand), rows.next_cursor());

    for values in [
        vec![ended_at.into_value()],
        vec![id.into_value(), ended_at.into_value()],
        vec![ended_at.into_value(), None::<i64>.into_value()],
        vec![ended_at.into_value(), id.into_value(), id.into_value()],
    ] {
        let refused = page.cursor(values).unwrap_err();
        assert!(
            matches!(refused, Error::Cursor(CursorError::OtherOrder)),
            "{refused}"
        );
    }
}

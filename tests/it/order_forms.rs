//! Forms of a computed order where names, types and indexes are other than those of the reference data.

use chrono::{DateTime, Utc};
use pagewise::catalog::CatalogRow;
use pagewise::chat::{self, Experiment, Message, Session, Trace};
use pagewise::listing::OrderForm;
use pagewise::schema::SqlType;
use pagewise::statistics::{StatisticsRow, TableSet};
use pagewise::{
    Annotation, Catalog, ContentTypeId, Entity, Listing, Order, Page, Relation, Statistics,
    Strategy, Total, entity,
};
use postgres::Client;

use crate::mood::Mood;
use crate::support::{TEAM, both, empty, reader, run};

entity! {
    /// Called as what is walked is called.
    Room = "rooms" as "newest" {
        key ID: i64 = "id";
        tenant SITE_ID: i32 = "site_id";
        CODE: Option<String> = "code";
        OPENED: DateTime<Utc> = "opened";
        CLOSED: Option<DateTime<Utc>> = "closed";
    }
}

entity! {
    Event = "events" as "walked" {
        key ID: i32 = "id";
        tenant SITE_ID: i32 = "site_id";
        ROOM_CODE: Option<String> = "room_code";
        CONTENT_TYPE_ID: i32 = "content_type_id";
        OBJECT_ID: i32 = "object_id";
        SMALL: Option<i16> = "small";
        NOTE: String = "note";
        MOOD: Option<Mood> = "mood";
        DOUBLE: f64 = "double";
        AT: DateTime<Utc> = "at";
    }
}

fn rooms() -> (pagewise_reference::Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TYPE mood AS ENUM ('sad', 'glad', 'bad');
             CREATE TABLE rooms (id bigint PRIMARY KEY, site_id integer NOT NULL, code varchar(9),
                 opened timestamptz NOT NULL, closed timestamptz);
             CREATE TABLE events (id integer PRIMARY KEY, site_id integer NOT NULL, room_code text,
                 content_type_id integer NOT NULL, object_id integer NOT NULL, small smallint, note varchar(9) NOT NULL,
                 mood mood, double double precision NOT NULL, at timestamptz NOT NULL);
             -- Rooms of one code, of none, and of none of the site's events.
             INSERT INTO rooms SELECT i, i % 2, CASE WHEN i % 7 <> 0 THEN 'r' || i % 5 END, now() - i * INTERVAL '1 h',
                 CASE WHEN i % 3 <> 0 THEN now() - (i % 4) * INTERVAL '1 h' END FROM generate_series(1, 30) AS i;
             INSERT INTO events SELECT i, i % 2, CASE WHEN i % 6 <> 0 THEN 'r' || i % 4 END, 3 + i % 2, i % 23,
                 CASE WHEN i % 4 <> 0 THEN i % 3 END, 'n' || i % 4,
                 (CASE i % 4 WHEN 0 THEN 'sad' WHEN 1 THEN 'bad' WHEN 2 THEN 'glad' END)::mood,
                 CASE i % 5 WHEN 0 THEN 'NaN'::float8 ELSE i % 3 END, now() - (i % 6) * INTERVAL '1 h'
             FROM generate_series(1, 60) AS i;
             CREATE INDEX rooms_opened ON rooms (site_id, opened DESC NULLS LAST);
             CREATE INDEX rooms_closed ON rooms (site_id, closed DESC NULLS LAST, id DESC);
             CREATE INDEX events_at ON events (site_id, at DESC NULLS LAST);
             CREATE INDEX events_code_at ON events (room_code, at)",
        )
        .unwrap();
    (database, client)
}

fn known(client: &mut Client) -> Catalog {
    client.batch_execute("ANALYZE rooms, events").unwrap();
    Catalog::read(client, &TableSet::new().table(Room).table(Event)).unwrap()
}

/// All pages, from cursor to cursor in both directions, are those of the old way.
fn pages<E: Entity>(client: &mut Client, listing: &Listing<E>, what: &str) {
    let legacy = listing.clone().strategy(Strategy::Legacy);
    let all = run(client, &legacy.page(Page::first(500)).build().unwrap());
    assert!(all.len() > 6);
    for (forward, first) in [(true, Page::first(3)), (false, Page::last(3))] {
        let mut page = Some(first);
        let mut seen = Vec::new();
        while let Some(at) = page.take() {
            let built = listing.clone().page(at).build().unwrap();
            let mut rows = run(client, &built);
            let fetched = built.fetch(client).unwrap();
            let (cursor, surplus) = match forward {
                true => (fetched.next_cursor(), rows.len().saturating_sub(1)),
                false => (fetched.previous_cursor(), 0),
            };
            page = cursor.cloned().map(|cursor| match forward {
                true => Page::after(cursor, 3),
                false => Page::before(cursor, 3),
            });
            if rows.len() > 3 {
                rows.remove(surplus);
            }
            match forward {
                true => seen.extend(rows),
                false => seen.splice(0..0, rows).for_each(drop),
            }
        }
        assert_eq!(seen, all, "{what}, forward: {forward}");
    }
    for offset in [1, 4] {
        let page = Page::offset(offset, 3).with_total(Total::Exact);
        both(client, &listing.clone().page(page));
    }
}

const FORMS: [OrderForm; 4] = [
    OrderForm::Chosen,
    OrderForm::Probe,
    OrderForm::Grouped,
    OrderForm::Walk,
];

fn both_ways<T: SqlType>(value: &Annotation<Room, T>) -> [Order<Room>; 2] {
    [value.asc(), value.desc()]
}

#[test]
fn values_and_foreign_keys_of_every_type() {
    let (_database, mut client) = rooms();
    let known = known(&mut client);
    let by_code = Relation::many("events", Room::CODE, Event::ROOM_CODE);
    let by_number = Relation::generic(
        "events",
        Event::CONTENT_TYPE_ID,
        Event::OBJECT_ID,
        ContentTypeId::<Room>::new(3),
    );
    for (relation, name) in [(by_code, "by code"), (by_number, "by number")] {
        let some = relation.clone().filter(Event::SMALL.ne(1));
        let orders = [
            both_ways(&relation.max(Event::AT)),
            both_ways(&relation.min(Event::AT)),
            both_ways(&relation.max(Event::NOTE)),
            both_ways(&relation.max(Event::SMALL)),
            both_ways(&relation.min(Event::SMALL)),
            both_ways(&relation.max(Event::MOOD)),
            both_ways(&some.min(Event::MOOD)),
            both_ways(&some.max(Event::DOUBLE)),
            both_ways(&some.count_except(Event::MOOD.eq(Mood("sad".to_owned())))),
        ];
        let shown = relation.count_except(Event::SMALL.eq(1)).named("row_key");
        for (at, order) in orders.into_iter().flatten().enumerate() {
            for form in FORMS {
                for limit in [0, 7, 40] {
                    for catalog in [None, Some(known.clone())] {
                        let what = format!("{name}, {at}, {form:?}, {limit}, {catalog:?}");
                        let mut listing = Listing::of(Room)
                            .tenant(1)
                            .order_by(order.clone())
                            .order_form(form)
                            .walk_limit(limit)
                            .show(&shown);
                        if let Some(catalog) = catalog {
                            listing = listing.catalog(catalog);
                        }
                        // Another limit is another walk only.
                        if limit == 7 || form == OrderForm::Walk {
                            pages(&mut client, &listing, &what);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn names_of_what_is_sorted_by() {
    let mut client = reader();
    for name in [
        "key",
        "value",
        "counts",
        "walked",
        "newest",
        "matches",
        "verdict",
        "is_complete",
        "row_key",
        "counted",
        "all_rows",
        "except_rows",
        "chat_id",
        "id_",
        "team_id",
        "experiment_id",
    ] {
        let messages = Session::messages().named(name);
        let last = messages.max(Message::CREATED_AT).named(name);
        let count = messages.count().named("other");
        let traces = Experiment::traces().named(name);
        let runs = traces.count_except(Trace::STATUS.eq("error")).named(name);
        for form in FORMS {
            let listing = Listing::of(Session)
                .tenant(TEAM)
                .order_by(last.desc())
                .order_form(form)
                .show((&last, &count));
            for page in [Page::first(4), Page::last(4), Page::offset(2, 3)] {
                both(&mut client, &listing.clone().page(page));
            }
            let first = listing.clone().page(Page::first(4)).build().unwrap();
            let cursor = first.fetch(&mut client).unwrap().next_cursor().cloned();
            both(&mut client, &listing.page(Page::after(cursor.unwrap(), 4)));

            let chatbots = Listing::of(Experiment).tenant(TEAM).show(&runs);
            both(&mut client, &chatbots.clone().page(Page::first(4)));
            let sorted = chatbots.order_by(runs.desc()).order_form(form);
            both(&mut client, &sorted.page(Page::first(4)));
        }
    }
}

/// What the page is sorted by is not computed again for a second name.
#[test]
fn a_sort_key_under_two_names_is_computed_once() {
    let last = Session::messages().max(Message::CREATED_AT);
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(last.desc())
        .show((last.clone().named("one"), last.named("two")))
        .page(Page::first(4));
    let (optimized, _) = both(&mut reader(), &listing);
    assert_eq!(optimized.text().matches("MAX(").count(), 1, "{optimized:#}");
}

/// An index that has NULL on another side than a plain one serves where there is no NULL, too.
#[test]
fn indexes_that_have_null_at_the_end() {
    let (_database, mut client) = rooms();
    client
        .batch_execute(
            "INSERT INTO rooms SELECT i, 1, 'x' || i, now() - i * INTERVAL '1 min', now() - i * INTERVAL '1 min'
             FROM generate_series(31, 20000) AS i",
        )
        .unwrap();
    let known = known(&mut client);
    for (order, index) in [
        (Room::OPENED.desc(), "rooms_opened"),
        (Room::OPENED.asc(), "rooms_opened"),
        (Room::CLOSED.desc(), "rooms_closed"),
        (Room::CLOSED.desc().nulls_first(), "rooms_closed"),
        (Room::CLOSED.asc().nulls_first(), "rooms_closed"),
        (Room::CLOSED.asc(), "rooms_closed"),
    ] {
        let listing = Listing::of(Room)
            .tenant(1)
            .catalog(known.clone())
            .order_by(order);
        let first = listing.clone().page(Page::first(5)).build().unwrap();
        let cursor = first.fetch(&mut client).unwrap().next_cursor().cloned();
        let after = Page::after(cursor.unwrap(), 5);
        for page in [Page::first(5), after, Page::last(5)] {
            let (page, _) = both(&mut client, &listing.clone().page(page));
            let note = page.report().notes().first().unwrap();
            assert_eq!(note.index.as_deref(), Some(index), "{note}");
            let explain = format!("EXPLAIN {}", page.to_literal_sql());
            let plan: Vec<String> = client.query(&explain, &[]).map_or_else(
                |error| panic!("{error}: {explain}"),
                |rows| rows.iter().map(|row| row.get(0)).collect(),
            );
            let plan = plan.join("\n");
            assert!(!plan.contains("Seq Scan"), "{page:#}\n{plan}\n{note}");
        }
    }

    let events = Relation::many("events", Room::CODE, Event::ROOM_CODE);
    let listing = Listing::of(Room)
        .tenant(1)
        .catalog(known)
        .order_by(events.max(Event::AT).desc())
        .order_form(OrderForm::Walk);
    let (page, _) = both(&mut client, &listing.page(Page::first(5)));
    let walk = r#"ORDER BY "walked"."at" DESC NULLS LAST LIMIT 32768"#;
    assert!(page.text().contains(walk), "{page:#}");
    let note = page.report().notes().first().unwrap();
    assert_eq!(note.index.as_deref(), Some("events_at"), "{note}");
}

fn index(table: &str, columns: &[&str]) -> CatalogRow {
    let columns = columns.iter().map(|name| Some((*name).to_owned()));
    CatalogRow {
        table_name: Some(table.to_owned()),
        index_name: Some(format!("{table}_index")),
        method: Some("btree".to_owned()),
        key_columns: Some(columns.collect()),
        is_valid: Some(true),
        is_ready: Some(true),
        ..CatalogRow::default()
    }
}

#[test]
fn no_row_is_as_far_in_as_postgresql_counts() {
    let mut client = reader();
    let columns = ["team_id", "ended_at"];
    let known = Catalog::from_rows([index("experiments_experimentsession", &columns)]);
    let last = chat::message_timestamps().last;
    for order in [Session::ENDED_AT.desc(), last.desc()] {
        for form in FORMS {
            let listing = Listing::of(Session)
                .tenant(TEAM)
                .catalog(known.clone())
                .order_by(order.clone())
                .order_form(form)
                .max_page_size(u32::MAX);
            for offset in [1 << 62, (1 << 63) - 27, i64::MAX as u64] {
                for size in [25, u32::MAX] {
                    let page = listing.clone().page(Page::offset(offset, size));
                    let page = page.build().unwrap();
                    let rows = page.fetch(&mut client);
                    assert!(rows.unwrap().is_empty(), "{page:#}");
                }
            }
        }
    }
}

/// Of a table that was not read, nothing is said.
#[test]
fn a_table_that_the_catalog_does_not_know() {
    let known = Catalog::from_rows([index("trace_trace", &["id"])]);
    let last = chat::message_timestamps().last;
    let listing = Listing::of(Session).tenant(TEAM).page(Page::first(5));
    let listing = listing.order_by(last.desc());
    let page = listing.clone().catalog(known.clone()).build().unwrap();
    assert_eq!(page.text(), listing.build().unwrap().text());
    let note = page.report().notes().first().unwrap();
    assert_eq!((&note.index, &note.wants), (&None, &None), "{note}");
    assert!(!note.reason.contains("index"), "{note}");

    let listing = Listing::of(Session).tenant(TEAM).page(Page::first(5));
    let listing = listing.order_by(Session::ENDED_AT.desc());
    let page = listing.clone().catalog(known).build().unwrap();
    assert_eq!(page.text(), listing.build().unwrap().text());
    assert!(page.report().notes().is_empty(), "{}", page.report());
}

/// What a pass gives beside another value is said to be of that pass.
#[test]
fn two_sort_keys_of_one_pass() {
    let statistics = |table: &str, column: &str, rows: f32, values: f32| StatisticsRow {
        table_name: table.to_owned(),
        row_count: Some(rows),
        column_name: Some(column.to_owned()),
        null_fraction: Some(0.0),
        distinct_values: Some(values),
        ..StatisticsRow::default()
    };
    // The index has the last message of a session; of which kinds they are, thousands of rows say.
    let known = Catalog::from_rows([index("chat_chatmessage", &["chat_id", "created_at"])])
        .with_statistics(Statistics::from_rows([
            statistics("chat_chatmessage", "chat_id", 1e6, 250.0),
            statistics("experiments_experimentsession", "team_id", 1e3, 1.0),
        ]));
    let messages = Session::messages();
    let kinds = messages.count_distinct(Message::MESSAGE_TYPE);
    let last = messages.max(Message::CREATED_AT);
    for orders in [[kinds.desc(), last.desc()], [last.desc(), kinds.desc()]] {
        let listing = Listing::of(Session)
            .tenant(TEAM)
            .catalog(known.clone())
            .order_by_all(orders);
        let (page, _) = both(&mut reader(), &listing.page(Page::first(5)));
        let reads = page.text().matches("FROM \"chat_chatmessage\"").count();
        assert_eq!(reads, 1, "{page:#}");
        let notes = page.report().notes();
        assert_eq!(notes.len(), 2);
        for note in notes {
            assert!(note.decision.starts_with("one pass"), "{note}\n{page:#}");
        }
    }
}

/// A report says that shown values are read in one pass only of those that are.
#[test]
fn shown_values_that_are_said_to_be_read_at_once() {
    let many = |table: &str, column: &str| StatisticsRow {
        table_name: table.to_owned(),
        row_count: Some(1e6),
        column_name: Some(column.to_owned()),
        null_fraction: Some(0.0),
        distinct_values: Some(10.0),
        ..StatisticsRow::default()
    };
    let known = Catalog::from_rows([
        index("chat_chatmessage", &["chat_id"]),
        index("trace_trace", &["session_id"]),
    ])
    .with_statistics(Statistics::from_rows([
        many("chat_chatmessage", "chat_id"),
        many("trace_trace", "session_id"),
        many("experiments_experimentsession", "team_id"),
    ]));
    // No team is named by a message, so that its rows are found by those of the page.
    let content = Session::messages().max(Message::CONTENT);
    let traces = Session::traces();
    let (first, longest) = (
        traces.first(Trace::STATUS, Trace::TIMESTAMP.asc()),
        traces.max(Trace::DURATION),
    );
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .catalog(known)
        .show((&content, &first, &longest))
        .page(Page::first(5));
    let (page, _) = both(&mut reader(), &listing);
    let shown = |page: &pagewise::PageStatement<Session>| {
        let notes = page.report().notes().iter();
        let shown = notes.filter(|note| note.subject.starts_with("show "));
        shown
            .map(|note| note.subject.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&page),
        [format!("show {}", longest.name())],
        "{page:#}"
    );
    assert_eq!(page.text().matches("LATERAL").count(), 2, "{page:#}");

    let (page, _) = both(&mut reader(), &listing.order_by(longest.desc()));
    assert!(shown(&page).is_empty(), "{}\n{page:#}", page.report());
}

fn known_sessions(correlation: f32) -> Catalog {
    let statistics = |table: &str, column: &str, rows: f32, values: f32| StatisticsRow {
        table_name: table.to_owned(),
        row_count: Some(rows),
        column_name: Some(column.to_owned()),
        null_fraction: Some(0.0),
        distinct_values: Some(values),
        correlation: Some(correlation),
        ..StatisticsRow::default()
    };
    let index = index("experiments_experimentsession", &["experiment_id"]);
    Catalog::from_rows([index]).with_statistics(Statistics::from_rows([
        statistics("experiments_experimentsession", "experiment_id", 2e5, 600.0),
        statistics("experiments_experimentsession", "team_id", 2e5, 2.0),
        statistics("experiments_experiment", "team_id", 600.0, 2.0),
    ]))
}

fn chatbots_by_sessions() -> Listing<Experiment> {
    let numbers = chat::chatbot_trace_numbers();
    let participants = numbers.all_participants.clone();
    Listing::of(Experiment)
        .tenant(TEAM)
        .order_by(numbers.all_sessions.desc())
        .show(&participants)
}

/// Rows that lie beside each other are looked up, those that lie anywhere are read in one pass.
#[test]
fn how_related_rows_lie() {
    for (correlation, form) in [
        (1.0, "a sub-select for each row"),
        (-1.0, "a sub-select for each row"),
        (0.0, "one pass over all related rows, grouped and joined"),
    ] {
        let listing = chatbots_by_sessions().catalog(known_sessions(correlation));
        let (page, _) = both(&mut reader(), &listing.page(Page::first(5)));
        let note = page.report().notes().first().unwrap();
        assert_eq!(note.decision, form, "{correlation}: {note}");
    }
}

/// What has to be put into order is computed for the page's rows, even if a pass over all rows is made.
#[test]
fn distinct_counts_are_not_of_the_pass() {
    let listing = chatbots_by_sessions().order_form(OrderForm::Grouped);
    let (page, _) = both(&mut reader(), &listing.page(Page::first(5)));
    let (pass, after) = page.text().split_once("LIMIT").unwrap();
    assert!(
        pass.contains("COUNT(*)") && !pass.contains("DISTINCT"),
        "{page:#}"
    );
    assert!(after.contains("COUNT(DISTINCT"), "{page:#}");
}

/// Where a value may be NULL, the rows after a cursor are still found in one pass.
#[test]
fn after_a_cursor_a_pass_is_made_once() {
    let mut client = reader();
    let last = chat::message_timestamps().last;
    for order in [last.clone().desc(), last.asc()] {
        for form in [OrderForm::Grouped, OrderForm::Probe] {
            let listing = Listing::of(Session)
                .tenant(TEAM)
                .order_by(order.clone())
                .order_form(form);
            let first = listing.clone().page(Page::first(5)).build().unwrap();
            let rows = first.fetch(&mut client).unwrap();
            let after = Page::after(rows.next_cursor().unwrap().clone(), 5);
            let (page, _) = both(&mut client, &listing.page(after));
            let reads = page.text().matches("FROM \"chat_chatmessage\"").count();
            assert_eq!(reads, 1, "{page:#}");
        }
    }
}

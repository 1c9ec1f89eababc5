//! The lists that go with the filters, and their columns.

use insta::assert_snapshot;
use pagewise::chat::{self, Experiment, Message, Participant, Session, Trace};
use pagewise::filter::FilterRequest;
use pagewise::listing::VisibleColumns;
use pagewise::{Entity, Error, Listing, Page, Predicate, Strategy};
use postgres::Client;

use super::{IDS, viewer};
use crate::support::{TEAM, both, empty, reader, taggable};

#[test]
fn messages_traces_and_participants() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let viewer = viewer();
    let range = [FilterRequest::new("last_message", "range", ["90d"])];
    let listing = chat::messages()
        .tenant(TEAM)
        .filter_all(&chat::message_filters(&ids).read(&range, &viewer).unwrap())
        .show((Message::CREATED_AT, Message::MESSAGE_TYPE));
    let (optimized, _) = both(&mut client, &listing.page(Page::first(5)));
    assert_snapshot!("list_of_messages", format!("{optimized:#}"));

    let status = [FilterRequest::new("status", "any of", ["error", "pending"])];
    let listing = chat::traces()
        .tenant(TEAM)
        .filter_all(&chat::trace_filters(&ids).read(&status, &viewer).unwrap())
        .show((Trace::TIMESTAMP, Trace::STATUS));
    let page = listing.clone().page(Page::first(100));
    let (optimized, _) = both(&mut client, &page);
    assert_snapshot!("list_of_traces", format!("{optimized:#}"));
    let rows = optimized.fetch(&mut client).unwrap();
    let states = rows.iter().map(|row| row.get(Trace::STATUS).unwrap());
    assert!(states.eq(std::iter::repeat_n("error".to_owned(), rows.len())));
    let times: Vec<_> = rows
        .iter()
        .map(|row| row.get(Trace::TIMESTAMP).unwrap())
        .collect();
    assert!(times.is_sorted_by(|earlier, later| earlier >= later) && times.len() > 5);

    let named = [FilterRequest::new(
        "participant",
        "starts with",
        ["participant"],
    )];
    let listing = chat::participants()
        .tenant(TEAM)
        .filter_all(&chat::participant_filters().read(&named, &viewer).unwrap())
        .show((Participant::NAME, Participant::IDENTIFIER));
    let (optimized, _) = both(&mut client, &listing.page(Page::first(5)));
    assert_snapshot!("list_of_participants", format!("{optimized:#}"));
}

/// The plan of a page as of a statement that was prepared and run often: for any values. An index is used if one can be.
fn plan<E: Entity>(client: &mut Client, listing: &Listing<E>) -> String {
    let page = listing.clone().tenant(TEAM).page(Page::first(5));
    let page = page.build().unwrap();
    client
        .batch_execute(&format!(
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off;
             SET enable_bitmapscan = off; PREPARE page AS {}",
            page.text()
        ))
        .unwrap();
    let arguments = vec!["NULL"; page.parameters().len()].join(", ");
    let explain = format!("EXPLAIN EXECUTE page({arguments})");
    let plan = client.query(&explain, &[]).unwrap();
    client.batch_execute("DEALLOCATE page").unwrap();
    let lines = plan.iter().map(|row| row.get::<_, String>(0));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_condition_that_is_written_out_lets_a_partial_index_serve() {
    let (_database, mut client) = empty();
    let written_out = plan(&mut client, &chat::traces());
    assert!(
        written_out.contains("trace_team_timestamp_idx"),
        "{written_out}"
    );
    let bound = Listing::of(Trace)
        .filter(Trace::STATUS.ne("pending"))
        .default_order(Trace::TIMESTAMP.desc());
    let bound = plan(&mut client, &bound);
    assert!(!bound.contains("trace_team_timestamp_idx"), "{bound}");
}

#[test]
fn an_index_serves_dates_and_families() {
    let (_database, mut client) = empty();
    let date = viewer().now.date_naive();
    let zone = viewer().time_zone;
    let by_time = || chat::traces().filter(Trace::TIMESTAMP.on_date(date, &zone));
    let found = plan(&mut client, &by_time());
    let condition =
        r#"Index Cond: ((team_id = $1) AND ("timestamp" >= $2) AND ("timestamp" < $3))"#;
    assert!(found.contains(condition), "{found}");
    // The chatbots are found once; the index is asked for their traces.
    let of_chatbot = Trace::experiment().is_one_of(chat::family(&[5]));
    let listing = Listing::of(Trace)
        .filter(of_chatbot)
        .order_by(Trace::EXPERIMENT_ID.asc());
    let found = plan(&mut client, &listing);
    assert!(
        found.contains("Index Cond: (experiment_id = ANY ($0))"),
        "{found}"
    );
}

#[test]
fn what_is_invisible_is_not_in_the_text() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let messages = chat::message_timestamps();
    let chatbot = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    let columns = VisibleColumns::new()
        .column("chatbot", &chatbot)
        .column("state", Session::STATUS)
        .column("messages", &messages)
        .column("last_message", &messages.last)
        .column("tags", chat::chat_tags(&ids));
    let names: Vec<_> = columns.names().collect();
    assert_eq!(
        names,
        ["chatbot", "state", "messages", "last_message", "tags"]
    );

    // Sorted by what is not shown: it is computed, and nothing else is.
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(messages.count.desc());
    for (request, tables, shown) in [
        ("", &["chat_chatmessage"][..], &["id", "message_count"][..]),
        (
            "state",
            &["chat_chatmessage"],
            &["id", "status", "message_count"],
        ),
        (
            " state , chatbot,,state",
            &["chat_chatmessage", "experiments_experiment"],
            &["id", "status", "chatbot", "message_count"],
        ),
        (
            "last_message,messages",
            &["chat_chatmessage"],
            &["id", "last_message_at", "first_message_at", "message_count"],
        ),
        (
            "tags",
            &[
                "chat_chatmessage",
                "annotations_tag",
                "annotations_customtaggeditem",
            ],
            &["id", "chat_tags", "message_count"],
        ),
    ] {
        let visible = columns.parse(request).unwrap();
        let listing = listing.clone().show(&visible).page(Page::first(5));
        let (optimized, legacy) = both(&mut client, &listing);
        for page in [&optimized, &legacy] {
            for table in [
                "chat_chatmessage",
                "experiments_experiment",
                "annotations_tag",
                "annotations_customtaggeditem",
                "experiments_participant",
            ] {
                let is_read = page.text().contains(&format!("\"{table}\""));
                assert_eq!(
                    is_read,
                    tables.contains(&table),
                    "{request}: {table}\n{page:#}"
                );
            }
            let mut outputs: Vec<_> = page.outputs().iter().map(|output| &*output.name).collect();
            outputs.sort_unstable();
            let mut shown = shown.to_vec();
            shown.sort_unstable();
            assert_eq!(outputs, shown, "{request}");
        }
        let rows = optimized.fetch(&mut client).unwrap();
        let row = rows.iter().next().unwrap();
        match row.get(Session::STATUS) {
            Ok(_) => assert!(visible.contains("state")),
            Err(Error::NotShown { .. }) => assert!(!visible.contains("state")),
            Err(other) => panic!("{other}"),
        }
    }

    let refused = columns.parse("state,secret,chat_chat\" --").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "cannot show \"secret\": use some of chatbot, state, messages, last_message, tags"
    );
    let (visible, unknown) = columns.parse_lenient("secret,state,State,\0");
    assert_eq!(visible.names().collect::<Vec<_>>(), ["state"]);
    assert_eq!(unknown, ["secret", "State", "\0"]);
}

#[test]
fn families_of_chatbots() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "SET session_replication_role = replica;
             INSERT INTO experiments_experiment (id, team_id, working_version_id, version_number)
             SELECT id, team, working, id FROM (VALUES
                 (10, 2, NULL), (11, 2, 10), (12, 2, 10), (20, 2, NULL), (21, 2, 20), (30, 3, NULL), (31, 2, 30), (32, 3, 10)) AS _ (id, team, working);
             INSERT INTO trace_trace (id, team_id, experiment_id) VALUES
                 (1, 2, 10), (2, 2, 11), (3, 2, 12), (4, 2, 20), (5, 2, 21), (6, 2, 30), (7, 2, 31), (8, 2, 32), (9, 2, NULL),
                 (10, 2, 99), (11, 3, 10);",
        )
        .unwrap();
    let set = chat::trace_filters(&IDS);
    for (operator, ids, expected) in [
        ("any of", &["10"][..], &[1_i64, 2, 3][..]),
        ("any of", &["11"], &[2]),
        ("any of", &["10", "21"], &[1, 2, 3, 5]),
        // Another team's chatbot is nobody's; a version that says it is of one is its own team's.
        ("any of", &["30"], &[7]),
        ("any of", &["99"], &[]),
        ("all of", &["10"], &[1, 2, 3]),
        ("all of", &["10", "11"], &[2]),
        ("all of", &["11", "10", "11"], &[2]),
        ("all of", &["10", "20"], &[]),
        ("all of", &["10", "11", "12"], &[]),
        ("excludes", &["10"], &[4, 5, 6, 7, 8, 9, 10]),
        ("excludes", &["10", "20", "30"], &[6, 8, 9, 10]),
        ("excludes", &["99"], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ] {
        let asked = [FilterRequest::new(
            "experiment",
            operator,
            ids.iter().copied(),
        )];
        let pipeline = set.read(&asked, &viewer()).unwrap();
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let page = Listing::of(Trace)
                .tenant(TEAM)
                .filter_all(&pipeline)
                .strategy(strategy);
            let rows = page
                .page(Page::first(20))
                .build()
                .unwrap()
                .fetch(&mut client)
                .unwrap();
            let found: Vec<_> = rows.iter().map(|row| row.get(Trace::ID).unwrap()).collect();
            assert_eq!(found, expected, "{operator} {ids:?}");
        }
    }
    // Nothing is found by nothing, and nothing is left out by it.
    let none = Trace::experiment().is_one_of(chat::family(&[]));
    let mut count = |filter: Predicate<Trace>| {
        let page = Listing::of(Trace)
            .tenant(TEAM)
            .filter(filter)
            .page(Page::first(20));
        page.build().unwrap().fetch(&mut client).unwrap().len()
    };
    assert_eq!((count(none.clone()), count(none.is_not_true())), (0, 10));
}

//! The emitted SQL of the list of chatbots and of the pickers, word for word.

use chrono::{DateTime, Utc};
use insta::assert_snapshot;
use pagewise::chat::{self, Experiment, Session};
use pagewise::{Entity, Listing, Page, Strategy};
use postgres::Client;

use crate::support::{TEAM, both, empty, reader, run};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_490_000, 0).expect("an instant")
}

/// The texts of both strategies, after they have run and given the same rows.
fn texts<E: Entity>(client: &mut Client, listing: Listing<E>) -> [String; 2] {
    let (optimized, legacy) = both(client, &listing.tenant(TEAM).page(Page::first(25)));
    [format!("{optimized:#}"), format!("{legacy:#}")]
}

#[test]
fn the_list_as_it_opens() {
    let shown = (
        Experiment::NAME,
        &chat::chatbot_numbers(),
        &chat::chatbot_trends(now()),
    );
    let [optimized, legacy] = texts(&mut reader(), chat::chatbots().show(shown));
    assert_snapshot!("list", optimized);
    assert_snapshot!("list_legacy", legacy);
}

#[test]
fn the_list_by_a_field() {
    let by = |field: &str| {
        let orders = chat::chatbot_sort_fields().parse(field).expect("a field");
        let listing = chat::chatbots_with_archived().order_by_all(orders);
        let listing = listing.show((Experiment::NAME, &chat::chatbot_numbers()));
        let [optimized, _] = texts(&mut reader(), listing);
        optimized
    };
    assert_snapshot!("by_name", by("name"));
    assert_snapshot!("by_interactions", by("-interaction_count"));
    assert_snapshot!("by_participants", by("participant_count"));
}

#[test]
fn what_the_list_showed_before() {
    let numbers = chat::chatbot_trace_numbers();
    let listing = chat::chatbots().order_by(numbers.last_trace.desc());
    let [optimized, _] = texts(&mut reader(), listing.show(&numbers));
    assert_snapshot!("trace_numbers", optimized);
}

#[test]
fn a_search() {
    let (_database, mut client) = empty();
    client
        .batch_execute("CREATE EXTENSION pg_trgm")
        .expect("the extension, which comes with the server");
    let found = chat::chatbots()
        .tenant(TEAM)
        .filter(chat::chatbot_search("50%"))
        .order_by(Experiment::NAME.asc())
        .page(Page::first(25));
    for strategy in [Strategy::Optimized, Strategy::Legacy] {
        let page = found.clone().strategy(strategy).build().expect("a page");
        run(&mut client, &page);
    }
    let page = found.build().expect("a page");
    assert_snapshot!("search", format!("{page:#}\n{:?}", page.parameters()));
}

#[test]
fn the_pickers() {
    let messages = chat::message_timestamps();
    let shown = (Session::LAST_ACTIVITY_AT, &messages.count);
    let [optimized, _] = texts(&mut reader(), chat::dataset_sessions(1).show(shown));
    assert_snapshot!("dataset_sessions", optimized);
    let shown = (Session::LAST_ACTIVITY_AT, &messages.count);
    let [optimized, _] = texts(
        &mut reader(),
        chat::annotation_queue_sessions(1).show(shown),
    );
    assert_snapshot!("annotation_queue_sessions", optimized);
}

//! Statements of the same text and the same values are run once.

use pagewise::aggregate::{Batch, CombinedAggregate, Rows, Window};
use pagewise::chat::dashboard::{Dashboard, Panel};
use pagewise::chat::{self, Session};
use pagewise::listing::TotalCount;
use pagewise::{Error, Listing, Page, PageStatement, RequestScope, Total};

use crate::counting::CountingClient;
use crate::support::{TEAM, empty, reader, taggable};

fn listing(team: i64) -> Listing<Session> {
    let listing = Listing::of(Session)
        .tenant(team)
        .order_by(Session::CREATED_AT.desc());
    listing.show(Session::STATUS)
}

fn page(team: i64) -> PageStatement<Session> {
    listing(team).page(Page::first(5)).build().unwrap()
}

#[test]
fn a_page_is_run_once_for_each_text_and_values() {
    let mut client = CountingClient::new(reader());
    let scope = RequestScope::new();
    let expected = page(TEAM).fetch(&mut client.client).unwrap();
    let ids = |rows: &pagewise::driver::PageRows<Session>| {
        rows.decode(|row| Ok((row.get(Session::ID)?, row.get(Session::STATUS)?)))
            .unwrap()
    };
    for _ in 0..3 {
        // Built anew each time, as the parts of a request do.
        let rows = scope.fetch(&mut client, &page(TEAM)).unwrap();
        assert_eq!(ids(&rows), ids(&expected));
    }
    assert_eq!(client.asked, 1);
    let other = scope.fetch(&mut client, &page(1)).unwrap();
    assert_ne!(ids(&other), ids(&expected), "another team's");
    let second = listing(TEAM).page(Page::offset(5, 5)).build().unwrap();
    assert_ne!(
        ids(&scope.fetch(&mut client, &second).unwrap()),
        ids(&expected)
    );
    assert_eq!(client.asked, 3);

    let inner = scope.nested();
    inner.fetch(&mut client, &page(TEAM)).unwrap();
    assert_eq!(client.asked, 3, "the outer scope has it");
    scope.clear();
    inner.fetch(&mut client, &page(TEAM)).unwrap();
    assert_eq!(client.asked, 4);
    RequestScope::new().fetch(&mut client, &page(TEAM)).unwrap();
    assert_eq!(client.asked, 5, "another request");
}

#[test]
fn pages_of_one_text_that_are_read_otherwise_are_two() {
    let mut client = CountingClient::new(reader());
    let scope = RequestScope::new();
    let estimated = listing(TEAM)
        .page(Page::first(5).with_total(Total::Estimated))
        .build()
        .unwrap();
    assert_eq!(estimated.text(), page(TEAM).text());
    assert_eq!(scope.fetch(&mut client, &page(TEAM)).unwrap().total(), None);
    let total = scope.fetch(&mut client, &estimated).unwrap().total();
    assert!(matches!(total, Some(TotalCount::Estimated(_))));
    assert_eq!(client.asked, 3);

    // The rows of the statement itself are another answer.
    let rows = scope.fetch(&mut client, page(TEAM).statement()).unwrap();
    assert_eq!(rows.len(), 6);
    let again = scope.fetch(&mut client, page(TEAM).statement()).unwrap();
    assert_eq!((again.len(), client.asked), (6, 4));
}

#[test]
fn aggregates_batches_and_dashboards() {
    let mut client = CountingClient::new(reader());
    let scope = RequestScope::new();
    let sessions = Rows::of(Session).count().named("sessions");
    let numbers = || CombinedAggregate::new().numbers(&sessions);
    let alone = || numbers().tenant(TEAM).build().unwrap();
    let expected = alone()
        .fetch(&mut client.client)
        .unwrap()
        .get(&sessions)
        .unwrap();
    assert!(expected > 0);
    for _ in 0..2 {
        let row = scope.fetch(&mut client, &alone()).unwrap();
        assert_eq!(row.get(&sessions).unwrap(), expected);
    }
    assert_eq!(client.asked, 1);

    // Batches of one text are read by handles of their own.
    for asked in [2, 3] {
        let mut batch = Batch::new().tenant(TEAM);
        let handle = batch.add(numbers());
        let statement = batch.build().unwrap();
        for _ in 0..2 {
            let answer = scope.fetch(&mut client, &statement).unwrap();
            let row = answer.get(&handle).unwrap();
            assert_eq!(row.get(&sessions).unwrap(), expected);
        }
        assert_eq!(client.asked, asked);
    }

    let ids = taggable(&mut client.client);
    let dashboard = |team: i64| {
        let window = Window::new(
            "2026-10-01T00:00:00Z".parse().unwrap(),
            "2026-11-01T00:00:00Z".parse().unwrap(),
        );
        let dashboard = Dashboard::new(window.unwrap(), &ids).tenant(team);
        dashboard.visible([Panel::Overview]).build().unwrap()
    };
    let expected = dashboard(TEAM).fetch(&mut client.client).unwrap();
    for _ in 0..2 {
        let data = scope.fetch(&mut client, &dashboard(TEAM)).unwrap();
        assert_eq!(*data, expected);
    }
    assert_eq!(client.asked, 4);
    scope.fetch(&mut client, &dashboard(1)).unwrap();
    assert_eq!(client.asked, 5);
}

#[test]
fn errors_are_not_kept_and_a_write_is_seen_once_it_is_cleared() {
    let (_database, client) = empty();
    let mut client = CountingClient::new(client);
    let scope = RequestScope::new();
    client
        .client
        .batch_execute("ALTER TABLE experiments_experimentsession RENAME TO gone")
        .unwrap();
    let refused = scope.fetch(&mut client, &page(TEAM));
    assert!(matches!(refused, Err(Error::Database { .. })));
    client
        .client
        .batch_execute("ALTER TABLE gone RENAME TO experiments_experimentsession")
        .unwrap();
    assert!(scope.fetch(&mut client, &page(TEAM)).unwrap().is_empty());
    assert_eq!(client.asked, 2);

    client
        .client
        .execute(
            "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id) VALUES (1, $1, 1, 1, 1)",
            &[&TEAM],
        )
        .unwrap();
    assert!(
        scope.fetch(&mut client, &page(TEAM)).unwrap().is_empty(),
        "an empty page is kept too"
    );
    scope.clear();
    assert_eq!(scope.fetch(&mut client, &page(TEAM)).unwrap().len(), 1);
    assert_eq!(client.asked, 3);
}

#[test]
fn values_of_other_types_are_other_values() {
    let mut client = CountingClient::new(reader());
    let scope = RequestScope::new();
    let named = |name: &str| {
        let listing = Listing::of(chat::Participant).tenant(TEAM);
        listing
            .filter(chat::Participant::IDENTIFIER.eq(name))
            .page(Page::first(5))
            .build()
            .unwrap()
    };
    for name in ["1", "\"1\"", "', '", "\\", ""] {
        scope.fetch(&mut client, &named(name)).unwrap();
    }
    assert_eq!(client.asked, 5);
}

//! The blocking client: plain, in a transaction, and with its statements kept prepared.

use pagewise::chat::Session;
use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::{Error, Listing, Page, PageStatement, Total};
use postgres::Client;

use crate::support::{TEAM, empty, reader};

fn page(size: u32) -> PageStatement<Session> {
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::CREATED_AT.desc());
    listing
        .show((Session::STATUS, &Session::messages().count()))
        .page(Page::first(size))
        .build()
        .unwrap()
}

fn ids(client: &mut impl Execute, page: &PageStatement<Session>) -> Vec<i64> {
    let rows = page.fetch(client).unwrap();
    rows.decode(|row| row.get(Session::ID)).unwrap()
}

/// Statements that this connection has prepared and not given up.
fn prepared(client: &mut Client) -> Vec<String> {
    let texts = client.query(
        "SELECT statement FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared%'",
        &[],
    );
    texts.unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn clients_and_transactions_give_the_same_rows() {
    let mut client = reader();
    let page = page(5);
    let rows = ids(&mut client, &page);
    assert_eq!(rows.len(), 5);
    let statements = StatementCache::default();
    assert_eq!(ids(&mut statements.with(&mut client), &page), rows);
    let mut transaction = client.transaction().unwrap();
    assert_eq!(ids(&mut transaction, &page), rows);
    assert_eq!(ids(&mut statements.with(&mut transaction), &page), rows);
    transaction.rollback().unwrap();
    assert_eq!(
        page.query(&mut client).unwrap().len(),
        6,
        "one more than the page has"
    );
    let estimated = Listing::of(Session)
        .tenant(TEAM)
        .page(Page::first(5).with_total(Total::Estimated))
        .build()
        .unwrap();
    let by_cache = estimated
        .fetch(&mut statements.with(&mut client))
        .unwrap()
        .total();
    assert_eq!(by_cache, estimated.fetch(&mut client).unwrap().total());
    assert!(by_cache.is_some());
}

#[test]
fn a_plain_client_leaves_nothing_prepared() {
    let mut client = reader();
    ids(&mut client, &page(5));
    assert_eq!(prepared(&mut client), Vec::<String>::new());
}

#[test]
fn a_text_is_prepared_once() {
    let mut client = reader();
    let statements = StatementCache::new(8);
    assert!(statements.is_empty());
    for team in [TEAM, 1, 3, TEAM] {
        let listing = Listing::of(Session)
            .tenant(team)
            .page(Page::first(5))
            .build()
            .unwrap();
        ids(&mut statements.with(&mut client), &listing);
    }
    assert_eq!(statements.len(), 1);
    assert_eq!(prepared(&mut client).len(), 1);
    let runs: i64 = client
        .query_one("SELECT (generic_plans + custom_plans)::bigint FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared%'", &[])
        .unwrap()
        .get(0);
    assert_eq!(runs, 4);
}

#[test]
fn the_bound_holds_here_and_on_the_server() {
    let mut client = reader();
    let statements = StatementCache::new(2);
    for size in [1, 2, 3, 1, 2, 3] {
        ids(&mut statements.with(&mut client), &page(size));
        assert!(statements.len() <= 2);
    }
    // Used again before another came, so that it stays.
    let (first, second) = (page(2), page(3));
    for page in [&first, &second, &first, &page(4)] {
        ids(&mut statements.with(&mut client), page);
    }
    let kept = prepared(&mut client);
    assert_eq!(kept.len(), 2, "{kept:#?}");
    assert!(kept.iter().any(|text| text == first.text()));
    assert!(kept.iter().all(|text| text != second.text()));

    let least = StatementCache::new(0);
    ids(&mut least.with(&mut client), &first);
    assert_eq!(least.len(), 1);
    statements.clear();
    assert!(statements.is_empty());
    drop(least);
    ids(&mut client, &first);
    assert_eq!(prepared(&mut client), Vec::<String>::new());
}

#[test]
fn statements_that_the_server_forgot_are_prepared_again() {
    let mut client = reader();
    let statements = StatementCache::default();
    let page = page(5);
    let rows = ids(&mut statements.with(&mut client), &page);
    for forget in ["DISCARD ALL", "DEALLOCATE ALL"] {
        client.batch_execute(forget).unwrap();
        assert_eq!(
            ids(&mut statements.with(&mut client), &page),
            rows,
            "{forget}"
        );
        assert_eq!(prepared(&mut client).len(), 1, "{forget}");
        assert_eq!(ids(&mut statements.with(&mut client), &page), rows);
    }
    assert_eq!(statements.len(), 1);
}

#[test]
fn a_schema_change_makes_a_statement_anew() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id)
             VALUES (1, 2, 1, 1, 1)",
        )
        .unwrap();
    let statements = StatementCache::default();
    let page = page(5);
    ids(&mut statements.with(&mut client), &page);
    client
        .batch_execute("ALTER TABLE experiments_experimentsession ALTER status TYPE text")
        .unwrap();

    // A transaction is lost with its first error, but the statement is not kept for the next.
    let mut transaction = client.transaction().unwrap();
    let error = page
        .fetch(&mut statements.with(&mut transaction))
        .unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
    transaction.rollback().unwrap();
    let mut transaction = client.transaction().unwrap();
    assert_eq!(ids(&mut statements.with(&mut transaction), &page), [1]);
    transaction.commit().unwrap();

    client
        .batch_execute("ALTER TABLE experiments_experimentsession ALTER status TYPE varchar(30)")
        .unwrap();
    assert_eq!(ids(&mut statements.with(&mut client), &page), [1]);
    assert_eq!(prepared(&mut client).len(), 1);
}

#[test]
fn an_error_of_the_server_is_kept_whole() {
    let (_database, mut client) = empty();
    client
        .batch_execute("ALTER TABLE chat_chatmessage RENAME TO gone")
        .unwrap();
    let statements = StatementCache::default();
    let mut messages = vec![page(5).fetch(&mut client).unwrap_err()];
    messages.push(
        page(5)
            .fetch(&mut statements.with(&mut client))
            .unwrap_err(),
    );
    for error in messages {
        assert!(
            error
                .to_string()
                .contains(r#"relation "chat_chatmessage" does not exist"#),
            "{error}"
        );
        let Error::Database { source, .. } = error else {
            panic!("another error");
        };
        assert_eq!(
            source.code(),
            Some(&postgres::error::SqlState::UNDEFINED_TABLE)
        );
    }
    assert!(statements.is_empty());
}

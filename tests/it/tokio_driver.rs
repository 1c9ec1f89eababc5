//! The asynchronous client: plain, in a transaction, and with its statements kept prepared.

use pagewise::chat::{self, Session};
use pagewise::driver::StatementCache;
use pagewise::driver::tokio_postgres::Execute;
use pagewise::listing::TotalCount;
use pagewise::{ContentTypes, Error, Listing, Page, PageStatement, Total};
use pagewise_reference::Database;
use tokio_postgres::{Client, NoTls};

use crate::support::{TEAM, empty, reader, reader_url};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn page() -> PageStatement<Session> {
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(Session::ENDED_AT.desc());
    let shown = listing.show((Session::STATUS, &chat::message_timestamps()));
    shown
        .page(Page::first(5).with_total(Total::Exact))
        .build()
        .unwrap()
}

async fn ids(client: &impl Execute, page: &PageStatement<Session>) -> Vec<i64> {
    let rows = page.fetch_async(client).await.unwrap();
    rows.decode(|row| row.get(Session::ID)).unwrap()
}

async fn prepared(client: &Client) -> i64 {
    let count = client.query_one(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared%'",
        &[],
    );
    count.await.unwrap().get(0)
}

#[tokio::test]
async fn the_same_rows_as_the_blocking_client() {
    let (page, mut client) = (page(), connect(reader_url()).await);
    let page_for_blocking = page.clone();
    let blocking = std::thread::spawn(move || {
        let rows = page_for_blocking.fetch(&mut reader()).unwrap();
        (
            rows.decode(|row| row.get(Session::ID)).unwrap(),
            rows.total(),
            rows.next_cursor().cloned(),
        )
    });
    let (expected, total, next) = blocking.join().unwrap();
    let rows = page.fetch_async(&client).await.unwrap();
    assert_eq!(rows.decode(|row| row.get(Session::ID)).unwrap(), expected);
    assert_eq!((rows.total(), rows.next_cursor().cloned()), (total, next));

    let statements = StatementCache::default();
    assert_eq!(ids(&statements.with_async(&client), &page).await, expected);
    let transaction = client.transaction().await.unwrap();
    assert_eq!(ids(&transaction, &page).await, expected);
    assert_eq!(
        ids(&statements.with_async(&transaction), &page).await,
        expected
    );
    transaction.rollback().await.unwrap();
    assert_eq!(statements.len(), 1);

    let estimated = Listing::of(Session)
        .tenant(TEAM)
        .page(Page::first(5).with_total(Total::Estimated))
        .build()
        .unwrap();
    let rows = estimated
        .fetch_async(&statements.with_async(&client))
        .await
        .unwrap();
    assert!(matches!(rows.total(), Some(TotalCount::Estimated(about)) if about > 0));
    assert_eq!(page.query_async(&client).await.unwrap().len(), 6);
}

#[tokio::test]
async fn a_text_is_prepared_once_and_the_bound_holds() {
    let client = connect(reader_url()).await;
    let statements = StatementCache::new(2);
    for size in [1, 2, 1, 2, 1] {
        let page = Listing::of(Session)
            .tenant(TEAM)
            .page(Page::first(size))
            .build()
            .unwrap();
        ids(&statements.with_async(&client), &page).await;
    }
    assert_eq!((statements.len(), prepared(&client).await), (2, 2));
    for size in 3..9 {
        let page = Listing::of(Session)
            .tenant(TEAM)
            .page(Page::first(size))
            .build()
            .unwrap();
        ids(&statements.with_async(&client), &page).await;
    }
    assert_eq!((statements.len(), prepared(&client).await), (2, 2));
}

#[tokio::test]
async fn stale_statements_are_prepared_again() {
    let (_database, url): (Database, String) = {
        let (database, mut client) = std::thread::spawn(empty).join().unwrap();
        let url = database.url().to_owned();
        std::thread::spawn(move || {
            let rows = "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id)
                        VALUES (1, 2, 1, 1, 1)";
            client.batch_execute(rows).unwrap();
        })
        .join()
        .unwrap();
        (database, url)
    };
    let client = connect(&url).await;
    let (page, statements) = (page(), StatementCache::default());
    for change in [
        "SELECT 1",
        "DISCARD ALL",
        "DEALLOCATE ALL",
        "ALTER TABLE experiments_experimentsession ALTER status TYPE text",
        "ALTER TABLE experiments_experimentsession ALTER status TYPE varchar(40)",
    ] {
        client.batch_execute(change).await.unwrap();
        assert_eq!(
            ids(&statements.with_async(&client), &page).await,
            [1],
            "{change}"
        );
        assert_eq!(statements.len(), 1);
    }
    client
        .batch_execute("DROP TABLE chat_chatmessage")
        .await
        .unwrap();
    let error = page
        .fetch_async(&statements.with_async(&client))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Database { .. }) && error.to_string().contains("chat_chatmessage"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_fetched_and_content_types_resolved_by_several_tasks() {
    let client = std::sync::Arc::new(connect(reader_url()).await);
    let types = std::sync::Arc::new(ContentTypes::default());
    let statements = std::sync::Arc::new(StatementCache::default());
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (client, types, statements) = (client.clone(), types.clone(), statements.clone());
            tokio::spawn(async move {
                let ids = types
                    .resolve_async(&*client, &chat::TAGGABLE)
                    .await
                    .unwrap();
                let versions = chat::version_tags(&ids);
                let listing = Listing::of(Session)
                    .tenant(TEAM)
                    .show(&versions)
                    .page(Page::first(20));
                let rows = listing
                    .build()
                    .unwrap()
                    .fetch_async(&statements.with_async(&*client))
                    .await
                    .unwrap();
                rows.decode(|row| row.get(&versions)).unwrap()
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(answers[0].iter().any(|versions| !versions.is_empty()));
    assert_eq!(statements.len(), 1);
    assert!(types.known(&chat::TAGGABLE).is_some());
}

//! The asynchronous client, its statements counted.

use std::future::ready;

use pagewise::chat::Session;
use pagewise::driver::StatementCache;
use pagewise::driver::tokio_postgres::Execute;
use pagewise::monitor::{Collector, Monitor, Tags};
use tokio_postgres::{Client, NoTls};

use super::support::page;
use crate::support::reader_url;

async fn connect() -> Client {
    let (client, connection) = tokio_postgres::connect(reader_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn whatever_runs_a_statement_is_wrapped() {
    let (mut client, statements) = (connect().await, StatementCache::default());
    let (request, page) = (Monitor::new("page"), page(5));
    let tags = Tags::new([("application", "shop")]).unwrap();
    let expected = page.fetch_async(&client).await.unwrap();
    let expected = expected.decode(|row| row.get(Session::ID)).unwrap();
    macro_rules! fetch {
        ($($client:expr),*) => {$(
            let rows = page.fetch_async(&$client).await.unwrap();
            assert_eq!(rows.decode(|row| row.get(Session::ID)).unwrap(), expected);
        )*};
    }
    fetch!(
        request.with_async(&client),
        request.with_async(&statements.with_async(&client)),
        request.with_async(&tags.with_async(&statements.with_async(&client))),
        tags.with_async(&request.with_async(&statements.with_async(&client)))
    );
    let transaction = client.transaction().await.unwrap();
    fetch!(
        request.with_async(&transaction),
        request.with_async(&statements.with_async(&transaction))
    );
    transaction.rollback().await.unwrap();

    let summary = request.summary();
    assert_eq!(
        (summary.statements, summary.rows, summary.by_statement.len()),
        (6, 36, 1)
    );
    assert_eq!(statements.len(), 2, "with tags, and without");
    assert!(summary.time <= summary.elapsed);

    let monitored = request.with_async(&client).named("divided");
    assert_eq!(
        monitored
            .run("SELECT 1 / 0", &[])
            .await
            .unwrap_err()
            .code()
            .unwrap()
            .code(),
        "22012"
    );
    assert_eq!(request.summary().failed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tasks_of_a_request_count_together() {
    let collector = Collector::new();
    let request = collector.scope("dashboard").without_budget();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let request = request.clone();
            tokio::spawn(async move {
                let client = connect().await;
                let monitored = request.with_async(&client).named("one");
                for _ in 0..25 {
                    monitored
                        .run("SELECT generate_series(1, 2)", &[])
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let summary = request.finish();
    assert_eq!((summary.statements, summary.rows), (100, 200));
    assert_eq!(
        collector.report().statement("one").unwrap().latency.count,
        100
    );
}

#[tokio::test]
async fn what_nobody_waits_for_is_abandoned() {
    let (client, request) = (connect().await, Monitor::new("page"));
    let monitored = request.with_async(&client);
    tokio::select! {
        biased;
        _ = monitored.run("SELECT pg_sleep(0.05)", &[]) => panic!("the server sleeps"),
        () = ready(()) => {}
    }
    monitored.run("SELECT 1", &[]).await.unwrap();
    let summary = request.summary();
    assert_eq!(
        (
            summary.statements,
            summary.abandoned,
            summary.failed,
            summary.rows
        ),
        (2, 1, 0, 1)
    );
    // One that was never begun is none.
    drop(monitored.run("SELECT 1", &[]));
    assert_eq!(request.count(), 2);
}

//! Through the asynchronous client: the same.

use pagewise::Error;
use pagewise::ddl::{IndexProgress, Migration, MigrationError, Outcome, RunOptions};
use tokio_postgres::{Client, NoTls};

use super::{active, migration, outcomes, quick};
use crate::support::empty;

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[test]
fn forth_and_back() {
    let (database, _client) = empty();
    let url = database.url().to_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut client = connect(&url).await;
        let transaction = client.transaction().await.unwrap();
        let error = migration()
            .run_async(&transaction, &quick())
            .await
            .unwrap_err();
        assert!(matches!(
            error,
            Error::Migration(MigrationError::InTransaction)
        ));
        transaction.rollback().await.unwrap();

        let foreseen = migration().dry_run_async(&client).await.unwrap();
        // A task of its own: what it waits for may be sent between threads.
        let (client, report) = tokio::spawn(async move {
            let report = migration().run_async(&client, &quick()).await.unwrap();
            (client, report)
        })
        .await
        .unwrap();
        assert_eq!(outcomes(&report), outcomes(&foreseen));
        let undone = migration().undo_async(&client, &quick()).await.unwrap();
        assert_eq!(
            outcomes(&undone),
            [
                Outcome::Built,
                Outcome::Dropped,
                Outcome::Dropped,
                Outcome::Dropped
            ]
        );
    });
}

#[test]
fn a_build_is_watched() {
    let (database, mut holder) = empty();
    let url = database.url().to_owned();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let releasing = std::thread::spawn(move || {
        let build: IndexProgress = told.recv().unwrap();
        holder.batch_execute("ROLLBACK").unwrap();
        build
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let report = runtime.block_on(async {
        let (client, watcher) = (connect(&url).await, connect(&url).await);
        let running = tokio::spawn(async move {
            let only = Migration::new().phase("one", [active()]);
            let options = RunOptions::default();
            let running = only.run_watched_async(&client, &watcher, &options, |build| {
                if build.current_locker.is_some_and(|process| process > 0) {
                    // Who listened has heard it once.
                    let _ = tell.send(build.clone());
                }
            });
            running.await
        });
        running.await.unwrap().unwrap()
    });
    assert_eq!(outcomes(&report), [Outcome::Built]);
    assert_eq!(releasing.join().unwrap().index.as_deref(), Some("active"));
}

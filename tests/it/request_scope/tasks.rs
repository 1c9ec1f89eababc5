//! Tasks of one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pagewise::chat::Session;
use pagewise::driver::tokio_postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::{Listing, Page, RequestScope};
use tokio::sync::Notify;
use tokio_postgres::{Client, Error as DriverError, NoTls, Row};

use crate::support::{TEAM, reader_url};

struct Counting {
    client: Client,
    asked: AtomicUsize,
}

impl Execute for Counting {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.client.run(text, parameters).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tasks_of_a_request_run_a_page_once() {
    let (client, connection) = tokio_postgres::connect(reader_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let client = Arc::new(Counting {
        client,
        asked: AtomicUsize::new(0),
    });
    let scope = RequestScope::new();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (client, scope) = (client.clone(), scope.clone());
            tokio::spawn(async move {
                let page = Listing::of(Session)
                    .tenant(TEAM)
                    .page(Page::first(5))
                    .build()
                    .unwrap();
                let rows = scope.fetch_async(&*client, &page).await.unwrap();
                rows.len()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 5);
    }
    assert_eq!(client.asked.load(Ordering::SeqCst), 1);
}

/// On one thread, where a task that blocked it would wait for ever.
#[tokio::test(flavor = "current_thread")]
async fn who_computes_is_cancelled_and_the_next_one_computes() {
    let scope = RequestScope::new();
    let begun = Arc::new(Notify::new());
    let first = tokio::spawn({
        let (scope, begun) = (scope.clone(), begun.clone());
        async move {
            let never = || async {
                begun.notify_one();
                std::future::pending::<Result<i32, String>>().await
            };
            scope.get_or_try_insert_async("key", never).await
        }
    });
    begun.notified().await;
    let second = tokio::spawn({
        let scope = scope.clone();
        async move {
            let value = scope
                .get_or_try_insert_async("key", || async { Ok::<i32, String>(2) })
                .await;
            *value.unwrap()
        }
    });
    // It has begun to wait by then.
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(second.await.unwrap(), 2);
}

#[tokio::test(flavor = "current_thread")]
async fn two_halves_of_one_task_wait_for_one_another() {
    let scope = RequestScope::new();
    let computed = AtomicUsize::new(0);
    let half = || async {
        let compute = || async {
            tokio::task::yield_now().await;
            Ok::<_, String>(computed.fetch_add(1, Ordering::SeqCst))
        };
        *scope.get_or_try_insert_async("key", compute).await.unwrap()
    };
    assert_eq!(tokio::join!(half(), half()), (0, 0));
}

#[tokio::test]
async fn an_error_is_not_kept() {
    let scope = RequestScope::new();
    let refused = scope
        .get_or_try_insert_async("key", || async { Err::<i32, _>("refused") })
        .await;
    assert_eq!(refused, Err("refused"));
    let taken = scope
        .get_or_try_insert_async("key", || async { Ok::<i32, &str>(1) })
        .await;
    assert_eq!(taken.as_deref(), Ok(&1));
}

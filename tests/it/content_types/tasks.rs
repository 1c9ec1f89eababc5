//! Of many tasks that miss the same, one asks the database; cancelled, it lets the next one ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pagewise::driver::tokio_postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::{ContentTypes, Error, chat};
use tokio::sync::Notify;
use tokio_postgres::{Client, Error as DriverError, NoTls, Row};

use crate::support::reader_url;

const TASKS: u64 = 64;

/// The one client of many tasks. It answers once all others wait.
struct Shared {
    types: ContentTypes,
    client: Client,
    asked: AtomicUsize,
    /// The first question is never answered; this tells that it has been asked.
    hangs: Option<Notify>,
    /// The first question is refused; the others are asked once all of them are.
    fails: bool,
}

impl Shared {
    async fn new(hangs: bool, fails: bool) -> Arc<Self> {
        let (client, connection) = tokio_postgres::connect(reader_url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        Arc::new(Self {
            types: ContentTypes::default(),
            client,
            asked: AtomicUsize::new(0),
            hangs: hangs.then(Notify::new),
            fails,
        })
    }

    async fn resolve(&self) -> Result<(i32, i32), Error> {
        let ids = self.types.resolve_async(self, &chat::TAGGABLE).await?;
        Ok((ids.chat.value(), ids.message.value()))
    }
}

impl Execute for Shared {
    async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        while self.types.counts().waits < TASKS - 1 {
            tokio::task::yield_now().await;
        }
        if let (0, Some(hangs)) = (asked, &self.hangs) {
            hangs.notify_one();
            std::future::pending::<()>().await;
        }
        if self.fails {
            if asked == 0 {
                return self.client.run("SELECT 1 / 0", &[]).await;
            }
            let begun = Instant::now();
            while (self.asked.load(Ordering::SeqCst) as u64) < TASKS {
                assert!(
                    begun.elapsed() < Duration::from_secs(20),
                    "the others take turns"
                );
                tokio::task::yield_now().await;
            }
        }
        self.client.run(text, parameters).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_tasks_that_miss_one_asks() {
    let shared = Shared::new(false, false).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let shared = shared.clone();
            tokio::spawn(async move { shared.resolve().await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), (41, 12));
    }
    assert_eq!(shared.asked.load(Ordering::SeqCst), 1);
    let counts = shared.types.counts();
    assert_eq!((counts.hits, counts.misses, counts.queries), (0, TASKS, 1));
}

/// On one thread, where a task that blocked it would wait for ever.
#[tokio::test(flavor = "current_thread")]
async fn who_asks_is_cancelled_and_the_next_one_asks() {
    let shared = Shared::new(true, false).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let shared = shared.clone();
            tokio::spawn(async move { shared.resolve().await.unwrap() })
        })
        .collect();
    shared.hangs.as_ref().unwrap().notified().await;
    // The first of them asks: they run in their order on one thread.
    let mut tasks = tasks.into_iter();
    let first = tasks.next().unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    for task in tasks {
        assert_eq!(task.await.unwrap(), (41, 12));
    }
    assert_eq!(shared.asked.load(Ordering::SeqCst), 2);
    assert_eq!(shared.types.counts().queries, 1);
}

/// On one thread, so that all of them ask before the first of these is answered.
#[tokio::test(flavor = "current_thread")]
async fn who_asks_fails_and_the_others_ask_at_the_same_time() {
    let shared = Shared::new(false, true).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let shared = shared.clone();
            tokio::spawn(async move { shared.resolve().await })
        })
        .collect();
    let mut failed = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(ids) => assert_eq!(ids, (41, 12)),
            Err(error) => {
                assert!(matches!(error, Error::Database { .. }), "{error}");
                failed += 1;
            }
        }
    }
    assert_eq!(failed, 1);
    assert_eq!(shared.asked.load(Ordering::SeqCst) as u64, TASKS);
    assert_eq!(shared.types.counts().queries, TASKS - 1);
}

#[tokio::test]
async fn by_name_and_all_at_once() {
    let shared = Shared::new(false, false).await;
    let types = &shared.types;
    assert!(types.warm_up_async(&shared.client).await.unwrap() > 2);
    let names = [("chat", "chatmessage"), ("legacy", "chat")];
    let ids = types
        .resolve_names_async(&shared.client, &names)
        .await
        .unwrap();
    assert_eq!(ids, [12, 9]);
    assert_eq!(types.counts().queries, 1);
    let unknown = types
        .resolve_names_async(&shared.client, &[("nowhere", "nothing")])
        .await;
    assert!(matches!(unknown, Err(Error::UnknownContentTypes { .. })));
}

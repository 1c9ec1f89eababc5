//! Of many threads that miss the same, one asks the database.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::{ContentTypes, Error, chat};
use postgres::error::SqlState;
use postgres::{Client, Error as DriverError, Row};

use super::NOWHERE;
use crate::support::{empty, reader};

const THREADS: u64 = 64;
const LONG: Duration = Duration::from_secs(20);

/// The one client of many threads. It answers once all others wait.
struct Shared<'a> {
    types: &'a ContentTypes,
    client: Mutex<Client>,
    /// Whom the first questions end.
    killed: Mutex<Vec<Client>>,
    asked: AtomicUsize,
}

struct Handle<'a>(&'a Shared<'a>);

impl<'a> Shared<'a> {
    fn new(types: &'a ContentTypes, client: Client) -> Self {
        Self {
            types,
            client: Mutex::new(client),
            killed: Mutex::default(),
            asked: AtomicUsize::new(0),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Execute for Handle<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        while self.0.types.counts().waits < THREADS - 1 {
            thread::yield_now();
        }
        let killed = self.0.killed.lock().unwrap().pop();
        if let Some(mut killed) = killed {
            let backend: i32 = killed.query_one("SELECT pg_backend_pid()", &[])?.get(0);
            let mut client = self.0.client.lock().unwrap();
            client.execute("SELECT pg_terminate_backend($1)", &[&backend])?;
            return Execute::run(&mut killed, text, parameters);
        }
        Execute::run(&mut *self.0.client.lock().unwrap(), text, parameters)
    }
}

#[test]
fn of_64_threads_that_miss_one_asks() {
    let types = ContentTypes::default();
    let shared = Shared::new(&types, reader());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (types, shared) = (&types, &shared);
            scope.spawn(move || {
                // In another order it is the same set.
                let (chat, message) = if thread % 2 == 0 {
                    types
                        .resolve(&mut Handle(shared), &(chat::CHAT, chat::MESSAGE))
                        .unwrap()
                } else {
                    let ids = types
                        .resolve(&mut Handle(shared), &(chat::MESSAGE, chat::CHAT))
                        .unwrap();
                    (ids.1, ids.0)
                };
                assert_eq!((chat.value(), message.value()), (41, 12));
            });
        }
    });
    assert_eq!(shared.asked(), 1);
    let counts = types.counts();
    assert_eq!(
        (counts.hits, counts.misses, counts.queries),
        (0, THREADS, 1)
    );
}

#[test]
fn when_who_asks_is_killed_the_others_ask() {
    let types = ContentTypes::default();
    let shared = Shared::new(&types, reader());
    shared
        .killed
        .lock()
        .unwrap()
        .extend([reader(), reader(), reader()]);
    let failed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(
                || match types.resolve(&mut Handle(&shared), &chat::TAGGABLE) {
                    Ok(ids) => assert_eq!((ids.chat.value(), ids.message.value()), (41, 12)),
                    Err(error) => {
                        assert!(matches!(error, Error::Database { .. }), "{error}");
                        failed.fetch_add(1, Ordering::SeqCst);
                    }
                },
            );
        }
    });
    assert_eq!(
        failed.load(Ordering::SeqCst),
        3,
        "each of those who were killed, and nobody else"
    );
    // Each once; but for those who found that one of the others had been answered.
    let asked = shared.asked() as u64;
    assert!((4..=THREADS).contains(&asked), "{asked}");
    assert_eq!(types.counts().queries, asked - 3);
    types
        .resolve(&mut Handle(&shared), &chat::TAGGABLE)
        .unwrap();
    assert_eq!(shared.asked() as u64, asked, "it is known");
}

/// One of several threads, with a client of its own. The first question is asked once all others wait, the others once all
/// of them ask: where these took turns, it would be in vain.
struct Together<'a> {
    types: &'a ContentTypes,
    asked: &'a AtomicUsize,
    threads: usize,
    client: Client,
}

impl Execute for Together<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        let is_first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        let waits = || self.types.counts().waits as usize;
        let is_time = || match is_first {
            true => waits() == self.threads - 1,
            false => self.asked.load(Ordering::SeqCst) == self.threads,
        };
        let begun = Instant::now();
        while !is_time() {
            assert!(begun.elapsed() < LONG, "the others take turns");
            thread::yield_now();
        }
        Execute::run(&mut self.client, text, parameters)
    }
}

#[test]
fn where_the_database_hangs_nobody_waits_for_more_than_two_questions() {
    let (database, mut locks) = empty();
    let types = ContentTypes::default();
    let asked = AtomicUsize::new(0);
    let mut lock = locks.transaction().unwrap();
    lock.batch_execute("LOCK TABLE django_content_type")
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = database.client().unwrap();
                client
                    .batch_execute("SET statement_timeout = '300ms'")
                    .unwrap();
                let mut client = Together {
                    types: &types,
                    asked: &asked,
                    threads: 8,
                    client,
                };
                let error = types.resolve(&mut client, &chat::CHAT).unwrap_err();
                let Error::Database { source, .. } = error else {
                    panic!("another error: {error}");
                };
                assert_eq!(source.code(), Some(&SqlState::QUERY_CANCELED));
            });
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 8, "each once");
    lock.rollback().unwrap();
    // Nothing of it is left.
    let error = types.resolve(&mut locks, &chat::CHAT).unwrap_err();
    assert!(
        matches!(error, Error::UnknownContentTypes { .. }),
        "{error}"
    );
}

#[test]
fn a_panic_lets_the_next_one_ask() {
    struct Panics;
    impl Execute for Panics {
        fn run(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, DriverError> {
            panic!("on purpose")
        }
    }
    let types = ContentTypes::default();
    thread::scope(|scope| {
        let panicked = scope.spawn(|| types.resolve(&mut Panics, &chat::CHAT).is_ok());
        assert!(panicked.join().is_err());
    });
    assert_eq!(
        types.resolve(&mut reader(), &chat::CHAT).unwrap().value(),
        41
    );
}

#[test]
fn those_who_wait_for_what_is_unknown_are_told_and_nothing_is_remembered() {
    let (_database, client) = empty();
    let types = ContentTypes::default();
    let shared = Shared::new(&types, client);
    let told = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let error = types.resolve(&mut Handle(&shared), &NOWHERE).unwrap_err();
                assert!(
                    matches!(&error, Error::UnknownContentTypes { names, .. } if names == &["nowhere.nothing"]),
                    "{error}"
                );
                told.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    assert_eq!(told.load(Ordering::SeqCst), 64);
    assert_eq!(shared.asked(), 1);
    assert!(types.resolve(&mut Handle(&shared), &NOWHERE).is_err());
    assert_eq!(shared.asked(), 2, "it was not remembered");
}

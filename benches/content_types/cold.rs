//! 64 threads that miss the same set.

use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pagewise::ContentTypes;
use pagewise::chat;
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise_reference::Server;
use postgres::{Client, Error as DriverError, Row};

pub const THREADS: u64 = 64;

/// The one client of many threads.
struct Shared<'a> {
    types: &'a ContentTypes,
    client: &'a Mutex<Client>,
    asked: &'a AtomicUsize,
}

impl Execute for Shared<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        while self.types.counts().waits < THREADS - 1 {
            thread::yield_now();
        }
        let mut client = self.client.lock().expect("nobody panics");
        client.run(text, parameters)
    }
}

/// How often the database is asked.
pub fn queries() -> Result<usize, Box<dyn Error>> {
    let database = Server::shared()?.database()?;
    let mut client = database.client()?;
    client.batch_execute(
        "INSERT INTO django_content_type (id, app_label, model) VALUES (41, 'chat', 'chat'), (12, 'chat', 'chatmessage')",
    )?;
    let (types, client) = (ContentTypes::default(), Mutex::new(client));
    let asked = AtomicUsize::new(0);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let mut shared = Shared {
                        types: &types,
                        client: &client,
                        asked: &asked,
                    };
                    types
                        .resolve(&mut shared, &chat::TAGGABLE)
                        .map(|ids| ids.chat.value())
                })
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().expect("nobody panics")?, 41);
        }
        Ok::<(), pagewise::Error>(())
    })?;
    Ok(asked.into_inner())
}

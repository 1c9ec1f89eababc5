//! What is asked for, clients that change what is run, and a look at a session from outside.

use pagewise::chat::{self, Session};
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::{Listing, Page, Total};
use pagewise_reference::Database;
use postgres::{Client, Error, Row};

use crate::support::empty;

/// A page of sessions, the newest first.
pub fn sessions(team: i64) -> Listing<Session> {
    Listing::of(Session)
        .tenant(team)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &chat::message_timestamps()))
        .page(Page::first(3).with_total(Total::Exact))
}

/// Whether a text is that of the page of [`sessions`] by `Optimized`: the other way has a sub-select for each value.
pub fn is_optimized(text: &str) -> bool {
    text.contains("LATERAL")
}

/// Whether a text is that of the page of [`sessions`], either way.
pub fn is_page(text: &str) -> bool {
    text.contains("experiments_experimentsession")
}

/// A client that changes texts before it runs them, and keeps what it has run.
pub struct Tampered<'c, C, F> {
    pub client: &'c mut C,
    pub change: F,
    pub texts: Vec<String>,
}

impl<'c, C: Execute, F: FnMut(&str) -> String> Tampered<'c, C, F> {
    pub fn new(client: &'c mut C, change: F) -> Self {
        Self {
            client,
            change,
            texts: Vec::new(),
        }
    }
}

impl<C: Execute, F: FnMut(&str) -> String> Execute for Tampered<'_, C, F> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        let changed = (self.change)(text);
        self.texts.push(changed.clone());
        // A text of another kind has no parameters.
        let parameters = if changed.contains('$') {
            parameters
        } else {
            &[]
        };
        self.client.run(&changed, parameters)
    }
}

/// Sessions with messages, five of them.
pub fn some_sessions() -> (Database, Client) {
    let (database, mut client) = empty();
    let rows = "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id, status)
                SELECT n, 1, 1, 1, n, 'active' FROM generate_series(1, 5) AS n;
                INSERT INTO chat_chatmessage (id, chat_id, message_type, content)
                SELECT n, n, 'human', 'hello' FROM generate_series(1, 5) AS n";
    client.batch_execute(rows).expect("the rows");
    (database, client)
}

pub fn pid(client: &mut Client) -> i32 {
    let row = client.query_one("SELECT pg_backend_pid()", &[]);
    row.expect("its number").get(0)
}

/// What another session sees of one: whether it is in a transaction.
pub fn state(database: &Database, pid: i32) -> String {
    let mut client = database.client().expect("a connection");
    let row = client.query_one("SELECT state FROM pg_stat_activity WHERE pid = $1", &[&pid]);
    row.expect("the session").get(0)
}

pub fn setting(client: &mut Client, name: &str) -> String {
    let row = client.query_one("SELECT current_setting($1)", &[&name]);
    row.expect("the setting").get(0)
}

/// Cancels what a session runs as soon as it sleeps.
pub fn cancel_when_asleep(database: &Database, pid: i32) {
    let mut client = database.client().expect("a connection");
    loop {
        let asleep = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
        if !client.query(asleep, &[&pid]).expect("an answer").is_empty() {
            return;
        }
        std::thread::yield_now();
    }
}

//! A database whose changes are noted, and clients of it.

use pagewise::cache::Sources;
use pagewise::chat;
use pagewise::ddl::{Migration, RunOptions, Step};
use pagewise_reference::{Database, Server, ServerOptions};
use postgres::Client;

/// Empty tables, with the cache's and the triggers of the dashboard's tables.
pub fn place() -> (Database, Client) {
    let (database, mut client) = bare();
    migrate(&mut client, chat::cache_sources().steps().unwrap());
    (database, client)
}

/// The same on a server of its own: which notes a purge removes depends on all transactions of a server.
pub fn alone() -> (Server, Database, Client) {
    let server = Server::start(&ServerOptions::default()).expect("a server");
    let database = server.database().expect("a database");
    let mut client = database.client().expect("a connection");
    migrate(&mut client, pagewise::cache::steps());
    migrate(&mut client, chat::cache_sources().steps().unwrap());
    (server, database, client)
}

/// Empty tables, with the cache's.
pub fn bare() -> (Database, Client) {
    let database = Server::shared()
        .and_then(Server::database)
        .expect("a database");
    let mut client = database.client().expect("a connection");
    migrate(&mut client, pagewise::cache::steps());
    (database, client)
}

pub fn migrate(client: &mut Client, steps: Vec<Step>) {
    let migration = Migration::new().phase("notes", steps);
    let done = migration.run(client, &RunOptions::default());
    done.expect("the migration");
}

pub fn undo(client: &mut Client, sources: &Sources) {
    let migration = Migration::new().phase("notes", sources.steps().unwrap());
    let done = migration.undo(client, &RunOptions::default());
    done.expect("the migration taken back");
}

/// The notes, as `team:source`, in order.
pub fn notes(client: &mut Client) -> Vec<String> {
    let rows = client.query(
        "SELECT coalesce(team_id::text, '') || ':' || source FROM pagewise_cache_note ORDER BY source, team_id NULLS LAST, \
         transaction",
        &[],
    );
    let rows = rows.expect("notes");
    rows.iter().map(|row| row.get(0)).collect()
}

/// The notes that a piece of SQL leaves, run by itself.
pub fn notes_of(client: &mut Client, sql: &str) -> Vec<String> {
    client
        .batch_execute("DELETE FROM pagewise_cache_note")
        .expect("the notes to go");
    client
        .batch_execute(sql)
        .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    notes(client)
}

/// Waits until a backend waits for a lock.
pub fn until_it_waits(client: &mut Client, pid: i32) {
    for _ in 0..10_000 {
        let waits = client.query_one(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)",
            &[&pid],
        );
        if waits.expect("locks").get(0) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("{pid} waits for nothing");
}

pub fn pid(client: &mut Client) -> i32 {
    let pid = client.query_one("SELECT pg_backend_pid()", &[]);
    pid.expect("a backend").get(0)
}

/// Chats 1 to 4: two of team 1, two of team 2.
pub const CHATS: &str =
    "INSERT INTO chat_chat (id, team_id) SELECT i, (i + 1) / 2 FROM generate_series(1, 4) AS i";

/// A message of a chat.
pub fn message(id: i64, chat: i64) -> String {
    format!("INSERT INTO chat_chatmessage (id, chat_id) VALUES ({id}, {chat})")
}

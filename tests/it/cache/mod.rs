//! Results that are kept: which key, what is found, what is kept, what is counted.

mod keys;
mod promises;
mod store;
#[cfg(feature = "tokio-postgres")]
mod tokio;

use pagewise::cache::{self, CacheKind, Tier};
use pagewise::ddl::{Migration, RunOptions};
use pagewise_reference::Database;
use postgres::Client;

use crate::support::empty;

/// How many of something: what the tests keep.
pub const COUNT: CacheKind<Vec<i64>> =
    CacheKind::new("count", Tier::OVERVIEW, &["chat_chatmessage"]);

/// Empty tables with those of the cache, and the teams 1 and 2.
pub fn database() -> (Database, Client) {
    let (database, mut client) = empty();
    migrate(&mut client);
    client
        .batch_execute(
            "INSERT INTO teams_team (id, name, slug) VALUES (1, 'one', 'one'), (2, 'two', 'two')",
        )
        .expect("two teams");
    (database, client)
}

/// Makes the tables of the cache, as far as they are not there.
pub fn migrate(client: &mut Client) {
    Migration::new()
        .phase("cache", cache::steps())
        .run(client, &RunOptions::default())
        .expect("the tables of the cache");
}

/// Changes something of a team, as the triggers would note it.
pub fn note(client: &mut impl postgres::GenericClient, team: Option<i64>, source: &str) {
    client
        .execute(
            "INSERT INTO pagewise_cache_note (team_id, source) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&team, &source],
        )
        .expect("a note");
}

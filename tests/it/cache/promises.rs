//! The statements of the cache are what they say, whatever is asked for.

use std::time::Duration;

use pagewise::cache::{CacheStatistics, ResultCache};

use super::{COUNT, database};

#[test]
fn texts() {
    let cache = ResultCache::new();
    let key = COUNT.key(1);
    let (database, mut client) = database();
    let ticket = cache.lookup(&mut client, &key).unwrap().ticket;
    let put = key.put(&vec![1], &ticket).unwrap();
    let counted = cache.flush_counts_statement().unwrap();
    assert!(cache.flush_counts_statement().is_none());
    for (name, command) in [
        ("lookup", key.lookup()),
        ("put", put),
        ("counts", counted),
        ("statistics", CacheStatistics::statement(1)),
        ("purge", ResultCache::purge_statement(Duration::ZERO)),
    ] {
        client.prepare(command.text()).unwrap();
        insta::assert_snapshot!(name, command);
    }
    // One text, whatever is asked for.
    assert_eq!(
        key.lookup().text(),
        COUNT.key(2).filter("a", [1_i64]).lookup().text()
    );
    drop(database);
}

//! Invalidation by hand, and the removal of notes.

use std::thread;
use std::time::Duration;

use pagewise::cache::{CacheKey, CacheKind, Invalidation, NotePurge, ResultCache, Tier};
use postgres::Client;

use super::place::{CHATS, alone, message, notes, place};

const BOTS: CacheKind<i64> = CacheKind::new("bots", Tier::TREND, &["experiments_experiment"]);
const TURNS: CacheKind<i64> =
    CacheKind::new("turns", Tier::TREND, &["chat_chat", "chat_chatmessage"]);

fn keep(client: &mut Client, key: &CacheKey<i64>) {
    let cache = ResultCache::new();
    let ticket = cache.lookup(client, key).unwrap().ticket;
    assert!(cache.put(client, key, &1, &ticket).unwrap());
    assert!(is_fresh(client, key));
}

fn is_fresh(client: &mut Client, key: &CacheKey<i64>) -> bool {
    ResultCache::new()
        .lookup(client, key)
        .unwrap()
        .fresh()
        .is_ok()
}

#[test]
fn what_is_named_is_outdated_and_nothing_else() {
    let (_database, mut client) = place();
    let all = [BOTS.key(1), BOTS.key(2), TURNS.key(1), TURNS.key(2)];
    let cases = [
        (
            Invalidation::of_kind(BOTS).team(1),
            [true, false, false, false],
        ),
        (Invalidation::of_kind(BOTS), [true, true, false, false]),
        (
            Invalidation::of_all_kinds().team(2),
            [false, true, false, true],
        ),
        (Invalidation::of_all_kinds(), [true; 4]),
        (
            Invalidation::of_source("chat_chat").team(1),
            [false, false, true, false],
        ),
        (
            Invalidation::of_kind(TURNS).team(1).notifying(),
            [false, false, true, false],
        ),
    ];
    for (by_hand, outdated) in cases {
        for key in &all {
            keep(&mut client, key);
        }
        // It acts at the commit.
        let mut transaction = client.transaction().unwrap();
        by_hand.run(&mut transaction).unwrap();
        by_hand.run(&mut transaction).unwrap();
        transaction.rollback().unwrap();
        assert!(
            all.iter().all(|key| is_fresh(&mut client, key)),
            "{by_hand:?}"
        );
        by_hand.run(&mut client).unwrap();
        let found = all.each_ref().map(|key| !is_fresh(&mut client, key));
        assert_eq!(found, outdated, "{by_hand:?}");
    }
}

fn horizon(client: &mut Client) -> i64 {
    let row = client.query_one(
        "SELECT transaction::text::bigint FROM pagewise_cache_horizon",
        &[],
    );
    row.unwrap().get(0)
}

#[test]
fn a_purge_keeps_what_is_needed() {
    let (_server, database, mut client) = alone();
    client.batch_execute(CHATS).unwrap();
    let write = |client: &mut Client, many: i64| {
        for _ in 0..many {
            client
                .batch_execute("INSERT INTO chat_chatmessage (chat_id) VALUES (1)")
                .unwrap();
        }
    };
    let purge = NotePurge::new().keep(Duration::ZERO).batch(3);
    write(&mut client, 10);
    assert_eq!(notes(&mut client).len(), 12);
    // Of the last hour.
    assert_eq!(NotePurge::new().run(&mut client).unwrap(), 0);
    // Of results that are not too old: those since it was computed.
    let (turns, bots) = (TURNS.key(1), BOTS.key(2));
    keep(&mut client, &bots);
    write(&mut client, 4);
    assert_eq!(purge.run(&mut client).unwrap(), 12);
    assert_eq!(notes(&mut client).len(), 4);
    assert!(is_fresh(&mut client, &bots));
    keep(&mut client, &turns);
    write(&mut client, 1);
    assert_eq!(purge.run(&mut client).unwrap(), 0);
    assert!(!is_fresh(&mut client, &turns) && is_fresh(&mut client, &bots));
    client
        .batch_execute("UPDATE dashboard_dashboardcache SET expires_at = now()")
        .unwrap();
    // Those that are too old may still be given.
    assert_eq!(purge.run(&mut client).unwrap(), 0);
    let purge = purge.stale_for(Duration::ZERO);
    // Of transactions that go on.
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    writing.batch_execute(&message(1000, 1)).unwrap();
    write(&mut client, 2);
    let ticket = ResultCache::new()
        .lookup(&mut client, &turns)
        .unwrap()
        .ticket;
    assert_eq!(purge.run(&mut client).unwrap(), 5);
    assert_eq!(notes(&mut client).len(), 2);
    writing.commit().unwrap();
    // What was computed before, and is kept after: its notes are still there.
    ResultCache::new()
        .put(&mut client, &turns, &1, &ticket)
        .unwrap();
    assert!(!is_fresh(&mut client, &turns));
    client
        .batch_execute("DELETE FROM dashboard_dashboardcache")
        .unwrap();
    assert_eq!(purge.run(&mut client).unwrap(), 3);
    // And where they are not, it counts as outdated.
    ResultCache::new()
        .put(&mut client, &turns, &1, &ticket)
        .unwrap();
    assert!(!is_fresh(&mut client, &turns));
    let before = horizon(&mut client);
    // It is never lowered.
    client
        .batch_execute("UPDATE pagewise_cache_horizon SET transaction = '9000000'")
        .unwrap();
    purge.run(&mut client).unwrap();
    assert_eq!(horizon(&mut client), 9_000_000);
    assert!(before < 9_000_000);
}

#[test]
fn purges_and_writers_at_once() {
    let (_server, database, mut client) = alone();
    client.batch_execute(CHATS).unwrap();
    let writers: Vec<_> = (0..3)
        .map(|_| {
            let mut client = database.client().unwrap();
            thread::spawn(move || {
                for _ in 0..200 {
                    client
                        .batch_execute("INSERT INTO chat_chatmessage (chat_id) VALUES (1)")
                        .unwrap();
                }
                0
            })
        })
        .collect();
    let purges: Vec<_> = (0..3)
        .map(|_| {
            let mut client = database.client().unwrap();
            thread::spawn(move || {
                let purge = NotePurge::new().keep(Duration::ZERO).batch(5);
                (0..30)
                    .map(|_| purge.run(&mut client).unwrap())
                    .sum::<u64>()
            })
        })
        .collect();
    let all = writers.into_iter().chain(purges);
    let removed: u64 = all.map(|thread| thread.join().unwrap()).sum();
    let left = NotePurge::new()
        .keep(Duration::ZERO)
        .run(&mut client)
        .unwrap();
    assert_eq!(removed + left, 602, "each note is removed once");
    assert!(notes(&mut client).is_empty());
}

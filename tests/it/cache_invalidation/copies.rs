//! What a process keeps for itself.

use std::sync::Arc;
#[cfg(feature = "tokio-postgres")]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pagewise::cache::{
    CacheKey, CacheKind, CatchUpRow, Invalidation, LocalCopies, NotePurge, Tier,
};
use pagewise::chat;

use super::place::{CHATS, alone, bare, message, migrate, place};

const TURNS: CacheKind<i64> =
    CacheKind::new("turns", Tier::TREND, &["chat_chat", "chat_chatmessage"]);
const BOTS: CacheKind<String> = CacheKind::new("bots", Tier::TREND, &["experiments_experiment"]);
const LONG: Duration = Duration::from_secs(3600);

fn put(copies: &LocalCopies, key: &CacheKey<i64>, value: i64) {
    let ticket = match copies.get(key) {
        Ok(_) => panic!("it is there"),
        Err(ticket) => ticket,
    };
    assert!(copies.put(key, Arc::new(value), LONG, ticket));
}

fn has(copies: &LocalCopies, key: &CacheKey<i64>) -> bool {
    copies.get(key).is_ok()
}

#[test]
fn a_copy_is_given_until_a_note_is_handled() {
    let (_database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    let copies = LocalCopies::new(10, LONG);
    let (one, two) = (TURNS.key(1), TURNS.key(2));
    put(&copies, &one, 1);
    assert!(!has(&copies, &one), "nobody has looked yet");
    assert_eq!(copies.catch_up(&mut client).unwrap(), None);
    assert!(
        copies.is_empty(),
        "of before the first look nothing is known"
    );
    put(&copies, &one, 1);
    put(&copies, &two, 2);
    let bots = BOTS.key(1);
    let ticket = copies.get(&bots).unwrap_err();
    assert!(copies.put(&bots, Arc::new("bot".to_owned()), LONG, ticket));
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(0));
    assert!(has(&copies, &one) && has(&copies, &two));
    client.batch_execute(&message(1, 1)).unwrap();
    assert!(has(&copies, &one), "nobody has looked since");
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(1));
    assert!(!has(&copies, &one) && has(&copies, &two));
    assert_eq!(*copies.get(&bots).unwrap(), "bot");
    // The same name and team, of another type.
    const OTHERWISE: CacheKind<i64> = CacheKind::new("bots", Tier::TREND, &[]);
    assert!(copies.get(&OTHERWISE.key(1)).is_err());
    Invalidation::of_all_kinds().run(&mut client).unwrap();
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(1));
    assert!(copies.is_empty());
}

#[test]
fn what_was_read_before_a_note_is_not_put_after_it() {
    let (_database, mut client) = place();
    client.batch_execute(CHATS).unwrap();
    let copies = LocalCopies::new(10, LONG);
    copies.catch_up(&mut client).unwrap();
    let (one, two) = (TURNS.key(1), TURNS.key(2));
    let (of_one, of_two) = (copies.get(&one).unwrap_err(), copies.get(&two).unwrap_err());
    client.batch_execute(&message(1, 1)).unwrap();
    copies.catch_up(&mut client).unwrap();
    assert!(
        !copies.put(&one, Arc::new(0), LONG, of_one),
        "read before, put after"
    );
    assert!(
        copies.put(&two, Arc::new(0), LONG, of_two),
        "of another team"
    );
    // After so many other notes nobody knows.
    let ticket = copies.get(&one).unwrap_err();
    let rows = (0..5_000).map(|i| {
        CatchUpRow::new(
            "1:1:".to_owned(),
            false,
            Some(9),
            Some(format!("table {i}")),
        )
    });
    let look = copies.catch_up_statement();
    assert_eq!(copies.caught_up(&look, rows), Some(5_000));
    assert!(!copies.put(&one, Arc::new(0), LONG, ticket));
    put(&copies, &one, 1);
    copies.clear();
    assert!(!has(&copies, &one) && copies.is_empty());
}

#[test]
fn who_was_away_catches_up() {
    let (_server, database, mut client) = alone();
    client.batch_execute(CHATS).unwrap();
    let copies = LocalCopies::new(10, LONG);
    let (one, two) = (TURNS.key(1), TURNS.key(2));
    // A transaction that was going on during the look, and commits after a later one.
    let mut writer = database.client().unwrap();
    let mut writing = writer.transaction().unwrap();
    writing.batch_execute(&message(1, 1)).unwrap();
    copies.catch_up(&mut client).unwrap();
    put(&copies, &one, 0);
    put(&copies, &two, 0);
    client.batch_execute(&message(2, 4)).unwrap();
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(1));
    assert!(has(&copies, &one) && !has(&copies, &two));
    writing.commit().unwrap();
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(1));
    assert!(!has(&copies, &one));
    // One's own transaction is no exception.
    put(&copies, &one, 0);
    let mut own = client.transaction().unwrap();
    own.batch_execute(&message(3, 4)).unwrap();
    copies.catch_up(&mut own).unwrap();
    own.batch_execute(&message(4, 1)).unwrap();
    writer.batch_execute(&message(5, 4)).unwrap();
    copies.catch_up(&mut own).unwrap();
    own.commit().unwrap();
    let ticket = copies.get(&one).unwrap_err();
    assert!(copies.put(&one, Arc::new(0), LONG, ticket));
    copies.catch_up(&mut client).unwrap();
    assert!(!has(&copies, &one));
    // Away for so long that the notes are purged.
    put(&copies, &two, 0);
    client.batch_execute(&message(6, 1)).unwrap();
    let mut before = NotePurge::new()
        .keep(Duration::ZERO)
        .run(&mut client)
        .unwrap();
    assert!(before > 0);
    client.batch_execute(&message(7, 1)).unwrap();
    before = NotePurge::new()
        .keep(Duration::ZERO)
        .run(&mut client)
        .unwrap();
    assert!(before > 0);
    assert_eq!(copies.catch_up(&mut client).unwrap(), None);
    assert!(copies.is_empty());
}

#[test]
fn copies_are_not_given_out_blindly() {
    let (_database, mut client) = place();
    let copies = LocalCopies::new(10, Duration::ZERO);
    let one = TURNS.key(1);
    copies.catch_up(&mut client).unwrap();
    put(&copies, &one, 1);
    std::thread::sleep(Duration::from_millis(1));
    assert!(!has(&copies, &one), "the look is older than is trusted");
    let copies = LocalCopies::new(2, LONG);
    copies.catch_up(&mut client).unwrap();
    for team in 1..4 {
        put(&copies, &TURNS.key(team), team);
    }
    assert_eq!(copies.len(), 2);
    assert!(!has(&copies, &one) && has(&copies, &TURNS.key(3)));
    let ticket = copies.get(&one).unwrap_err();
    copies.put(&one, Arc::new(1), Duration::ZERO, ticket);
    assert!(!has(&copies, &one), "too old");
}

/// After a failover what was looked at before says nothing.
#[test]
fn after_a_clear_nothing_is_known_of_before() {
    let (_database, mut client) = place();
    let copies = LocalCopies::new(10, LONG);
    let one = TURNS.key(1);
    copies.catch_up(&mut client).unwrap();
    put(&copies, &one, 1);
    assert!(has(&copies, &one));
    let before = copies.catch_up_statement();
    copies.clear();
    put(&copies, &one, 1);
    assert!(!has(&copies, &one), "nobody has looked at this server yet");
    copies.caught_up(
        &before,
        [CatchUpRow::new("900:900:".to_owned(), false, None, None)],
    );
    assert!(!has(&copies, &one), "that was of the other one");
    let first = copies.catch_up_statement();
    assert!(first.command().parameters().is_empty());
    assert_eq!(copies.catch_up(&mut client).unwrap(), None);
    put(&copies, &one, 1);
    assert!(has(&copies, &one));
}

#[test]
fn notes_are_heard() {
    let (database, mut client) = bare();
    migrate(
        &mut client,
        chat::cache_sources().notifying().steps().unwrap(),
    );
    client.batch_execute(CHATS).unwrap();
    let mut listener = database.client().unwrap();
    let copies = LocalCopies::new(10, LONG);
    copies.listen(&mut listener).unwrap();
    let (one, two) = (TURNS.key(1), TURNS.key(2));
    put(&copies, &one, 1);
    put(&copies, &two, 2);
    client.batch_execute(&message(1, 1)).unwrap();
    client
        .batch_execute("NOTIFY pagewise_cache, 'nonsense'")
        .unwrap();
    let mut heard = 0;
    for _ in 0..200 {
        heard += copies
            .hear(&mut listener, Duration::from_millis(100))
            .unwrap();
        if heard > 0 {
            break;
        }
    }
    assert_eq!(heard, 1);
    assert!(!has(&copies, &one) && has(&copies, &two));
    // The listener is gone: the look says what has happened.
    drop(listener);
    client.batch_execute(&message(2, 4)).unwrap();
    assert_eq!(copies.catch_up(&mut client).unwrap(), Some(2));
    assert!(!has(&copies, &two));
}

#[cfg(feature = "tokio-postgres")]
async fn until_heard(heard: &AtomicUsize, many: usize) {
    let start = std::time::Instant::now();
    while heard.load(Ordering::SeqCst) < many {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "nothing is heard"
        );
        tokio::task::yield_now().await;
    }
}

#[cfg(feature = "tokio-postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn notes_are_heard_asynchronously() {
    let (url, _database, mut writer) = tokio::task::spawn_blocking(|| {
        let (database, mut client) = bare();
        migrate(
            &mut client,
            chat::cache_sources().notifying().steps().unwrap(),
        );
        client.batch_execute(CHATS).unwrap();
        (database.url().to_owned(), database, client)
    })
    .await
    .unwrap();
    let (client, mut connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let copies = Arc::new(LocalCopies::new(10, LONG));
    let hearing = Arc::clone(&copies);
    let heard = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(Ok(message)) =
            std::future::poll_fn(|context| connection.poll_message(context)).await
        {
            if hearing.hear_message(&message) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    copies.listen_async(&client).await.unwrap();
    let one = TURNS.key(1);
    put(&copies, &one, 1);
    let writer = tokio::task::spawn_blocking(move || {
        writer.batch_execute(&message(1, 1)).unwrap();
        writer
    });
    until_heard(&heard, 1).await;
    assert!(!has(&copies, &one));
    put(&copies, &one, 1);
    Invalidation::of_kind(TURNS)
        .team(1)
        .notifying()
        .run_async(&client)
        .await
        .unwrap();
    until_heard(&heard, 2).await;
    assert!(!has(&copies, &one));
    assert_eq!(copies.catch_up_async(&client).await.unwrap(), Some(2));
    assert_eq!(NotePurge::new().run_async(&client).await.unwrap(), 0);
    let writer = writer.await.unwrap();
    tokio::task::spawn_blocking(move || drop((writer, _database)))
        .await
        .unwrap();
}

//! Who has seen a change committed never reads an older value after it.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use pagewise::cache::ResultCache;

use super::{SOURCE, STRICT, TEAM, database};

const CHANGES: i64 = 150;

/// One writes on and on, and says so when it is committed; the others read, through one cache and through several.
#[test]
fn no_older_value_than_what_was_seen() {
    let (database, mut writer) = database();
    writer
        .batch_execute(
            "CREATE TABLE counted (number bigint NOT NULL); INSERT INTO counted VALUES (0)",
        )
        .unwrap();
    let caches = [ResultCache::new(), ResultCache::new()];
    let (committed, is_over) = (AtomicI64::new(0), AtomicBool::new(false));
    let found = AtomicI64::new(0);
    thread::scope(|scope| {
        for reader in 0..6 {
            let mut client = database.client().unwrap();
            let cache = &caches[reader % 2];
            let (committed, is_over, found) = (&committed, &is_over, &found);
            scope.spawn(move || {
                while !is_over.load(Ordering::SeqCst) {
                    let seen = committed.load(Ordering::SeqCst);
                    let obtained = cache
                        .get_or_compute(&mut client, &STRICT.key(TEAM), |transaction, _| {
                            let text = "SELECT number FROM counted";
                            transaction.query_one(text, &[])?.try_get::<_, i64>(0)
                        })
                        .unwrap();
                    if obtained.value < seen {
                        is_over.store(true, Ordering::SeqCst);
                        panic!("{} was committed, and is not seen: {obtained:?}", seen);
                    }
                    found.fetch_add(i64::from(!obtained.is_computed()), Ordering::SeqCst);
                }
            });
        }
        for change in 1..=CHANGES {
            if is_over.load(Ordering::SeqCst) {
                break;
            }
            let mut transaction = writer.transaction().unwrap();
            transaction
                .execute("UPDATE counted SET number = $1", &[&change])
                .unwrap();
            transaction
                .execute(
                    "INSERT INTO pagewise_cache_note (team_id, source) VALUES ($1, $2)",
                    &[&TEAM, &SOURCE],
                )
                .unwrap();
            transaction.commit().unwrap();
            committed.store(change, Ordering::SeqCst);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert!(found.into_inner() > 0, "nothing was ever found");
}

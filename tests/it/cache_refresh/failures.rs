//! What cannot be computed, or not be kept.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use pagewise::Error;
use pagewise::cache::{CacheKind, Freshness, Origin, RefreshError, ResultCache, Tier};
use postgres::{Client, Transaction};

use super::{LENIENT, SOURCE, STRICT, Slow, TEAM, change, database, get, is_computed, kept, locks};

/// Fails, with a number written in its transaction.
fn fails(
    cache: &ResultCache,
    client: &mut Client,
    kind: CacheKind<i64>,
) -> Result<pagewise::cache::Obtained<i64>, Error> {
    cache.get_or_compute(
        client,
        &kind.key(TEAM),
        |transaction: &mut Transaction<'_>, _| {
            transaction.batch_execute(
                "INSERT INTO teams_team (id, name, slug) VALUES (9, 'half', 'half')",
            )?;
            transaction.query_one("SELECT 1 / 0", &[])?.try_get(0)
        },
    )
}

fn is_untouched(client: &mut Client) {
    let teams = client.query_one("SELECT count(*) FROM teams_team", &[]);
    assert_eq!(teams.unwrap().get::<_, i64>(0), 1);
    assert_eq!(locks(client), 0);
}

#[test]
fn nothing_is_there_that_could_be_given() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let error = fails(&cache, &mut client, STRICT).unwrap_err();
    assert!(
        matches!(error, Error::CacheRefresh(RefreshError::Compute { .. })),
        "{error:?}"
    );
    assert!(error.to_string().contains("division by zero"), "{error}");
    assert_eq!(kept(&mut client, STRICT), None);
    is_untouched(&mut client);
    assert!(is_computed(&get(&cache, &mut client, STRICT, 1).unwrap()));
}

/// The old one is given and kept, and one is told.
#[test]
fn the_old_one_is_given() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    get(&cache, &mut client, LENIENT, 1).unwrap();
    change(&mut client);
    for _ in 0..2 {
        let stale = fails(&cache, &mut client, LENIENT).unwrap();
        assert_eq!(stale.value, 1);
        assert!(matches!(
            stale.origin,
            Origin::Kept(Freshness::Stale { .. })
        ));
        let failure = stale.failure.expect("it is told");
        assert!(
            failure.to_string().contains("division by zero"),
            "{failure}"
        );
    }
    is_untouched(&mut client);
    assert!(is_computed(&get(&cache, &mut client, LENIENT, 2).unwrap()));
    // What was there and computed anew was not found.
    let counts = cache.pending_counts(TEAM, LENIENT);
    assert_eq!((counts.hits, counts.stale_hits, counts.misses), (0, 2, 2));
}

/// What its tier does not allow to be given is not.
#[test]
fn one_that_is_too_old_is_not_given() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    get(&cache, &mut client, STRICT, 1).unwrap();
    change(&mut client);
    fails(&cache, &mut client, STRICT).unwrap_err();
    is_untouched(&mut client);
}

#[test]
fn a_panic_leaves_nothing_behind() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        cache.get_or_compute(
            &mut client,
            &STRICT.key(TEAM),
            |transaction, _| -> Result<i64, Infallible> {
                transaction
                    .batch_execute(
                        "INSERT INTO teams_team (id, name, slug) VALUES (9, 'half', 'half')",
                    )
                    .unwrap();
                panic!("on purpose")
            },
        )
    }));
    panicked.unwrap_err();
    is_untouched(&mut client);
    assert!(is_computed(&get(&cache, &mut client, STRICT, 1).unwrap()));
}

#[test]
fn what_cannot_be_kept_is_given_all_the_same() {
    const NAME: CacheKind<String> = CacheKind::new("name", Tier::OVERVIEW, &[SOURCE]);
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    let nul = cache.get_or_compute(&mut client, &NAME.key(TEAM), |_, _| {
        Ok::<_, Infallible>("\0".to_owned())
    });
    let nul = nul.unwrap();
    assert_eq!(nul.value, "\0");
    assert!(matches!(
        nul.origin,
        Origin::Computed { is_kept: false, .. }
    ));
    assert!(matches!(nul.failure, Some(RefreshError::NotKept { .. })));
    is_untouched(&mut client);

    // Nor by a session that may only read.
    client
        .batch_execute("SET default_transaction_read_only = on")
        .unwrap();
    let read_only = get(&cache, &mut client, STRICT, 1).unwrap();
    assert_eq!(read_only.value, 1);
    let failure = read_only.failure.expect("it is told");
    assert!(failure.to_string().contains("read-only"), "{failure}");
    client
        .batch_execute("SET default_transaction_read_only = off")
        .unwrap();
    assert_eq!(kept(&mut client, STRICT), None);
}

/// A change that is committed after the computation has begun outdates what it gives.
#[test]
fn a_change_meanwhile_outdates_it() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    thread::scope(|scope| {
        let slow = Slow::start(scope, &cache, database.client().unwrap(), STRICT, 1);
        change(&mut client);
        assert!(is_computed(&slow.finish().unwrap()));
    });
    assert_eq!(kept(&mut client, STRICT), None);
    let again = get(&cache, &mut client, STRICT, 2).unwrap();
    assert!(is_computed(&again) && again.value == 2);
}

/// Without the tables of the cache it is an error of the database, and no panic.
#[test]
fn without_its_tables() {
    let (_database, mut client) = crate::support::empty();
    let error = get(&ResultCache::new(), &mut client, STRICT, 1).unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error:?}");
}

//! The one who computes is killed, or not done in time.

use std::thread;
use std::time::Duration;

use pagewise::Error;
use pagewise::cache::{Freshness, RefreshError, ResultCache};

use super::{LENIENT, STRICT, Slow, TEAM, change, database, get, is_computed, kept, locks, until};

fn kill(client: &mut postgres::Client, process: i32) {
    client
        .execute("SELECT pg_terminate_backend($1)", &[&process])
        .unwrap();
}

/// Who waits, in this process or another, computes it when the one who did is killed.
#[test]
fn the_next_one_takes_over() {
    for is_elsewhere in [false, true] {
        let (database, mut client) = database();
        let caches = [ResultCache::new(), ResultCache::new()];
        let next = &caches[usize::from(is_elsewhere)];
        thread::scope(|scope| {
            let slow = Slow::start(scope, &caches[0], database.client().unwrap(), STRICT, 1);
            let mut other = database.client().unwrap();
            let misses = |cache: &ResultCache| cache.pending_counts(TEAM, STRICT).misses;
            let before = misses(next);
            let waits = scope.spawn(move || get(next, &mut other, STRICT, 2));
            until(|| misses(next) > before);
            kill(&mut client, slow.process);
            let error = slow.finish().unwrap_err();
            assert!(
                matches!(error, Error::CacheRefresh(RefreshError::Compute { .. })),
                "{error:?}"
            );
            let taken_over = waits.join().unwrap().unwrap();
            assert!(is_computed(&taken_over) && taken_over.value == 2);
        });
        assert_eq!(kept(&mut client, STRICT), Some((2, Freshness::Fresh)));
        assert_eq!(locks(&mut client), 0);
    }
}

/// The one who is killed still has what was there before.
#[test]
fn who_is_killed_is_given_the_stale_one() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    get(&cache, &mut client, LENIENT, 1).unwrap();
    change(&mut client);
    thread::scope(|scope| {
        let slow = Slow::start(scope, &cache, database.client().unwrap(), LENIENT, 2);
        kill(&mut client, slow.process);
        let stale = slow.finish().unwrap();
        assert_eq!((stale.value, stale.origin.is_fresh()), (1, false));
        assert!(matches!(stale.failure, Some(RefreshError::Compute { .. })));
    });
    assert!(is_computed(&get(&cache, &mut client, LENIENT, 3).unwrap()));
}

#[test]
fn waiting_comes_to_an_end() {
    for is_elsewhere in [false, true] {
        let (database, mut client) = database();
        let quick = || ResultCache::new().wait_for(Duration::from_millis(100));
        let caches = [quick(), quick()];
        thread::scope(|scope| {
            let slow = Slow::start(scope, &caches[0], database.client().unwrap(), STRICT, 1);
            let error =
                get(&caches[usize::from(is_elsewhere)], &mut client, STRICT, 2).unwrap_err();
            let Error::CacheRefresh(error) = error else {
                panic!("{error:?}");
            };
            assert!(error.is_timed_out(), "{error:?}");
            assert!(error.to_string().contains("strict:v1:"), "{error}");
            assert!(is_computed(&slow.finish().unwrap()));
        });
        // The client is as good as before.
        assert_eq!(get(&caches[1], &mut client, STRICT, 3).unwrap().value, 1);
    }
}

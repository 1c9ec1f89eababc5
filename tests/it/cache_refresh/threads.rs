//! Many threads ask for one result.

use std::convert::Infallible;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;

use pagewise::cache::{Freshness, Origin, ResultCache, StaleReason};

use super::{
    EAGER, LENIENT, STRICT, Slow, TEAM, change, database, get, is_computed, kept, locks, until,
};

/// All of them have looked, and found nothing, before one is done.
fn all_at_once(threads: usize, caches: &[ResultCache]) {
    let (database, mut client) = database();
    let computations = AtomicI64::new(0);
    let barrier = Barrier::new(threads);
    let misses = || -> u64 {
        let counts = caches
            .iter()
            .map(|cache| cache.pending_counts(TEAM, STRICT));
        counts.map(|counts| counts.misses).sum()
    };
    let clients: Vec<_> = (0..threads).map(|_| database.client().unwrap()).collect();
    let obtained: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = clients
            .into_iter()
            .zip(caches.iter().cycle())
            .map(|(mut client, cache)| {
                let (barrier, computations) = (&barrier, &computations);
                scope.spawn(move || {
                    barrier.wait();
                    cache.get_or_compute(&mut client, &STRICT.key(TEAM), |_, _| {
                        until(|| misses() == threads as u64);
                        Ok::<_, Infallible>(computations.fetch_add(1, Ordering::SeqCst))
                    })
                })
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        joined.map(Result::unwrap).collect()
    });
    assert_eq!(computations.load(Ordering::SeqCst), 1);
    assert!(obtained.iter().all(|obtained| obtained.value == 0));
    assert_eq!(obtained.iter().filter(|one| one.is_computed()).count(), 1);
    let fresh = obtained
        .iter()
        .filter(|one| one.origin == Origin::Kept(Freshness::Fresh));
    assert_eq!(fresh.count(), threads - 1);
    assert_eq!(kept(&mut client, STRICT), Some((0, Freshness::Fresh)));
    assert_eq!(locks(&mut client), 0);
}

#[test]
fn one_of_64_threads_computes() {
    all_at_once(64, &[ResultCache::new()]);
}

/// As processes do, which know nothing of one another.
#[test]
fn one_of_16_caches_computes() {
    let caches: Vec<_> = (0..16).map(|_| ResultCache::new()).collect();
    all_at_once(32, &caches);
}

/// Where somebody writes all the time, what was computed is outdated when those who waited look; but they had asked before.
#[test]
fn a_steady_writer_makes_nobody_compute_in_turn() {
    const THREADS: usize = 12;
    for caches in [1, THREADS] {
        let (database, _client) = database();
        let caches: Vec<_> = (0..caches).map(|_| ResultCache::new()).collect();
        let misses = || -> u64 {
            let counts = caches
                .iter()
                .map(|cache| cache.pending_counts(TEAM, STRICT));
            counts.map(|counts| counts.misses).sum()
        };
        let computations = AtomicUsize::new(0);
        let clients: Vec<_> = (0..THREADS)
            .map(|_| (database.client().unwrap(), database.client().unwrap()))
            .collect();
        thread::scope(|scope| {
            for ((mut client, mut writer), cache) in clients.into_iter().zip(caches.iter().cycle())
            {
                let (misses, computations) = (&misses, &computations);
                scope.spawn(move || {
                    let computed = cache.get_or_compute(&mut client, &STRICT.key(TEAM), |_, _| {
                        until(|| misses() == THREADS as u64);
                        change(&mut writer);
                        computations.fetch_add(1, Ordering::SeqCst);
                        Ok::<_, Infallible>(1)
                    });
                    assert_eq!(computed.unwrap().value, 1);
                });
            }
        });
        // The first may have begun before the last had asked; the second has not.
        let computations = computations.load(Ordering::SeqCst);
        assert!((1..=2).contains(&computations), "{computations}");
    }
}

/// One who fails: those who waited for it are told the same, and do not try it one after another.
#[test]
fn those_who_wait_are_told_of_the_failure() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let computations = AtomicUsize::new(0);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let mut client = database.client().unwrap();
                let (cache, computations) = (&cache, &computations);
                scope.spawn(move || {
                    cache.get_or_compute(&mut client, &STRICT.key(TEAM), |transaction, _| {
                        computations.fetch_add(1, Ordering::SeqCst);
                        until(|| cache.pending_counts(TEAM, STRICT).misses == 8);
                        // Those who have looked are not yet waiting: give them the time, without which nothing breaks
                        // but the number of computations.
                        thread::sleep(std::time::Duration::from_millis(200));
                        transaction
                            .query_one("SELECT 1 / 0", &[])?
                            .try_get::<_, i64>(0)
                    })
                })
            })
            .collect();
        for thread in threads {
            let error = thread.join().unwrap().unwrap_err();
            assert!(error.to_string().contains("division by zero"), "{error}");
        }
    });
    let computations = computations.load(Ordering::SeqCst);
    assert!((1..8).contains(&computations), "{computations}");
    assert!(is_computed(&get(&cache, &mut client, STRICT, 5).unwrap()));
}

#[test]
fn others_are_given_the_stale_one() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let elsewhere = ResultCache::new();
    assert!(is_computed(&get(&cache, &mut client, LENIENT, 1).unwrap()));
    change(&mut client);
    thread::scope(|scope| {
        let slow = Slow::start(scope, &cache, database.client().unwrap(), LENIENT, 2);
        for cache in [&cache, &elsewhere] {
            let stale = get(cache, &mut client, LENIENT, 3).unwrap();
            assert_eq!((stale.value, stale.failure.is_none()), (1, true));
            assert!(matches!(
                stale.origin,
                Origin::Kept(Freshness::Stale {
                    reason: StaleReason::Change,
                    ..
                })
            ));
        }
        assert!(is_computed(&slow.finish().unwrap()));
    });
    let fresh = get(&elsewhere, &mut client, LENIENT, 4).unwrap();
    assert_eq!(
        (fresh.value, fresh.origin),
        (2, Origin::Kept(Freshness::Fresh))
    );
    let counts = elsewhere.pending_counts(TEAM, LENIENT);
    assert_eq!((counts.hits, counts.stale_hits, counts.misses), (1, 1, 0));
}

/// Also with a tier that would not give it when it is stale.
#[test]
fn one_computes_early_and_the_others_go_on() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    let elsewhere = ResultCache::new();
    assert!(is_computed(&get(&cache, &mut client, EAGER, 1).unwrap()));
    thread::scope(|scope| {
        let slow = Slow::start(scope, &cache, database.client().unwrap(), EAGER, 2);
        for cache in [&cache, &elsewhere] {
            let ending = get(cache, &mut client, EAGER, 3).unwrap();
            assert_eq!(
                (ending.value, ending.origin),
                (1, Origin::Kept(Freshness::Ending))
            );
        }
        assert!(is_computed(&slow.finish().unwrap()));
    });
    assert_eq!(kept(&mut client, EAGER), Some((2, Freshness::Ending)));
}

/// A zero is a result.
#[test]
fn what_is_there_is_not_computed() {
    let (_database, mut client) = database();
    let cache = ResultCache::new();
    assert!(is_computed(&get(&cache, &mut client, STRICT, 0).unwrap()));
    let again = get(&cache, &mut client, STRICT, 1).unwrap();
    assert_eq!(
        (again.value, again.origin),
        (0, Origin::Kept(Freshness::Fresh))
    );
    let counts = cache.pending_counts(TEAM, STRICT);
    assert_eq!((counts.hits, counts.misses), (1, 1));
}

/// Whoever asks for several results computes them side by side.
#[test]
fn results_do_not_wait_for_one_another() {
    let (database, mut client) = database();
    let cache = ResultCache::new();
    thread::scope(|scope| {
        let slow = Slow::start(scope, &cache, database.client().unwrap(), STRICT, 1);
        assert!(is_computed(&get(&cache, &mut client, LENIENT, 2).unwrap()));
        assert!(is_computed(&slow.finish().unwrap()));
    });
}

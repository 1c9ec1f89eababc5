//! How far a build is, told to a callback.

use std::thread;

use pagewise::ddl::{IndexProgress, Migration, Outcome, RunOptions};

use super::{active, outcomes};
use crate::support::{empty, run};

#[test]
fn a_build_is_watched() {
    let (database, mut client) = empty();
    run(&mut client, &IndexProgress::statement());
    assert_eq!(IndexProgress::read(&mut client).unwrap(), []);

    let mut holder = database.client().unwrap();
    holder
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        .unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let releasing = thread::spawn(move || {
        let build: IndexProgress = told.recv().unwrap();
        holder.batch_execute("ROLLBACK").unwrap();
        build
    });
    let mut watcher = database.client().unwrap();
    let only = Migration::new().phase("one", [active()]);
    let report = only.run_watched(&mut client, &mut watcher, &RunOptions::default(), |build| {
        if build.current_locker.is_some_and(|process| process > 0) {
            // Who listened has heard it once.
            let _ = tell.send(build.clone());
        }
    });
    assert_eq!(outcomes(&report.unwrap()), [Outcome::Built]);
    let build = releasing.join().unwrap();
    assert_eq!(
        build.table.as_deref(),
        Some("experiments_experimentsession")
    );
    assert_eq!(build.index.as_deref(), Some("active"));
    assert!(
        build
            .phase
            .is_some_and(|phase| phase.starts_with("waiting"))
    );
    assert_eq!(
        (build.lockers_done, build.lockers_total),
        (Some(0), Some(1))
    );
}

#[test]
fn fractions() {
    let of = |blocks: Option<(i64, i64)>, tuples: Option<(i64, i64)>| {
        IndexProgress {
            blocks_done: blocks.map(|(done, _)| done),
            blocks_total: blocks.map(|(_, total)| total),
            tuples_done: tuples.map(|(done, _)| done),
            tuples_total: tuples.map(|(_, total)| total),
            ..IndexProgress::default()
        }
        .fraction()
    };
    assert_eq!(of(None, None), None);
    assert_eq!(of(Some((0, 0)), Some((0, 0))), None);
    assert_eq!(of(Some((1, 4)), Some((0, 0))), Some(0.25));
    assert_eq!(of(Some((0, 0)), Some((3, 4))), Some(0.75));
    assert_eq!(of(Some((9, 4)), None), Some(1.0));
}

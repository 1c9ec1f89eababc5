//! Filling, while others write, and after it was killed; repair; removal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pagewise::catalog::Catalog;
use pagewise::ddl::{Migration, RunOptions};
use pagewise::statistics::TableSet;
use pagewise::{Listing, Page};
use postgres::error::SqlState;

use super::concurrent::{Numbers, write};
use super::place::{By, CASES, Room, counter, declaration, drift, rooms, run, values};

pub fn is_ready(client: &mut postgres::Client, counter: &pagewise::ddl::Counter<Room>) -> bool {
    let catalog = Catalog::read(client, &TableSet::new().table(Room)).unwrap();
    let page = Listing::of(Room)
        .tenant(1)
        .catalog(catalog)
        .counters([counter.clone()])
        .show(values(By::Key).count)
        .page(Page::first(1))
        .build()
        .unwrap();
    !page
        .report()
        .to_string()
        .contains("the catalog does not know it to be ready")
}

#[test]
fn filled_while_others_write() {
    static ENDED: AtomicBool = AtomicBool::new(false);
    for (by, in_columns) in CASES {
        let (database, mut client) = rooms();
        client
            .batch_execute(
                "INSERT INTO rooms SELECT i, 1, 'c' || i % 9 FROM generate_series(0, 400) AS i;
                 INSERT INTO events (site_id, room_id, room_code, at)
                 SELECT 1, i % 300, 'c' || i % 7, now() - i * INTERVAL '1 s' FROM generate_series(1, 2000) AS i",
            )
            .unwrap();
        client.batch_execute("SET deadlock_timeout = '20ms'").ok();
        let counter = match in_columns {
            true => declaration(by).in_columns("kept_"),
            false => declaration(by),
        };
        let counter = counter.batch(20).build().unwrap();
        ENDED.store(false, Ordering::SeqCst);
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let mut client = database.client().unwrap();
                client.batch_execute("SET deadlock_timeout = '20ms'").ok();
                thread::spawn(move || {
                    let mut numbers = Numbers::new(writer + 77);
                    let mut committed = 0;
                    while !ENDED.load(Ordering::SeqCst) {
                        committed += write(&mut client, &mut numbers, 5);
                    }
                    committed
                })
            })
            .collect();
        // A batch that is ended by a deadlock is run again, as by a runner. Of nine codes, each room has a share of all
        // rooms, so that this is often.
        let mut deadlocks = 0;
        while let Err(error) = run(&mut client, &counter.steps()) {
            assert_eq!(
                error.code(),
                Some(&SqlState::T_R_DEADLOCK_DETECTED),
                "{error:?}"
            );
            deadlocks += 1;
            assert!(deadlocks < 2000, "{error:?}");
        }
        ENDED.store(true, Ordering::SeqCst);
        let committed: u32 = writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum();
        assert!(committed > 0);
        if let Some(drift) = drift(&mut client, by, &counter) {
            panic!("{by:?}, in columns: {in_columns}, {committed} transactions\n{drift}");
        }
    }
}

#[test]
fn killed_at_every_step_and_run_again() {
    for (by, in_columns) in CASES {
        let (database, mut client) = rooms();
        client
            .batch_execute(
                "INSERT INTO rooms SELECT i, 1 + i % 2, 'c' || i % 9 FROM generate_series(0, 40) AS i;
                 INSERT INTO events (site_id, room_id, room_code, at)
                 SELECT 1 + i % 2, i % 30, 'c' || i % 7, now() - i * INTERVAL '1 s' FROM generate_series(1, 200) AS i",
            )
            .unwrap();
        let counter = counter(by, in_columns);
        let mut batches = 0;
        for step in counter.steps() {
            // In the midst of the step, and when it has ended but once; then whole.
            loop {
                let mut killed = database.client().unwrap();
                let pid: i32 = killed
                    .query_one("SELECT pg_backend_pid()", &[])
                    .unwrap()
                    .get(0);
                let mut transaction = killed.transaction().unwrap();
                transaction.batch_execute(&step.sql()).unwrap();
                client
                    .execute("SELECT pg_terminate_backend($1, 5000)", &[&pid])
                    .unwrap();
                drop(transaction);
                assert!(!is_ready(&mut client, &counter));
                if !step.is_repeated() {
                    client.batch_execute(&step.sql()).unwrap();
                    break;
                }
                batches += 1;
                if client.query_one(&step.sql(), &[]).unwrap().get::<_, i64>(0) == 0 {
                    break;
                }
            }
        }
        assert!(batches > 5, "{batches}");
        assert!(is_ready(&mut client, &counter) || by == By::Code);
        assert_eq!(drift(&mut client, by, &counter), None);
        // Once more changes nothing.
        run(&mut client, &counter.steps()).unwrap();
        assert_eq!(drift(&mut client, by, &counter), None);
    }
}

#[test]
fn not_ready_before_it_is_filled() {
    let (_database, mut client) = rooms();
    client
        .batch_execute("INSERT INTO rooms SELECT i, 1, NULL FROM generate_series(0, 40) AS i")
        .unwrap();
    let counter = counter(By::Key, false);
    let steps: Vec<_> = counter
        .steps()
        .into_iter()
        .filter(|step| !step.is_repeated())
        .collect();
    let refused = run(&mut client, &steps).unwrap_err();
    assert!(
        format!("{refused:?}").contains("is not filled"),
        "{refused:?}"
    );
    assert!(!is_ready(&mut client, &counter));
}

#[test]
fn drift_is_found_and_repaired() {
    for (by, in_columns) in CASES {
        let (_database, mut client) = rooms();
        client
            .batch_execute(
                "INSERT INTO rooms SELECT i, 1, 'c' || i FROM generate_series(1, 20) AS i;
                 INSERT INTO events (site_id, room_id, room_code, at)
                 SELECT 1, i % 20 + 1, 'c' || i % 20 + 1, now() FROM generate_series(1, 60) AS i",
            )
            .unwrap();
        let counter = counter(by, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        client
            .batch_execute(
                "SET session_replication_role = replica;
                 DELETE FROM events WHERE room_id IN (4, 7);
                 DELETE FROM rooms WHERE id = 9;
                 INSERT INTO rooms VALUES (30, 1, 'c1');
                 RESET session_replication_role",
            )
            .unwrap();
        let found = counter.find_drift(&mut client, 100).unwrap();
        assert!(drift(&mut client, by, &counter).is_some());
        assert!(
            found
                .iter()
                .any(|drift| drift.key == "4" && drift.kept != drift.counted)
        );
        if !in_columns {
            assert!(
                found
                    .iter()
                    .any(|drift| drift.key == "30" && drift.kept.is_none())
            );
            assert!(
                found
                    .iter()
                    .any(|drift| drift.key == "9" && drift.counted.is_none())
            );
        }
        assert_eq!(counter.find_drift(&mut client, 2).unwrap().len(), 2);
        for _ in 0..2 {
            run(&mut client, &counter.repair()).unwrap();
            assert_eq!(drift(&mut client, by, &counter), None);
            assert_eq!(counter.find_drift(&mut client, 100).unwrap(), []);
        }
    }
}

#[test]
fn by_the_runner_and_back() {
    for (by, in_columns) in CASES {
        let (_database, mut client) = rooms();
        client
            .batch_execute(
                "INSERT INTO rooms SELECT i, 1, 'c' || i FROM generate_series(1, 20) AS i",
            )
            .unwrap();
        let objects = |client: &mut postgres::Client| -> i64 {
            let text = "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
                + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
                + (SELECT count(*) FROM pg_trigger) + (SELECT count(*) FROM pg_attribute WHERE attrelid = 'rooms'::regclass AND NOT attisdropped)";
            client.query_one(text, &[]).unwrap().get(0)
        };
        let before = objects(&mut client);
        let counter = counter(by, in_columns);
        let migration = Migration::new().phase("counter", counter.steps());
        migration.run(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(drift(&mut client, by, &counter), None);
        assert!(objects(&mut client) > before);
        migration.undo(&mut client, &RunOptions::default()).unwrap();
        assert_eq!(objects(&mut client), before);

        run(&mut client, &counter.steps()).unwrap();
        for _ in 0..2 {
            run(&mut client, &counter.remove()).unwrap();
            assert_eq!(objects(&mut client), before);
        }
        client
            .batch_execute("INSERT INTO events (site_id, room_id, at) VALUES (1, 1, now())")
            .unwrap();
    }
}

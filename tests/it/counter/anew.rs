//! What was taken away behind a counter's back, or by others at the same time, is made and counted again.

use std::thread;
use std::time::Duration;

use pagewise::Error;
use pagewise::ddl::{Migration, RunOptions};
use postgres::Client;

use super::fill::is_ready;
use super::place::{By, CASES, counter, drift, rooms, run};

const ROWS: &str = "INSERT INTO rooms SELECT i, 1, 'c' || i FROM generate_series(1, 10) AS i;
    INSERT INTO events (site_id, room_id, room_code, at)
    SELECT 1, i % 10 + 1, 'c' || i % 10 + 1, now() FROM generate_series(1, 30) AS i";

#[test]
fn what_is_not_there_any_more_is_filled_again() {
    for (by, in_columns) in CASES {
        let (_database, mut client) = rooms();
        client.batch_execute(ROWS).unwrap();
        let counter = counter(by, in_columns);
        let steps = counter.steps();
        let name = steps[0].name().split(':').next().unwrap().to_owned();
        run(&mut client, &steps).unwrap();
        let taken_away = match in_columns {
            true => "ALTER TABLE rooms DROP COLUMN kept_last_at CASCADE".to_owned(),
            false => format!("DROP TABLE \"{name}\""),
        };
        let losses = [
            format!("DROP TRIGGER \"{name}_changed\" ON events"),
            format!("DROP TRIGGER \"{name}_parent_added\" ON rooms"),
            format!("DROP TABLE \"{name}_progress\""),
        ];
        for (at, loss) in losses.iter().enumerate() {
            client.batch_execute(loss).unwrap();
            if at < 2 {
                // Whoever makes it again finds that others have written meanwhile.
                client
                    .batch_execute(&format!(
                        "UPDATE events SET at = at + INTERVAL '1 h', room_id = 1, room_code = 'c1' WHERE id % 3 = {at};
                         INSERT INTO rooms VALUES ({}, 1, 'c1')",
                        20 + at
                    ))
                    .unwrap();
                let made: Vec<_> = steps
                    .iter()
                    .take_while(|step| !step.is_repeated())
                    .cloned()
                    .collect();
                run(&mut client, &made).unwrap();
                assert!(!is_ready(&mut client, &counter) || by == By::Code, "{loss}");
            }
            run(&mut client, &steps).unwrap();
            assert!(is_ready(&mut client, &counter) || by == By::Code, "{loss}");
            assert_eq!(drift(&mut client, by, &counter), None, "{loss}");
        }
        // Nobody can write while this is so.
        client.batch_execute(&taken_away).unwrap();
        run(&mut client, &steps).unwrap();
        assert_eq!(drift(&mut client, by, &counter), None, "{taken_away}");
    }
}

#[test]
fn undone_in_part_and_run_again() {
    for (by, in_columns) in CASES {
        let (_database, mut client) = rooms();
        client.batch_execute(ROWS).unwrap();
        let counter = counter(by, in_columns);
        let steps = counter.steps();
        run(&mut client, &steps).unwrap();
        for step in steps.iter().rev() {
            if let Some(undo) = step.undo_sql() {
                client.batch_execute(&undo).unwrap();
            }
            if step.name().contains("triggers of the counted rows") {
                break;
            }
        }
        client
            .batch_execute(ROWS.split_once(';').unwrap().1)
            .unwrap();
        run(&mut client, &steps).unwrap();
        assert_eq!(drift(&mut client, by, &counter), None);
    }
}

#[test]
fn filled_under_read_committed_only() {
    let (_database, mut client) = rooms();
    client.batch_execute(ROWS).unwrap();
    let counter = counter(By::Key, false);
    let migration = Migration::new().phase("counter", counter.steps());
    client
        .batch_execute("SET default_transaction_isolation = 'repeatable read'")
        .unwrap();
    let refused = migration.run(&mut client, &RunOptions::default());
    let Err(Error::Database { source, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(source.code().unwrap().code(), "25000");
    assert!(!is_ready(&mut client, &counter));
    client
        .batch_execute("RESET default_transaction_isolation")
        .unwrap();
    migration.run(&mut client, &RunOptions::default()).unwrap();
    assert_eq!(drift(&mut client, By::Key, &counter), None);
}

/// Runs a statement, which may have to wait, and says when it has or waits.
fn begin(
    mut client: Client,
    watcher: &mut Client,
    text: &'static str,
) -> thread::JoinHandle<Client> {
    let pid: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let running = thread::spawn(move || {
        client.batch_execute(text).unwrap();
        client
    });
    let is_waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)";
    for _ in 0..2000 {
        let is_waiting: bool = watcher.query_one(is_waiting, &[&pid]).unwrap().get(0);
        if is_waiting || running.is_finished() {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    running
}

#[test]
fn a_parent_that_goes_while_it_is_waited_for_and_comes_again() {
    for (by, in_columns) in CASES {
        let (database, mut client) = rooms();
        client
            .batch_execute("INSERT INTO rooms VALUES (1, 1, 'c1')")
            .unwrap();
        let counter = counter(by, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        let mut watcher = database.client().unwrap();

        client
            .batch_execute("BEGIN; DELETE FROM rooms WHERE id = 1")
            .unwrap();
        let writer = begin(
            database.client().unwrap(),
            &mut watcher,
            "BEGIN; INSERT INTO events (site_id, room_id, room_code, at) VALUES (1, 1, 'c1', now())",
        );
        assert!(!writer.is_finished());
        client.batch_execute("COMMIT").unwrap();
        let mut writer = writer.join().unwrap();
        let other = begin(
            database.client().unwrap(),
            &mut watcher,
            "INSERT INTO rooms VALUES (1, 1, 'c1')",
        );
        writer.batch_execute("COMMIT").unwrap();
        other.join().unwrap();
        let drift = drift(&mut client, by, &counter);
        assert_eq!(drift, None, "{by:?}, in columns: {in_columns}");
    }
}

#[test]
fn kept_columns_have_the_type_and_the_collation_of_what_is_kept() {
    let (_database, mut client) = rooms();
    client
        .batch_execute("ALTER TABLE events ALTER kind TYPE varchar(20) COLLATE \"C\"")
        .unwrap();
    for in_columns in [false, true] {
        let counter = counter(By::Key, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        let (column, table) = match in_columns {
            true => ("kept_kind_min", "rooms"),
            false => ("kind_min", counter.table()),
        };
        let text = "SELECT format_type(atttypid, atttypmod), attcollation::regcollation::text
            FROM pg_attribute WHERE attrelid = $1::text::regclass AND attname = $2";
        let row = client.query_one(text, &[&table, &column]).unwrap();
        let found: (String, String) = (row.get(0), row.get(1));
        assert_eq!(
            found,
            ("character varying(20)".to_owned(), "\"C\"".to_owned())
        );
    }
}

//! What the documentation says of single statements.

use postgres::Client;

use super::place::{By, CASES, counter, drift, rooms, run};
use pagewise::ddl::Counter;

fn made(
    by: By,
    in_columns: bool,
) -> (
    pagewise_reference::Database,
    Client,
    Counter<super::place::Room>,
) {
    let (database, mut client) = rooms();
    let counter = counter(by, in_columns);
    run(&mut client, &counter.steps()).unwrap();
    (database, client, counter)
}

#[test]
fn a_change_that_does_not_matter_takes_no_lock() {
    for (by, in_columns) in CASES {
        let (database, mut client, _) = made(by, in_columns);
        client
            .batch_execute(
                "INSERT INTO rooms VALUES (1, 1, 'c1');
                 INSERT INTO events (site_id, room_id, room_code, at) VALUES (1, 1, 'c1', now()), (1, 1, 'c1', now())",
            )
            .unwrap();
        let mut other = database.client().unwrap();
        let mut transaction = client.transaction().unwrap();
        transaction
            .batch_execute("UPDATE events SET at = at - INTERVAL '1 h' WHERE id = 1")
            .unwrap();
        other.batch_execute("SET lock_timeout = '50ms'").unwrap();
        other
            .batch_execute("UPDATE events SET note = 'x' WHERE id = 2")
            .unwrap();
        let waits = other.batch_execute("UPDATE events SET at = now() WHERE id = 2");
        assert!(waits.is_err(), "the value matters");
        transaction.commit().unwrap();
    }
}

#[test]
fn what_a_host_writes_into_kept_columns_is_not_kept() {
    let (_database, mut client, counter) = made(By::Key, true);
    client
        .batch_execute(
            "INSERT INTO rooms (id, site_id, kept_event_count, kept_last_at) VALUES (1, 1, 5, now()), (2, 1, 7, now());
             INSERT INTO events (site_id, room_id, at) VALUES (1, 1, now());
             UPDATE rooms SET code = 'x', kept_event_count = 70, kept_last_at = NULL, kept_last_kind = 'z'",
        )
        .unwrap();
    assert_eq!(drift(&mut client, By::Key, &counter), None);
    // A clone of a row that has values.
    client
        .batch_execute(
            "INSERT INTO rooms SELECT 3, site_id, code, kept_event_count FROM rooms WHERE id = 1",
        )
        .unwrap();
    assert_eq!(drift(&mut client, By::Key, &counter), None);
}

#[test]
fn writers_need_no_search_path() {
    for (by, in_columns) in CASES {
        let (_database, mut client, counter) = made(by, in_columns);
        client
            .batch_execute(
                "CREATE SCHEMA elsewhere;
                 CREATE TEMPORARY TABLE events (LIKE public.events);
                 CREATE TEMPORARY TABLE rooms (LIKE public.rooms);
                 SET search_path = pg_temp, elsewhere;
                 INSERT INTO public.rooms (id, site_id, code) VALUES (1, 1, 'c1');
                 INSERT INTO public.events (site_id, room_id, room_code, at) VALUES (1, 1, 'c1', now());
                 UPDATE public.events SET at = at + INTERVAL '1 h';
                 SET search_path = public;
                 DROP TABLE pg_temp.events, pg_temp.rooms",
            )
            .unwrap();
        assert_eq!(drift(&mut client, by, &counter), None);
    }
}

#[test]
fn another_table_of_its_name_is_left_alone() {
    let (_database, mut client) = rooms();
    let side = counter(By::Key, false);
    client
        .batch_execute(&format!("CREATE TABLE {} (id bigint)", side.table()))
        .unwrap();
    let refused = run(&mut client, &side.steps()).unwrap_err();
    assert!(format!("{refused:?}").contains("is no table of this counter"));

    let columns = counter(By::Key, true);
    client
        .batch_execute("ALTER TABLE rooms ADD COLUMN kept_last_at text")
        .unwrap();
    let refused = run(&mut client, &columns.steps()).unwrap_err();
    assert!(format!("{refused:?}").contains("has another column"));
    // Nor is it removed.
    run(&mut client, &columns.remove()).unwrap();
    client
        .batch_execute("SELECT kept_last_at FROM rooms")
        .unwrap();
}

#[test]
fn written_under_a_stricter_isolation() {
    let (database, mut client, counter) = made(By::Key, false);
    client
        .batch_execute("INSERT INTO rooms VALUES (1, 1, 'c1')")
        .unwrap();
    let insert = "INSERT INTO events (site_id, room_id, at) VALUES (1, 1, now())";
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        let mut first = database.client().unwrap();
        // What it does not see it would overwrite, or leave.
        for (write, code) in [(insert, "40001"), ("TRUNCATE events", "25000")] {
            let mut transaction = first.transaction().unwrap();
            transaction
                .batch_execute(&format!(
                    "SET TRANSACTION ISOLATION LEVEL {level}; SELECT FROM rooms"
                ))
                .unwrap();
            client.batch_execute(insert).unwrap();
            let refused = transaction.batch_execute(write).unwrap_err();
            assert_eq!(refused.code().unwrap().code(), code, "{write}");
            transaction.rollback().unwrap();
            assert_eq!(drift(&mut client, By::Key, &counter), None);
        }
    }
}

#[test]
fn by_foreign_keys_merge_and_partitions() {
    for in_columns in [false, true] {
        let (_database, mut client) = rooms();
        client
            .batch_execute(
                "DROP TABLE events;
                 CREATE TABLE events (id bigint GENERATED BY DEFAULT AS IDENTITY, site_id integer NOT NULL,
                     room_id bigint REFERENCES rooms ON DELETE CASCADE ON UPDATE CASCADE, room_code text, kind varchar(20),
                     small smallint, at timestamptz NOT NULL, note text NOT NULL DEFAULT '') PARTITION BY RANGE (at);
                 CREATE TABLE events_old PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
                 CREATE TABLE events_new PARTITION OF events FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
                 CREATE INDEX ON events (room_id, at)",
            )
            .unwrap();
        let counter = counter(By::Key, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        for statement in [
            "INSERT INTO rooms (id, site_id) SELECT i, 1 FROM generate_series(1, 5) AS i",
            "INSERT INTO events (site_id, room_id, at) SELECT 1, 1 + i % 5, '2025-12-28'::date + i FROM generate_series(1, 20) AS i",
            // Into the other partition.
            "UPDATE events SET at = at + INTERVAL '1 year' WHERE id % 3 = 0",
            "UPDATE rooms SET id = 7 WHERE id = 2",
            "DELETE FROM rooms WHERE id = 3",
            "MERGE INTO events USING (VALUES (1, 4), (2, 5), (900, 1)) AS given (id, room) ON events.id = given.id
             WHEN MATCHED AND given.id = 1 THEN DELETE
             WHEN MATCHED THEN UPDATE SET room_id = given.room
             WHEN NOT MATCHED THEN INSERT (id, site_id, room_id, at) VALUES (given.id, 1, given.room, now())",
            "WITH moved AS (DELETE FROM events WHERE room_id = 4 RETURNING site_id, at)
             INSERT INTO events (site_id, room_id, at) SELECT site_id, 5, at FROM moved",
            "TRUNCATE rooms CASCADE",
        ] {
            client.batch_execute(statement).unwrap();
            let found = drift(&mut client, By::Key, &counter);
            assert_eq!(found, None, "in columns: {in_columns}: {statement}");
        }
    }
}

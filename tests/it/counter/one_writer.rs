//! One writer: whatever it does, what is kept is right after each statement.

use std::cell::RefCell;
use std::io::Write;

use pagewise::ddl::Counter;
use postgres::{Client, Transaction};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

use super::place::{By, CASES, Room, counter, drift, instant, rooms, run};

/// A row to be written; small numbers, so that rows meet.
#[derive(Clone, Debug)]
pub struct Row {
    room: Option<i64>,
    site: i32,
    kind: Option<bool>,
    small: Option<i16>,
    at: i64,
}

#[derive(Clone, Debug)]
enum Change {
    Insert(Vec<Row>),
    Copy(Vec<Row>),
    /// Writes rows of these keys, or what they become.
    Upsert(Vec<(i64, Row)>),
    /// One column of every event of which the key has this rest.
    Update(u8, i64, Row),
    Delete(i64),
    Truncate,
    Rooms(Vec<(i64, i32, Option<i64>)>),
    /// Both in one statement.
    RoomWithEvents(i64, Vec<Row>),
    MoveRooms(u8, i64, i64),
    DeleteRooms(i64),
    TruncateRooms,
    /// What is done is undone, to a savepoint.
    Undone(Box<Change>),
}

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::option::weighted(0.9, 1..5_i64),
        1..3_i32,
        proptest::option::of(any::<bool>()),
        proptest::option::of(0..4_i16),
        0..6_i64,
    )
        .prop_map(|(room, site, kind, small, at)| Row {
            room,
            site,
            kind,
            small,
            at,
        })
}

fn change() -> impl Strategy<Value = Change> {
    let code = proptest::option::of(1..4_i64);
    let simple = prop_oneof![
        4 => vec(row(), 1..5).prop_map(Change::Insert),
        1 => vec(row(), 1..5).prop_map(Change::Copy),
        2 => vec((1..12_i64, row()), 1..4).prop_map(Change::Upsert),
        6 => (0..7_u8, 0..3_i64, row()).prop_map(|(what, rest, row)| Change::Update(what, rest, row)),
        3 => (0..4_i64).prop_map(Change::Delete),
        1 => Just(Change::Truncate),
        3 => vec((1..5_i64, 1..3_i32, code), 1..4).prop_map(Change::Rooms),
        2 => (1..5_i64, vec(row(), 1..3)).prop_map(|(id, rows)| Change::RoomWithEvents(id, rows)),
        3 => (0..4_u8, 1..5_i64, 1..5_i64).prop_map(|(what, id, to)| Change::MoveRooms(what, id, to)),
        1 => (1..5_i64).prop_map(Change::DeleteRooms),
        1 => Just(Change::TruncateRooms),
    ];
    simple.prop_recursive(1, 2, 1, |inner| {
        inner.prop_map(|change| Change::Undone(Box::new(change)))
    })
}

fn literal(row: &Row) -> String {
    let code = row.room.map(|room| format!("'c{}'", room % 4));
    let null = || "NULL".to_owned();
    format!(
        "({}, {}, {}, {}, {}, '{}'::timestamptz)",
        row.site,
        row.room.map_or_else(null, |room| room.to_string()),
        code.unwrap_or_else(null),
        kind(row),
        row.small.map_or_else(null, |small| small.to_string()),
        instant(row.at).to_rfc3339()
    )
}

fn kind(row: &Row) -> String {
    match row.kind {
        Some(true) => "'it''s a talk'".to_owned(),
        Some(false) => "'break'".to_owned(),
        None => "NULL".to_owned(),
    }
}

fn literals(rows: &[Row]) -> String {
    rows.iter().map(literal).collect::<Vec<_>>().join(", ")
}

const COLUMNS: &str = "site_id, room_id, room_code, kind, small, at";

fn apply(transaction: &mut Transaction<'_>, change: &Change) -> Result<(), postgres::Error> {
    let text = match change {
        Change::Insert(rows) => format!("INSERT INTO events ({COLUMNS}) VALUES {}", literals(rows)),
        Change::Copy(rows) => {
            let mut writer = transaction.copy_in(&format!("COPY events ({COLUMNS}) FROM STDIN"))?;
            for row in rows {
                let room = row.room.map_or("\\N".to_owned(), |room| room.to_string());
                let line = format!("{}\t{room}\tc1\t\\N\t\\N\t{}\n", row.site, instant(row.at));
                writer.write_all(line.as_bytes()).expect("the connection");
            }
            writer.finish()?;
            return Ok(());
        }
        Change::Upsert(rows) => {
            // Not one key twice in a statement.
            let mut rows = rows.clone();
            rows.sort_by_key(|(id, _)| *id);
            rows.dedup_by_key(|(id, _)| *id);
            let values: Vec<_> = rows
                .iter()
                .map(|(id, row)| format!("({id}, {}", literal(row).trim_start_matches('(')))
                .collect();
            format!(
                "INSERT INTO events (id, {COLUMNS}) VALUES {} ON CONFLICT (id) DO UPDATE SET room_id = EXCLUDED.room_id, \
                 room_code = EXCLUDED.room_code, at = EXCLUDED.at, kind = EXCLUDED.kind",
                values.join(", ")
            )
        }
        Change::Update(what, rest, row) => {
            let set = match what {
                0 => format!("room_id = {}", row.room.map_or("NULL".to_owned(), |r| r.to_string())),
                1 => format!("room_code = 'c{}'", row.at % 4),
                2 => format!("kind = {}", kind(row)),
                3 => format!("at = '{}'", instant(row.at).to_rfc3339()),
                4 => format!("site_id = {}", row.site),
                5 => "small = NULLIF(small + 1, 4)".to_owned(),
                _ => "note = note || '.'".to_owned(),
            };
            format!("UPDATE events SET {set} WHERE id % 3 = {rest}")
        }
        Change::Delete(rest) => format!("DELETE FROM events WHERE id % 4 = {rest}"),
        Change::Truncate => "TRUNCATE events".to_owned(),
        Change::Rooms(rooms) => {
            let rooms: Vec<_> = rooms
                .iter()
                .map(|(id, site, code)| {
                    let code = code.map_or("NULL".to_owned(), |code| format!("'c{code}'"));
                    format!("({id}, {site}, {code})")
                })
                .collect();
            format!(
                "INSERT INTO rooms (id, site_id, code) VALUES {} ON CONFLICT DO NOTHING",
                rooms.join(", ")
            )
        }
        Change::RoomWithEvents(id, rows) => format!(
            "WITH room AS (INSERT INTO rooms (id, site_id, code) VALUES ({id}, 1, 'c1') ON CONFLICT DO NOTHING)
             INSERT INTO events ({COLUMNS}) VALUES {}",
            literals(rows)
        ),
        Change::MoveRooms(what, id, to) => {
            let set = match what {
                0 => format!("code = 'c{to}'"),
                1 => "code = NULL".to_owned(),
                2 => format!("site_id = 1 + {to} % 2"),
                _ => format!("id = CASE WHEN EXISTS (SELECT FROM rooms WHERE id = {to}) THEN id ELSE {to} END"),
            };
            format!("UPDATE rooms SET {set} WHERE id = {id} OR ({what} < 3 AND id = {to})")
        }
        Change::DeleteRooms(id) => format!("DELETE FROM rooms WHERE id = {id} OR id = {id} + 1"),
        Change::TruncateRooms => "TRUNCATE rooms".to_owned(),
        Change::Undone(change) => {
            let mut savepoint = transaction.transaction()?;
            apply(&mut savepoint, change)?;
            return savepoint.rollback();
        }
    };
    transaction.batch_execute(&text)
}

fn holds(
    client: &mut Client,
    by: By,
    counter: &Counter<Room>,
    changes: &[Vec<Change>],
) -> Result<(), String> {
    client
        .batch_execute(
            "TRUNCATE rooms; TRUNCATE events; ALTER TABLE events ALTER id RESTART WITH 100",
        )
        .unwrap();
    for changes in changes {
        // Several changes of one transaction.
        let mut transaction = client.transaction().unwrap();
        for change in changes {
            apply(&mut transaction, change).map_err(|error| format!("{change:?}: {error:?}"))?;
            if let Some(drift) = drift(&mut transaction, by, counter) {
                return Err(format!("after {change:?}\n{drift}"));
            }
        }
        transaction.commit().unwrap();
    }
    Ok(())
}

#[test]
fn each_statement_leaves_the_right_values() {
    for (by, in_columns) in CASES {
        let (_database, mut client) = rooms();
        let counter = counter(by, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        let client = RefCell::new(client);
        let config = Config {
            cases: 40,
            failure_persistence: None,
            max_shrink_iters: 500,
            ..Config::default()
        };
        let changes = vec(vec(change(), 1..4), 1..14);
        let tested = TestRunner::new(config).run(&changes, |changes| {
            holds(&mut client.borrow_mut(), by, &counter, &changes).map_err(TestCaseError::fail)
        });
        if let Err(TestError::Fail(reason, input)) = tested {
            panic!("{by:?}, in columns: {in_columns}: {reason}\n\nof\n{input:#?}");
        }
        tested.unwrap();
        // By its own check, too.
        assert_eq!(
            counter.find_drift(&mut *client.borrow_mut(), 10).unwrap(),
            []
        );
    }
}

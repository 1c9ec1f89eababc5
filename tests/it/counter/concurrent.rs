//! Several writers at once leave the right values behind.

use std::thread;

use postgres::{Client, error::SqlState};

use super::place::{CASES, counter, drift, instant, rooms, run};

/// Numbers that look random, the same in each run: what differs is how the threads meet.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// One statement of somebody who writes events and rooms.
pub fn statement(numbers: &mut Numbers) -> String {
    let room = numbers.below(8);
    let code = numbers.below(5);
    let at = instant(i64::try_from(numbers.below(50)).unwrap()).to_rfc3339();
    let kind = ["'it''s a talk'", "'break'", "NULL"][usize::try_from(numbers.below(3)).unwrap()];
    let rest = numbers.below(9);
    match numbers.below(40) {
        0..=13 => format!(
            "INSERT INTO events (site_id, room_id, room_code, kind, at) SELECT 1, {room} + i % 2, 'c' || {code}, {kind}, '{at}'
             FROM generate_series(1, {}) AS i",
            1 + numbers.below(3)
        ),
        14..=18 => format!("UPDATE events SET room_id = {room}, room_code = 'c{code}' WHERE id % 9 = {rest}"),
        19..=21 => format!("UPDATE events SET kind = {kind}, at = '{at}' WHERE id % 9 = {rest}"),
        22..=26 => format!("DELETE FROM events WHERE id % 9 = {rest} AND id % 2 = 0"),
        27..=31 => format!("INSERT INTO rooms (id, site_id, code) VALUES ({room}, 1, 'c{code}') ON CONFLICT DO NOTHING"),
        32..=34 => format!("UPDATE rooms SET code = 'c{code}' WHERE id = {room}"),
        35..=36 => format!("DELETE FROM rooms WHERE id = {room}"),
        37 => format!("UPDATE rooms SET site_id = 1 WHERE id = {room}"),
        38 if rest == 0 => "TRUNCATE events".to_owned(),
        _ => "UPDATE events SET note = note || '.' WHERE id % 9 = 1".to_owned(),
    }
}

/// Transactions of one to three statements, some of them rolled back; what PostgreSQL ends is left undone. How many were
/// committed.
pub fn write(client: &mut Client, numbers: &mut Numbers, transactions: u32) -> u32 {
    let mut committed = 0;
    for _ in 0..transactions {
        let mut transaction = client.transaction().unwrap();
        let mut is_whole = true;
        for _ in 0..=numbers.below(3) {
            if let Err(error) = transaction.batch_execute(&statement(numbers)) {
                let expected = [SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION];
                assert!(
                    error.code().is_some_and(|code| expected.contains(code)),
                    "{error:?}"
                );
                is_whole = false;
                break;
            }
        }
        if is_whole && numbers.below(6) > 0 {
            transaction.commit().unwrap();
            committed += 1;
        } else {
            transaction.rollback().unwrap();
        }
    }
    committed
}

#[test]
fn concurrent_writers_leave_the_right_values() {
    for (by, in_columns) in CASES {
        let (database, mut client) = rooms();
        let counter = counter(by, in_columns);
        run(&mut client, &counter.steps()).unwrap();
        let writers: Vec<_> = (0..5)
            .map(|writer| {
                let mut client = database.client().unwrap();
                client.batch_execute("SET deadlock_timeout = '20ms'").ok();
                thread::spawn(move || write(&mut client, &mut Numbers::new(writer + 1), 150))
            })
            .collect();
        let committed: u32 = writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum();
        assert!(committed > 100, "only {committed} transactions");
        if let Some(drift) = drift(&mut client, by, &counter) {
            panic!("{by:?}, in columns: {in_columns}\n{drift}");
        }
        assert_eq!(counter.find_drift(&mut client, 10).unwrap(), []);
    }
}

//! A write that changes what a panel shows leaves a note that outdates the panel.

use std::cell::{Cell, RefCell};

use pagewise::Strategy::Optimized;
use pagewise::chat;
use pagewise::ddl::Migration;
use postgres::Transaction;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;

use crate::dashboard::compare::panel;
use crate::dashboard::parity::fetch;
use crate::dashboard::request::{Asked, Part, Plan, plan};
use crate::dashboard::{data, request};
use crate::laws::{Connection, Outcome, check};
use crate::scene::at_a_scene;
use crate::world::World;

const TABLES: &[&str] = &[
    "annotations_customtaggeditem",
    "annotations_tag",
    "channels_experimentchannel",
    "chat_chat",
    "chat_chatmessage",
    "experiments_experiment",
    "experiments_experimentsession",
    "experiments_participant",
    "trace_trace",
];

/// A write of one row.
#[derive(Clone, Debug)]
enum What {
    /// A column becomes what it is in another row.
    Column(Index, Index),
    /// A column becomes NULL, or another boolean, or a later time.
    Otherwise(Index),
    Delete,
    /// A row that was not there before.
    Insert,
}

#[derive(Clone, Debug)]
struct Write {
    /// Of all tables, or one of those that the panel is made of.
    table: Result<&'static str, Index>,
    /// A column that the panel reads.
    matters: bool,
    row: Index,
    what: What,
}

fn write() -> impl Strategy<Value = Write> {
    let what = prop_oneof![
        4 => (any::<Index>(), any::<Index>()).prop_map(|(column, other)| What::Column(column, other)),
        2 => any::<Index>().prop_map(What::Otherwise),
        1 => Just(What::Delete),
        1 => Just(What::Insert),
    ];
    let table = prop_oneof![
        1 => select(TABLES).prop_map(Ok),
        3 => any::<Index>().prop_map(Err),
    ];
    (table, prop::bool::weighted(0.7), any::<Index>(), what).prop_map(
        |(table, matters, row, what)| Write {
            table,
            matters,
            row,
            what,
        },
    )
}

fn texts(transaction: &mut Transaction<'_>, query: &str) -> Vec<String> {
    let rows = transaction.query(query, &[]).expect(query);
    rows.iter().map(|row| row.get(0)).collect()
}

impl Write {
    /// What is done before, and the write itself; `None` if there is no such row.
    fn sql(&self, transaction: &mut Transaction<'_>, part: Part) -> Option<(String, String)> {
        let Self { row, what, .. } = self;
        let table = match &self.table {
            Ok(table) => table,
            Err(pick) => *pick.get(panel(part).sources()),
        };
        let ids = texts(
            transaction,
            &format!("SELECT id::text FROM {table} ORDER BY id"),
        );
        if ids.is_empty() {
            return None;
        }
        let id = row.get(&ids);
        let read = chat::cache_sources().columns(table).expect("a source");
        let among = match self.matters {
            true => format!("AND column_name IN ('{}')", read.join("', '")),
            false => String::new(),
        };
        let columns = || {
            format!(
                "SELECT column_name || ':' || data_type FROM information_schema.columns WHERE table_schema = 'public' AND \
                 table_name = '{table}' AND (column_name <> 'id' OR table_name = 'chat_chat') {among} ORDER BY ordinal_position"
            )
        };
        let nothing = String::new();
        Some(match what {
            What::Column(column, other) => {
                let columns = texts(transaction, &columns());
                let column = column.get(&columns).split(':').next()?;
                let other = other.get(&ids);
                let write = format!(
                    "UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE id = {other}) WHERE id = {id}"
                );
                (nothing, write)
            }
            What::Otherwise(column) => {
                let columns = texts(transaction, &columns());
                let (column, data_type) = column.get(&columns).split_once(':')?;
                let value = match data_type {
                    "boolean" => format!("NOT {column}"),
                    "timestamp with time zone" => format!("{column} + interval '7 hours'"),
                    "character varying" | "text" => format!("{column} || '+'"),
                    "integer" => format!("{column} + 1"),
                    _ => "NULL".to_owned(),
                };
                let write = format!("UPDATE {table} SET {column} = {value} WHERE id = {id}");
                (nothing, write)
            }
            What::Delete => (nothing, format!("DELETE FROM {table} WHERE id = {id}")),
            What::Insert => {
                let before = format!(
                    "CREATE TEMP TABLE the_row ON COMMIT DROP AS SELECT * FROM {table} WHERE id = {id};\n\
                     DELETE FROM {table} WHERE id = {id}"
                );
                (before, format!("INSERT INTO {table} SELECT * FROM the_row"))
            }
        })
    }
}

/// What was seen: writes, those that changed what was shown, and those that left no note.
#[derive(Default)]
struct Seen {
    writes: Cell<u32>,
    changes: Cell<u32>,
    without_note: Cell<u32>,
}

fn add(to: &Cell<u32>) {
    to.set(to.get() + 1);
}

fn noted(transaction: &mut Transaction<'_>, team: i64, sources: &[&str]) -> bool {
    let noted = transaction.query_one(
        "SELECT EXISTS (SELECT FROM pagewise_cache_note WHERE source = ANY ($1) AND (team_id = $2 OR team_id IS NULL))",
        &[&sources, &team],
    );
    noted.expect("notes").get(0)
}

fn one(transaction: &mut Transaction<'_>, asked: &Asked, write: &Write, seen: &Seen) -> Outcome {
    let mut transaction = transaction.transaction().expect("a savepoint");
    let [part] = asked.visible[..] else {
        panic!("one panel is asked for");
    };
    let Some((before, now)) = write.sql(&mut transaction, part) else {
        return Ok(());
    };
    transaction.batch_execute(&before).expect("the row to go");
    transaction
        .batch_execute("DELETE FROM pagewise_cache_note")
        .expect("notes to go");
    let (shown, words) = fetch(&mut transaction, asked, Optimized)?;
    {
        let mut attempt = transaction.transaction().expect("a savepoint");
        if attempt.batch_execute(&now).is_err() {
            // What a constraint refuses changes nothing.
            return Ok(());
        }
        attempt.commit().expect("the write");
    }
    let (after, _) = fetch(&mut transaction, asked, Optimized)?;
    let sources = panel(part).sources();
    let is_noted = noted(&mut transaction, asked.tenant, sources);
    add(&seen.writes);
    if !is_noted {
        add(&seen.without_note);
    }
    if format!("{shown:?}") != format!("{after:?}") {
        add(&seen.changes);
        if !is_noted {
            return Err(TestCaseError::fail(format!(
                "no note for {part:?} of team {} by\n{now}\n\n{shown:#?}\n\n{after:#?}\n\n{words}",
                asked.tenant
            )));
        }
    }
    transaction.rollback().expect("the savepoint");
    Ok(())
}

#[test]
fn what_changes_a_panel_outdates_it() {
    let connection = RefCell::new(Connection::open());
    let seen = Seen::default();
    let migration = Migration::new()
        .phase("cache", pagewise::cache::steps())
        .phase("notes", chat::cache_sources().steps().unwrap());
    connection.borrow_mut().migrate(&migration);
    let of_panel = select(&request::PARTS[..]);
    let cases = at_a_scene(|scene| {
        (
            data::world(scene),
            prop::collection::vec((plan(scene), write()), 12),
        )
    });
    let cases = (cases, of_panel);
    check(120, &cases, |((_, (world, writes)), part)| {
        let writes: Vec<(Plan, Write)> = writes;
        let world: World = world;
        connection.borrow_mut().with(&world, |transaction| {
            writes.iter().try_for_each(|(plan, write)| {
                let mut asked = plan.of(&world);
                asked.visible = vec![part];
                one(transaction, &asked, write, &seen)
            })
        })
    });
    let (writes, changes) = (seen.writes.get(), seen.changes.get());
    println!("{writes} writes, {changes} of them changed what is shown");
    // So many as not to be by chance, whatever `PROPTEST_CASES` says.
    let cases = std::env::var_os("PROPTEST_CASES").is_none();
    assert!(
        !cases || changes > 15,
        "{changes} of {writes} changed anything"
    );
    let without_note = seen.without_note.get();
    assert!(
        !cases || without_note > 15,
        "{without_note} of {writes} left no note"
    );
}

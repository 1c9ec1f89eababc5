//! Reports on the indexes that are there.

use pagewise::chat::{Session, Tag};
use pagewise::plan::{UsageReport, redundant_indexes};
use pagewise::statistics::TableSet;
use pagewise::{Catalog, entity};
use postgres::Client;

use crate::support::{empty, reader, run};

entity! {
    /// A thing with indexes of all kinds.
    Thing = "things" as "thing" {
        key ID: i64 = "id";
        shared;
        NAME: Option<String> = "name";
    }
}

entity! {
    /// A partition of things.
    Part = "parts" as "part" {
        key ID: i64 = "id";
        shared;
    }
}

fn things() -> TableSet {
    TableSet::new().table(Thing)
}

/// A table whose indexes are each of one kind.
fn make(client: &mut Client) {
    client
        .batch_execute(
            "CREATE TABLE owners (id bigint PRIMARY KEY);
             CREATE TABLE things (id bigint PRIMARY KEY, owner_id bigint REFERENCES owners (id), code text UNIQUE,
                 name text, at timestamptz, size int);
             CREATE INDEX things_owner ON things (owner_id);
             CREATE UNIQUE INDEX things_unique ON things (size, name);
             CREATE INDEX things_unused ON things (at);
             CREATE INDEX things_read ON things (name);
             CREATE INDEX things_read_more ON things (name, at);
             CREATE INDEX things_same ON things (name);
             CREATE INDEX things_backward ON things (at DESC);
             CREATE INDEX things_code ON things (code);
             CREATE INDEX things_some ON things (name) WHERE size > 3;
             CREATE INDEX things_expression ON things (lower(name));
             INSERT INTO things SELECT n, NULL, n::text, 'name ' || n, now(), n FROM generate_series(1, 20000) AS n;
             ANALYZE things",
        )
        .unwrap();
}

#[test]
fn unused_indexes() {
    let (_database, mut client) = empty();
    make(&mut client);
    client
        .batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT id FROM things WHERE at < now() - interval '9 years'")
        .unwrap();
    // The server tells others of it when the transaction is over, and not at once.
    let mut report = UsageReport::default();
    for _ in 0..100 {
        report = UsageReport::read(&mut client, &things()).unwrap();
        if report.indexes().iter().any(|index| index.scans > 0) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let read = report
        .indexes()
        .iter()
        .find(|index| index.scans > 0 && index.name != "things_pkey");
    let read = read.expect("a scan was counted").name.clone();
    let mut unused: Vec<_> = report
        .unused()
        .iter()
        .map(|index| index.name.as_str())
        .collect();
    unused.sort_unstable();
    let mut expected = vec![
        "things_backward",
        "things_code",
        "things_expression",
        "things_read",
        "things_read_more",
        "things_same",
        "things_some",
        "things_unused",
    ];
    expected.retain(|name| *name != read);
    assert_eq!(unused, expected);
    assert!(
        report
            .indexes()
            .iter()
            .find(|index| index.name == "things_owner")
            .unwrap()
            .serves_foreign_key
    );
}

#[test]
fn indexes_of_partitions_are_not_dropped_by_themselves() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE things (id bigint, name text) PARTITION BY RANGE (id);
             CREATE TABLE parts PARTITION OF things FOR VALUES FROM (0) TO (10);
             CREATE INDEX things_name ON things (name);
             CREATE INDEX parts_own ON parts (id)",
        )
        .unwrap();
    let tables = things().table(Part);
    let report = UsageReport::read(&mut client, &tables).unwrap();
    assert_eq!(report.indexes().len(), 3, "{report:?}");
    let unused: Vec<_> = report
        .unused()
        .iter()
        .map(|index| index.name.as_str())
        .collect();
    assert_eq!(unused, ["parts_own"]);
}

/// What is told of the indexes of things.
fn redundant(client: &mut Client) -> Vec<String> {
    let catalog = Catalog::read(client, &things()).unwrap();
    let mut redundant: Vec<_> = redundant_indexes(&catalog)
        .into_iter()
        .map(|index| {
            format!(
                "{} by {}{}",
                index.name,
                index.by,
                if index.is_duplicate { ", the same" } else { "" }
            )
        })
        .collect();
    redundant.sort_unstable();
    redundant
}

#[test]
fn redundant_ones() {
    let (_database, mut client) = empty();
    make(&mut client);
    assert_eq!(
        redundant(&mut client),
        [
            "things_code by things_code_key",
            "things_read by things_read_more",
            "things_same by things_read, the same",
            "things_unused by things_backward, the same",
        ]
    );
}

#[test]
fn of_two_that_do_the_same_one_stays() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE things (id bigint, name text, at timestamptz, size int, code text);
             CREATE INDEX held_a ON things (id) INCLUDE (name, at);
             CREATE INDEX held_b ON things (id) INCLUDE (at, name);
             CREATE UNIQUE INDEX one_a ON things (code) INCLUDE (name, at);
             CREATE UNIQUE INDEX one_b ON things (code) INCLUDE (at, name);
             CREATE INDEX needless_a ON things (size) INCLUDE (at);
             CREATE INDEX needless_b ON things (size) INCLUDE (at, size);
             CREATE INDEX valid_a ON things (at);
             CREATE INDEX valid_b ON things (at);
             UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'valid_a'::regclass",
        )
        .unwrap();
    assert_eq!(
        redundant(&mut client),
        [
            "held_b by held_a, the same",
            "needless_b by needless_a",
            "one_b by one_a, the same",
            "valid_a by valid_b, the same",
        ]
    );
}

#[test]
fn bloat_and_making_anew() {
    let (_database, mut client) = empty();
    make(&mut client);
    let bloat = |client: &mut Client, name: &str| {
        let report = UsageReport::read(client, &things()).unwrap();
        report
            .indexes()
            .iter()
            .find(|index| index.name == name)
            .unwrap()
            .clone()
    };
    for name in ["things_pkey", "things_read", "things_expression"] {
        client
            .batch_execute(&format!("REINDEX INDEX {name}"))
            .unwrap();
        let fresh = bloat(&mut client, name);
        let times = fresh.bloat().unwrap();
        assert!((0.6..1.4).contains(&times), "{fresh}");
    }
    client
        .batch_execute("DELETE FROM things WHERE id % 10 <> 0")
        .unwrap();
    client.batch_execute("VACUUM ANALYZE things").unwrap();
    let large = bloat(&mut client, "things_pkey");
    assert!(large.bloat().unwrap() > 4.0, "{large}");
    client.batch_execute(&large.reindex_text()).unwrap();
    let small = bloat(&mut client, "things_pkey");
    assert!(small.bloat().unwrap() < 1.5, "{small}");
    assert_eq!(large.reindex_step().name(), "reindex public.things_pkey");
    let unused = bloat(&mut client, "things_unused").drop_text();
    client.batch_execute(&unused).unwrap();
    assert!(
        !UsageReport::read(&mut client, &things())
            .unwrap()
            .indexes()
            .iter()
            .any(|index| index.name == "things_unused")
    );
}

#[test]
fn the_statement_is_what_it_says() {
    let mut client = reader();
    let tables = TableSet::new().table(Session).table(Tag);
    let rows = run(&mut client, &UsageReport::statement(&tables));
    let report = UsageReport::read(&mut client, &tables).unwrap();
    assert_eq!(rows.len(), report.indexes().len());
    let is_key = |index: &&pagewise::plan::IndexUsage| index.name.ends_with("_pkey");
    assert!(
        report
            .indexes()
            .iter()
            .filter(is_key)
            .all(|index| index.is_needed)
    );
    assert_eq!(report.indexes().iter().filter(is_key).count(), 2);
}

//! What is read of the statistics, and what is estimated from them, beside what is so.

mod estimates;
mod order;

use std::cell::Cell;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Session};
use pagewise::statistics::{Statistics, StatisticsCache, TableSet};
use pagewise::{Entity, Predicate, entity};
use postgres::Client;

use crate::counting::Counting;
use crate::support::{empty, reader, run};

fn read(client: &mut Client) -> Statistics {
    Statistics::read(client, &chat::filter_tables()).unwrap()
}

/// The estimate is the share of the rows for which the SQL is true, by no more than the factor and two rows.
#[track_caller]
fn close<E: Entity>(
    client: &mut Client,
    statistics: &Statistics,
    condition: &Predicate<E>,
    sql: &str,
    factor: f64,
) {
    let definition = E::DEFINITION;
    let text = format!(
        "SELECT count(*)::float8, (count(*) FILTER (WHERE {sql}))::float8 FROM {} AS {}",
        definition.table, definition.alias
    );
    let row = client.query_one(&text, &[]).unwrap();
    let (rows, matching): (f64, f64) = (row.get(0), row.get(1));
    let estimate = statistics.share(condition);
    let estimate = estimate.unwrap_or_else(|| panic!("nothing is known of {sql}"));
    assert!(
        rows * estimate <= matching * factor + 2.0 && rows * estimate >= matching / factor - 2.0,
        "{sql}: {matching} of {rows} rows, estimated {}",
        rows * estimate
    );
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn the_statement_is_one_text_for_any_tables() {
    let mut client = reader();
    let one = Statistics::statement(&TableSet::new().table(Session));
    let all = Statistics::statement(&chat::filter_tables());
    assert_eq!(one.text(), all.text());
    assert_eq!(one.parameters().len(), 3);
    assert!(!one.text().contains("experiments_"), "{one:#}");
    assert!(run(&mut client, &one).len() > 10);
    let statistics = read(&mut client);
    let labels = statistics.label_statement(&chat::filter_tables()).unwrap();
    assert!(run(&mut client, &labels).len() > 10);
}

#[test]
fn read_once_and_kept() {
    let mut client = reader();
    let asked = Cell::new(0);
    let mut counting = Counting {
        client: &mut client,
        asked: &asked,
    };
    let cache = StatisticsCache::new(Duration::from_secs(3600));
    for _ in 0..3 {
        let statistics = cache.read(&mut counting, &chat::filter_tables()).unwrap();
        assert!(statistics.rows_of(Session).is_some() && !statistics.is_empty());
        assert!(statistics.age() < Duration::from_secs(60));
        assert_eq!(asked.get(), 2, "the tables, and the names of tags");
    }
    let none = StatisticsCache::new(Duration::ZERO);
    none.read(&mut counting, &TableSet::new().table(Session))
        .unwrap();
    none.read(&mut counting, &TableSet::new().table(Session))
        .unwrap();
    assert!(none.is_stale());
    assert_eq!(
        asked.get(),
        4,
        "no names are asked for, and nothing is kept"
    );
}

entity! {
    /// A table of the test's own.
    pub Reading = "Odd readings" as "reading" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// In a schema of its own.
    pub Elsewhere = "Odd readings" in "Else where" as "elsewhere" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// Rows of partitions.
    pub Part = "parts" as "part" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// Not there.
    pub Missing = "missing" as "missing" {
        key ID: i32 = "id";
        shared;
    }
}

entity! {
    /// A view.
    pub View = "a_view" as "a_view" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

fn odd_tables() -> TableSet {
    TableSet::new()
        .table(Reading)
        .table(Elsewhere)
        .table(Part)
        .table(Missing)
        .table(View)
        .label(Reading::ID, Elsewhere::KIND)
        .label(Elsewhere::ID, Missing::ID)
}

fn odd() -> (pagewise_reference::Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            r#"CREATE TABLE "Odd readings" (id integer, kind text) WITH (autovacuum_enabled = false);
               INSERT INTO "Odd readings" SELECT i, CASE WHEN i % 4 = 0 THEN 'rare' ELSE 'often' END FROM generate_series(1, 100) AS i;
               CREATE SCHEMA "Else where";
               CREATE TABLE "Else where"."Odd readings" (id integer, kind text) WITH (autovacuum_enabled = false);
               INSERT INTO "Else where"."Odd readings" SELECT i, 'other' FROM generate_series(1, 50) AS i;
               CREATE TABLE parts (id integer, kind text) PARTITION BY RANGE (id);
               CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (50) WITH (autovacuum_enabled = false);
               CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (50) TO (1000) WITH (autovacuum_enabled = false);
               INSERT INTO parts SELECT i, CASE WHEN i < 50 THEN 'low' ELSE 'high' END FROM generate_series(0, 199) AS i;
               CREATE VIEW a_view AS SELECT * FROM "Odd readings""#,
        )
        .unwrap();
    (database, client)
}

#[test]
fn what_was_never_analyzed_is_not_known() {
    let (_database, mut client) = odd();
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.rows_of(Reading), None);
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), None);
    client.batch_execute("ANALYZE").unwrap();
    assert_eq!(statistics.rows_of(Reading), None, "read before");
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.rows_of(Reading), Some(100.0));
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), Some(0.25));
    assert_eq!(statistics.rows_of(Elsewhere), Some(50.0));
    assert_eq!(statistics.share(&Elsewhere::KIND.eq("other")), Some(1.0));
    assert_eq!(statistics.rows_of(Part), Some(200.0));
    assert_eq!(
        statistics.share(&Part::KIND.eq("low")),
        Some(0.25),
        "of all partitions"
    );
    assert_eq!(statistics.rows_of(Missing), None);
    assert_eq!(statistics.rows_of(View), None);
    assert_eq!(statistics.share(&View::KIND.eq("rare")), None);
}

#[test]
fn what_may_not_be_read_is_not_known() {
    let (_database, mut client) = odd();
    client
        .batch_execute(
            r#"ANALYZE; REVOKE ALL ON "Odd readings" FROM PUBLIC, CURRENT_USER; REVOKE ALL ON SCHEMA "Else where" FROM CURRENT_USER"#,
        )
        .unwrap();
    let superuser: bool = client
        .query_one(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .unwrap()
        .get(0);
    if superuser {
        // Any role will do that has nothing to do with these tables.
        client.batch_execute("SET ROLE pg_signal_backend").unwrap();
    }
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), None);
    assert_eq!(statistics.rows_of(Elsewhere), None);
    assert_eq!(statistics.share(&Elsewhere::KIND.eq("other")), None);
}

#[test]
fn other_styles_of_dates_are_not_known() {
    let mut client = reader();
    client
        .batch_execute("SET DateStyle = 'German'; SET TimeZone = 'Asia/Kolkata'")
        .unwrap();
    let statistics = read(&mut client);
    assert_eq!(
        statistics.share(&Session::CREATED_AT.lt(instant("2026-10-01T00:00:00Z"))),
        None
    );
    assert!(statistics.share(&Session::STATUS.eq("active")).is_some());
    client.batch_execute("SET DateStyle = 'ISO'").unwrap();
    let statistics = read(&mut client);
    let at = instant("2026-10-01T00:00:00Z");
    close(
        &mut client,
        &statistics,
        &Session::CREATED_AT.lt(at),
        "created_at < '2026-10-01 00:00:00+00'",
        1.2,
    );
}

#[cfg(feature = "tokio-postgres")]
#[tokio::test]
async fn read_through_the_asynchronous_client() {
    use chat::{Tag, TaggedItem};

    let url = crate::support::reader_url();
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let cache = StatisticsCache::new(Duration::from_secs(3600));
    let statistics = cache
        .read_async(&client, &chat::filter_tables())
        .await
        .unwrap();
    let links = TaggedItem::tag().filter(Tag::NAME.eq("tag-01"));
    assert!(
        statistics
            .rows_pointing_at(&links, crate::support::TEAM)
            .is_some()
    );
    assert!(!cache.is_stale());
}

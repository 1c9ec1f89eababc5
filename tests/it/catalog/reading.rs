//! How the catalog is read, and what of it is not known.

use std::cell::Cell;
use std::time::Duration;

use pagewise::catalog::{CatalogCache, CatalogRow};
use pagewise::chat::{self, Message, Session, Tag, Trace};
use pagewise::driver::postgres::Execute;
use pagewise::statistics::TableSet;
use pagewise::{Catalog, Entity, Statistics, entity};
use postgres::{Client, Row};

use super::{named, put_together};
use crate::counting::Counting;
use crate::support::{TEAM, empty, reader, run};

entity! {
    /// Not there.
    pub Missing = "missing" as "missing" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// In a schema that is not there.
    pub Nowhere = "teams_team" in "nowhere" as "nowhere" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// A view.
    pub View = "a_view" as "a_view" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// A view that is stored.
    pub Stored = "stored" as "stored" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// A table without indexes.
    pub Bare = "bare" as "bare" {
        key ID: i64 = "id";
        shared;
        MAYBE: Option<i64> = "maybe";
    }
}

fn read(client: &mut Client, tables: &TableSet) -> Catalog {
    Catalog::read(client, tables).unwrap()
}

/// All tables of the filters.
fn all() -> TableSet {
    chat::filter_tables().table(chat::Team)
}

#[test]
fn the_statement_is_one_text_for_any_tables() {
    let mut client = reader();
    let none = Catalog::statement(&TableSet::new());
    let one = Catalog::statement(&TableSet::new().table(Session));
    let all = Catalog::statement(&all());
    assert_eq!(one.text(), all.text());
    assert_eq!(one.text(), none.text());
    assert_eq!(one.parameters().len(), 2);
    assert!(!one.text().contains("experiments_"), "{one:#}");
    assert_eq!(run(&mut client, &none).len(), 1, "the server's version");
    assert!(run(&mut client, &one).len() > 10);
    assert!(run(&mut client, &all).len() > 40);
}

#[test]
fn it_reads_nothing_but_the_catalog() {
    let mut client = reader();
    let statement = Catalog::statement(&all());
    let text = format!("EXPLAIN (VERBOSE, FORMAT JSON) {}", statement.text());
    let rows = Execute::run(&mut client, &text, statement.parameters()).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan_text(&rows)).unwrap();
    let mut schemas = Vec::new();
    schemas_of(&plan, &mut schemas);
    assert!(schemas.len() > 5);
    assert!(
        schemas.iter().all(|schema| schema == "pg_catalog"),
        "{schemas:?}"
    );
}

fn plan_text(rows: &[Row]) -> String {
    struct Json(String);
    impl<'a> postgres::types::FromSql<'a> for Json {
        fn from_sql(
            _: &postgres::types::Type,
            raw: &'a [u8],
        ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
            Ok(Self(std::str::from_utf8(raw)?.to_owned()))
        }
        fn accepts(data_type: &postgres::types::Type) -> bool {
            *data_type == postgres::types::Type::JSON
        }
    }
    rows[0].get::<_, Json>(0).0
}

fn schemas_of(plan: &serde_json::Value, schemas: &mut Vec<String>) {
    match plan {
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| schemas_of(part, schemas)),
        serde_json::Value::Object(fields) => {
            if let Some(schema) = fields.get("Schema").and_then(|schema| schema.as_str()) {
                schemas.push(schema.to_owned());
            }
            fields.values().for_each(|part| schemas_of(part, schemas));
        }
        _ => {}
    }
}

#[test]
fn the_version_of_the_server() {
    let mut client = reader();
    let version: String = client
        .query_one("SHOW server_version_num", &[])
        .unwrap()
        .get(0);
    let version: u32 = version.parse().unwrap();
    for tables in [TableSet::new(), TableSet::new().table(Missing), all()] {
        assert_eq!(read(&mut client, &tables).server_version(), Some(version));
    }
}

#[test]
fn indexes_and_statistics_of_the_reference() {
    let mut client = reader();
    let catalog = read(&mut client, &all());
    let of_chat = named(catalog.indexes(Message), "chat_chatmessage_chat_id");
    assert!(of_chat.keys[0].column.as_deref() == Some("chat_id") && of_chat.keys.len() == 1);
    let statistics = Statistics::read(&mut client, &all()).unwrap();
    assert_eq!(catalog.rows_of(Session), statistics.rows_of(Session));
    assert!(catalog.rows_of(Session).is_some());
    let row = client
        .query_one(
            "SELECT (count(*) FILTER (WHERE ended_at IS NULL))::float8 / count(*) FROM experiments_experimentsession",
            &[],
        )
        .unwrap();
    let nulls: f64 = row.get(0);
    let estimate = catalog.null_fraction(Session::ENDED_AT).unwrap();
    assert!(
        (estimate - nulls).abs() < 0.01,
        "{estimate} instead of {nulls}"
    );
    assert_eq!(catalog.null_fraction(Session::CREATED_AT), Some(0.0));
    assert_eq!(
        catalog.statistics().share(&Session::ENDED_AT.is_null()),
        Some(estimate)
    );
    let links = chat::TaggedItem::tag().filter(Tag::NAME.eq("tag-01"));
    let links = catalog.statistics().rows_pointing_at(&links, TEAM);
    assert!(links.is_some(), "names of tags are read too");
}

#[test]
fn what_was_read_makes_the_indexes_of_the_reference() {
    fn check<E: Entity>(catalog: &Catalog, entity: E) -> usize {
        let table = format!("public.{}", E::DEFINITION.table);
        let indexes = catalog.indexes(entity);
        for index in indexes {
            assert_eq!(put_together(index, &table), index.definition);
        }
        indexes.len()
    }
    let catalog = read(&mut reader(), &all());
    let of_all = check(&catalog, Session)
        + check(&catalog, Message)
        + check(&catalog, Trace)
        + check(&catalog, Tag);
    assert!(of_all > 25, "{of_all}");
}

#[test]
fn what_is_not_there_is_not_known() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE VIEW a_view AS SELECT id FROM teams_team;
             CREATE MATERIALIZED VIEW stored AS SELECT id FROM teams_team;
             CREATE INDEX stored_ix ON stored (id);
             CREATE TABLE bare (id bigint, maybe bigint);
             INSERT INTO bare VALUES (1, 1), (2, NULL), (3, NULL), (4, NULL);
             ANALYZE bare",
        )
        .unwrap();
    let tables = TableSet::new()
        .table(Missing)
        .table(Nowhere)
        .table(View)
        .table(Stored)
        .table(Bare);
    let catalog = read(&mut client, &tables);
    assert!(!catalog.knows(Missing) && catalog.indexes(Missing).is_empty());
    assert!(!catalog.knows(Nowhere) && catalog.indexes(Nowhere).is_empty());
    assert!(!catalog.knows(View) && catalog.indexes(View).is_empty());
    assert!(!catalog.knows(Session), "it was not asked for");
    assert!(catalog.knows(Bare) && catalog.indexes(Bare).is_empty());
    assert_eq!(catalog.rows_of(Bare), Some(4.0));
    assert_eq!(catalog.null_fraction(Bare::MAYBE), Some(0.75));
    assert_eq!(catalog.null_fraction(Bare::ID), Some(0.0));
    assert_eq!(catalog.rows_of(Missing), None);
    assert_eq!(catalog.null_fraction(Missing::ID), None);
    named(catalog.indexes(Stored), "stored_ix");
}

#[test]
fn what_may_not_be_read_is_not_known() {
    let (_database, mut client) = empty();
    // Any role will do that has nothing to do with these tables.
    client
        .batch_execute(
            "CREATE TABLE bare (id bigint PRIMARY KEY, maybe bigint);
             CREATE VIEW a_view AS SELECT 1::bigint AS id;
             CREATE TABLE missing (id bigint PRIMARY KEY, other bigint);
             CREATE SCHEMA nowhere; CREATE TABLE nowhere.teams_team (id bigint PRIMARY KEY);
             GRANT SELECT ON nowhere.teams_team TO pg_signal_backend;
             GRANT SELECT (other) ON missing TO pg_signal_backend",
        )
        .unwrap();
    let tables = TableSet::new().table(Bare).table(Missing).table(Nowhere);
    let catalog = read(&mut client, &tables);
    assert!(catalog.knows(Bare) && catalog.knows(Missing) && catalog.knows(Nowhere));
    client.batch_execute("SET ROLE pg_signal_backend").unwrap();
    let catalog = read(&mut client, &tables);
    assert!(!catalog.knows(Bare) && catalog.indexes(Bare).is_empty());
    assert!(!catalog.knows(Nowhere), "its schema may not be used");
    assert_eq!(
        catalog.indexes(Missing).len(),
        1,
        "a column of it may be read"
    );
    assert!(catalog.server_version().is_some());
}

#[test]
fn read_once_and_kept() {
    let mut client = reader();
    let asked = Cell::new(0);
    let mut counting = Counting {
        client: &mut client,
        asked: &asked,
    };
    let cache = CatalogCache::new(Duration::from_secs(3600));
    assert!(cache.is_stale() && cache.latest().is_none());
    for _ in 0..3 {
        let catalog = cache.read(&mut counting, &all()).unwrap();
        assert!(!catalog.indexes(Session).is_empty());
        assert!(catalog.age() < Duration::from_secs(60));
        assert_eq!(
            asked.get(),
            4,
            "indexes, counters, statistics, and the names of tags"
        );
    }
    assert!(!cache.is_stale() && cache.fresh().is_some());
    cache.clear();
    assert!(cache.is_stale());
    cache
        .read(&mut counting, &TableSet::new().table(Session))
        .unwrap();
    assert_eq!(asked.get(), 7, "no names are asked for");
    let none = CatalogCache::new(Duration::ZERO);
    none.read(&mut counting, &TableSet::new()).unwrap();
    none.read(&mut counting, &TableSet::new()).unwrap();
    assert_eq!(asked.get(), 13, "nothing is kept");
    assert!(none.is_stale() && none.latest().is_some());
}

#[test]
fn a_cache_keeps_the_old_one_where_reading_fails() {
    let (_database, mut client) = empty();
    let cache = CatalogCache::new(Duration::ZERO);
    cache.put(Catalog::from_rows([CatalogRow {
        server_version: Some(7),
        ..CatalogRow::default()
    }]));
    client
        .batch_execute("SET statement_timeout = 1; BEGIN")
        .unwrap();
    client.batch_execute("SELECT pg_sleep(1)").unwrap_err();
    assert!(
        cache.read(&mut client, &all()).is_err(),
        "the transaction is aborted"
    );
    let kept = cache.latest().and_then(|kept| kept.server_version());
    assert_eq!(kept, Some(7));
    client
        .batch_execute("ROLLBACK; SET statement_timeout = 0")
        .unwrap();
    cache.read(&mut client, &all()).unwrap();
    let kept = cache.latest().and_then(|kept| kept.server_version());
    assert!(kept > Some(130_000));
}

#[test]
fn it_is_shared_between_threads() {
    let catalog = read(&mut reader(), &all());
    let other = catalog.clone();
    let indexes = std::thread::spawn(move || other.indexes(Session).len()).join();
    assert_eq!(indexes.unwrap(), catalog.indexes(Session).len());
}

#[cfg(feature = "tokio-postgres")]
#[tokio::test]
async fn read_through_the_asynchronous_client() {
    let url = crate::support::reader_url();
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let cache = CatalogCache::new(Duration::from_secs(3600));
    let catalog = cache.read_async(&client, &all()).await.unwrap();
    assert!(catalog.rows_of(Session).is_some() && catalog.server_version().is_some());
    assert!(!cache.is_stale());
    let blocking = tokio::task::spawn_blocking(|| read(&mut reader(), &all()));
    let blocking = blocking.await.unwrap();
    assert!(!catalog.indexes(Message).is_empty());
    assert_eq!(catalog.indexes(Message), blocking.indexes(Message));
    assert_eq!(catalog.indexes(Session), blocking.indexes(Session));
}

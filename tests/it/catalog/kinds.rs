//! Every kind of index.

use pagewise::catalog::Index;
use pagewise::order::Direction::{Ascending, Descending};
use pagewise::statistics::TableSet;
use pagewise::{Catalog, Entity, entity};
use pagewise_reference::Database;
use postgres::Client;

use super::{named, put_together};
use crate::support::empty;

entity! {
    /// A table with odd names.
    pub Thing = "Odd things" as "thing" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// One of the same name in a schema of its own.
    pub Elsewhere = "Odd things" in "Else where" as "elsewhere" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// The first again, by its schema.
    pub Public = "Odd things" in "public" as "public_thing" {
        key ID: i64 = "id";
        shared;
    }
}

entity! {
    /// Rows of partitions.
    pub Part = "parts" as "part" {
        key ID: i64 = "id";
        shared;
    }
}

const TABLES: &str = r#"
    CREATE DOMAIN short AS varchar(9);
    CREATE TYPE mood AS ENUM ('calm', 'wild');
    CREATE TABLE "Odd things" (
        id bigint PRIMARY KEY,
        kind text NOT NULL,
        title varchar(20),
        code short,
        ascii text COLLATE "C",
        mood mood,
        sizes integer[],
        seen_at timestamptz,
        made_at timestamptz NOT NULL DEFAULT now(),
        "Owner ""x""" bigint,
        "select" bigint,
        period int8range,
        CONSTRAINT "Odd unique" UNIQUE (kind, title),
        EXCLUDE USING gist (period WITH &&)
    );
    INSERT INTO "Odd things" (id, kind) VALUES (1, 'one'), (2, 'one');
    CREATE SCHEMA "Else where";
    CREATE TABLE "Else where"."Odd things" (id bigint, kind text);
"#;

/// Databases with the tables, and the indexes of them that are made by the texts.
fn with_indexes(texts: &[&str]) -> (Database, Client) {
    let (database, mut client) = empty();
    client.batch_execute(TABLES).unwrap();
    for text in texts {
        client
            .batch_execute(text)
            .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    }
    (database, client)
}

fn indexes<E: Entity>(client: &mut Client, entity: E) -> Vec<Index> {
    let catalog = Catalog::read(client, &TableSet::new().table(entity)).unwrap();
    assert!(catalog.knows(entity));
    catalog.indexes(entity).to_vec()
}

fn columns(index: &Index) -> Vec<Option<&str>> {
    index.keys.iter().map(|key| key.column.as_deref()).collect()
}

#[test]
fn constraints() {
    let (_database, mut client) = with_indexes(&[
        "CREATE TABLE pointing (thing_id bigint REFERENCES \"Odd things\")",
        "CREATE UNIQUE INDEX alone ON \"Odd things\" (made_at, id) NULLS NOT DISTINCT",
    ]);
    let indexes = indexes(&mut client, Thing);
    let key = named(&indexes, "Odd things_pkey");
    assert!(key.is_primary && key.is_unique && key.is_constraint() && key.is_valid && key.is_ready);
    assert_eq!(key.constraint.as_deref(), Some("Odd things_pkey"));
    assert_eq!(
        (key.schema.as_str(), key.method.as_str()),
        ("public", "btree")
    );
    assert_eq!(columns(key), [Some("id")]);
    assert_eq!((key.predicate.as_deref(), key.included.len()), (None, 0));
    let unique = named(&indexes, "Odd unique");
    assert!(!unique.is_primary && unique.is_unique && unique.is_constraint());
    assert!(!unique.nulls_not_distinct);
    assert_eq!(columns(unique), [Some("kind"), Some("title")]);
    let exclusion = named(&indexes, "Odd things_period_excl");
    assert!(!exclusion.is_primary && !exclusion.is_unique && exclusion.is_constraint());
    assert_eq!(exclusion.method, "gist");
    let alone = named(&indexes, "alone");
    assert!(alone.is_unique && alone.nulls_not_distinct && !alone.is_constraint());
    assert_eq!(
        indexes.len(),
        4,
        "each once, whoever points at it: {indexes:#?}"
    );
}

#[test]
fn directions_and_nulls() {
    let (_database, mut client) = with_indexes(&[
        "CREATE INDEX four ON \"Odd things\" (id, seen_at NULLS FIRST, made_at DESC, title DESC NULLS LAST)",
    ]);
    let indexes = indexes(&mut client, Thing);
    let keys = &named(&indexes, "four").keys;
    let found: Vec<_> = keys
        .iter()
        .map(|key| (key.direction, key.nulls_first))
        .collect();
    assert_eq!(
        found,
        [
            (Ascending, false),
            (Ascending, true),
            (Descending, true),
            (Descending, false)
        ]
    );
}

#[test]
fn expressions_and_conditions() {
    let (_database, mut client) = with_indexes(&[
        r#"CREATE INDEX mixed ON "Odd things" ((coalesce(seen_at, made_at)) DESC, id, lower(title), ("select" + 1))
           INCLUDE ("Owner ""x""", "select") WHERE kind <> 'draft' AND seen_at IS NOT NULL"#,
    ]);
    let indexes = indexes(&mut client, Thing);
    let mixed = named(&indexes, "mixed");
    assert_eq!(columns(mixed), [None, Some("id"), None, None]);
    let texts: Vec<_> = mixed.keys.iter().map(|key| key.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "COALESCE(seen_at, made_at)",
            "id",
            "lower((title)::text)",
            "((\"select\" + 1))"
        ]
    );
    assert_eq!(mixed.keys[0].direction, Descending);
    assert_eq!(mixed.included, ["Owner \"x\"", "select"]);
    assert_eq!(
        mixed.predicate.as_deref(),
        Some("((kind <> 'draft'::text) AND (seen_at IS NOT NULL))")
    );
}

#[test]
fn operator_classes_and_collations() {
    let (_database, mut client) = with_indexes(&[
        r#"CREATE OPERATOR CLASS "Else where"."odd ops" FOR TYPE bigint USING btree AS
           OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint8cmp(bigint, bigint)"#,
        r#"CREATE INDEX plain ON "Odd things" (kind, title, code, ascii, mood, sizes, seen_at, lower(title), upper(ascii))"#,
        r#"CREATE INDEX patterns ON "Odd things" (kind text_pattern_ops, title varchar_pattern_ops, code varchar_ops)"#,
        r#"CREATE INDEX collated ON "Odd things" (kind COLLATE "C", ascii COLLATE "default", lower(title) COLLATE "POSIX" text_pattern_ops)"#,
        r#"CREATE INDEX odd ON "Odd things" (id "Else where"."odd ops", "select")"#,
    ]);
    let indexes = indexes(&mut client, Thing);
    let said = |name: &str| {
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let keys = named(&indexes, name).keys.iter();
        keys.map(|key| said(&key.operator_class) + " " + &said(&key.collation))
            .collect::<Vec<_>>()
    };
    assert_eq!(said("plain"), ["- -"; 9]);
    assert_eq!(
        said("patterns"),
        [
            "text_pattern_ops -",
            "varchar_pattern_ops -",
            "varchar_ops -"
        ]
    );
    assert_eq!(
        said("collated"),
        ["- \"C\"", "- \"default\"", "text_pattern_ops \"POSIX\""]
    );
    assert_eq!(said("odd"), ["\"Else where\".\"odd ops\" -", "- -"]);
}

#[test]
fn methods() {
    let (_database, mut client) = with_indexes(&[
        "CREATE INDEX hashed ON \"Odd things\" USING hash (kind)",
        "CREATE INDEX inverted ON \"Odd things\" USING gin (sizes)",
        "CREATE INDEX ranged ON \"Odd things\" USING gist (period)",
        "CREATE INDEX blocks ON \"Odd things\" USING brin (made_at, id) WITH (pages_per_range = 4)",
        "CREATE INDEX spaced ON \"Odd things\" USING spgist (kind)",
    ]);
    let indexes = indexes(&mut client, Thing);
    for (name, method) in [
        ("hashed", "hash"),
        ("inverted", "gin"),
        ("ranged", "gist"),
        ("blocks", "brin"),
        ("spaced", "spgist"),
    ] {
        let index = named(&indexes, name);
        assert_eq!(index.method, method);
        assert!(
            index.keys.iter().all(|key| key.operator_class.is_none()),
            "{index:#?}"
        );
        assert!(index.is_valid && !index.is_unique);
    }
    assert!(
        named(&indexes, "blocks")
            .definition
            .ends_with("WITH (pages_per_range='4')")
    );
}

#[test]
fn one_that_failed_to_be_built() {
    let (_database, mut client) = with_indexes(&[]);
    client
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY failed ON \"Odd things\" (kind)")
        .expect_err("two rows are the same");
    let catalog = Catalog::read(&mut client, &TableSet::new().table(Thing)).unwrap();
    let failed = named(catalog.indexes(Thing), "failed");
    assert!(failed.is_unique && !failed.is_valid && !failed.is_constraint());
    let ready: bool = client
        .query_one(
            "SELECT indisready FROM pg_index WHERE indexrelid = 'failed'::regclass",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(failed.is_ready, ready);
}

#[test]
fn the_same_name_in_two_schemas() {
    let (_database, mut client) = with_indexes(&[
        "CREATE INDEX here ON \"Odd things\" (made_at)",
        "CREATE INDEX there ON \"Else where\".\"Odd things\" (kind)",
    ]);
    let tables = TableSet::new().table(Thing).table(Elsewhere).table(Public);
    let catalog = Catalog::read(&mut client, &tables).unwrap();
    let [there] = catalog.indexes(Elsewhere) else {
        panic!("{:#?}", catalog.indexes(Elsewhere))
    };
    assert_eq!(
        (there.name.as_str(), there.schema.as_str()),
        ("there", "Else where")
    );
    assert_eq!(catalog.indexes(Thing).len(), 4);
    named(catalog.indexes(Thing), "here");
    assert_eq!(catalog.indexes(Thing), catalog.indexes(Public));
    client
        .batch_execute("SET search_path = \"Else where\", public")
        .unwrap();
    let catalog = Catalog::read(&mut client, &tables).unwrap();
    assert_eq!(catalog.indexes(Thing), catalog.indexes(Elsewhere));
    assert_eq!(catalog.indexes(Public).len(), 4);
}

#[test]
fn partitions() {
    let (_database, mut client) = with_indexes(&[
        "CREATE TABLE parts (id bigint, kind text) PARTITION BY RANGE (id)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (50)",
        "CREATE INDEX whole ON parts (kind DESC)",
        "CREATE INDEX only_above ON ONLY parts (kind, id)",
    ]);
    let indexes = indexes(&mut client, Part);
    assert_eq!(indexes.len(), 2);
    let whole = named(&indexes, "whole");
    assert!(whole.is_valid && whole.keys[0].direction == Descending);
    assert!(
        !named(&indexes, "only_above").is_valid,
        "no partition has it"
    );
}

#[test]
fn what_was_read_makes_the_same_index() {
    let (_database, mut client) = with_indexes(&[
        r#"CREATE UNIQUE INDEX "Odd ""index""" ON "Odd things" ("Owner ""x""" DESC NULLS LAST, "select" NULLS FIRST)
           INCLUDE (kind, "Owner ""x""") NULLS NOT DISTINCT WHERE "Owner ""x""" > 5 OR kind = 'it''s'"#,
        r#"CREATE INDEX i_1 ON "Odd things" (lower(kind) COLLATE "C" text_pattern_ops DESC, (kind COLLATE "C"), upper(ascii))"#,
        r#"CREATE INDEX i_2 ON "Odd things" USING gin (sizes, (ARRAY[id]))"#,
        r#"CREATE INDEX i_3 ON "Odd things" USING hash (title varchar_pattern_ops)"#,
        r#"CREATE INDEX i_4 ON "Odd things" (code, mood DESC, sizes, lower(code), (kind || title), ascii COLLATE "default")"#,
        r#"CREATE INDEX i_5 ON "Odd things" (((id, made_at) IS NULL)) WHERE (coalesce(title, code, 'x') COLLATE "C") > 'b'"#,
        r#"CREATE INDEX i_6 ON "Odd things" USING spgist (kind text_ops) INCLUDE (id)"#,
    ]);
    let indexes = indexes(&mut client, Thing);
    assert_eq!(indexes.len(), 10);
    for index in indexes {
        assert_eq!(
            put_together(&index, "public.\"Odd things\""),
            index.definition
        );
    }
}

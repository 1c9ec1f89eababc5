//! Columns that are called as the variables of a trigger's function, and names that have to be quoted.

use pagewise::ddl::Counter;
use pagewise::{Relation, entity};

use super::place::run;
use crate::support::empty;

entity! {
    pub Shelf = "Odd shelves'" as "shelf" {
        key ID: String = "found";
        tenant NEW: String = "new";
        CODE: Option<String> = "tg_name";
    }
}

entity! {
    pub Book = "select" in "Odd\\schema" as "book" {
        key ID: i64 = "tg_argv";
        tenant NEW: String = "tg_op";
        SHELF: Option<String> = "found";
        OLD: Option<bool> = "old";
        PAGES: Option<i32> = "new";
    }
}

const TABLES: &str = r#"
    CREATE TABLE "Odd shelves'" ("found" text PRIMARY KEY, "new" text, tg_name varchar(9));
    CREATE SCHEMA "Odd\schema";
    CREATE TABLE "Odd\schema"."select" (tg_argv bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tg_op text, "found" text,
        "old" boolean, "new" integer);
    INSERT INTO "Odd shelves'" SELECT i::text, 't' || i % 2, 'c' || i / 2 FROM generate_series(1, 9) AS i"#;

const WRITES: [&str; 5] = [
    r#"INSERT INTO "Odd\schema"."select" (tg_op, "found", "old", "new")
       SELECT 't' || i % 2, CASE i % 3 WHEN 0 THEN 'c' ELSE '' END || i % 9, i % 2 = 0, i FROM generate_series(1, 60) AS i"#,
    r#"UPDATE "Odd\schema"."select" SET "old" = NOT "old" WHERE tg_argv % 4 = 0"#,
    r#"UPDATE "Odd shelves'" SET "found" = "found" || 'x', tg_name = 'c3' WHERE "found" > '5'"#,
    r#"DELETE FROM "Odd\schema"."select" WHERE "new" > 40"#,
    r#"INSERT INTO "Odd shelves'" VALUES ('8', 't0', 'c0')"#,
];

#[test]
fn columns_that_are_called_as_variables() {
    let by_key = Relation::many("books", Shelf::ID, Book::SHELF);
    let by_code = Relation::many("books", Shelf::CODE, Book::SHELF);
    for books in [by_key, by_code] {
        let (_database, mut client) = empty();
        client.batch_execute(TABLES).unwrap();
        let count = books.count().named("count");
        let old = books
            .clone()
            .filter(Book::OLD.eq(true))
            .count()
            .named("old");
        let pages = books.max(Book::PAGES).named("pages");
        let last = books.last(Book::PAGES, Book::ID.asc()).named("last");
        let counter: Counter<Shelf> = Counter::of("odd 'counter\\", (&count, &old, &pages, &last))
            .sorted_by(&pages)
            .batch(2)
            .build()
            .unwrap();
        run(&mut client, &counter.steps()).unwrap();
        for write in WRITES {
            client.batch_execute(write).unwrap();
            assert_eq!(counter.find_drift(&mut client, 9).unwrap(), [], "{write}");
            // Not the counter's own words.
            let table = counter.table();
            let text = format!(
                r#"SELECT (SELECT sum("old")::bigint FROM "{table}"), count(*) FROM "Odd shelves'" AS shelf,
                   "Odd\schema"."select" AS book WHERE book."found" IN (shelf."found", shelf.tg_name)
                   AND book.tg_op = shelf."new" AND book."old""#
            );
            let row = client.query_one(&text, &[]).unwrap();
            let (kept, most): (Option<i64>, i64) = (row.get(0), row.get(1));
            assert!(kept > Some(0) && kept <= Some(most), "{kept:?} {most}");
        }
        run(&mut client, &counter.remove()).unwrap();
    }
}

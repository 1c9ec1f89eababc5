//! Values that triggers keep: how they are made, read by a list, checked and taken away.
//!
//! ```text
//! cargo run --example counters                              # the statements
//! DATABASE_URL=postgres://.. cargo run --example counters   # on tables of its own, in a schema that is dropped
//! ```

use chrono::{DateTime, Utc};
use pagewise::ddl::{Counter, Migration, RunOptions};
use pagewise::statistics::TableSet;
use pagewise::{Catalog, Listing, Page, Relation, entity};
use postgres::{Client, NoTls};

entity! {
    /// A customer of a shop.
    pub Customer = "pagewise_customers" as "customer" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        NAME: String = "name";
    }
}

entity! {
    /// What a customer has bought.
    pub Purchase = "pagewise_purchases" as "purchase" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        CUSTOMER_ID: i64 = "customer_id";
        PAID_AT: Option<DateTime<Utc>> = "paid_at";
    }
}

const TABLES: &str = "
    DROP SCHEMA IF EXISTS pagewise_counters CASCADE;
    CREATE SCHEMA pagewise_counters;
    SET search_path = pagewise_counters;
    CREATE TABLE pagewise_customers (id bigint PRIMARY KEY, shop_id bigint NOT NULL, name text NOT NULL);
    CREATE TABLE pagewise_purchases (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shop_id bigint NOT NULL,
        customer_id bigint NOT NULL REFERENCES pagewise_customers, paid_at timestamptz);
    CREATE INDEX ON pagewise_purchases (customer_id, paid_at);
    INSERT INTO pagewise_customers SELECT i, 1, 'customer ' || i FROM generate_series(1, 1000) AS i;
    INSERT INTO pagewise_purchases (shop_id, customer_id, paid_at)
        SELECT 1, 1 + i * 7919 % 1000, now() - i * INTERVAL '1 minute' FROM generate_series(1, 5000) AS i;
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let purchases = Relation::many("purchases", Customer::ID, Purchase::CUSTOMER_ID);
    let paid = purchases.clone().filter(Purchase::PAID_AT.is_not_null());
    let count = purchases.count().named("purchase_count");
    let last = paid.max(Purchase::PAID_AT).named("last_paid_at");

    // One declaration: the table beside the customers, its triggers, how it is filled and checked.
    let counter = Counter::of("customer_purchases", (&count, &last))
        .in_schema("pagewise_counters")
        .sorted_by(&last)
        .build()?;
    let migration = Migration::new().phase("counters", counter.steps());
    let list = Listing::of(Customer)
        .tenant(1)
        .order_by(last.desc())
        .show((Customer::NAME, &count, &last))
        .page(Page::first(5));

    let Ok(url) = std::env::var("DATABASE_URL") else {
        for step in counter.steps() {
            println!("{step}\n");
        }
        println!("{:#}", list.build()?);
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    client.batch_execute(TABLES)?;
    migration.run(&mut client, &RunOptions::default())?;

    // The list computes its values until a catalog says that they are kept.
    let catalog = Catalog::read(
        &mut client,
        &TableSet::new().table(Customer).table(Purchase),
    )?;
    let list = list.catalog(catalog).counters([counter.clone()]);
    let page = list.build()?;
    println!("{page:#}\n\n{}\n", page.report());
    client.batch_execute(
        "INSERT INTO pagewise_purchases (shop_id, customer_id, paid_at) VALUES (1, 17, now()), (1, 17, NULL);
         DELETE FROM pagewise_purchases WHERE customer_id = 3",
    )?;
    for row in &page.fetch(&mut client)? {
        println!(
            "{} has bought {} times, last paid {:?}",
            row.get(Customer::NAME)?,
            row.get(&count)?,
            row.get(&last)?
        );
    }

    // Nothing drifts, unless somebody writes past the triggers.
    assert_eq!(counter.find_drift(&mut client, 10)?, []);
    for step in counter.remove() {
        client.batch_execute(&step.sql())?;
    }
    client.batch_execute("DROP SCHEMA pagewise_counters CASCADE")?;
    Ok(())
}

//! What a host's own test of a page says of its plan; and what it prints when the plan is no longer good.
//!
//! ```text
//! cargo run --example plan_checks --features plan
//! ```
//!
//! Without a database it shows the statements. With `DATABASE_URL`, the plans and the checks, on a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::Session;
use pagewise::plan::{Checks, Explain, PlanError};
use pagewise::{Listing, Page};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let page = Listing::of(Session)
        .tenant(1)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &Session::messages().count()))
        .page(Page::first(25))
        .build()?;
    let explain = Explain::new().analyze();
    println!("{}\n", explain.text(&page));

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    let plan = explain.run(&mut client, &page)?;
    println!("{plan}\n");

    // What a test asserts of it: the numbers have room, and hold whatever else the tables hold.
    let checks = Checks::new()
        .no_sequential_scan_above(10_000)
        .no_nested_loop_above(26)
        .no_sort_on_disk();
    checks.check(&plan)?;
    println!("The plan is as it should be.\n");

    // And what it prints when the page reads more than it was meant to.
    let strict = Checks::new().at_most_buffers(3).no_nested_loop_above(10);
    match strict.check(&plan) {
        Err(PlanError::Checks(failed)) => println!("{failed}"),
        other => other?,
    }
    Ok(())
}

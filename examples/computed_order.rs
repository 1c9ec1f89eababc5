//! A list that is sorted by a value of other rows: sessions by their last message, in each form, and as chosen by a catalog.
//!
//! ```text
//! cargo run --example computed_order
//! ```
//!
//! With `DATABASE_URL`, what a catalog chooses, why, and its rows, page after page, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Session};
use pagewise::listing::OrderForm;
use pagewise::{Catalog, Listing, Page};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(1)
        .order_by(messages.last.desc())
        .show((&messages.last, &messages.count))
        .page(Page::first(10));
    for (form, words) in [
        (OrderForm::Probe, "a look at each session's messages"),
        (OrderForm::Grouped, "one pass over all messages"),
        (
            OrderForm::Walk,
            "down the newest messages, and a look at each session's if they do not fill the page",
        ),
    ] {
        let page = listing.clone().order_form(form).walk_limit(1_000).build()?;
        println!("-- By {words}:\n\n{page:#};\n");
    }

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    let catalog = Catalog::read(&mut client, &chat::filter_tables())?;
    let listing = listing.catalog(catalog);
    let mut page = Page::first(10);
    for number in 1..=3 {
        let statement = listing.clone().page(page).build()?;
        println!("Page {number}: {}", statement.report());
        let rows = statement.fetch(&mut client)?;
        for row in &rows {
            let (id, count): (i64, i64) = (row.get(Session::ID)?, row.get(&messages.count)?);
            let last = row.get(&messages.last)?;
            let last = last.map(|last| last.format("%Y-%m-%d %H:%M:%S").to_string());
            println!(
                "{id:>8}  {count:>4} messages, the last at {}",
                last.unwrap_or_default()
            );
        }
        match rows.next_cursor() {
            Some(cursor) => page = Page::after(cursor.clone(), 10),
            None => break,
        }
    }
    Ok(())
}

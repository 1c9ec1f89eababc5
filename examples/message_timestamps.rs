//! First, last and number of each session's messages: three values, one sub-select.
//!
//! ```text
//! cargo run --example message_timestamps
//! ```
//!
//! With `DATABASE_URL`, its rows too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Session};
use pagewise::{Listing, Page, Strategy};
use postgres::{Client, NoTls};

/// A row as the host wants it.
#[derive(Debug)]
struct SessionLine {
    id: i64,
    first_message_at: Option<DateTime<Utc>>,
    last_message_at: Option<DateTime<Utc>>,
    message_count: i64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(1)
        .filter(Session::STATUS.eq("active"))
        .order_by(Session::CREATED_AT.desc())
        .show(&messages)
        .page(Page::first(10));
    let page = listing.build()?;

    println!(
        "-- The three values come from one LATERAL sub-select, which runs for the page's rows only:\n\n{page:#};\n"
    );
    let legacy = listing.strategy(Strategy::Legacy).build()?;
    println!("-- The old way is a sub-select for each value:\n\n{legacy:#};");

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    // A handle reads what it showed, as the type that it has: `let n: String = row.get(&messages.count)?` does not compile.
    let lines = page.fetch(&mut client)?.decode(|row| {
        Ok(SessionLine {
            id: row.get(Session::ID)?,
            first_message_at: row.get(&messages.first)?,
            last_message_at: row.get(&messages.last)?,
            message_count: row.get(&messages.count)?,
        })
    })?;
    for line in lines {
        println!("{line:?}");
    }
    Ok(())
}

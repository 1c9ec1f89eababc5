//! The list of chatbots: sorted by a number over their sessions, shown with others, in one statement.
//!
//! ```text
//! cargo run --example chatbots
//! cargo run --example chatbots -- -session_count
//! ```
//!
//! With `DATABASE_URL`, its rows too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Experiment};
use pagewise::{Listing, Page, Strategy, Total};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let sort = env::args().nth(1).unwrap_or_default();
    let numbers = chat::chatbot_numbers();
    // The reference data ends then. A service says `Utc::now()`.
    let trends = chat::chatbot_trends("2026-11-01T00:00:00Z".parse()?);
    let listing: Listing<Experiment> = chat::chatbots()
        .tenant(1)
        .order_by_all(chat::chatbot_sort_fields().parse(&sort)?)
        .show((Experiment::NAME, &numbers, &trends))
        .page(Page::first(10).with_total(Total::Exact));
    let page = listing.build()?;

    println!(
        "-- What the list is sorted by is computed for every chatbot, all else for those of the page:\n\n{page:#};\n"
    );
    let legacy = listing.strategy(Strategy::Legacy).build()?;
    println!("-- The old way computes everything for every chatbot:\n\n{legacy:#};");

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    let rows = page.fetch(&mut client)?;
    println!("\nparticipants  sessions  interactions  last activity     last 24 hours");
    for row in &rows {
        let last = row.get(&numbers.last_activity)?;
        let last = last.map(|last| last.format("%Y-%m-%d %H:%M").to_string());
        println!(
            "{:>12}  {:>8}  {:>12}  {:<16}  {}  {}",
            row.get(&numbers.participants)?,
            row.get(&numbers.sessions)?,
            row.get(&numbers.interactions)?,
            last.unwrap_or_default(),
            chart(&row.get(&trends.success)?),
            row.get(Experiment::NAME)?,
        );
    }
    Ok(())
}

/// A bar for each count, the highest for the largest.
fn chart(counts: &[i64]) -> String {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let largest = counts.iter().copied().max().unwrap_or_default().max(1);
    let bar = |count: &i64| {
        let height = usize::try_from((count * 8 + largest - 1) / largest);
        BARS[height.unwrap_or_default().min(8)]
    };
    counts.iter().map(bar).collect()
}

//! The page first, its expensive values after: a page in the middle by offset and by keyset.
//!
//! ```text
//! cargo run --example post_pagination
//! ```
//!
//! With `DATABASE_URL`, its rows too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Experiment, Participant, Session};
use pagewise::listing::TotalCount;
use pagewise::{Listing, Page, Strategy, Total};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let chatbot = Session::experiment()
        .value(Experiment::NAME)
        .named("chatbot");
    let participant = Session::participant()
        .value(Participant::IDENTIFIER)
        .named("participant");
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(1)
        .filter(Session::PLATFORM.is_distinct_from("evaluations"))
        .order_by(Session::CREATED_AT.desc())
        .show((
            &chatbot,
            &participant,
            Session::STATUS,
            &messages.last,
            &messages.count,
        ));

    let third = listing.clone().page(Page::number(3, 10));
    println!(
        "-- The page is found inside, by plain columns. What is dear stands outside: it is computed for"
    );
    println!(
        "-- 11 rows (one more than the page tells whether there is a next), not for those that OFFSET skips:\n"
    );
    println!("{:#};\n", third.build()?);
    println!("-- The old way computes every value for the skipped rows too:\n");
    println!("{:#};", third.strategy(Strategy::Legacy).build()?);

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    // From page to page by keyset: each begins where the last one ended, so none reads what is before it.
    let mut page = Page::first(10).with_total(Total::Capped(10_000));
    for number in 1..=3 {
        let rows = listing.clone().page(page).build()?.fetch(&mut client)?;
        match rows.total() {
            Some(TotalCount::Exact(total)) => println!("\nPage {number} of a list of {total}"),
            Some(TotalCount::MoreThan(cap)) => println!("\nPage {number} of more than {cap}"),
            _ => println!("\nPage {number}"),
        }
        for row in &rows {
            let (id, count): (i64, i64) = (row.get(Session::ID)?, row.get(&messages.count)?);
            let (chatbot, participant) = (row.get(&chatbot)?, row.get(&participant)?);
            println!(
                "{id:>8}  {count:>4} messages  {} with {}",
                chatbot.unwrap_or_default(),
                participant.unwrap_or_default(),
            );
        }
        let Some(next) = rows.next_cursor() else {
            break;
        };
        // A cursor travels as text, in a URL: `next.to_string()`, and `text.parse::<Cursor>()?` when it comes back.
        page = Page::after(next.clone(), 10);
    }
    Ok(())
}

//! What it gives those who read: sessions by their last message.

use std::time::Instant;

use pagewise::chat::{self, Chat, Experiment, Participant, Session};
use pagewise::ddl::Counter;
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::statistics::TableSet;
use pagewise::{Catalog, Listing, Page, Statement};
use postgres::Client;

use crate::way::Way;
use crate::writes::Fallible;

/// The largest team: 40 % of everything.
const TEAM: i64 = 1;
const PROPOSED: &str = include_str!("../sql/sorting/sessions_proposed.sql");

pub struct Read {
    pub words: &'static str,
    pub milliseconds: f64,
    pub buffers: i64,
}

fn list(counter: Option<(Counter<Session>, Catalog)>) -> Listing<Session> {
    let messages = chat::message_timestamps();
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(messages.last.desc())
        .show((Session::EXTERNAL_ID, Session::STATUS, Session::CREATED_AT))
        .show(
            Session::experiment()
                .value(Experiment::NAME)
                .named("chatbot"),
        )
        .show(
            Session::participant()
                .value(Participant::IDENTIFIER)
                .named("participant"),
        )
        .show(Session::chat().value(Chat::NAME).named("chat"))
        .show(&messages);
    match counter {
        Some((counter, catalog)) => listing.catalog(catalog).counters([counter]),
        None => listing,
    }
}

/// The first page, and the page after it.
fn pages(client: &mut Client, listing: &Listing<Session>) -> Fallible<[Statement; 2]> {
    let first = listing.clone().page(Page::first(25)).build()?;
    let rows = first.fetch(client)?;
    let cursor = rows.next_cursor().ok_or("a page only")?.clone();
    let after = listing.clone().page(Page::after(cursor, 25)).build()?;
    Ok([first.statement().clone(), after.statement().clone()])
}

fn read(
    client: &mut Client,
    words: &'static str,
    (text, parameters): (&str, &[Value]),
    rounds: usize,
) -> Fallible<Read> {
    let mut times = Vec::new();
    for _ in 0..rounds.max(3) {
        let start = Instant::now();
        Execute::run(client, text, parameters)?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {text}");
    let plan = Execute::run(client, &explain, parameters)?;
    // The first that is said of buffers is said of the whole.
    let lines = plan.iter().map(|row| row.get::<_, String>(0));
    let whole = lines.into_iter().find(|line| line.contains("Buffers:"));
    let numbers = whole.unwrap_or_default();
    let numbers = numbers
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("hit=").or(word.strip_prefix("read=")));
    Ok(Read {
        words,
        milliseconds: times[times.len() / 2],
        buffers: numbers
            .filter_map(|number| number.parse::<i64>().ok())
            .sum(),
    })
}

pub fn measure(client: &mut Client, rounds: usize) -> Fallible<Vec<Read>> {
    client.batch_execute("VACUUM ANALYZE")?;
    let lines = PROPOSED
        .lines()
        .filter(|line| !line.starts_with("--") && !line.ends_with("-- deep"));
    let proposed = lines.collect::<Vec<_>>().join(" ");
    let team = [Value::from(TEAM)];
    let mut reads = vec![read(
        client,
        "as the design document proposes it",
        (&proposed, &team),
        rounds,
    )?];
    let of = |client: &mut Client, words: [&'static str; 2], listing: &Listing<Session>| {
        let [first, after] = pages(client, listing)?;
        let first = read(client, words[0], (first.text(), first.parameters()), rounds)?;
        let after = read(client, words[1], (after.text(), after.parameters()), rounds)?;
        Ok::<_, Box<dyn std::error::Error>>([first, after])
    };
    let words = ["pagewise, computed", "the page after it, computed"];
    reads.extend(of(client, words, &list(None))?);
    for (way, words) in [
        (
            Way::SideTable,
            [
                "pagewise, a table beside the sessions",
                "the page after it, a table beside",
            ],
        ),
        (
            Way::Columns,
            [
                "pagewise, columns of the session",
                "the page after it, columns",
            ],
        ),
    ] {
        way.make(client)?;
        let tables = TableSet::new().table(Session).table(chat::Message);
        let catalog = Catalog::read(client, &tables)?;
        let counter = way.counter()?.ok_or("no counter")?;
        reads.extend(of(client, words, &list(Some((counter, catalog))))?);
        way.take_away(client)?;
    }
    Ok(reads)
}

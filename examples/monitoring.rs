//! What a request asks of the database: counted, named, within a budget, and as percentiles over many requests.
//!
//! ```text
//! cargo run --example monitoring --features monitor
//! ```
//!
//! Without a database it shows tags, and what a page that asks for each of its rows looks like. With `DATABASE_URL`, pages are
//! loaded, from a database that was filled by `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use pagewise::chat::{self, Session};
use pagewise::driver::StatementCache;
use pagewise::monitor::{
    Collector, Lookups, Monitor, SERVER_TIMING, SESSIONS_TABLE, ServerStatements, Tags, Targets,
    X_QUERY_COUNT,
};
use pagewise::{ContentTypes, Listing, Page};
use postgres::{Client, NoTls};

fn main() -> Result<(), Box<dyn Error>> {
    let tags = Tags::new([("application", "shop"), ("route", "/sessions/{id}")])?;
    println!("{}\n", tags.append("SELECT 1"));

    // Any driver's statements are counted; those of this crate's drivers by a wrapper, below.
    let request = Monitor::new(SESSIONS_TABLE);
    request
        .start_named("sessions page", "SELECT 1")
        .finished(25);
    for _ in 0..25 {
        request
            .start_named("tags of a session", "SELECT 2")
            .finished(2);
    }
    if let Err(exceeded) = request.check() {
        println!("{exceeded}\n");
    }

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    let (collector, statements) = (Collector::new(), StatementCache::default());
    let types = ContentTypes::default();
    let page = Listing::of(Session)
        .tenant(1)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &chat::message_timestamps()))
        .page(Page::first(25))
        .build()?;
    for load in 0..30 {
        let request = collector.scope(SESSIONS_TABLE).budget(15);
        let mut cached = statements.with(&mut client);
        let mut tagged = tags.with(&mut cached);
        types.resolve(
            &mut request.with(&mut tagged).named("content types"),
            &chat::TAGGABLE,
        )?;
        page.fetch(&mut request.with(&mut tagged).named("sessions page"))?;
        let summary = request.finish();
        if load == 0 {
            println!("{summary}\n");
            println!("{X_QUERY_COUNT}: {}", summary.query_count());
            println!("{SERVER_TIMING}: {}\n", summary.server_timing());
        }
    }
    println!("{}", collector.report());

    // A cache says how often it had what was asked for. Pages that were not loaded are not met.
    let lookups = Lookups::from(types.counts());
    println!(
        "{}",
        Targets::indicators().measure(&collector, Some(lookups))
    );

    match ServerStatements::read(&mut client, 1_000) {
        Ok(server) => {
            for named in server.by_name(&collector) {
                println!(
                    "on the server, {}: {} calls, {:?} each",
                    named.names.join(", "),
                    named.calls,
                    named.total_time.div_f64(named.calls.max(1) as f64)
                );
            }
        }
        Err(error) => println!("{error}"),
    }
    Ok(())
}

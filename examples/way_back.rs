//! The way back, and the way there: a switch that is flipped at run time, both strategies compared, and a time limit.
//!
//! ```text
//! cargo run --example way_back                              # the switch, and both statements
//! DATABASE_URL=postgres://.. cargo run --example way_back   # and the rest, on the reference data
//! ```
//!
//! The reference data come by `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;
use std::time::Duration;

use pagewise::chat::{self, Session};
use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::strategy::{Breaker, Guard, Outcome, Shadow, StrategySwitch};
use pagewise::{Listing, Page, Strategy, Total};
use postgres::{Client, NoTls, Row};

/// One for each page: it is taken back alone, while the service runs.
static SESSIONS_PAGE: StrategySwitch = StrategySwitch::new("sessions page");

/// A client on which the optimized statement has gone wrong: it is changed before it is run.
struct GoneWrong<'c> {
    client: &'c mut Client,
    change: fn(&str) -> String,
}

impl Execute for GoneWrong<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, postgres::Error> {
        if !text.contains("LATERAL") {
            return self.client.run(text, parameters);
        }
        let changed = (self.change)(text);
        assert_ne!(changed, text, "the text has nothing to be changed");
        self.client.run(&changed, parameters)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let listing = Listing::of(Session)
        .tenant(1)
        .switch(&SESSIONS_PAGE)
        .order_by(Session::CREATED_AT.desc())
        .show((Session::STATUS, &chat::message_timestamps()))
        .page(Page::first(3).with_total(Total::Capped(10_000)));

    let optimized = listing.build()?;
    println!("-- {}:\n{optimized:#};\n", optimized.strategy());
    // A flag from the outside: from the next statement on.
    SESSIONS_PAGE.set("legacy".parse()?);
    let legacy = listing.build()?;
    println!("-- {}:\n{legacy:#};\n", legacy.strategy());
    println!(
        "-- one call, whatever the switch says: {}",
        listing.build_as(Strategy::Optimized)?.strategy()
    );
    SESSIONS_PAGE.clear();

    let Ok(url) = env::var("DATABASE_URL") else {
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;

    // The way there: both are run, and the caller has the rows of `Legacy`, whatever the other one does.
    let shadow = Shadow::new("sessions page", |comparison| {
        let name = comparison.name();
        match comparison.outcome() {
            Outcome::Same => println!(
                "{name}: the same; legacy {:?}, optimized {:?}",
                comparison.legacy_took(),
                comparison.optimized_took().unwrap_or_default()
            ),
            Outcome::Different(differences) => println!("{name}: different\n{differences}"),
            Outcome::Failed(error) => println!("{name}: optimized failed: {error}"),
            other => println!("{name}: {other:?}"),
        }
    });
    shadow.fetch(&mut client, &listing)?;
    let mut wrong_count = GoneWrong {
        client: &mut client,
        change: |text| {
            text.replace(
                r#"COUNT(*) AS "message_count""#,
                r#"COUNT(*) + 1 AS "message_count""#,
            )
        },
    };
    let rows = shadow.fetch(&mut wrong_count, &listing)?;
    println!("{} rows, those of legacy\n", rows.len());

    // The way back by itself: a limit of 50 ms, and no further attempt after two that ran into it.
    let guard = Guard::new(
        "sessions page",
        Duration::from_millis(50),
        Duration::from_secs(20),
    )
    .breaker(Breaker::new(
        2,
        Duration::from_secs(60),
        Duration::from_secs(300),
    ))
    .on_fall_back(|fall_back| println!("{fall_back}"));
    println!("{:?}", guard.fetch(&mut client, &listing)?.way);
    let mut slow = GoneWrong {
        client: &mut client,
        change: |text| text.replacen("SELECT MIN(", "SELECT pg_sleep(60), MIN(", 1),
    };
    for _ in 0..3 {
        let guarded = guard.fetch(&mut slow, &listing)?;
        println!("{:?}, {} rows", guarded.way, guarded.answer.len());
    }
    Ok(())
}

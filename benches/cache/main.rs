//! What reading a panel from the result cache costs, beside computing it.
//!
//! ```text
//! cargo bench --features cache --bench cache -- --scale 1       # all that is reported on
//! cargo bench --features cache --bench cache                    # at scale 0.1
//! ```
//!
//! It starts a PostgreSQL server of its own and loads the reference data; the panels are those of the last 30 days of its
//! largest team. Both ways are taken in turn, each asserted to give the same.

use std::error::Error;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::ContentTypes;
use pagewise::aggregate::Window;
use pagewise::cache::{self, Compute, ResultCache, Tier};
use pagewise::chat;
use pagewise::chat::dashboard::cached::{
    BOT_PERFORMANCE, CachedDashboard, CachedPanel, MESSAGE_VOLUME, OVERVIEW,
};
use pagewise::ddl::{Migration, RunOptions};
use pagewise::driver::StatementCache;
use pagewise_reference::{IndexSet, Server, ServerOptions, indexes};
use postgres::Client;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// The end of the reference data.
const NOW: &str = "2026-11-01T00:00:00Z";
const TEAM: i64 = 1;
/// What is aimed at: reading takes at most this part of computing.
const TARGET: f64 = 0.05;

struct Options {
    scale: f64,
    rounds: usize,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Fallible<Self> {
        // `cargo test --benches` runs it too, without cargo's own argument: then it only shows that it works.
        let mut options = Self {
            scale: 0.01,
            rounds: 1,
        };
        let mut scale = None;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {
                    options = Self {
                        scale: 0.1,
                        rounds: 15,
                    }
                }
                "--scale" => {
                    scale = Some(arguments.next().ok_or("--scale wants a value")?.parse()?)
                }
                _ => return Err(format!("{argument:?} is unknown: --scale 0.1").into()),
            }
        }
        options.scale = scale.unwrap_or(options.scale);
        Ok(options)
    }
}

fn main() -> Fallible<()> {
    let options = Options::read(std::env::args().skip(1))?;
    let settings = ServerOptions::default()
        .shared_buffers("2GB")
        .setting("random_page_cost", "1.1")
        .setting("max_parallel_workers_per_gather", "0");
    let server = Server::start(&settings)?;
    eprintln!("scale {}: loading", options.scale);
    let database = server.reference(options.scale)?;
    let mut client = database.client()?;
    for statement in indexes(IndexSet::Seed) {
        client.batch_execute(statement)?;
    }
    Migration::new()
        .phase("cache", cache::steps())
        .run(&mut client, &RunOptions::default())?;
    client.batch_execute("VACUUM ANALYZE")?;

    let ids = ContentTypes::default().resolve(&mut client, &chat::TAGGABLE)?;
    let now: DateTime<Utc> = NOW.parse()?;
    let dashboard = CachedDashboard::new(TEAM, Window::before(now, TimeDelta::days(30))?, &ids);
    // They are not to go out of date while it runs.
    let day = Tier::fresh_for(Duration::from_secs(24 * 60 * 60));
    let results = ResultCache::new()
        .tier(OVERVIEW, day)
        .tier(MESSAGE_VOLUME, day)
        .tier(BOT_PERFORMANCE, day);
    println!(
        "scale {}, {} rounds, medians\n",
        options.scale, options.rounds
    );
    println!("panel             computed     read  prepared    ratio");
    let mut case = Case {
        client: &mut client,
        results: &results,
        rounds: options.rounds,
        now,
    };
    let ratio = case.measure("overview", &dashboard.overview())?;
    case.measure("message volume", &dashboard.message_volume())?;
    case.measure("bot performance", &dashboard.bot_performance())?;
    let verdict = if ratio <= TARGET { "met" } else { "missed" };
    println!("\ntarget for the overview, at most {TARGET}: {verdict}");
    Ok(())
}

struct Case<'a> {
    client: &'a mut Client,
    results: &'a ResultCache,
    rounds: usize,
    now: DateTime<Utc>,
}

impl Case<'_> {
    /// How reading, by a plain client, is to computing.
    fn measure<T>(&mut self, name: &str, panel: &CachedPanel<T>) -> Fallible<f64>
    where
        T: serde::Serialize + serde::de::DeserializeOwned + Send + PartialEq + std::fmt::Debug,
        CachedPanel<T>: Compute<Value = T>,
    {
        use pagewise::cache::Definition;
        let expected = self.results.get(self.client, panel)?.value;
        let statements = StatementCache::default();
        let (mut computed, mut read, mut prepared) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            let began = Instant::now();
            let mut transaction = self.client.transaction()?;
            let value = panel
                .compute(&mut transaction, self.now)
                .map_err(|error| error.to_string())?;
            transaction.commit()?;
            computed.push(began.elapsed());
            assert_eq!(value, expected);

            let began = Instant::now();
            let found = self.results.get(self.client, panel)?;
            read.push(began.elapsed());
            assert!(!found.is_computed() && found.value == expected);

            let began = Instant::now();
            let mut client = statements.with(self.client);
            let found = self.results.lookup(&mut client, &panel.key())?.fresh();
            prepared.push(began.elapsed());
            assert!(found.is_ok_and(|value| value == expected));
        }
        let [computed, read, prepared] = [computed, read, prepared].map(median);
        let ratio = read.as_secs_f64() / computed.as_secs_f64();
        println!(
            "{name:<16} {:>6.2} ms {:>5.2} ms  {:>5.2} ms  {ratio:>6.4}x",
            milliseconds(computed),
            milliseconds(read),
            milliseconds(prepared),
        );
        Ok(ratio)
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

//! What running a page costs: pagewise beside the origin's way, its design document's proposal and the best by hand.
//!
//! ```text
//! cargo bench --bench pages                          # scales 0.1, 1 and 2: some ten minutes
//! cargo bench --bench pages -- --scales 0.1          # one scale: a minute
//! cargo bench --bench pages -- --write docs          # also Markdown and charts, into that folder
//! ```
//!
//! It starts a PostgreSQL server of its own, loads the reference data, asserts that the ways to a page give the same
//! rows, and runs them in turns.

mod chart;
mod explain;
mod jobs;
mod measure;
mod options;
mod report;
mod rows;
mod targets;
mod ways;

use std::error::Error;
use std::time::Instant;

use pagewise_reference::{IndexSet, Server, ServerOptions, indexes};
use postgres::Client;

use jobs::Place;
use measure::{JobResult, ScaleResult};
use options::Options;

/// Server settings that differ from PostgreSQL's defaults and matter to plans or times.
const SETTINGS: [(&str, &str); 4] = [
    ("shared_buffers", "4GB"),
    ("random_page_cost", "1.1"),
    ("max_parallel_workers_per_gather", "0"),
    ("autovacuum", "off"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let settings = SETTINGS
        .iter()
        .fold(ServerOptions::default(), |all, (name, value)| {
            all.setting(name, value)
        });
    let load_before = report::load_average();
    let mut version = String::new();
    let mut scales = Vec::new();
    for scale in &options.scales {
        // A server for each scale: the next one finds neither its memory nor its disk taken.
        let server = Server::start(&settings)?;
        let start = Instant::now();
        eprintln!("scale {scale}: loading");
        let database = server.reference(*scale)?;
        let mut client = database.client()?;
        for statement in indexes(IndexSet::Seed) {
            client.batch_execute(statement)?;
        }
        client.batch_execute("VACUUM ANALYZE")?;
        eprintln!(
            "scale {scale}: loaded in {:.0} s",
            start.elapsed().as_secs_f64()
        );
        version = client.query_one("SHOW server_version", &[])?.get(0);
        let result = run(&mut client, *scale, &options)?;
        println!("{}", report::terminal(&result));
        scales.push(result);
    }
    let targets = targets::check(&scales);
    println!("{}", targets::text(&targets));
    if let Some(folder) = &options.write {
        let run = report::Run {
            scales: &scales,
            targets: &targets,
            version: &version,
            settings: &SETTINGS,
            load_before,
        };
        report::write(folder, &run)?;
        println!("written: {}", folder.display());
    }
    Ok(())
}

fn run(client: &mut Client, scale: f64, options: &Options) -> Result<ScaleResult, Box<dyn Error>> {
    let place = Place::find(client, scale)?;
    let mut results = Vec::new();
    for job in jobs::all(client, &place)? {
        let start = Instant::now();
        let notes = rows::compare(client, &job)?;
        let ways = measure::job(client, &job, options.budget)?;
        eprintln!(
            "scale {scale}: {} in {:.0} s",
            job.title,
            start.elapsed().as_secs_f64()
        );
        results.push(JobResult {
            key: job.key,
            title: job.title,
            notes,
            ways,
        });
    }
    Ok(ScaleResult {
        scale,
        sessions: place.sessions,
        jobs: results,
    })
}

//! A server for each scale, the jobs on it, and the report after each.

use std::path::Path;
use std::time::Instant;

use pagewise_reference::{IndexSet, Server, ServerOptions, indexes};
use postgres::Client;

use super::job::{Jobs, Way};
use super::measure::{self, Method};
use super::options::Options;
use super::result::{JobResult, ScaleResult};
use super::targets::{self, Target};
use super::{Fallible, markdown, rows, terminal};

/// Server settings that differ from PostgreSQL's defaults and matter to plans or times.
const SETTINGS: [(&str, &str); 4] = [
    ("shared_buffers", "4GB"),
    ("random_page_cost", "1.1"),
    ("max_parallel_workers_per_gather", "0"),
    ("autovacuum", "off"),
];

/// What is reported on.
pub struct Report {
    /// The jobs at a scale.
    pub jobs: fn(&mut Client, f64) -> Fallible<Jobs>,
    /// What must be reached, as far as it was measured.
    pub targets: fn(&[ScaleResult]) -> Vec<Target>,
    /// Writes the documents into a folder.
    pub write: fn(&Path, &Run<'_>) -> Fallible<()>,
    /// The least rounds of slow ways, and of very slow ones, which may be none.
    pub fewest_slow_rounds: usize,
    pub fewest_very_slow_rounds: usize,
    /// What ratios on the terminal are to, beside the best by hand.
    pub against: Way,
    /// Whether a way is measured prepared, too.
    pub is_prepared: fn(Way) -> bool,
}

/// A run, and how it was made.
pub struct Run<'a> {
    pub scales: &'a [ScaleResult],
    pub targets: &'a [Target],
    pub version: &'a str,
    pub settings: &'a [(&'a str, &'a str)],
    /// What the command line limited the jobs to, if to anything.
    pub only: &'a [String],
    /// The machine's load before the first server was started.
    pub load_before: Option<&'a str>,
}

impl Report {
    /// Runs what the command line asks for.
    pub fn run(&self) -> Fallible<()> {
        let options = Options::read(std::env::args().skip(1))?;
        let settings = SETTINGS
            .iter()
            .fold(ServerOptions::default(), |all, (name, value)| {
                all.setting(name, value)
            });
        let load_before = markdown::load_average();
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
            let version: String = client.query_one("SHOW server_version", &[])?.get(0);
            let result = self.scale(&mut client, *scale, &options)?;
            scales.push(result);
            // After each scale: the largest takes longest, and what is there by then is of use.
            if let Some(folder) = &options.write {
                let run = Run {
                    scales: &scales,
                    targets: &(self.targets)(&scales),
                    version: &version,
                    settings: &SETTINGS,
                    only: &options.only,
                    load_before: load_before.as_deref(),
                };
                std::fs::create_dir_all(folder)?;
                (self.write)(folder, &run)?;
                println!("written: {}", folder.display());
            }
        }
        println!("{}", targets::text(&(self.targets)(&scales)));
        Ok(())
    }

    fn scale(&self, client: &mut Client, scale: f64, options: &Options) -> Fallible<ScaleResult> {
        let Jobs { sessions, jobs } = (self.jobs)(client, scale)?;
        let method = Method {
            fewest_slow_rounds: self.fewest_slow_rounds,
            fewest_very_slow_rounds: self.fewest_very_slow_rounds,
            is_prepared: self.is_prepared,
            budget: options.budget,
        };
        println!("{}", terminal::scale(scale, sessions, self.against));
        let mut results = Vec::new();
        for job in jobs.into_iter().filter(|job| options.is_wanted(&job.key)) {
            if let Some(before) = job.before {
                before(client)?;
            }
            let start = Instant::now();
            let compared = rows::compare(client, &job)?;
            let ways = measure::job(client, &job, method, &compared.times)?;
            eprintln!(
                "scale {scale}: {} in {:.0} s",
                job.title,
                start.elapsed().as_secs_f64()
            );
            let mut notes = compared.notes;
            notes.extend(job.notes);
            let result = JobResult {
                key: job.key,
                title: job.title,
                rows: compared.rows,
                counted: job.counted,
                notes,
                ways,
            };
            println!("{}", terminal::job(&result, self.against));
            results.push(result);
        }
        Ok(ScaleResult {
            scale,
            sessions,
            jobs: results,
        })
    }
}

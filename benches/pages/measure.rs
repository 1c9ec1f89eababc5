//! Times, in turns.

use std::error::Error;
use std::time::{Duration, Instant};

use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use postgres::Client;

use crate::explain;
use crate::jobs::Job;
use crate::ways::{Candidate, Way};

/// Rounds, as many as fit in the time but no fewer and no more than these.
const FEWEST_ROUNDS: usize = 7;
const MOST_ROUNDS: usize = 101;
/// PostgreSQL plans a prepared statement anew five times before it settles on how it goes on.
const WARM_UP: usize = 6;
/// How often planning is measured.
const PLANNINGS: usize = 11;

/// The pages at one scale.
pub struct ScaleResult {
    pub scale: f64,
    /// The sessions of the team.
    pub sessions: u64,
    pub jobs: Vec<JobResult>,
}

/// A page and what each way to it costs.
pub struct JobResult {
    pub key: &'static str,
    pub title: String,
    pub notes: Vec<String>,
    pub ways: Vec<WayResult>,
}

/// What one way to a page costs.
pub struct WayResult {
    pub way: Way,
    /// Parsed and planned each time: one round trip for each statement.
    pub planned: Timing,
    /// Prepared once.
    pub prepared: Timing,
    /// Planning alone, in milliseconds.
    pub planning: f64,
    pub buffers: u64,
}

/// A median, and the median of the rounds' ratios to the proposal.
pub struct Timing {
    pub milliseconds: f64,
    /// The fastest round: what other work on the machine disturbs least.
    pub fastest: f64,
    pub ratio: f64,
}

impl ScaleResult {
    pub fn job(&self, key: &str) -> Option<&JobResult> {
        self.jobs.iter().find(|job| job.key == key)
    }
}

impl JobResult {
    /// The title without what differs between scales.
    pub fn name(&self) -> &str {
        match self.title.split_once(" (after") {
            Some((name, _)) => name,
            None => self
                .title
                .trim_end_matches(|letter: char| letter.is_ascii_digit())
                .trim_end(),
        }
    }

    pub fn way(&self, way: Way) -> Option<&WayResult> {
        self.ways.iter().find(|result| result.way == way)
    }

    /// Buffers against the proposal's.
    pub fn buffers_ratio(&self, way: Way) -> Option<f64> {
        let proposed = self.way(Way::Proposed)?.buffers;
        Some(self.way(way)?.buffers as f64 / proposed as f64)
    }
}

/// Measures the ways to a page.
pub fn job(
    client: &mut Client,
    job: &Job,
    budget: Duration,
) -> Result<Vec<WayResult>, Box<dyn Error>> {
    let planned = rounds(job, budget, 1, |candidate| run(client, candidate))?;
    let statements = StatementCache::new(64);
    let prepared = rounds(job, budget, WARM_UP, |candidate| {
        run(&mut statements.with(client), candidate)
    })?;
    job.candidates
        .iter()
        .zip(planned)
        .zip(prepared)
        .map(|((candidate, planned), prepared)| {
            let (mut planning, mut buffers) = (0.0, 0);
            for query in &candidate.queries {
                buffers += explain::buffers(client, query)?;
                let plannings = (0..PLANNINGS).map(|_| explain::planning(client, query));
                planning += median(plannings.collect::<Result<_, _>>()?);
            }
            Ok(WayResult {
                way: candidate.way,
                planned,
                prepared,
                planning,
                buffers,
            })
        })
        .collect()
}

/// Runs all candidates in each round, beginning with another one each time.
fn rounds(
    job: &Job,
    budget: Duration,
    warm_up: usize,
    mut run: impl FnMut(&Candidate) -> Result<f64, Box<dyn Error>>,
) -> Result<Vec<Timing>, Box<dyn Error>> {
    let count = job.candidates.len();
    let mut turn = 0.0;
    for candidate in &job.candidates {
        for _ in 0..warm_up {
            run(candidate)?;
        }
        turn += run(candidate)?;
    }
    let fitting = (budget.as_secs_f64() * 1000.0 / turn) as usize;
    // Odd, so that the median is one of them.
    let rounds = fitting.clamp(FEWEST_ROUNDS, MOST_ROUNDS) | 1;
    let mut times = vec![Vec::with_capacity(rounds); count];
    for round in 0..rounds {
        for turn in 0..count {
            let at = (round + turn) % count;
            times[at].push(run(&job.candidates[at])?);
        }
    }
    let proposed = job
        .candidates
        .iter()
        .position(|candidate| candidate.way == Way::Proposed)
        .ok_or("the proposal is not among the ways")?;
    let timing = |own: &Vec<f64>| Timing {
        milliseconds: median(own.clone()),
        fastest: own.iter().copied().fold(f64::MAX, f64::min),
        ratio: median(
            own.iter()
                .zip(&times[proposed])
                .map(|(own, proposed)| own / proposed)
                .collect(),
        ),
    };
    Ok(times.iter().map(timing).collect())
}

/// Milliseconds.
fn run(client: &mut impl Execute, candidate: &Candidate) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    for query in &candidate.queries {
        client.run(&query.text, &query.parameters)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

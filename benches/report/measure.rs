//! Times, in turns.

use std::error::Error;
use std::time::{Duration, Instant};

use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use postgres::Client;

use super::explain;
use super::job::{Candidate, Job, Way};
use super::result::{Timing, WayResult, median};

/// Rounds, as many as fit in the time but no fewer (unless a way is slow) and no more than these.
const FEWEST_ROUNDS: usize = 7;
const MOST_ROUNDS: usize = 101;
/// What is slow, in milliseconds, may be measured less often.
const SLOW: f64 = 500.0;
/// What is slower than this may have been measured when rows were compared.
const VERY_SLOW: f64 = 2_000.0;
/// PostgreSQL plans a prepared statement anew five times before it settles on how it goes on.
const WARM_UP: usize = 6;
/// How often planning is measured.
const PLANNINGS: usize = 11;

/// How a report measures.
#[derive(Clone, Copy)]
pub struct Method {
    /// The least rounds of what is slow.
    pub fewest_slow_rounds: usize,
    /// The rounds of what is very slow, at least; none: the first time counts.
    pub fewest_very_slow_rounds: usize,
    /// Whether a way is measured prepared, too.
    pub is_prepared: fn(Way) -> bool,
    /// How long the rounds of one job may take, roughly, unless the least number of rounds takes longer.
    pub budget: Duration,
}

impl Method {
    /// Whether slow ways are measured less.
    fn spares(&self) -> bool {
        self.fewest_slow_rounds < FEWEST_ROUNDS
    }

    fn prepares(&self, way: Way, milliseconds: f64) -> bool {
        milliseconds.is_finite()
            && (self.is_prepared)(way)
            && !(self.spares() && milliseconds > SLOW)
    }

    /// How many rounds a candidate is in.
    fn rounds(&self, milliseconds: f64, candidates: usize) -> usize {
        if milliseconds.is_infinite() {
            return 0;
        }
        let share = self.budget.as_secs_f64() * 1000.0 / candidates as f64;
        let fewest = if milliseconds > VERY_SLOW {
            self.fewest_very_slow_rounds
        } else if milliseconds > SLOW {
            self.fewest_slow_rounds
        } else {
            FEWEST_ROUNDS
        };
        if fewest == 0 {
            return 0;
        }
        // Odd, so that the median is one of them.
        ((share / milliseconds) as usize).clamp(fewest, MOST_ROUNDS) | 1
    }
}

/// Measures the ways of a job; `first` is how long each took the first time.
pub fn job(
    client: &mut Client,
    job: &Job,
    method: Method,
    first: &[f64],
) -> Result<Vec<WayResult>, Box<dyn Error>> {
    let measured = job.candidates.iter().zip(first);
    let measured = measured.filter(|(candidate, _)| !candidate.is_witness);
    let (all, first): (Vec<_>, Vec<f64>) = measured.unzip();
    // What is word for word the same is run once in each round.
    let is_same = |at: &usize, other: &usize| all[*at].queries == all[*other].queries;
    let first_same = |at: usize| (0..at).find(|other| is_same(other, &at)).unwrap_or(at);
    let same: Vec<_> = (0..all.len()).map(first_same).collect();
    let different: Vec<_> = (0..all.len()).filter(|at| same[*at] == *at).collect();
    let run_once: Vec<_> = different.iter().map(|at| all[*at]).collect();
    let rounds = |at: usize| method.rounds(first[different[at]], run_once.len());
    let times = in_turns(&run_once, rounds, 0, |candidate| run(client, candidate))?;
    let planned = same.iter().map(|at| {
        let position = different.iter().position(|other| other == at);
        position.map_or(Vec::new(), |position| times[position].clone())
    });
    // Where it is about which way is the fastest, that is told unprepared.
    let is_prepared = |way, first| job.patience.is_none() && method.prepares(way, first);
    let statements = StatementCache::new(64);
    let kept: Vec<usize> = (0..all.len())
        .filter(|at| is_prepared(all[*at].way, first[*at]))
        .collect();
    let candidates: Vec<_> = kept.iter().map(|at| all[*at]).collect();
    let mut prepared = in_turns(
        &candidates,
        |at| method.rounds(first[kept[at]], kept.len()),
        WARM_UP,
        |candidate| run(&mut statements.with(client), candidate),
    )?
    .into_iter();
    let planned = planned.zip(&first).map(|(times, first)| {
        if times.is_empty() {
            Timing(vec![*first])
        } else {
            Timing(times)
        }
    });
    all.into_iter()
        .zip(planned)
        .zip(&first)
        .map(|((candidate, planned), first)| {
            let (mut planning, mut buffers) = (0.0, 0);
            // What was given up is not asked again.
            let queries = candidate.queries.iter().filter(|_| first.is_finite());
            for query in queries {
                buffers += explain::buffers(client, query)?;
                let plannings = (0..PLANNINGS).map(|_| explain::planning(client, query));
                planning += median(plannings.collect::<Result<_, _>>()?);
            }
            let prepared = is_prepared(candidate.way, *first).then(|| prepared.next());
            Ok(WayResult {
                way: candidate.way,
                form: candidate.form,
                planned,
                prepared: prepared.flatten().map(Timing),
                planning,
                buffers,
            })
        })
        .collect()
}

/// Runs the candidates in each round, beginning with another one each time; each until it was in all its rounds.
fn in_turns(
    candidates: &[&Candidate],
    rounds: impl Fn(usize) -> usize,
    warm_up: usize,
    mut run: impl FnMut(&Candidate) -> Result<f64, Box<dyn Error>>,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    for candidate in candidates {
        for _ in 0..warm_up {
            run(candidate)?;
        }
    }
    let rounds: Vec<_> = (0..candidates.len()).map(rounds).collect();
    let mut times = vec![Vec::new(); candidates.len()];
    for round in 0..rounds.iter().copied().max().unwrap_or(0) {
        for turn in 0..candidates.len() {
            let at = (round + turn) % candidates.len();
            if round < rounds[at] {
                times[at].push(run(candidates[at])?);
            }
        }
    }
    Ok(times)
}

/// Milliseconds.
fn run(client: &mut impl Execute, candidate: &Candidate) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    for query in &candidate.queries {
        client.run(&query.text, &query.parameters)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

//! Two pieces of work beside each other: batches in turn, so that whatever else the machine does slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Batches of each, and the work in a batch.
const ROUNDS: usize = 301;
const BATCH: u32 = 100;

/// What two pieces of work cost.
pub struct Pair {
    /// Medians, for one piece.
    pub ours: Duration,
    pub other: Duration,
    /// The median of the rounds' ratios, ours to other.
    pub ratio: f64,
    /// Allocations of one piece.
    pub our_allocations: u64,
    pub other_allocations: u64,
}

/// Measures both.
pub fn measure<A, B>(mut ours: impl FnMut() -> A, mut other: impl FnMut() -> B) -> Pair {
    let allocations = allocation_counter::measure(|| drop(black_box(ours())));
    let other_allocations = allocation_counter::measure(|| drop(black_box(other())));
    let (mut our_times, mut other_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (our, their) = if round % 2 == 0 {
            let our = batch(&mut ours);
            (our, batch(&mut other))
        } else {
            let their = batch(&mut other);
            (batch(&mut ours), their)
        };
        our_times.push(our);
        other_times.push(their);
        ratios.push(our.as_secs_f64() / their.as_secs_f64());
    }
    our_times.sort();
    other_times.sort();
    ratios.sort_by(f64::total_cmp);
    Pair {
        ours: our_times[ROUNDS / 2],
        other: other_times[ROUNDS / 2],
        ratio: ratios[ROUNDS / 2],
        our_allocations: allocations.count_total,
        other_allocations: other_allocations.count_total,
    }
}

fn batch<T>(work: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..BATCH {
        drop(black_box(work()));
    }
    start.elapsed() / BATCH
}

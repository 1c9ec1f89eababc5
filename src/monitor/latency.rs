//! How long something takes, as percentiles: [`Latency`].

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// What is longer counts as this long.
const LONGEST: Duration = Duration::from_secs(600);

/// Times of one kind, in 12 kB however many there are.
#[derive(Clone, Debug)]
pub(super) struct Times(Histogram<u32>);

impl Times {
    pub fn new() -> Self {
        // Two digits are right to one per cent.
        let times = Histogram::new_with_bounds(1, LONGEST.as_micros() as u64, 2);
        Self(times.expect("bounds of which one is larger than the other"))
    }

    pub fn add(&mut self, time: Duration) {
        let micros = time.min(LONGEST).as_micros() as u64;
        self.0.saturating_record(micros.max(1));
    }

    pub fn latency(&self) -> Latency {
        let at = |quantile| Duration::from_micros(self.0.value_at_quantile(quantile));
        Latency {
            count: self.0.len(),
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: Duration::from_micros(self.0.max()),
        }
    }
}

/// Numbers of statements of a kind of scope.
#[derive(Clone, Debug)]
pub(super) struct Counts(Histogram<u32>);

impl Counts {
    pub fn new() -> Self {
        let counts = Histogram::new_with_bounds(1, 10_000, 2);
        Self(counts.expect("bounds of which one is larger than the other"))
    }

    pub fn add(&mut self, count: u64) {
        self.0.saturating_record(count);
    }

    pub fn at(&self, quantile: f64) -> u64 {
        self.0.value_at_quantile(quantile)
    }
}

/// How long something took that happened several times: half of it at most [`p50`](Self::p50), and so on.
///
/// Right to one per cent, and from a microsecond up to ten minutes; what takes longer counts as ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Latency {
    /// How often it happened. 0 if never; the times are 0 then, too.
    pub count: u64,
    /// What half of them took at most.
    pub p50: Duration,
    /// What 95 of 100 took at most.
    pub p95: Duration,
    /// What 99 of 100 took at most.
    pub p99: Duration,
    /// What the slowest took.
    pub max: Duration,
}

/// `p50 1.2 ms, p95 3.4 ms, p99 5.6 ms, max 7.8 ms of 90`
impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "p50 {}, p95 {}, p99 {}, max {} of {}",
            Milliseconds(self.p50),
            Milliseconds(self.p95),
            Milliseconds(self.p99),
            Milliseconds(self.max),
            self.count
        )
    }
}

/// A time as people read it: three digits that matter, in milliseconds.
pub(super) struct Milliseconds(pub Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_secs_f64() * 1000.0;
        let digits = match milliseconds {
            100.0.. => 0,
            10.0.. => 1,
            1.0.. => 2,
            _ => 3,
        };
        write!(f, "{milliseconds:.digits$} ms")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{LONGEST, Latency, Times};

    proptest! {
        /// Against all the times in their order.
        #[test]
        fn percentiles_are_right_to_one_per_cent(micros in prop::collection::vec(1_u64..700_000_000, 1..300)) {
            let mut times = Times::new();
            for micros in &micros {
                times.add(Duration::from_micros(*micros));
            }
            let latency = times.latency();
            let mut sorted: Vec<_> =
                micros.iter().map(|micros| Duration::from_micros(*micros).min(LONGEST)).collect();
            sorted.sort_unstable();
            let at = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100) - 1];
            for (measured, right) in [
                (latency.p50, at(50)),
                (latency.p95, at(95)),
                (latency.p99, at(99)),
                (latency.max, at(100)),
            ] {
                let off = measured.as_secs_f64() / right.as_secs_f64();
                prop_assert!((0.99..=1.01).contains(&off), "{measured:?} for {right:?}");
            }
            prop_assert_eq!(latency.count, micros.len() as u64);
        }
    }

    #[test]
    fn nothing_takes_nothing() {
        assert_eq!(Times::new().latency(), Latency::default());
        let mut times = Times::new();
        times.add(Duration::ZERO);
        assert_eq!(times.latency().count, 1);
    }
}

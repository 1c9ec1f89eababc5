//! When the optimized way is not tried for a while: [`Breaker`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A circuit breaker: after so many trips within a time, nothing is tried for a while; then one is tried, and if that goes
/// well, all are again.
///
/// `Guard` asks it. It does no I/O and knows no clock, so that it serves a driver of one's own too: each call says what
/// time it is. Clones share what they have seen.
///
/// # Example
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use pagewise::strategy::{Breaker, BreakerState};
///
/// let breaker = Breaker::new(2, Duration::from_secs(60), Duration::from_secs(300));
/// let start = Instant::now();
/// for _ in 0..2 {
///     if let Some(attempt) = breaker.attempt(start) {
///         attempt.tripped(start);
///     }
/// }
/// assert_eq!(breaker.state(start), BreakerState::Open);
/// assert!(breaker.attempt(start).is_none());
///
/// let later = start + Duration::from_secs(300);
/// assert_eq!(breaker.state(later), BreakerState::HalfOpen);
/// let trial = breaker.attempt(later).expect("one is let through");
/// assert!(breaker.attempt(later).is_none());
/// trial.succeeded();
/// assert_eq!(breaker.state(later), BreakerState::Closed);
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    trips: usize,
    within: Duration,
    rest: Duration,
    seen: Arc<Mutex<Seen>>,
}

/// What a [`Breaker`] does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BreakerState {
    /// Everything is tried.
    Closed,
    /// Nothing is tried.
    Open,
    /// One is tried; what becomes of it decides.
    HalfOpen,
}

#[derive(Debug)]
struct Seen {
    /// Another one after each opening, closing and reset: what was let through before says nothing of what is now.
    generation: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The times of the last trips, the oldest first; fewer than open it.
    Closed(VecDeque<Instant>),
    Open {
        until: Instant,
        /// The one that is let through after that is under way.
        is_tried: bool,
    },
}

/// Something that a [`Breaker`] lets through: say what became of it.
///
/// One that is dropped without a word, because the statement failed for another reason or was never answered, changes
/// nothing. Neither does one of a former period, once the breaker has opened, closed or was reset since.
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    breaker: Breaker,
    generation: u64,
    /// The one that decides whether the others are let through again.
    is_trial: bool,
}

impl Breaker {
    /// One that opens after so many trips (of one, if it is 0) within a time, for so long.
    #[must_use]
    pub fn new(trips: u32, within: Duration, rest: Duration) -> Self {
        Self {
            trips: usize::try_from(trips).unwrap_or(usize::MAX).max(1),
            within,
            rest,
            seen: Arc::new(Mutex::new(Seen {
                generation: 0,
                state: State::Closed(VecDeque::new()),
            })),
        }
    }

    /// Asks to be let through; `None` while it is open.
    #[must_use]
    pub fn attempt(&self, now: Instant) -> Option<Attempt> {
        let mut seen = self.lock();
        let is_trial = match &mut seen.state {
            State::Closed(_) => false,
            State::Open { until, is_tried } if now >= *until && !*is_tried => {
                *is_tried = true;
                true
            }
            State::Open { .. } => return None,
        };
        Some(Attempt {
            breaker: self.clone(),
            generation: seen.generation,
            is_trial,
        })
    }

    /// What it does now.
    #[must_use]
    pub fn state(&self, now: Instant) -> BreakerState {
        match &self.lock().state {
            State::Closed(_) => BreakerState::Closed,
            State::Open { until, .. } if now >= *until => BreakerState::HalfOpen,
            State::Open { .. } => BreakerState::Open,
        }
    }

    /// How many trips it counts at this time; what opens it is at the end of them.
    #[must_use]
    pub fn trips(&self, now: Instant) -> usize {
        match &self.lock().state {
            State::Closed(trips) => trips
                .iter()
                .filter(|trip| now.saturating_duration_since(**trip) < self.within)
                .count(),
            State::Open { .. } => self.trips,
        }
    }

    /// Closes it, and forgets what it has seen.
    pub fn reset(&self) {
        self.lock().begin(State::Closed(VecDeque::new()));
    }

    /// Never held while anything is sent. Each change is made at once, so that a panic elsewhere leaves nothing half-changed.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn begin(&mut self, state: State) {
        *self = Self {
            generation: self.generation.wrapping_add(1),
            state,
        };
    }
}

impl Attempt {
    /// It went well.
    pub fn succeeded(mut self) {
        let is_trial = std::mem::take(&mut self.is_trial);
        let mut seen = self.breaker.lock();
        if is_trial && seen.generation == self.generation {
            seen.begin(State::Closed(VecDeque::new()));
        }
    }

    /// It ran into its limit, at this time.
    pub fn tripped(mut self, now: Instant) {
        let breaker = &self.breaker;
        let is_trial = std::mem::take(&mut self.is_trial);
        let mut seen = breaker.lock();
        if seen.generation != self.generation {
            return;
        }
        let opens = match &mut seen.state {
            State::Closed(trips) => {
                trips.push_back(now);
                trips.retain(|trip| now.saturating_duration_since(*trip) < breaker.within);
                // A time of 0 holds no trip, not even this one.
                trips.len().max(1) >= breaker.trips
            }
            State::Open { .. } => is_trial,
        };
        if opens {
            seen.begin(State::Open {
                // So late that it cannot be said: a year is never over in a process.
                until: now.checked_add(breaker.rest).unwrap_or(now + YEAR),
                is_tried: false,
            });
        }
    }
}

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_trial {
            return;
        }
        let mut seen = self.breaker.lock();
        if seen.generation == self.generation
            && let State::Open { is_tried, .. } = &mut seen.state
        {
            *is_tried = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn breaker() -> (Breaker, Instant) {
        (Breaker::new(3, 10 * SECOND, 60 * SECOND), Instant::now())
    }

    fn trip(breaker: &Breaker, at: Instant) {
        breaker.attempt(at).expect("it is let through").tripped(at);
    }

    #[test]
    fn trips_that_are_far_apart_do_not_open_it() {
        let (breaker, start) = breaker();
        for at in 0..20 {
            trip(&breaker, start + 5 * SECOND * at);
            assert_eq!(breaker.state(start + 5 * SECOND * at), BreakerState::Closed);
        }
        let end = start + 5 * SECOND * 19;
        assert_eq!(
            (breaker.trips(end), breaker.trips(end + 10 * SECOND)),
            (2, 0)
        );
    }

    #[test]
    fn a_trial_that_trips_opens_it_anew() {
        let (breaker, start) = breaker();
        for _ in 0..3 {
            trip(&breaker, start);
        }
        assert_eq!(breaker.state(start + 59 * SECOND), BreakerState::Open);
        let trial_at = start + 60 * SECOND;
        trip(&breaker, trial_at);
        assert_eq!(breaker.state(trial_at + 59 * SECOND), BreakerState::Open);
        assert_eq!(
            breaker.state(trial_at + 60 * SECOND),
            BreakerState::HalfOpen
        );
    }

    #[test]
    fn a_trial_without_an_end_is_given_back() {
        let (breaker, start) = breaker();
        for _ in 0..3 {
            trip(&breaker, start);
        }
        let later = start + 60 * SECOND;
        let trial = breaker.attempt(later).expect("the trial");
        assert!(breaker.attempt(later).is_none());
        drop(trial);
        breaker.attempt(later).expect("the next trial").succeeded();
        assert_eq!(breaker.state(later), BreakerState::Closed);
        assert_eq!(breaker.trips(later), 0);
    }

    #[test]
    fn what_was_let_through_before_it_opened_decides_nothing() {
        let (breaker, start) = breaker();
        let (late, later) = (
            breaker.attempt(start).unwrap(),
            breaker.attempt(start).unwrap(),
        );
        for _ in 0..3 {
            trip(&breaker, start);
        }
        late.succeeded();
        assert_eq!(breaker.state(start), BreakerState::Open);
        later.tripped(start + 30 * SECOND);
        assert_eq!(breaker.state(start + 60 * SECOND), BreakerState::HalfOpen);
    }

    #[test]
    fn a_trial_of_a_former_period_decides_nothing() {
        let (breaker, start) = breaker();
        let later = start + 60 * SECOND;
        let open = |at| (0..3).for_each(|_| trip(&breaker, at));
        let old_trial = || {
            breaker.reset();
            open(start);
            let trial = breaker.attempt(later).expect("the trial");
            breaker.reset();
            open(later);
            trial
        };
        old_trial().succeeded();
        assert_eq!(breaker.state(later), BreakerState::Open);

        let end = later + 60 * SECOND;
        old_trial().tripped(later + 30 * SECOND);
        assert_eq!(breaker.state(end), BreakerState::HalfOpen);

        let old = old_trial();
        let trial = breaker.attempt(end).expect("the new trial");
        drop(old);
        assert!(breaker.attempt(end).is_none());
        trial.succeeded();
        assert_eq!(breaker.state(end), BreakerState::Closed);
    }

    #[test]
    fn what_was_let_through_before_a_reset_is_not_counted_after_it() {
        let (breaker, start) = breaker();
        let before: Vec<_> = (0..3).map(|_| breaker.attempt(start).unwrap()).collect();
        breaker.reset();
        before.into_iter().for_each(|old| old.tripped(start));
        assert_eq!(breaker.trips(start), 0);
        assert_eq!(breaker.state(start), BreakerState::Closed);
    }
}

//! One at a time in this process: [`Gates`].

use std::collections::HashMap;
use std::collections::hash_map;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "postgres")]
use std::{
    sync::Condvar,
    time::{Duration, Instant},
};

use super::error::RefreshError;

/// Which results are being computed in this process.
///
/// No lock is held while the database is waited for.
#[derive(Debug, Default)]
pub(in crate::cache) struct Gates(Mutex<HashMap<(i64, String), Arc<Gate>>>);

/// The gate of one result, behind which one is at work.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    #[cfg(feature = "postgres")]
    changed: Condvar,
}

/// What those see who stand before a gate.
#[derive(Clone, Debug, Default)]
pub(super) enum State {
    /// One is behind it.
    #[default]
    Closed,
    /// None is behind it any more: look again.
    Open,
    /// The one behind it could not compute the result, and whoever tries it now is told the same.
    Failed(RefreshError),
}

/// One is the first who comes, or finds another behind the gate.
pub(super) enum Entrance<'g> {
    First(Inside<'g>),
    Before(Arc<Gate>),
}

/// Being behind the gate, which opens when this is dropped, also by a panic or a dropped future.
pub(super) struct Inside<'g> {
    gates: &'g Gates,
    of: (i64, String),
    gate: Arc<Gate>,
}

impl Gates {
    pub(super) fn enter(&self, team: i64, key: &str) -> Entrance<'_> {
        let of = (team, key.to_owned());
        match lock(&self.0).entry(of.clone()) {
            hash_map::Entry::Occupied(gate) => Entrance::Before(gate.get().clone()),
            hash_map::Entry::Vacant(place) => Entrance::First(Inside {
                gates: self,
                of,
                gate: place.insert(Arc::default()).clone(),
            }),
        }
    }
}

impl Gate {
    #[cfg(feature = "tokio-postgres")]
    pub fn look(&self) -> State {
        lock(&self.state).clone()
    }

    /// Waits until it is not closed, for so long at most.
    #[cfg(feature = "postgres")]
    pub fn wait(&self, time: Duration) -> State {
        let end = Instant::now().checked_add(time);
        let mut state = lock(&self.state);
        while matches!(*state, State::Closed) {
            let left = match end {
                Some(end) => end.saturating_duration_since(Instant::now()),
                None => time,
            };
            if left.is_zero() {
                break;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state.clone()
    }
}

impl Inside<'_> {
    /// Those who wait are told the same.
    pub fn fail(self, failure: RefreshError) {
        *lock(&self.gate.state) = State::Failed(failure);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        lock(&self.gates.0).remove(&self.of);
        let mut state = lock(&self.gate.state);
        if matches!(*state, State::Closed) {
            *state = State::Open;
        }
        drop(state);
        #[cfg(feature = "postgres")]
        self.gate.changed.notify_all();
    }
}

/// A panic elsewhere cannot leave what is in it half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The teams that are still to be warmed, and what came of the others: [`Warming`].

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::report::{TeamWarmed, WarmReport};

/// Warms the results of teams: each that is not fresh, or soon not any more, is computed and kept.
///
/// Those who warm share it between them, each with a client of its own, and take one team after another. So many clients as
/// are given to it, so many statements run at a time, and never more.
///
/// * A result is a [`Definition`](super::super::Definition), the same that readers ask for: the key that is warmed is the one
///   that is looked for.
/// * What another is computing is left to it.
/// * What fails is told, and stops neither the team's other results nor other teams. Who has lost its connection stops;
///   the others go on, and another client can go on with the rest.
///
/// Which teams: those in which something happens, for the dashboard
/// [`active_teams_statement`](crate::chat::dashboard::cached::active_teams_statement). What is worth it: results whose tier is longer than
/// the time between two rounds.
///
/// # Example
///
/// ```no_run
/// use pagewise::cache::{Compute, ResultCache, WarmTask, Warming};
/// # use pagewise::Error;
///
/// # fn warm(
/// #     cache: &ResultCache,
/// #     teams: Vec<i64>,
/// #     clients: &mut [postgres::Client],
/// #     of_team: impl Fn(i64) -> Vec<WarmTask> + Sync,
/// # ) -> Result<(), Error> {
/// let warming = Warming::new(teams);
/// std::thread::scope(|scope| {
///     for client in clients {
///         scope.spawn(|| warming.run(cache, client, &of_team));
///     }
/// });
/// println!("{}", warming.report());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Warming(Mutex<Round>);

#[derive(Debug, Default)]
struct Round {
    left: VecDeque<i64>,
    done: Vec<TeamWarmed>,
}

impl Warming {
    /// These teams, in this order.
    #[must_use]
    pub fn new(teams: impl IntoIterator<Item = i64>) -> Self {
        Self(Mutex::new(Round {
            left: teams.into_iter().collect(),
            done: Vec::new(),
        }))
    }

    /// What came of it so far.
    #[must_use]
    pub fn report(&self) -> WarmReport {
        let round = self.lock();
        WarmReport {
            teams: round.done.clone(),
            left: round.left.iter().copied().collect(),
        }
    }

    pub(super) fn next(&self) -> Option<i64> {
        self.lock().left.pop_front()
    }

    pub(super) fn done(&self, team: TeamWarmed) {
        self.lock().done.push(team);
    }

    fn lock(&self) -> MutexGuard<'_, Round> {
        // A panic elsewhere cannot leave it half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The teams that are still to be warmed, and what came of the others: [`Warming`].

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::report::{TeamWarmed, WarmReport, Warmed};

/// Warms the results of teams: each that is not fresh, or soon not any more, is computed and kept.
///
/// Those who warm share it between them, each with a client of its own, and take one team after another. So many clients as
/// are given to it, so many statements run at a time, and never more.
///
/// * A result is a [`Definition`](super::super::Definition), the same that readers ask for: the key that is warmed is the one
///   that is looked for.
/// * What another is computing is left to it.
/// * What fails or panics is told, and stops neither the team's other results nor other teams. Who has lost its connection
///   stops; the others go on, and another client can go on with the rest. The team that it was at is come to once more.
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

/// A team that is still to be warmed.
#[derive(Clone, Copy, Debug)]
struct Left {
    team: i64,
    was_broken_off: bool,
}

#[derive(Debug, Default)]
struct Round {
    left: VecDeque<Left>,
    /// Those that were broken off twice.
    broken_off: Vec<i64>,
    done: Vec<TeamWarmed>,
}

impl Warming {
    /// These teams, in this order.
    #[must_use]
    pub fn new(teams: impl IntoIterator<Item = i64>) -> Self {
        Self(Mutex::new(Round {
            left: teams
                .into_iter()
                .map(|team| Left {
                    team,
                    was_broken_off: false,
                })
                .collect(),
            broken_off: Vec::new(),
            done: Vec::new(),
        }))
    }

    /// What came of it so far.
    #[must_use]
    pub fn report(&self) -> WarmReport {
        let round = self.lock();
        WarmReport {
            teams: round.done.clone(),
            left: round
                .left
                .iter()
                .map(|left| left.team)
                .chain(round.broken_off.iter().copied())
                .collect(),
        }
    }

    /// The next team, for one who warms it.
    pub(super) fn next(&self) -> Option<Turn<'_>> {
        let Left {
            team,
            was_broken_off,
        } = self.lock().left.pop_front()?;
        Some(Turn {
            warming: self,
            team,
            was_broken_off,
            results: Vec::new(),
            is_whole: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Round> {
        // A panic elsewhere cannot leave it half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A team that is being warmed. What came of it is told also if it is dropped in the midst of that.
pub(super) struct Turn<'a> {
    warming: &'a Warming,
    pub team: i64,
    pub results: Vec<Warmed>,
    was_broken_off: bool,
    is_whole: bool,
}

impl Turn<'_> {
    /// All of it was come to.
    pub fn done(mut self) {
        self.is_whole = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut round = self.warming.lock();
        match (self.is_whole, self.was_broken_off) {
            (true, _) => {}
            // It may be what breaks connections.
            (false, true) => round.broken_off.push(self.team),
            (false, false) => round.left.push_back(Left {
                team: self.team,
                was_broken_off: true,
            }),
        }
        if self.is_whole || !self.results.is_empty() {
            let results = std::mem::take(&mut self.results);
            round.done.push(TeamWarmed {
                team: self.team,
                results,
            });
        }
    }
}

//! Removing notes that nobody needs any more: [`NotePurge`].

use std::time::Duration;

use sea_query::Value;

use crate::cache::put::LONGEST;
use crate::cache::schema::{ENTRIES, HORIZON, NOTES};
use crate::statement::Command;

/// Removes notes that nobody needs any more, in batches.
///
/// A note is needed by results that were computed before it: those that may still be given keep their notes. It is also
/// needed by who was away for a while and wants to know what has changed since: notes are kept for
/// [so long](Self::keep). What was computed, or looked at, before the oldest note that is kept counts as outdated, so that a
/// purge never makes anything wrong, whatever is going on.
///
/// First the horizon is raised, below which nothing is known; then notes below it are removed, a batch in a statement.
/// Writers wait for none of it. Purges at the same time each do a part.
///
/// For a task that runs every few minutes.
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
/// use pagewise::cache::NotePurge;
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// let removed = NotePurge::new().keep(Duration::from_secs(600)).run(client)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotePurge {
    keep: Duration,
    keep_for_results: Duration,
    stale_for: Duration,
    pub(super) batch: u32,
}

/// Whether there are notes left that a purge would remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotesLeft {
    /// The batch was full: there may be more.
    Maybe,
    /// There were no more than these.
    None,
}

impl NotePurge {
    /// Keeps the notes of the last hour, and removes 5000 in a statement.
    #[must_use]
    pub fn new() -> Self {
        Self {
            keep: Duration::from_secs(60 * 60),
            keep_for_results: Duration::from_secs(24 * 60 * 60),
            stale_for: Duration::from_secs(60 * 60),
            batch: 5_000,
        }
    }

    /// How long a process may be away, or a computation take, without everything counting as outdated.
    #[must_use]
    pub fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// For how long after it was computed a result that may still be given keeps the notes that it needs; a day unless said
    /// otherwise. One that is older counts as outdated once they are gone.
    #[must_use]
    pub fn keep_for_results(mut self, time: Duration) -> Self {
        self.keep_for_results = time;
        self
    }

    /// For how long results that are too old are still given, and so keep their notes: the longest
    /// [`Tier::stale_for`](crate::cache::Tier::stale_for) of the kinds; an hour unless said otherwise.
    #[must_use]
    pub fn stale_for(mut self, time: Duration) -> Self {
        self.stale_for = time;
        self
    }

    /// How many notes one statement removes; 1 at least.
    #[must_use]
    pub fn batch(mut self, notes: u32) -> Self {
        self.batch = notes.max(1);
        self
    }

    /// The statement that raises the horizon: to the oldest of the transactions that are going on, those of the notes that are
    /// kept, and those that results which may still be given do not show. It is never lowered. It gives no rows.
    #[must_use]
    pub fn raise_command(&self) -> Command {
        let text = format!(
            "INSERT INTO \"{HORIZON}\" AS horizon (transaction) SELECT LEAST(pg_snapshot_xmin(pg_current_snapshot()), \
             (SELECT note.transaction FROM \"{NOTES}\" AS note WHERE note.noted_at > '-infinity' \
             AND note.noted_at > clock_timestamp() - $1 * interval '1 second' \
             ORDER BY note.transaction LIMIT 1), \
             (SELECT pg_snapshot_xmin(entry.snapshot) FROM \"{ENTRIES}\" AS entry WHERE entry.snapshot IS NOT NULL \
             AND entry.expires_at > clock_timestamp() - $3 * interval '1 second' AND entry.computed_at > clock_timestamp() - $2 * interval '1 second' \
             AND pg_snapshot_xmax(entry.snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) \
             AND pg_snapshot_xmin(entry.snapshot) >= (SELECT known.transaction FROM \"{HORIZON}\" AS known) \
             ORDER BY pg_snapshot_xmin(entry.snapshot) LIMIT 1)) \
             ON CONFLICT (is_single) DO UPDATE SET transaction = excluded.transaction \
             WHERE horizon.transaction < excluded.transaction"
        );
        let seconds = |time: Duration| Value::from(time.min(LONGEST).as_secs_f64());
        Command::new(
            text,
            vec![
                seconds(self.keep),
                seconds(self.keep_for_results),
                seconds(self.stale_for),
            ],
        )
    }

    /// The statement that removes a batch of notes below the horizon: one row, with how many it has removed, `bigint`. A note
    /// that another purge is removing is left to it.
    #[must_use]
    pub fn remove_command(&self) -> Command {
        let text = format!(
            "WITH gone AS (DELETE FROM \"{NOTES}\" AS note WHERE note.ctid = ANY (ARRAY(SELECT old.ctid FROM \"{NOTES}\" AS old \
             WHERE old.noted_at > '-infinity' AND old.transaction < (SELECT horizon.transaction FROM \"{HORIZON}\" AS horizon) \
             ORDER BY old.transaction LIMIT {} FOR UPDATE SKIP LOCKED)) RETURNING 1) SELECT count(*) AS removed FROM gone",
            self.batch
        );
        Command::new(text, Vec::new())
    }

    /// What the number of notes says that one statement has removed.
    #[must_use]
    pub fn left(&self, removed: u64) -> NotesLeft {
        match removed < u64::from(self.batch) {
            true => NotesLeft::None,
            false => NotesLeft::Maybe,
        }
    }
}

impl Default for NotePurge {
    fn default() -> Self {
        Self::new()
    }
}

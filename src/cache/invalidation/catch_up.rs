//! What has changed since the last look at the notes: [`CatchUp`].

use std::time::Instant;

use super::copies::{LastLook, LocalCopies};
use super::note::Note;
use crate::cache::schema::NOTES;
use crate::cache::validity::{SNAPSHOT, is_forgotten};
use crate::statement::Command;

/// A look at what was noted since the last one: its statement, and when it was asked for.
#[derive(Clone, Debug)]
pub struct CatchUp {
    command: Command,
    asked_at: Instant,
    clears: u64,
}

/// A row of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatchUpRow {
    /// What this look has seen, as text; the same in each row.
    pub snapshot: String,
    /// Whether notes since the last look may be gone; the same in each row.
    pub is_unknown: bool,
    /// Whose rows were changed; `None`: those of all teams, if there is a source.
    pub team: Option<i64>,
    /// Which rows were changed; `None` if none were.
    pub source: Option<String>,
}

impl CatchUpRow {
    /// From the four columns, in their order.
    #[must_use]
    pub fn new(
        snapshot: String,
        is_unknown: bool,
        team: Option<i64>,
        source: Option<String>,
    ) -> Self {
        Self {
            snapshot,
            is_unknown,
            team,
            source,
        }
    }
}

impl CatchUp {
    /// The statement: one row at least, of `snapshot text`, `is_unknown boolean`, `team_id bigint NULL`, `source text NULL`.
    #[must_use]
    pub fn command(&self) -> &Command {
        &self.command
    }
}

impl LocalCopies {
    /// The next look at the notes; its answer is for [`caught_up`](Self::caught_up).
    ///
    /// It asks for the notes whose transactions the last look did not see: exact, in whatever order they were committed. The
    /// first one asks for nothing, since nothing is known of before it.
    ///
    /// It is run outside of a transaction, or in one of READ COMMITTED: in another one it sees what was there when that began,
    /// and copies would be behind by so much more. On a replica they are behind by what the replica is.
    ///
    /// ```
    /// use std::time::Duration;
    /// use pagewise::cache::{CatchUpRow, LocalCopies};
    ///
    /// let copies = LocalCopies::new(100, Duration::from_secs(2));
    /// let first = copies.catch_up_statement();
    /// assert!(first.command().parameters().is_empty());
    /// copies.caught_up(&first, [CatchUpRow::new("10:12:10".to_owned(), false, None, None)]);
    /// assert_eq!(copies.catch_up_statement().command().parameters().len(), 1);
    /// ```
    #[must_use]
    pub fn catch_up_statement(&self) -> CatchUp {
        let asked_at = Instant::now();
        let (last_look, clears) = self.last_look();
        let command = match last_look {
            None => Command::new(
                format!(
                    "SELECT CAST({SNAPSHOT} AS text) AS snapshot, true AS is_unknown, CAST(NULL AS bigint) AS team_id, CAST(NULL \
                     AS text) AS source"
                ),
                Vec::new(),
            ),
            Some(snapshot) => Command::new(
                format!(
                    "SELECT CAST({SNAPSHOT} AS text) AS snapshot, {} AS is_unknown, note.team_id, note.source \
                     FROM (SELECT CAST(CAST($1 AS text) AS pg_snapshot)) AS look(snapshot) LEFT JOIN LATERAL \
                     (SELECT seen.team_id, seen.source FROM \"{NOTES}\" AS seen WHERE seen.noted_at > '-infinity' \
                     AND seen.transaction = ANY (ARRAY(SELECT pg_snapshot_xip(look.snapshot))) \
                     UNION SELECT seen.team_id, seen.source FROM \"{NOTES}\" AS seen WHERE seen.noted_at > '-infinity' \
                     AND seen.transaction >= pg_snapshot_xmax(look.snapshot)) AS note ON true",
                    is_forgotten("look.snapshot")
                ),
                vec![snapshot.into()],
            ),
        };
        CatchUp {
            command,
            asked_at,
            clears,
        }
    }

    /// Drops what the answer to a look says is outdated; gives how many notes there were, `None` if all was dropped since
    /// nobody knows. An answer without rows is none, and changes nothing; nor does that of a look that was begun before
    /// [`clear`](Self::clear).
    pub fn caught_up(
        &self,
        look: &CatchUp,
        rows: impl IntoIterator<Item = CatchUpRow>,
    ) -> Option<usize> {
        let rows: Vec<_> = rows.into_iter().collect();
        let first = rows.first()?;
        let last_look = LastLook {
            snapshot: first.snapshot.clone(),
            at: look.asked_at,
        };
        if first.is_unknown {
            self.looked(last_look, look.clears, None);
            return None;
        }
        let notes: Vec<_> = rows
            .into_iter()
            .filter_map(|row| {
                let team = row.team;
                row.source.map(|source| Note { team, source })
            })
            .collect();
        self.looked(last_look, look.clears, Some(&notes));
        Some(notes.len())
    }
}

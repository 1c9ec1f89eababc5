//! What is outdated by hand: [`Invalidation`].

use sea_query::Value;

use super::note::Note;
use crate::cache::CacheKind;
use crate::cache::schema::NOTES;
use crate::cache::validity::{ALL_KINDS, of_kind};
use crate::statement::Command;

/// Outdates results by hand: of a kind or of all, of a team or of all.
///
/// For what no trigger notes: a change of a table outside this database, of what the numbers mean, of rows that were loaded
/// while triggers were disabled. It is a note like any other: it acts when the transaction that it is left in commits, not
/// before, and not if that is rolled back.
///
/// # Example
///
/// ```no_run
/// use pagewise::cache::{CacheKind, Invalidation, Tier};
///
/// const PRICES: CacheKind<i64> = CacheKind::new("prices", Tier::HISTORICAL, &[]);
///
/// # fn example(client: &mut postgres::Client) -> Result<(), pagewise::Error> {
/// Invalidation::of_kind(PRICES).team(7).run(client)?;
/// Invalidation::of_all_kinds().team(7).run(client)?;     // all that is kept of a team
/// Invalidation::of_kind(PRICES).run(client)?;            // of all teams
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalidation {
    note: Note,
    notifies: bool,
}

impl Invalidation {
    /// Results of this kind.
    #[must_use]
    pub fn of_kind<T>(kind: CacheKind<T>) -> Self {
        Self::of(of_kind(kind.name()))
    }

    /// Results of all kinds.
    #[must_use]
    pub fn of_all_kinds() -> Self {
        Self::of(ALL_KINDS.to_owned())
    }

    /// Results that are made of this source: as if a row of the table had changed.
    #[must_use]
    pub fn of_source(name: impl Into<String>) -> Self {
        Self::of(name.into())
    }

    fn of(source: String) -> Self {
        let note = Note { team: None, source };
        Self {
            note,
            notifies: false,
        }
    }

    /// Only those of this team.
    #[must_use]
    pub fn team(mut self, team: i64) -> Self {
        self.note.team = Some(team);
        self
    }

    /// Also sent to those who listen; see [`Sources::notifying`](super::Sources::notifying).
    #[must_use]
    pub fn notifying(mut self) -> Self {
        self.notifies = true;
        self
    }

    /// What it notes.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The statement; it gives no rows, or one that says nothing.
    ///
    /// ```
    /// use pagewise::cache::Invalidation;
    ///
    /// let command = Invalidation::of_all_kinds().team(7).command();
    /// assert_eq!(
    ///     command.text(),
    ///     "INSERT INTO \"pagewise_cache_note\" (team_id, source, noted_at) VALUES ($1, CAST($2 AS text), now()) ON CONFLICT DO NOTHING"
    /// );
    /// ```
    #[must_use]
    pub fn command(&self) -> Command {
        let insert = format!(
            "INSERT INTO \"{NOTES}\" (team_id, source, noted_at) VALUES ($1, CAST($2 AS text), now()) ON CONFLICT DO NOTHING"
        );
        let text = match self.notifies {
            false => insert,
            true => format!(
                "WITH noted AS ({insert} RETURNING team_id, source) SELECT count(pg_notify('{}', coalesce(CAST(noted.team_id AS \
                 text), '') || ':' || noted.source)) AS sent FROM noted",
                Note::CHANNEL
            ),
        };
        let parameters = vec![
            Value::BigInt(self.note.team),
            Value::from(self.note.source.clone()),
        ];
        Command::new(text, parameters)
    }

    /// Leaves the note.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database).
    #[cfg(feature = "postgres")]
    pub fn run(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<(), crate::Error> {
        let command = self.command();
        client.run(command.text(), command.parameters())?;
        Ok(())
    }

    /// As `run`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database).
    #[cfg(feature = "tokio-postgres")]
    pub async fn run_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<(), crate::Error> {
        let command = self.command();
        client.run(command.text(), command.parameters()).await?;
        Ok(())
    }
}

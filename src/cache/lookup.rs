//! Looking for a result: the statement, and the reading of its answer.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{ArrayType, Value};
use serde::de::DeserializeOwned;

use super::entry::{Entry, Freshness, Lookup, StaleReason, Ticket};
use super::key::CacheKey;
use super::schema::ENTRIES;
use super::tier::Tier;
use super::validity::{SNAPSHOT, changed_at, is_forgotten, shows, sources_of};
use crate::statement::Command;

/// One row, whether there is an entry or not.
///
/// It locks nothing, so that readers wait for nobody. All of it is of one snapshot, which is the ticket's.
static TEXT: OnceLock<String> = OnceLock::new();

fn text() -> String {
    let changed_at = changed_at("entry.snapshot", "$1", "CAST($3 AS text[])");
    let is_forgotten = is_forgotten("entry.snapshot");
    let is_since_asked = shows("entry.snapshot", "CAST(CAST($4 AS text) AS pg_snapshot)");
    format!(
        "SELECT CAST({SNAPSHOT} AS text) AS snapshot, clock_timestamp() AS asked_at, CAST(entry.data AS text) AS data, \
         entry.computed_at, entry.expires_at, {changed_at} AS changed_at, {is_forgotten} AS is_unknown, \
         {is_since_asked} AS is_since_asked \
         FROM (VALUES (true)) AS always (is_there) LEFT JOIN {ENTRIES} AS entry \
         ON entry.team_id = $1 AND entry.cache_key = $2 AND entry.snapshot IS NOT NULL"
    )
}

/// The row that the statement gives, column by column.
///
/// Another driver than those that are built in makes it with [`new`](Self::new), and sets what the row has more.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LookupRow {
    /// `pg_current_snapshot()`, as text.
    pub snapshot: String,
    /// The server's clock.
    pub asked_at: DateTime<Utc>,
    /// What was kept, as JSON; `None` if there is none, and then the following say nothing.
    pub data: Option<String>,
    /// When it was computed.
    pub computed_at: Option<DateTime<Utc>>,
    /// When it is too old, as the one who kept it said.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was first noted that something has changed since.
    pub changed_at: Option<DateTime<Utc>>,
    /// Whether nobody knows if something has changed since.
    pub is_unknown: Option<bool>,
    /// Whether it was computed since the one who waits for it had asked: what has changed later need not be in it. `None` of
    /// who has just asked.
    pub is_since_asked: Option<bool>,
}

impl LookupRow {
    /// A row that found nothing: the first two columns, and NULL in the others.
    #[must_use]
    pub fn new(snapshot: String, asked_at: DateTime<Utc>) -> Self {
        Self {
            snapshot,
            asked_at,
            data: None,
            computed_at: None,
            expires_at: None,
            changed_at: None,
            is_unknown: None,
            is_since_asked: None,
        }
    }
}

impl<T> CacheKey<T> {
    /// The statement that looks for it: one row, which [`read`](Self::read) takes.
    ///
    /// Its columns are those of [`LookupRow`], by name and in order: `snapshot text`, `asked_at timestamptz`, `data text
    /// NULL`, `computed_at`, `expires_at` and `changed_at timestamptz NULL`, `is_unknown` and `is_since_asked boolean NULL`.
    ///
    /// ```
    /// use pagewise::cache::{CacheKind, LookupRow, Tier};
    ///
    /// const COUNT: CacheKind<i64> = CacheKind::new("count", Tier::OVERVIEW, &["chat_chatmessage"]);
    /// let key = COUNT.key(7);
    /// let statement = key.lookup();
    /// assert!(statement.text().contains("pg_current_snapshot()"));
    /// assert!(!statement.text().contains("UPDATE"));
    ///
    /// // What a driver of the host's own has read:
    /// let now = chrono::Utc::now();
    /// let mut row = LookupRow::new("742:742:".to_owned(), now);
    /// row.data = Some("31".to_owned());
    /// (row.computed_at, row.is_unknown) = (Some(now), Some(false));
    /// assert_eq!(key.read(row).fresh(), Ok(31));
    /// ```
    #[must_use]
    pub fn lookup(&self) -> Command {
        self.lookup_since(None)
    }

    /// The statement that looks again, of one who has asked before and waited.
    pub(super) fn lookup_since(&self, asked: Option<&Ticket>) -> Command {
        let kind = self.kind();
        let sources = sources_of(kind.name, kind.sources.iter().copied());
        let sources = sources.into_iter().map(Value::from).collect();
        Command::new(
            Cow::Borrowed(TEXT.get_or_init(text).as_str()),
            vec![
                self.team().into(),
                self.text().into(),
                Value::Array(ArrayType::String, Some(Box::new(sources))),
                Value::String(asked.map(|ticket| ticket.snapshot.clone())),
            ],
        )
    }

    /// Reads the answer to [`lookup`](Self::lookup), by the kind's tier.
    #[must_use]
    pub fn read(&self, row: LookupRow) -> Lookup<T>
    where
        T: DeserializeOwned,
    {
        read(row, self.tier())
    }
}

pub(super) fn read<T: DeserializeOwned>(row: LookupRow, tier: Tier) -> Lookup<T> {
    let freshness = row
        .computed_at
        .and_then(|computed_at| freshness(&row, computed_at, tier).map(|f| (computed_at, f)));
    let mut unreadable = None;
    let entry = match (row.data, freshness) {
        (Some(data), Some((computed_at, freshness))) => match serde_json::from_str(&data) {
            Ok(value) => Some(Entry {
                value,
                computed_at,
                freshness,
            }),
            Err(error) => {
                unreadable = Some(error.to_string());
                None
            }
        },
        _ => None,
    };
    Lookup {
        entry,
        ticket: Ticket::new(row.snapshot, row.asked_at),
        unreadable,
    }
}

/// Whether what is there may be shown; `None` if it is stale for longer than the tier allows.
fn freshness(row: &LookupRow, computed_at: DateTime<Utc>, tier: Tier) -> Option<Freshness> {
    let by_tier = after(computed_at, tier.fresh_for);
    let too_old_at = row.expires_at.map_or(by_tier, |at| at.min(by_tier));
    let changed_at = match row.is_since_asked {
        Some(true) => None,
        _ => row.changed_at,
    };
    let by_change = match (row.is_unknown, changed_at) {
        (Some(true), _) => Some((computed_at, StaleReason::Unknown)),
        (_, Some(at)) => Some((after(at, tier.tolerates_changes_for), StaleReason::Change)),
        _ => None,
    };
    let (since, reason) = match by_change {
        Some(change) if change.0 < too_old_at => change,
        _ => (too_old_at, StaleReason::Age),
    };
    // Where no change is tolerated no clock has a say: one that steps back makes nothing right again.
    let is_untolerated = changed_at.is_some() && tier.tolerates_changes_for.is_zero();
    let is_outdated = is_untolerated || row.is_unknown == Some(true);
    if !is_outdated && row.asked_at < since {
        let is_ending = after(row.asked_at, tier.refresh_early) >= too_old_at;
        return Some(match is_ending {
            true => Freshness::Ending,
            false => Freshness::Fresh,
        });
    }
    let is_allowed = row.asked_at < after(since, tier.stale_for);
    is_allowed.then_some(Freshness::Stale { since, reason })
}

/// So much later, or at the end of time.
fn after(time: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| time.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

//! Keeping a result: the statement.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;

use super::entry::Ticket;
use super::key::CacheKey;
use super::schema::ENTRIES;
use super::tier::Tier;
use crate::error::Error;
use crate::statement::Command;

/// A century: PostgreSQL's time does not end there.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// An upsert, but not over what was computed later.
///
/// Of two snapshots of one server the later one has both bounds no lower, and if they are the same, no more transactions that
/// were still going on. One from the future is of another server, before a restore: but only if this statement's own
/// snapshot has it, since it may have waited for who has kept a later one meanwhile.
fn text() -> String {
    format!(
        "INSERT INTO {ENTRIES} AS entry \
         (created_at, updated_at, team_id, cache_key, data, expires_at, computed_at, snapshot, hit_count) \
         VALUES (clock_timestamp(), clock_timestamp(), $1, $2, CAST(CAST($3 AS text) AS jsonb), $4, $5, \
         CAST(CAST($6 AS text) AS pg_snapshot), 0) \
         ON CONFLICT (team_id, cache_key) DO UPDATE SET updated_at = EXCLUDED.updated_at, data = EXCLUDED.data, \
         expires_at = EXCLUDED.expires_at, computed_at = EXCLUDED.computed_at, snapshot = EXCLUDED.snapshot, \
         hit_count = 0 \
         WHERE entry.snapshot IS NULL \
         OR EXISTS (SELECT FROM {ENTRIES} AS seen WHERE seen.team_id = $1 AND seen.cache_key = $2 \
         AND CAST(seen.snapshot AS text) = CAST(entry.snapshot AS text) \
         AND pg_snapshot_xmax(seen.snapshot) > pg_snapshot_xmax(pg_current_snapshot())) \
         OR pg_snapshot_xmax(entry.snapshot) <= pg_snapshot_xmax(EXCLUDED.snapshot) \
         AND pg_snapshot_xmin(entry.snapshot) <= pg_snapshot_xmin(EXCLUDED.snapshot) \
         AND ((pg_snapshot_xmax(entry.snapshot), pg_snapshot_xmin(entry.snapshot)) \
         <> (pg_snapshot_xmax(EXCLUDED.snapshot), pg_snapshot_xmin(EXCLUDED.snapshot)) \
         OR (SELECT count(*) FROM pg_snapshot_xip(entry.snapshot)) \
         >= (SELECT count(*) FROM pg_snapshot_xip(EXCLUDED.snapshot))) \
         RETURNING true AS is_kept"
    )
}

impl<T: Serialize> CacheKey<T> {
    /// The statement that keeps a value: one row if it was kept, none if one is there that was computed later.
    ///
    /// The ticket is that of the lookup that came before the value was computed.
    ///
    /// A number that is none (`NaN`) or infinite has no JSON: it is kept as `null`, which an `f64` is not read from.
    ///
    /// # Errors
    ///
    /// [`Error::CacheValue`] if the value has no JSON, such as a map whose keys are no texts.
    pub fn put(&self, value: &T, ticket: &Ticket) -> Result<Command, Error> {
        put(self, value, ticket, self.tier())
    }
}

pub(super) fn put<T: Serialize>(
    key: &CacheKey<T>,
    value: &T,
    ticket: &Ticket,
    tier: Tier,
) -> Result<Command, Error> {
    let data = serde_json::to_string(value).map_err(|error| Error::CacheValue {
        key: key.text(),
        reason: error.to_string(),
    })?;
    // NUL is no character of a jsonb's texts; the server's message would not say whose.
    if data.contains("\\u0000") && has_nul(&data) {
        return Err(Error::CacheValue {
            key: key.text(),
            reason: "one of its texts contains the character NUL".to_owned(),
        });
    }
    let age = TimeDelta::from_std(tier.fresh_for.min(LONGEST)).unwrap_or_default();
    let expires_at = ticket.at.checked_add_signed(age).unwrap_or(ticket.at);
    Ok(Command::new(
        text(),
        vec![
            key.team().into(),
            key.text().into(),
            data.into(),
            expires_at.into(),
            ticket.at.into(),
            ticket.snapshot.clone().into(),
        ],
    ))
}

/// Whether the JSON has the escape of NUL, and not only a backslash that is escaped before `u0000`.
fn has_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let escaped = &rest[at + 1..];
        if escaped.starts_with("u0000") {
            return true;
        }
        rest = escaped.get(1..).unwrap_or_default();
    }
    false
}

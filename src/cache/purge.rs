//! Removing results that nobody will be given: the statement.

use std::time::Duration;

use super::put::LONGEST;
use super::schema::ENTRIES;
use crate::statement::Command;

/// How many rows one statement removes.
pub(super) const BATCH: i64 = 1_000;

/// Removes at most [`BATCH`] results that were too old so long ago; gives how many it has removed. What somebody is writing
/// is left for the next time, so that it waits for nobody.
pub(super) fn expired(keep: Duration) -> Command {
    let text = format!(
        "WITH gone AS (DELETE FROM {ENTRIES} WHERE id IN (SELECT id FROM {ENTRIES} \
         WHERE snapshot IS NOT NULL AND expires_at <= clock_timestamp() - $1 * interval '1 second' \
         ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED) RETURNING id) SELECT count(*) FROM gone"
    );
    Command::new(text, vec![keep.min(LONGEST).as_secs_f64().into()])
}

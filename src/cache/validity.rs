//! Whether a value that was computed in a snapshot is still right, as SQL: since when it is not, and whether that is known.
//!
//! A value is outdated exactly if there is a note of its team, or of all teams, and of one of its sources, that its snapshot
//! does not show. A reader sees a note as soon as its transaction is committed, and never before.

use super::schema::{HORIZON, NOTES};

/// What the source of an invalidation by hand is called: `kind:overview_stats`.
const KIND: &str = "kind:";
/// The source of an invalidation by hand of all kinds.
pub(crate) const ALL_KINDS: &str = "kind:*";

/// The source of an invalidation by hand of this kind.
pub(crate) fn of_kind(kind: &str) -> String {
    format!("{KIND}{kind}")
}

/// All sources of the values of a kind: the tables that they are made of, and what is invalidated by hand.
///
/// It is a parameter of type `text[]` of [`changed_at`].
pub(crate) fn sources_of<'a>(kind: &str, tables: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let tables = tables.into_iter().map(str::to_owned);
    tables
        .chain([of_kind(kind), ALL_KINDS.to_owned()])
        .collect()
}

/// The snapshot of the statement that it stands in, which is to be kept with a value that is computed by it or after it in one
/// transaction of REPEATABLE READ: `pg_snapshot`.
///
/// PostgreSQL's own leaves out that the transaction itself is not committed, so that what it writes later would count as shown;
/// and on a replica those that are going on on the primary, so that nothing above the oldest of them counts as shown there.
pub(crate) const SNAPSHOT: &str = "(SELECT CASE WHEN pg_is_in_recovery() THEN \
     (pg_snapshot_xmin(seen.snapshot)::text || ':' || pg_snapshot_xmin(seen.snapshot)::text || ':')::pg_snapshot \
     WHEN mine.transaction < pg_snapshot_xmax(seen.snapshot) THEN \
     (pg_snapshot_xmin(seen.snapshot)::text || ':' || pg_snapshot_xmax(seen.snapshot)::text || ':' || \
     (SELECT string_agg(running.transaction::text, ',' ORDER BY running.transaction) FROM \
     (SELECT pg_snapshot_xip(seen.snapshot) UNION SELECT mine.transaction) AS running(transaction)))::pg_snapshot \
     ELSE seen.snapshot END \
     FROM (SELECT pg_current_snapshot()) AS seen(snapshot), \
     (SELECT pg_current_xact_id_if_assigned()) AS mine(transaction))";

/// Since when a value is outdated: `timestamptz`, NULL if it is not. What is [`forgotten`](is_forgotten) has to be asked for,
/// too.
///
/// `snapshot`, `team` and `sources` are expressions of the types `pg_snapshot`, `bigint` and `text[]`: a column, a parameter
/// with a cast. Never later than the moment at which the value was outdated: notes have the time at which their transaction
/// began, and the first transaction that is not shown began before any later one was noted. What is not shown was going on, or
/// began later: probes of an index for each source, which read no note that is shown, however long a transaction goes on.
pub(crate) fn changed_at(snapshot: &str, team: &str, sources: &str) -> String {
    let oldest = |of_team: &str| {
        let notes = format!(
            "FROM \"{NOTES}\" AS note WHERE note.source = wanted.source AND note.team_id {of_team} AND note.transaction"
        );
        format!(
            "(SELECT min(note.noted_at) {notes} = ANY (ARRAY(SELECT pg_snapshot_xip({snapshot})))), \
             (SELECT note.noted_at {notes} >= pg_snapshot_xmax({snapshot}) ORDER BY note.transaction LIMIT 1)"
        )
    };
    format!(
        "(SELECT min(LEAST({}, {})) FROM unnest({sources}) AS wanted(source))",
        oldest(&format!("= {team}")),
        oldest("IS NULL"),
    )
}

/// Whether nobody can tell any more if a value is outdated, so that it has to count as such: `boolean`, never NULL.
///
/// Notes of its time may have been purged; there were no triggers yet; or the snapshot is of another server's history, of which
/// this one is a copy. That triggers were made is told by their transaction, not by its number: transactions that were going on
/// then, in other databases too, do not keep what is computed from now on from being trusted.
pub(crate) fn is_forgotten(snapshot: &str) -> String {
    format!(
        "(pg_snapshot_xmax({snapshot}) > pg_snapshot_xmax(pg_current_snapshot()) OR \
         NOT EXISTS (SELECT FROM \"{HORIZON}\" AS horizon WHERE pg_snapshot_xmin({snapshot}) >= horizon.transaction \
         AND pg_visible_in_snapshot(horizon.installed, {snapshot})))"
    )
}

/// Whether a value shows all that another snapshot shows: `boolean`, NULL if one of them is.
///
/// Of what was noted since, nothing had to be known then.
pub(crate) fn shows(snapshot: &str, other: &str) -> String {
    format!(
        "(pg_snapshot_xmax({other}) <= pg_snapshot_xmax({snapshot}) AND NOT EXISTS (SELECT FROM \
         pg_snapshot_xip({snapshot}) AS running(transaction) WHERE pg_visible_in_snapshot(running.transaction, {other})))"
    )
}

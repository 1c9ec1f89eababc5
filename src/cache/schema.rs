//! The tables of the cache: what is added to the origin's one, and those beside it.

use crate::ddl::Step;

/// The entries: the origin's table.
pub(crate) const ENTRIES: &str = "dashboard_dashboardcache";
/// Which tables' rows were changed, of which team, by which transaction.
pub(crate) const NOTES: &str = "pagewise_cache_note";
/// Notes of older transactions than this may be gone, and there are none of those that came before the last triggers.
pub(crate) const HORIZON: &str = "pagewise_cache_horizon";
/// How often entries were found.
pub(crate) const STATISTICS: &str = "pagewise_cache_statistics";

/// The steps of a migration that make the tables of the cache, and add its columns to the origin's.
///
/// * `dashboard_dashboardcache` keeps its columns and its rows; the origin goes on using it. What the origin writes has no
///   snapshot, and is not read here.
/// * `pagewise_cache_note` has a row for each team, table and transaction that changed what results are made of.
/// * `pagewise_cache_horizon` has one row: notes of older transactions may be gone, and before the transaction that has made
///   triggers last there were none.
/// * `pagewise_cache_statistics` counts how often results were found.
///
/// After a dump of the database was restored on another server, they are run again: transactions have other numbers there.
///
/// ```
/// use pagewise::ddl::Migration;
///
/// let migration = Migration::new().phase("cache", pagewise::cache::steps());
/// assert!(migration.to_string().contains("ADD COLUMN IF NOT EXISTS"));
/// ```
#[must_use]
pub fn steps() -> Vec<Step> {
    let column = |name: &str, definition: &str| {
        Step::statement(
            format!("column {name} of {ENTRIES}"),
            format!("ALTER TABLE \"{ENTRIES}\" ADD COLUMN IF NOT EXISTS \"{name}\" {definition}"),
            Some(format!(
                "ALTER TABLE \"{ENTRIES}\" DROP COLUMN IF EXISTS \"{name}\""
            )),
        )
    };
    let table = |name: &str, columns: &str| {
        Step::statement(
            format!("table {name}"),
            format!("CREATE TABLE IF NOT EXISTS \"{name}\" ({columns})"),
            Some(format!("DROP TABLE IF EXISTS \"{name}\"")),
        )
    };
    let index = |name: &str, unique: &str, rest: &str| {
        Step::statement(
            format!("index {name}"),
            format!("CREATE {unique}INDEX IF NOT EXISTS \"{name}\" ON \"{NOTES}\" {rest}"),
            None,
        )
    };
    vec![
        column("computed_at", "timestamptz NULL"),
        column("snapshot", "pg_snapshot NULL"),
        column("hit_count", "bigint NOT NULL DEFAULT 0"),
        table(
            NOTES,
            "\"team_id\" bigint NULL, \"source\" text NOT NULL, \
             \"transaction\" xid8 NOT NULL DEFAULT pg_current_xact_id(), \
             \"noted_at\" timestamptz NOT NULL DEFAULT clock_timestamp()",
        ),
        // Two, since NULL is not equal to NULL before PostgreSQL 15's NULLS NOT DISTINCT.
        index(
            "pagewise_cache_note_of_team",
            "UNIQUE ",
            "(\"source\", \"team_id\", \"transaction\") WHERE \"team_id\" IS NOT NULL",
        ),
        index(
            "pagewise_cache_note_of_all",
            "UNIQUE ",
            "(\"source\", \"transaction\") WHERE \"team_id\" IS NULL",
        ),
        index(
            "pagewise_cache_note_by_transaction",
            "",
            // Who looks for notes of a team says nothing of their time, so that this index is not taken for it.
            "(\"transaction\") WHERE \"noted_at\" > '-infinity'",
        ),
        table(
            HORIZON,
            "\"is_single\" boolean PRIMARY KEY DEFAULT true CHECK (\"is_single\"), \"transaction\" xid8 NOT NULL, \
             \"installed\" xid8 NOT NULL DEFAULT pg_current_xact_id()",
        ),
        Step::statement(
            format!("the row of {HORIZON}"),
            format!(
                "INSERT INTO \"{HORIZON}\" (\"transaction\") VALUES ('0') ON CONFLICT DO NOTHING"
            ),
            None,
        ),
        // After a dump was restored elsewhere, what has numbers of another server's transactions says nothing here. One of them
        // that is too high tells that the others are, too.
        Step::statement(
            "results of another server's transactions",
            format!(
                "WITH here AS (SELECT pg_current_snapshot() AS snapshot), \
                 anew AS (UPDATE \"{HORIZON}\" AS horizon SET transaction = pg_snapshot_xmin(here.snapshot), \
                 installed = pg_current_xact_id() FROM here WHERE horizon.transaction >= pg_snapshot_xmax(here.snapshot) \
                 OR horizon.installed >= pg_snapshot_xmax(here.snapshot) \
                 OR EXISTS (SELECT FROM \"{NOTES}\" AS note WHERE note.transaction >= pg_snapshot_xmax(here.snapshot)) \
                 OR EXISTS (SELECT FROM \"{ENTRIES}\" AS entry \
                 WHERE pg_snapshot_xmax(entry.snapshot) > pg_snapshot_xmax(here.snapshot))), \
                 gone AS (DELETE FROM \"{NOTES}\" AS note USING here WHERE note.transaction >= pg_snapshot_xmax(here.snapshot)) \
                 UPDATE \"{ENTRIES}\" AS entry SET snapshot = NULL FROM here \
                 WHERE pg_snapshot_xmax(entry.snapshot) > pg_snapshot_xmax(here.snapshot)"
            ),
            None,
        ),
        table(
            STATISTICS,
            "\"team_id\" bigint NOT NULL, \"kind\" text NOT NULL, \"hits\" bigint NOT NULL DEFAULT 0, \
             \"stale_hits\" bigint NOT NULL DEFAULT 0, \"misses\" bigint NOT NULL DEFAULT 0, \
             PRIMARY KEY (\"team_id\", \"kind\")",
        ),
    ]
}

//! What the database knows of a view: [`ViewState`].

use chrono::{DateTime, TimeDelta, Utc};

use super::commands::NOW;
use super::view::MaterializedView;
use crate::ddl::text::{identifier, in_schema, literal};
use crate::schema::Entity;

/// What the comment of a view says before it is refreshed for the first time, after its declaration.
pub(super) const NEVER_REFRESHED: &str = "never refreshed";

/// What it says from then on, before the time.
pub(super) const REFRESHED: &str = "refreshed ";

/// How the comment of each view of pagewise begins.
pub(super) const MARK: &str = "pagewise materialized view of ";

/// How that of the next of a view begins. It names whose it is: another view may be called as the next would be.
pub(super) fn mark_of_next(view: &str) -> String {
    format!("pagewise next materialized view {} of ", identifier(view))
}

/// The beginning of the comment of a view of a declaration.
pub(super) fn comment(mark: &str, fingerprint: u64) -> String {
    format!("{mark}{fingerprint:016x}, ")
}

/// What the database knows of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewState {
    /// Whether it was ever filled, and can be read.
    pub is_populated: bool,
    /// Whether it is of the declaration that it was asked by.
    pub is_current: bool,
    /// Since when its rows are what they are: what was committed before, they know. `None` if it was never refreshed, or
    /// otherwise than by pagewise.
    pub refreshed_at: Option<DateTime<Utc>>,
    /// How long ago that was when the database was asked, by its clock.
    pub age: Option<TimeDelta>,
    /// When the database was asked.
    pub asked_at: DateTime<Utc>,
}

impl ViewState {
    /// Reads the comment of a view.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(super) fn new(
        fingerprint: u64,
        is_populated: bool,
        found: &str,
        asked_at: DateTime<Utc>,
    ) -> Self {
        let refreshed_at = found.rsplit_once(REFRESHED).map(|(_, at)| at.parse());
        let refreshed_at = refreshed_at.and_then(Result::ok).filter(|_| is_populated);
        Self {
            is_populated,
            is_current: found.starts_with(&comment(MARK, fingerprint)),
            refreshed_at,
            age: refreshed_at.map(|at| asked_at.signed_duration_since(at)),
            asked_at,
        }
    }
}

impl<E: Entity> MaterializedView<E> {
    /// The statement that asks for the view's state: a row of whether it is populated (`boolean`), its comment (`text`), and
    /// the time (`timestamptz`); no row if there is no such view.
    #[must_use]
    pub fn state_text(&self) -> String {
        let name = literal(&in_schema(self.node.schema, self.node.name));
        format!(
            "SELECT relation.relispopulated, coalesce(obj_description(relation.oid, 'pg_class'), ''), {NOW} \
             FROM pg_class AS relation WHERE relation.oid = to_regclass({name}) AND relation.relkind = 'm'"
        )
    }
}

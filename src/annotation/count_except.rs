//! How many rows there are but for some: [`Relation::count_except`].

use std::sync::Arc;

use super::Annotation;
use crate::predicate::Predicate;
use crate::schema::{Entity, Relation};

impl<E: Entity, F: Entity> Relation<E, F> {
    /// How many rows there are of which the condition is not true; 0 if there is none. A row of which it is NULL is
    /// counted, as one of which it is false.
    ///
    /// The same as `filter(condition.is_not_true())` and [`count`](Self::count), for conditions that look at other tables.
    /// Shown on a page, the rows of all of its rows are counted in one pass, and what the condition looks at is found once:
    /// counted for one row of the page after the other, it would be looked for anew for each row that is counted. (A chatbot
    /// has thousands of traces, and PostgreSQL takes it for hundreds.)
    ///
    /// ```
    /// use pagewise::chat::{Experiment, Session, Trace};
    /// use pagewise::{Listing, Page, Strategy};
    ///
    /// let evaluation = Trace::session().filter(Session::PLATFORM.eq("evaluations")).exists();
    /// let runs = Experiment::traces().count_except(evaluation).named("runs");
    /// let listing = Listing::of(Experiment).tenant(7).show(&runs).page(Page::first(25));
    /// assert!(format!("{:#}", listing.build()?).contains(r#"
    /// LEFT JOIN (
    ///   SELECT "trace"."experiment_id" AS "row_key", COUNT(*) AS "runs"
    ///   FROM "trace_trace" AS "trace"
    ///   WHERE "trace"."team_id" = $2
    ///     AND (NOT EXISTS(
    ///       SELECT 1
    ///       FROM "experiments_experimentsession" AS "session"
    ///       WHERE "session"."id" = "trace"."session_id"
    ///         AND "session"."team_id" = $3
    ///         AND "session"."platform" = $4
    ///     ))
    ///     AND "trace"."experiment_id" = ANY(ARRAY (
    ///       SELECT "page"."id"
    ///       FROM "page"
    ///     ))
    ///   GROUP BY "trace"."experiment_id"
    /// ) AS "traces" ON "traces"."row_key" = "page"."id""#));
    ///
    /// let legacy = listing.strategy(Strategy::Legacy).build()?;
    /// assert!(legacy.text().contains(r#"(SELECT COUNT(*) FROM "trace_trace" AS "trace" WHERE "#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn count_except(&self, condition: Predicate<F>) -> Annotation<E, i64> {
        let others = self.clone().filter(condition.is_not_true());
        let mut count = others.count();
        let node = Arc::make_mut(&mut count.node);
        node.name = format!("{}_count_except", self.path.name).into();
        node.at_once = true;
        count
    }
}

//! How many rows there are but for some: [`Relation::count_except`].

use std::sync::Arc;

use super::Annotation;
use crate::predicate::{Predicate, PredicateNode};
use crate::schema::{Entity, Relation};

/// Of which rows all are counted, and which of them not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Except {
    pub among: Option<PredicateNode>,
    pub condition: PredicateNode,
}

impl<E: Entity, F: Entity> Relation<E, F> {
    /// How many rows there are of which the condition is not true; 0 if there is none. A row of which it is NULL is
    /// counted, as one of which it is false.
    ///
    /// The same as `filter(condition.is_not_true())` and [`count`](Self::count), for conditions that are true of few rows.
    /// Shown on a page, it is the number of all, less the number of those few, each counted in one pass: the few are found
    /// from what the condition says, and all may be counted by an index alone. (Excepting the runs of 4 % of a chatbot's
    /// sessions, a million in all, takes 0.4 times as long as to look at the session of every run.)
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
    ///   SELECT
    ///     "all_rows"."row_key",
    ///     "all_rows"."counted" - COALESCE("except_rows"."counted", 0) AS "runs"
    ///   FROM (
    ///     SELECT "trace"."experiment_id" AS "row_key", COUNT(*) AS "counted"
    ///     FROM "trace_trace" AS "trace"
    ///     WHERE "trace"."team_id" = $2
    ///       AND "trace"."experiment_id" = ANY(ARRAY (
    ///         SELECT "page"."id"
    ///         FROM "page"
    ///       ))
    ///     GROUP BY "trace"."experiment_id"
    ///   ) AS "all_rows"
    ///   LEFT JOIN (
    ///     SELECT "trace"."experiment_id" AS "row_key", COUNT(*) AS "counted"
    ///     FROM "trace_trace" AS "trace"
    ///     WHERE "trace"."team_id" = $3
    ///       AND EXISTS(
    ///         SELECT 1
    ///         FROM "experiments_experimentsession" AS "session"
    ///         WHERE "session"."id" = "trace"."session_id"
    ///           AND "session"."team_id" = $4
    ///           AND "session"."platform" = $5
    ///       )
    ///     GROUP BY "trace"."experiment_id"
    ///   ) AS "except_rows" ON "except_rows"."row_key" = "all_rows"."row_key"
    /// ) AS "traces" ON "traces"."row_key" = "page"."id""#));
    ///
    /// let legacy = listing.strategy(Strategy::Legacy).build()?;
    /// assert!(legacy.text().contains(r#"(SELECT COUNT(*) FROM "trace_trace" AS "trace" WHERE "#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn count_except(&self, condition: Predicate<F>) -> Annotation<E, i64> {
        let except = Except {
            among: self.filter.clone(),
            condition: condition.node.clone(),
        };
        let others = self.clone().filter(condition.is_not_true());
        let mut count = others.count();
        let node = Arc::make_mut(&mut count.node);
        node.name = format!("{}_count_except", self.path.name).into();
        node.except = Some(except);
        count
    }
}

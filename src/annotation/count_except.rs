//! How many rows there are but for some: [`Relation::count_except`].

use std::borrow::Cow;

use sea_query::SelectStatement;

use super::{Aggregate, Annotation, AnnotationNode, Computed, sql};
use crate::error::Error;
use crate::predicate::{Predicate, PredicateNode};
use crate::render::{Renderer, Scope, iden};
use crate::schema::{Entity, Path, Relation};

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
    ///   SELECT "trace"."experiment_id" AS "of_page", COUNT(*) AS "runs"
    ///   FROM "trace_trace" AS "trace"
    ///   WHERE "trace"."experiment_id" = ANY(ARRAY (
    ///     SELECT "page"."id"
    ///     FROM "page"
    ///   ))
    ///     AND "trace"."team_id" = $2
    ///     AND (NOT EXISTS(
    ///       SELECT 1
    ///       FROM "experiments_experimentsession" AS "session"
    ///       WHERE "session"."id" = "trace"."session_id"
    ///         AND "session"."team_id" = $3
    ///         AND "session"."platform" = $4
    ///     ))
    ///   GROUP BY "trace"."experiment_id"
    /// ) AS "traces" ON "traces"."of_page" = "page"."id""#));
    ///
    /// let legacy = listing.strategy(Strategy::Legacy).build()?;
    /// assert!(legacy.text().contains(r#"(SELECT COUNT(*) FROM "trace_trace" AS "trace" WHERE "#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn count_except(&self, condition: Predicate<F>) -> Annotation<E, i64> {
        Annotation::new(
            format!("{}_count_except", self.path.name),
            &self.path,
            self.filter.as_ref(),
            Computed::Aggregate(Aggregate::CountExcept(condition.node)),
        )
    }
}

/// Of the rows that have the filter, those of which the condition is not true.
pub(super) fn others(filter: Option<&PredicateNode>, condition: &PredicateNode) -> PredicateNode {
    let others = condition.clone().not_true();
    match filter {
        Some(filter) => filter.clone().and(others),
        None => others,
    }
}

/// Counts for all rows of `page`, a named sub-select, at once: one row for each that has any.
pub(super) fn of_page(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    path: &Path,
    members: &[&AnnotationNode],
    of_page: Cow<'static, str>,
) -> Result<SelectStatement, Error> {
    let counted: Vec<_> = members.iter().map(|member| counted(member)).collect();
    // What all count limits what is read; what only some count, what is counted.
    let common = counted.iter().all(|filter| *filter == counted[0]);
    let limit = counted.first().filter(|_| common);
    renderer.path_of_all(page, path, limit, |renderer, start, row, select| {
        select.expr_as(start.clone(), iden(&of_page));
        for (member, filter) in members.iter().zip(&counted) {
            let own = Some(filter).filter(|_| !common);
            let count = sql::aggregate(renderer, row, &Aggregate::Count, own)?;
            select.expr_as(count, iden(&member.name));
        }
        select.add_group_by([start]);
        Ok(())
    })
}

/// Which rows are counted.
fn counted(member: &AnnotationNode) -> PredicateNode {
    let filter = member.filter.as_ref();
    match &member.computed {
        Computed::Aggregate(Aggregate::CountExcept(condition)) => others(filter, condition),
        _ => PredicateNode::All(filter.cloned().into_iter().collect()),
    }
}

//! How many rows belong to each stretch of time: [`Relation::counts_over_time`].

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement};

use super::{Aggregate, Annotation, AnnotationNode, Computed, sql};
use crate::aggregate::{Bucket, Window, stretches};
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::render::{Renderer, START, Scope, iden};
use crate::schema::{DataType, Entity, Relation, SqlType};
use crate::time_zone::TimeZone;

/// So many stretches a row has counts of at most: a small chart in a list.
const MAX_STRETCHES: u32 = 1_000;

/// The stretches of a window, and the time by which rows are in one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OverTime {
    pub instant: Node,
    pub bucket: Bucket,
    pub window: Window,
    pub zone: TimeZone,
}

impl<E: Entity, F: Entity> Relation<E, F> {
    /// How many rows there are in each stretch of a window, in the order of time; 0 where there is none: what a small chart
    /// in a list shows.
    ///
    /// There is a count for each stretch of which at least an instant is in the window, so that the first and the last may be
    /// of parts of a stretch; none if the window is empty. Rows outside of the window do not count, nor do rows without a
    /// time. Stretches are those of the zone's clock and calendar, as in a [`Series`](crate::aggregate::Series).
    ///
    /// Several of the same stretches, over the same rows or over some of them, are counted in one pass. An index on the
    /// column that ties the rows, followed by the time, finds those of the window.
    ///
    /// Of more than 1000 stretches, the statement is not built ([`Error::TooMany`]), nor of minutes that there are none of
    /// ([`Error::InvalidMinutes`]).
    ///
    /// ```
    /// use chrono::{TimeDelta, Utc};
    /// use pagewise::aggregate::{Bucket, Window};
    /// use pagewise::chat::{Experiment, Session};
    /// use pagewise::{Listing, Page, TimeZone};
    ///
    /// let week = Window::before(Utc::now(), TimeDelta::days(7))?;
    /// let started = Experiment::sessions()
    ///     .counts_over_time(Session::CREATED_AT, Bucket::Day, &week, &TimeZone::UTC)
    ///     .named("started");
    /// let page = Listing::of(Experiment).tenant(7).show(&started).page(Page::first(25)).build()?;
    /// assert!(format!("{page:#}").contains(r#"
    /// LEFT JOIN LATERAL (
    ///   SELECT
    ///     COALESCE(array_agg(COALESCE("counted"."count_1", 0) ORDER BY "stretches"."start" ASC), CAST(('{}') AS bigint[])) AS "started"
    ///   FROM (
    ///     SELECT timezone($2, "step") AS "start"
    ///     FROM generate_series(date_trunc('day', timezone($3, CAST($4 AS timestamptz))), timezone($5, CAST($6 AS timestamptz) - (INTERVAL '1 microsecond')), INTERVAL '1 day') AS "step"
    ///     WHERE CAST($7 AS timestamptz) < CAST($8 AS timestamptz)
    ///       AND CAST(timezone($9, timezone($10, "step")) AS date) = CAST("step" AS date)
    ///   ) AS "stretches"
    ///   LEFT JOIN (
    ///     SELECT date_trunc('day', "session"."created_at", $11) AS "start", COUNT(*) AS "count_1"
    ///     FROM "experiments_experimentsession" AS "session"
    ///     WHERE "session"."experiment_id" = "page"."id"
    ///       AND "session"."team_id" = $12
    ///       AND "session"."created_at" >= $13
    ///       AND "session"."created_at" < $14
    ///     GROUP BY 1
    ///   ) AS "counted" ON "counted"."start" = "stretches"."start"
    /// ) AS "sessions" ON TRUE"#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn counts_over_time<A>(
        &self,
        instant: A,
        bucket: Bucket,
        window: &Window,
        zone: &TimeZone,
    ) -> Annotation<E, Vec<i64>>
    where
        A: Operand<F, Type: SqlType<Base = DateTime<Utc>>>,
    {
        let instant = instant.into_operand();
        let over_time = OverTime {
            instant: instant.node,
            bucket,
            window: *window,
            zone: zone.clone(),
        };
        Annotation::new(
            format!("{}_counts_of_{}", self.path.name, instant.name),
            &self.path,
            self.filter.as_ref(),
            Computed::OverTime(over_time),
        )
    }
}

/// Counts of the same stretches, side by side; of one by itself, not named.
pub(super) fn counts(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    members: &[&AnnotationNode],
    over_time: &OverTime,
    is_named: bool,
) -> Result<SelectStatement, Error> {
    let mut select = Query::select();
    let Some(leader) = members.first() else {
        return Ok(select);
    };
    let OverTime {
        bucket,
        window,
        zone,
        ..
    } = over_time;
    bucket.check(window, MAX_STRETCHES, "Series")?;
    let stretches = stretches(*bucket, zone, window)?;
    let (stretch, counted) = (scope.inside("stretches"), scope.inside("counted"));
    let start = |row: &Scope<'_>| row.column(START);

    let (filter, is_common) = sql::common_filter(members);
    let counts = renderer.path(scope, &leader.path, filter, |renderer, row, select| {
        let start = bucket.start_of(over_time.instant.clone(), zone)?;
        select.expr_as(renderer.expression(row, &start)?, START);
        for (at, member) in members.iter().enumerate() {
            let own = member.filter.as_ref().filter(|_| !is_common);
            let count = sql::aggregate(renderer, row, &Aggregate::Count, own)?;
            select.expr_as(count, iden(&count_name(at)));
        }
        let instant = renderer.expression(row, &over_time.instant)?;
        let bound = |at: DateTime<Utc>| Expr::Value(at.into_value());
        select
            .and_where(instant.clone().gte(bound(window.start())))
            .and_where(instant.lt(bound(window.end())))
            // What holds a parameter is not equal to itself, so that its place is named.
            .add_group_by([Expr::cust("1")]);
        Ok(())
    })?;

    for (at, member) in members.iter().enumerate() {
        let count = Func::coalesce([counted.output(&count_name(at)), Expr::cust("0")]);
        let in_order = Expr::cust_with_exprs("$1 ORDER BY $2 ASC", [count.into(), start(&stretch)]);
        let none = Expr::cust("'{}'").cast_as(DataType::BigInt.array_name());
        let counts = Func::coalesce([Func::cust("array_agg").arg(in_order).into(), none]);
        match is_named {
            true => select.expr_as(counts, iden(&member.name)),
            false => select.expr(counts),
        };
    }
    let is_same = start(&counted).eq(start(&stretch));
    select
        .from_subquery(stretches, stretch.iden())
        .join_subquery(JoinType::LeftJoin, counts, counted.iden(), is_same);
    Ok(select)
}

/// What the counts of the stretches are called where they are joined.
fn count_name(at: usize) -> Cow<'static, str> {
    Cow::Owned(format!("count_{}", at + 1))
}

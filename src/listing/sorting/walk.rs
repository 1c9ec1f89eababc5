//! A walk down the newest related rows, which stops when the page is full.
//!
//! The first of a row's related rows that is met has its largest value. A number of related rows is walked, not more; what
//! was met is the beginning of the list, as far as it lies before the last row that was walked: of rows that are as far as
//! that, not all may have been met. If the page reaches further, it is found in another form.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, Value};

use super::plan::Walk;
use crate::annotation::{Aggregate, AnnotationNode, Computed};
use crate::error::Error;
use crate::expression::Node;
use crate::listing::request::Request;
use crate::order::Direction;
use crate::render::{Scope, any_of, bound, count_all, iden, sub_select};
use crate::schema::Hop;

/// What a related row belongs to.
const KEY: &str = "key";
const VALUE: &str = "value";
/// Whether a related row counts.
const COUNTS: &str = "counts";
const COMPLETE: &str = "is_complete";
const NEWEST: &str = "newest";

/// The column whose largest or least value is looked for, and the end of it that is.
pub(crate) fn extreme(annotation: &AnnotationNode) -> Option<(&'static str, Direction)> {
    match &annotation.computed {
        Computed::Aggregate(Aggregate::Max(Node::Column(column))) => {
            Some((column, Direction::Descending))
        }
        Computed::Aggregate(Aggregate::Min(Node::Column(column))) => {
            Some((column, Direction::Ascending))
        }
        _ => None,
    }
}

/// The related rows that were walked.
pub(in crate::listing) struct Walked<'w> {
    pub annotation: &'w Arc<AnnotationNode>,
    walk: &'w Walk,
    hop: &'w Hop,
    column: &'static str,
    direction: Direction,
    /// All of them.
    rows: Cow<'static, str>,
    /// Each row that they belong to, with its value.
    newest: Scope<'static>,
}

impl<'w> Walked<'w> {
    /// Names the related rows; `None` of what cannot be walked. `from`: the value at which the walk begins.
    pub fn new(
        request: &Request<'_>,
        walk: &'w Walk,
        from: Option<&Value>,
    ) -> Result<Option<Self>, Error> {
        let annotation = &walk.annotation;
        let ([hop], Some((column, direction))) =
            (annotation.path.hops.as_slice(), extreme(annotation))
        else {
            return Ok(None);
        };
        let Some(to) = hop.to.column() else {
            return Ok(None);
        };
        let renderer = &request.renderer;
        let scope = Scope::root(hop.definition.alias);
        let value = scope.column(column);
        let (table, bound_to_tenant) = renderer.source(hop.definition, &scope, hop.foreign_key)?;
        let mut rows = Query::select();
        rows.expr_as(scope.column(to), KEY)
            .expr_as(value.clone(), VALUE)
            .from(table)
            .and_where_option(bound_to_tenant)
            .and_where(value.clone().is_not_null())
            .order_by_expr_with_nulls(value.clone(), direction.sql(), walk.nulls.sql())
            .limit(walk.rows);
        if let (true, Some(from)) = (walk.from_cursor, from) {
            let from = bound(from.clone());
            rows.and_where(match direction {
                Direction::Descending => value.lte(from),
                Direction::Ascending => value.gte(from),
            });
        }
        // Tested row by row, after the limit on how many rows are read.
        let mut conditions = hop.condition.iter().chain(&annotation.filter).cloned();
        let counts = conditions
            .next()
            .map(|first| conditions.fold(first, |all, next| all.and(next)));
        if let Some(counts) = &counts {
            rows.expr_as(renderer.predicate(&scope, counts)?, COUNTS);
        }
        let rows = renderer.name("walked", rows);

        let mut newest = Query::select();
        let value = Expr::col(VALUE);
        newest
            .column(KEY)
            .expr_as(extreme_of(direction, value), VALUE)
            .from(iden(&rows))
            .and_where_option(counts.map(|_| Expr::col(COUNTS)))
            .group_by_col(KEY);
        // It stands beside the rows, which may be called so.
        let is_theirs = renderer.word(NEWEST) == request.definition.alias;
        let newest = renderer.name(if is_theirs { "met" } else { NEWEST }, newest);
        let newest = Scope::root(newest);
        Ok(Some(Self {
            annotation,
            walk,
            hop,
            column,
            direction,
            rows,
            newest,
        }))
    }

    /// The value of a row that was met.
    pub fn value(&self) -> Expr {
        self.newest.output(&Cow::Borrowed(VALUE))
    }

    /// Leaves the rows that were met.
    ///
    /// The keys are an array, too: PostgreSQL takes it for short, and looks its rows up, where it would read all rows to
    /// join as many as were walked.
    pub fn join(
        &self,
        request: &Request<'_>,
        row: &Scope<'_>,
        from: Option<&Value>,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let key = row.column(self.hop.from);
        let mut keys = Query::select();
        keys.column(KEY).from(self.newest.iden());
        let is_met = self.newest.output(&Cow::Borrowed(KEY)).eq(key.clone());
        select.inner_join(self.newest.iden(), is_met);
        select.and_where(key.eq(any_of(keys)));
        if let (true, Some(from)) = (self.walk.from_cursor, from) {
            // What has a related row before the cursor belongs there.
            let path = &self.annotation.path;
            let filter = self.annotation.filter.as_ref();
            let further_up = request
                .renderer
                .path(row, path, filter, |_, related, select| {
                    let value = related.column(self.column);
                    let from = bound(from.clone());
                    select
                        .expr(Expr::cust("1"))
                        .and_where(match self.direction {
                            Direction::Descending => value.gt(from),
                            Direction::Ascending => value.lt(from),
                        });
                    Ok(())
                })?;
            select.and_where(Expr::not_exists(further_up));
        }
        Ok(())
    }

    /// Whether the rows that were met are the page. `matches`: its rows, of which `value` is what they are sorted by.
    pub fn is_complete(
        &self,
        request: &Request<'_>,
        matches: &Cow<'static, str>,
        value: &Cow<'static, str>,
    ) -> Expr {
        let mut last = Query::select();
        let walked = Expr::col(VALUE);
        last.expr(extreme_of(self.direction.reversed(), walked))
            .from(iden(&self.rows));
        let value = Expr::col(iden(value));
        let mut certain = Query::select();
        certain
            .expr(count_all())
            .from(iden(matches))
            .and_where(match self.direction {
                Direction::Descending => value.gt(sub_select(last)),
                Direction::Ascending => value.lt(sub_select(last)),
            });
        let fills = sub_select(certain).eq(Expr::cust(request.limit().to_string()));
        let mut verdict = Query::select();
        verdict.expr_as(fills, COMPLETE);
        let verdict = request.renderer.name("verdict", verdict);
        let mut select = Query::select();
        select.column(COMPLETE).from(iden(&verdict));
        sub_select(select)
    }
}

fn extreme_of(direction: Direction, value: Expr) -> Expr {
    match direction {
        Direction::Descending => Func::max(value).into(),
        Direction::Ascending => Func::min(value).into(),
    }
}

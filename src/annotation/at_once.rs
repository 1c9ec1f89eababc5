//! Values of all rows of a page in passes over what belongs to them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{Expr, ExprTrait, Func, IntoIden, JoinType, Query, SelectStatement};

use super::grouped::KEY;
use super::{AnnotationNode, sql};
use crate::error::Error;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope, any_of, count_all, iden};
use crate::schema::{Hop, Tenancy};

/// What is counted of one row.
const COUNTED: &str = "counted";
const ALL: &str = "all_rows";
const EXCEPT: &str = "except_rows";

/// Whether a value is, for the rows of `page`: one column tells what belongs to each, and a sub-select has them all.
pub(super) fn is_possible(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    annotation: &AnnotationNode,
) -> bool {
    first_hop(annotation)
        .is_some_and(|(hop, _)| !matches!(hop.definition.tenancy, Tenancy::Through { .. }))
        && renderer.is_named(page.word())
}

fn first_hop(annotation: &AnnotationNode) -> Option<(&Hop, &'static str)> {
    let hop = annotation.path.hops.first()?;
    Some((hop, hop.to.column()?))
}

/// `LEFT JOIN (SELECT .. WHERE to = ANY (the page's) GROUP BY to)`. A row to which nothing belongs has none.
pub(super) fn join(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    members: &[&AnnotationNode],
    word: &Cow<'static, str>,
    select: &mut SelectStatement,
) -> Result<(), Error> {
    let leader = members.first();
    let Some((leader, (hop, to))) = leader.and_then(|leader| Some((leader, first_hop(leader)?)))
    else {
        return Ok(());
    };
    let mut of_page = Query::select();
    of_page.expr(page.column(hop.from)).from(page.iden());
    let grouped =
        |filter: Option<&PredicateNode>, of: Option<SelectStatement>, write: Write<'_>| {
            renderer.untied_path(page, None, &leader.path, filter, |_, first, end, select| {
                let key = first.column(to);
                select.expr_as(key.clone(), KEY);
                select.and_where_option(of.map(|of| key.clone().eq(any_of(of))));
                select.add_group_by([key]);
                write(end, select)
            })
        };
    let values = match &leader.except {
        Some(except) => {
            let count = |_: &Scope<'_>, select: &mut SelectStatement| {
                select.expr_as(count_all(), COUNTED);
                Ok(())
            };
            let all = grouped(except.among.as_ref(), Some(of_page), &count)?;
            let excepted = match &except.among {
                Some(among) => among.clone().and(except.condition.clone()),
                None => except.condition.clone(),
            };
            difference(all, grouped(Some(&excepted), None, &count)?, &leader.name)
        }
        None => {
            let (filter, is_common) = sql::common_filter(members);
            grouped(filter, Some(of_page), &|end, select| {
                sql::aggregates_of(renderer, end, members, is_common, select)
            })?
        }
    };
    let is_of_row = Expr::col((iden(word), KEY.into_iden())).eq(page.column(hop.from));
    select.join_subquery(JoinType::LeftJoin, values, iden(word), is_of_row);
    Ok(())
}

/// Adds what is computed of each group.
type Write<'w> = &'w dyn Fn(&Scope<'_>, &mut SelectStatement) -> Result<(), Error>;

/// The number of all rows, those of the page only, less that of the ones that are excepted, which are few and found by
/// themselves.
fn difference(
    all: SelectStatement,
    excepted: SelectStatement,
    name: &Cow<'static, str>,
) -> SelectStatement {
    let column = |word: &'static str, name: &'static str| Expr::col((word, name));
    let less = Func::coalesce([column(EXCEPT, COUNTED), Expr::cust("0")]);
    let is_same = column(EXCEPT, KEY).eq(column(ALL, KEY));
    let mut difference = Query::select();
    difference
        .expr(column(ALL, KEY))
        .expr_as(column(ALL, COUNTED).sub(less), iden(name))
        .from_subquery(all, ALL)
        .join_subquery(JoinType::LeftJoin, excepted, EXCEPT, is_same);
    difference
}

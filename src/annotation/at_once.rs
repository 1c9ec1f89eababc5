//! Numbers of all rows of a page in passes over what belongs to them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{Expr, ExprTrait, Func, IntoIden, JoinType, Query, SelectStatement};

use super::AnnotationNode;
use super::grouped::KEY;
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
    annotation.except.is_some()
        && first_hop(annotation)
            .is_some_and(|(hop, _)| !matches!(hop.definition.tenancy, Tenancy::Through { .. }))
        && renderer.is_named(page.word())
}

fn first_hop(annotation: &AnnotationNode) -> Option<(&Hop, &'static str)> {
    let hop = annotation.path.hops.first()?;
    Some((hop, hop.to.column()?))
}

/// `LEFT JOIN (SELECT all - except ..)`: the number of all rows, those of the page only, less that of the ones that are
/// excepted, which are few and found by themselves. A row to which nothing belongs has none.
pub(super) fn join(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    annotation: &AnnotationNode,
    word: &Cow<'static, str>,
    select: &mut SelectStatement,
) -> Result<(), Error> {
    let (Some((hop, to)), Some(except)) = (first_hop(annotation), &annotation.except) else {
        return Ok(());
    };
    let counted = |filter: Option<&PredicateNode>, of: Option<SelectStatement>| {
        renderer.untied_path(
            page,
            None,
            &annotation.path,
            filter,
            |_, first, _, select| {
                let key = first.column(to);
                select.expr_as(key.clone(), KEY);
                select.expr_as(count_all(), COUNTED);
                select.and_where_option(of.map(|of| key.clone().eq(any_of(of))));
                select.add_group_by([key]);
                Ok(())
            },
        )
    };
    let mut of_page = Query::select();
    of_page.expr(page.column(hop.from)).from(page.iden());
    let all = counted(except.among.as_ref(), Some(of_page))?;
    let excepted = match &except.among {
        Some(among) => among.clone().and(except.condition.clone()),
        None => except.condition.clone(),
    };
    let excepted = counted(Some(&excepted), None)?;
    let column = |word: &'static str, name: &'static str| Expr::col((word, name));
    let less = Func::coalesce([column(EXCEPT, COUNTED), Expr::cust("0")]);
    let is_same = column(EXCEPT, KEY).eq(column(ALL, KEY));
    let mut difference = Query::select();
    difference
        .expr(column(ALL, KEY))
        .expr_as(column(ALL, COUNTED).sub(less), iden(&annotation.name))
        .from_subquery(all, ALL)
        .join_subquery(JoinType::LeftJoin, excepted, EXCEPT, is_same);
    let is_of_row = Expr::col((iden(word), KEY.into_iden())).eq(page.column(hop.from));
    select.join_subquery(JoinType::LeftJoin, difference, iden(word), is_of_row);
    Ok(())
}

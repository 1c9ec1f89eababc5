//! Values of all rows of a page in one pass over what belongs to them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{Expr, ExprTrait, IntoIden, JoinType, Query, SelectStatement};

use super::grouped::KEY;
use super::{AnnotationNode, Computed, sql};
use crate::error::Error;
use crate::render::{Renderer, Scope, any_of, iden};
use crate::schema::{Hop, Path, Tenancy};

/// Whether a value is, for the rows of `page`: one column tells what belongs to each, and a sub-select has them all.
pub(super) fn is_possible(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    annotation: &AnnotationNode,
) -> bool {
    annotation.at_once
        && matches!(annotation.computed, Computed::Aggregate(_))
        && first_hop(annotation)
            .is_some_and(|(_, hop, _)| !matches!(hop.definition.tenancy, Tenancy::Through { .. }))
        && renderer.is_named(page.word())
}

fn first_hop(annotation: &AnnotationNode) -> Option<(&Path, &Hop, &'static str)> {
    let hop = annotation.path.hops.first()?;
    Some((&annotation.path, hop, hop.to.column()?))
}

/// `LEFT JOIN (SELECT .. WHERE to = ANY (the page's) GROUP BY to)`: aggregates of the same rows, computed for all rows of
/// `page`, a named sub-select. A row to which nothing belongs has none.
pub(super) fn join(
    renderer: &Renderer<'_>,
    page: &Scope<'_>,
    members: &[&AnnotationNode],
    word: &Cow<'static, str>,
    select: &mut SelectStatement,
) -> Result<(), Error> {
    let Some((path, hop, to)) = members.first().and_then(|leader| first_hop(leader)) else {
        return Ok(());
    };
    let mut of_page = Query::select();
    of_page.expr(page.column(hop.from)).from(page.iden());
    let (filter, is_common) = sql::common_filter(members);
    let values = renderer.from_path(page, None, path, filter, |renderer, first, end, select| {
        let key = first.column(to);
        select.expr_as(key.clone(), KEY);
        select.and_where(key.clone().eq(any_of(of_page)));
        select.add_group_by([key]);
        sql::aggregates_of(renderer, end, members, is_common, select)
    })?;
    let is_of_row = Expr::col((iden(word), KEY.into_iden())).eq(page.column(hop.from));
    select.join_subquery(JoinType::LeftJoin, values, iden(word), is_of_row);
    Ok(())
}

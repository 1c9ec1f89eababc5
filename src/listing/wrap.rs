//! A page as a part of a larger statement: beside its total, and with values that are computed after it.

use std::borrow::Cow;
use std::collections::HashMap;

use sea_query::{
    CommonTableExpression, Condition, Expr, IntoIden, JoinType, Query, SelectStatement, WithClause,
};

use super::outputs::TOTAL;
use super::{Request, total};
use crate::error::Error;
use crate::render::{Scope, iden, select_as};

/// The value of an output that the page does not give itself, by the output's name.
pub(super) type Computed<'r> = HashMap<&'r Cow<'static, str>, Expr>;

/// `WITH page AS (..) SELECT .. FROM page ORDER BY ..`, beside the total if it is asked for.
///
/// `join` adds what is computed for the rows of the page. The order is repeated: nothing else promises one.
pub(super) fn around<'r>(
    request: &'r Request<'_>,
    page: SelectStatement,
    total: Option<SelectStatement>,
    join: impl FnOnce(&Scope<'_>, &mut SelectStatement) -> Result<Computed<'r>, Error>,
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.page_word.clone());
    let mut select = Query::select();
    let cte = CommonTableExpression::new()
        .table_name(scope.iden())
        .query(page)
        .to_owned();
    select.with_cte(WithClause::new().cte(cte).to_owned());
    let has_total = total.is_some();
    match total {
        Some(total) => {
            // The total is there also when the page is empty.
            select.from_subquery(total, total::WORD.into_iden());
            select.join(JoinType::LeftJoin, scope.iden(), Condition::all());
        }
        None => {
            select.from(scope.iden());
        }
    }
    let computed = join(&scope, &mut select)?;
    let value = |name: &Cow<'static, str>| {
        let computed = computed.get(name).cloned();
        computed.unwrap_or_else(|| Expr::col((scope.iden(), iden(name))))
    };
    for output in &request.outputs.columns {
        let name = &output.column.name;
        let value = value(name);
        select_as(&mut select, value, name);
    }
    if has_total {
        select.expr(Expr::col((total::WORD.into_iden(), TOTAL.into_iden())));
    }
    for (order, at) in request.orders.iter().zip(&request.outputs.orders) {
        let (direction, nulls) = order.sql();
        let key = value(&request.outputs.columns[*at].column.name);
        select.order_by_expr_with_nulls(key, direction, nulls);
    }
    Ok(select)
}

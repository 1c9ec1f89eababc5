//! A page as a part of a larger statement: beside its total, and with values that are computed after it.

use std::borrow::Cow;

use sea_query::{Condition, Expr, IntoIden, JoinType, Query, SelectStatement};

use super::outputs::TOTAL;
use super::request::Request;
use super::total;
use crate::error::Error;
use crate::render::{Scope, select_as};

/// The word by which the statement calls the rows of the page.
pub(super) const WORD: &str = "page";

/// The value of an output that the page does not give itself, with the output's name. They are few: no map.
pub(super) type Computed<'r> = Vec<(&'r Cow<'static, str>, Expr)>;

/// `WITH page AS (..) SELECT .. FROM page ORDER BY ..`, beside the total if it is asked for.
///
/// `join` adds what is computed for the rows of the page. The order is repeated: nothing else promises one.
pub(super) fn around<'r>(
    request: &'r Request<'_>,
    page: SelectStatement,
    total: Option<SelectStatement>,
    join: impl FnOnce(&Scope<'_>, &mut SelectStatement) -> Result<Computed<'r>, Error>,
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.renderer.name(WORD, page));
    let mut select = Query::select();
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
    let value =
        |name: &Cow<'static, str>| match computed.iter().find(|(computed, _)| *computed == name) {
            Some((_, value)) => value.clone(),
            None => scope.output(name),
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

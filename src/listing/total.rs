//! The length of the whole listing, beside its page.

use sea_query::{Expr, Func, IntoIden, Query, SelectStatement};

use super::outputs::TOTAL;
use super::page::Total;
use super::request::Request;
use crate::error::Error;
use crate::render::Scope;

/// The word by which the statement calls the total.
pub(super) const WORD: &str = "total";

/// The count of the listing's rows, if it is part of the statement.
///
/// The same conditions and nothing else: no sort key, no annotation that is only shown, no join. A window over
/// the page's rows would read all of them, and would say nothing when the page is past the end.
pub(super) fn select(request: &Request<'_>) -> Result<Option<SelectStatement>, Error> {
    let count = || Func::cust("COUNT").arg(Expr::cust("*"));
    let mut total = Query::select();
    match request.page.total {
        Total::None | Total::Estimated => return Ok(None),
        Total::Exact => {
            let mut rows = rows(request)?;
            rows.expr_as(count(), TOTAL);
            return Ok(Some(rows));
        }
        Total::Capped(cap) => {
            let mut rows = rows(request)?;
            rows.expr(Expr::cust("1")).limit(u64::from(cap) + 1);
            total
                .expr_as(count(), TOTAL)
                .from_subquery(rows, "capped".into_iden());
        }
    }
    Ok(Some(total))
}

/// What `EXPLAIN` is asked about for an estimate.
pub(super) fn estimate(request: &Request<'_>) -> Result<Option<SelectStatement>, Error> {
    match request.page.total {
        Total::Estimated => {
            let mut rows = rows(request)?;
            rows.expr(Expr::cust("1"));
            Ok(Some(rows))
        }
        _ => Ok(None),
    }
}

fn rows(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.definition.alias);
    let (table, conditions) = request.rows(&scope)?;
    let mut select = Query::select();
    select.from(table);
    for condition in conditions {
        select.and_where(condition);
    }
    Ok(select)
}

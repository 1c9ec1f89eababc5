//! The length of the whole listing, beside its page.

use sea_query::{Expr, IntoIden, Query, SelectStatement};

use super::bounded;
use super::forms::Way;
use super::outputs::TOTAL;
use super::page::Total;
use super::request::Request;
use crate::error::Error;
use crate::render::count_all;
use crate::schema::DataType;
use crate::statement::{OutputColumn, Statement};

/// The word by which the statement calls the total.
pub(super) const WORD: &str = "total";

/// The count of the listing's rows, if it is part of the statement.
///
/// The same conditions and nothing else: no sort key, no annotation that is only shown, no join. A window over
/// the page's rows would read all of them, and would say nothing when the page is past the end.
pub(super) fn select(request: &Request<'_>) -> Result<Option<SelectStatement>, Error> {
    let count = |rows: SelectStatement| match request.page.total {
        Total::Capped(cap) => capped(rows, cap),
        _ => counted(rows),
    };
    if matches!(request.page.total, Total::None | Total::Estimated) {
        return Ok(None);
    }
    let all = request.bare_rows(request.forms.total.all())?;
    let (bounded, start) = match &request.forms.total {
        Way::Bounded(bounded) => match bounded.start() {
            Some(start) => (bounded, start),
            None => return Ok(Some(count(all))),
        },
        Way::Flat(_) => return Ok(Some(count(all))),
    };
    let candidates = request.bare_rows(&bounded.narrow)?;
    let total = bounded::total(request, bounded, start, candidates, all, count)?;
    Ok(Some(total))
}

/// The count as a statement of its own.
pub(super) fn alone(request: &Request<'_>) -> Result<Statement, Error> {
    let total = request.statement(|request| Ok(select(request)?.unwrap_or_default()))?;
    let output = OutputColumn {
        name: TOTAL.into(),
        data_type: DataType::BigInt,
        nullable: false,
    };
    Ok(Statement::new(total, vec![output]))
}

fn counted(mut rows: SelectStatement) -> SelectStatement {
    rows.expr_as(count_all(), TOTAL);
    rows
}

fn capped(mut rows: SelectStatement, cap: u32) -> SelectStatement {
    rows.expr(Expr::cust("1")).limit(u64::from(cap) + 1);
    let mut total = Query::select();
    total.from_subquery(rows, "capped".into_iden());
    counted(total)
}

/// What `EXPLAIN` is asked about for an estimate.
pub(super) fn estimate(request: &Request<'_>) -> Result<Option<SelectStatement>, Error> {
    match request.page.total {
        Total::Estimated => {
            let rows = request.statement(|request| {
                let mut rows = request.bare_rows(request.forms.total.all())?;
                rows.expr(Expr::cust("1"));
                Ok(rows)
            })?;
            Ok(Some(rows))
        }
        _ => Ok(None),
    }
}

//! The old way to the same rows: one SELECT with a sub-select for each value, as an ORM writes it.

use sea_query::{Expr, Query, SelectStatement};

use super::request::Request;
use super::{keyset, optimized, total, wrap};
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::render::{Scope, iden, select_as};

/// The statement of a page.
pub(super) fn select(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let orders = &request.scan_orders;
    let page = page(request, orders)?;
    let total = total::select(request)?;
    if total.is_none() && !request.page.is_backward() {
        return Ok(page);
    }
    // A total, or rows that were read from the end: the page is wrapped.
    wrap::around(request, page, total, |_, _| Ok(wrap::Computed::new()))
}

fn page(request: &Request<'_>, orders: &[OrderNode]) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.definition.alias);
    let (table, conditions) = request.rows(&scope, request.forms.page.all())?;
    let mut select = Query::select();
    select.from(table);
    for output in &request.outputs.columns {
        let expr = request.renderer.expression(&scope, &output.node)?;
        select_as(&mut select, expr, &output.column.name);
    }
    for condition in conditions {
        select.and_where(condition);
    }
    if request.after.is_some() {
        let keys = optimized::keys(request, orders, |node| {
            request.renderer.expression(&scope, node)
        })?;
        select.and_where(keyset::condition(&keys));
    }
    for (order, at) in orders.iter().zip(&request.outputs.orders) {
        let (direction, nulls) = order.sql();
        let key = match &order.node {
            Node::Column(_) => request.renderer.expression(&scope, &order.node)?,
            _ => Expr::col(iden(&request.outputs.columns[*at].column.name)),
        };
        select.order_by_expr_with_nulls(key, direction, nulls);
    }
    select.limit(request.limit());
    if let Some(offset) = request.offset() {
        select.offset(offset);
    }
    Ok(select)
}

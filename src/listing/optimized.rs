//! The page first, its expensive values after.

use sea_query::{Asterisk, Expr, ExprTrait, IntoIden, Query, SelectStatement, UnionType, Value};

use super::after_page::AfterPage;
use super::forms::Way;
use super::keyset::{self, Key, Leading, Part};
use super::page_columns::PageColumns;
use super::request::Request;
use super::sorting::{Keys, Walk, Walked};
use super::{after_page, bounded, total, wrap};
use crate::ddl::counter::KeptRows;
use crate::error::Error;
use crate::expression::Node;
use crate::order::{Nulls, OrderNode};
use crate::predicate::PredicateNode;
use crate::render::{Scope, comparable, iden, select_as};

/// The statement of a page.
pub(super) fn select(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let after_page = AfterPage::new(request);
    let sources = after_page.sources(request)?;
    let orders = &request.scan_orders;
    let parts = keyset::parts(
        orders,
        request.after.as_deref(),
        request.sorting.nulls_apart,
    );
    let total = total::select(request)?;

    let later = request.outputs.after_page().next().is_some();
    let mut starts = after_page::starts(request, &sources);
    let is_flat = match &request.forms.page {
        Way::Flat(_) => true,
        Way::Bounded(bounded) => {
            starts.extend(bounded.starts());
            false
        }
    };
    let is_one = is_flat && parts.len() == 1 && request.sorting.walk.is_none();
    let stands_alone = is_one && !later && total.is_none() && !request.page.is_backward();
    let columns = PageColumns::new(request, &starts);
    let page = page(request, &columns, orders, &parts)?;
    if stands_alone {
        return Ok(page);
    }
    wrap::around(request, page, total, |scope, select| {
        after_page::join(request, &columns, &after_page, &sources, scope, select)
    })
}

/// The rows of the page: one part, or values and NULL apart, each in the order of an index, and then together; or what a
/// walk finds, and those if it does not fill the page.
fn page(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    parts: &[Part],
) -> Result<SelectStatement, Error> {
    let mut selects = Vec::with_capacity(parts.len() + 1);
    let walked = match &request.sorting.walk {
        Some(walk) => walked(request, columns, orders, walk)?,
        None => None,
    };
    let is_one = parts.len() == 1;
    for at in parts {
        let mut select = part(request, columns, orders, *at, is_one)?;
        if let Some((_, is_complete)) = &walked {
            select.and_where(is_complete.clone().not());
        }
        selects.push(select);
    }
    let mut selects = walked.map(|(page, _)| page).into_iter().chain(selects);
    let Some(mut first) = selects.next() else {
        return Ok(Query::select());
    };
    let Some(second) = selects.next() else {
        return Ok(first);
    };
    let mut page = match request.sorting.walk {
        Some(_) => first,
        None => {
            let mut page = Query::select();
            page.column(Asterisk)
                .from_subquery(first.take(), "first_part".into_iden());
            page
        }
    };
    for part in std::iter::once(second).chain(selects) {
        page.union(UnionType::All, part);
    }
    sort_by_name(request, columns, orders, Leading::Any, &mut page);
    page.limit(request.limit());
    if let (Some(offset), false) = (request.offset(), is_one) {
        page.offset(offset);
    }
    Ok(page)
}

/// The rows of the page that a walk finds, if it finds them all, and whether it does.
fn walked(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    walk: &Walk,
) -> Result<Option<(SelectStatement, Expr)>, Error> {
    let from = request.after.as_ref().and_then(|values| values.first());
    let (Some(walked), Some(at)) = (
        Walked::new(request, walk, from)?,
        request.outputs.orders.first(),
    ) else {
        return Ok(None);
    };
    let part = match request.after {
        Some(_) => Part::ValuesAfter,
        None => Part::Whole,
    };
    let filters = request.forms.page.all();
    let mut matches = rows(
        request,
        columns,
        orders,
        part,
        filters,
        |scope, _, select| {
            walked.join(request, scope, from, select)?;
            Ok(Keys::walked(request, &walked))
        },
    )?;
    matches.limit(request.limit());
    if let Some(offset) = request.offset() {
        matches.offset(offset);
    }
    let matches = request.renderer.name("matches", matches);
    let value = columns.inside(&request.outputs.columns[*at]);
    let is_complete = walked.is_complete(request, &matches, value);
    let mut page = Query::select();
    page.column(Asterisk)
        .from(iden(&matches))
        .and_where(is_complete.clone());
    Ok(Some((page, is_complete)))
}

/// One part of the page; the only one, or one of several.
fn part(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    part: Part,
    is_one: bool,
) -> Result<SelectStatement, Error> {
    let joined = |scope: &Scope<'_>, kept: &KeptRows<'_>, select: &mut SelectStatement| {
        Ok(Keys::join(request, scope, select)?.beside(kept))
    };
    let bounded = match &request.forms.page {
        Way::Flat(filters) => {
            let mut select = rows(request, columns, orders, part, filters, joined)?;
            match request.offset() {
                Some(offset) if is_one => select.limit(request.limit()).offset(offset),
                Some(_) => select.limit(request.page.rows_to_end_about()),
                None => select.limit(request.limit()),
            };
            return Ok(select);
        }
        Way::Bounded(bounded) => bounded,
    };
    let mut otherwise = rows(request, columns, orders, part, &bounded.all, joined)?;
    otherwise.limit(request.limit());
    let bare_rows = request.bare_rows_and(&bounded.narrow, |scope, kept| {
        let keys = Keys::none(request).beside(kept);
        let keys = self::keys(request, orders, |node| keys.expression(scope, node))?;
        Ok(part.conditions(&keys))
    })?;
    let parts = bounded::Page {
        candidates: rows(request, columns, orders, part, &bounded.narrow, joined)?,
        rows: bare_rows,
        sorted: |select: &mut SelectStatement| {
            sort_by_name(request, columns, orders, part.leading(orders), select);
        },
        in_order: |select: &mut SelectStatement| {
            sort_by_name(request, columns, orders, Leading::Any, select);
        },
        otherwise,
    };
    parts.select(request, bounded)
}

/// Sorts rows that have the page's columns already.
fn sort_by_name(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    leading: Leading,
    select: &mut SelectStatement,
) {
    for (order, at, nulls) in sort_keys(request, orders, leading) {
        let name = iden(columns.inside(&request.outputs.columns[at]));
        select.order_by_expr_with_nulls(Expr::col(name), order.direction.sql(), nulls.sql());
    }
}

/// What one part is sorted by: each key, which output it is, and where its NULLs go.
fn sort_keys<'o>(
    request: &Request<'_>,
    orders: &'o [OrderNode],
    leading: Leading,
) -> impl Iterator<Item = (&'o OrderNode, usize, Nulls)> {
    let keys = orders.iter().zip(&request.outputs.orders).enumerate();
    keys.filter_map(move |(position, (order, at))| {
        let nulls = match (position, leading) {
            (0, Leading::Null) => return None,
            (0, Leading::NotNull) => {
                let of_index = request.sorting.index_nulls;
                of_index.unwrap_or(order.direction.default_nulls())
            }
            (0, Leading::Any) if !order.nullable => {
                request.sorting.index_nulls.unwrap_or(order.nulls)
            }
            _ => order.nulls,
        };
        Some((order, *at, nulls))
    })
}

/// The rows of one part of the page, in their order, without LIMIT.
///
/// `join` adds where they have the values that they are sorted by.
fn rows<'r>(
    request: &'r Request<'r>,
    columns: &PageColumns,
    orders: &[OrderNode],
    part: Part,
    filters: &[PredicateNode],
    join: impl FnOnce(&Scope<'_>, &KeptRows<'_>, &mut SelectStatement) -> Result<Keys<'r>, Error>,
) -> Result<SelectStatement, Error> {
    let kept = KeptRows::new(&request.counters);
    let scope = Scope::root(request.definition.alias).held_by(&kept);
    let (table, conditions) = request.rows(&scope, filters)?;
    let mut select = Query::select();
    select.from(table);
    for condition in conditions {
        select.and_where(condition);
    }
    let keys = join(&scope, &kept, &mut select)?;
    for (name, node) in columns.iter() {
        let expr = keys.expression(&scope, node)?;
        select_as(&mut select, expr, name);
    }
    if part != Part::Whole {
        let keys = self::keys(request, orders, |node| keys.expression(&scope, node))?;
        for condition in part.conditions(&keys) {
            select.and_where(condition);
        }
    }
    for (order, at, nulls) in sort_keys(request, orders, part.leading(orders)) {
        let (direction, nulls) = (order.direction.sql(), nulls.sql());
        let name = columns.inside(&request.outputs.columns[at]);
        let key = keys.sort_key(&scope, &order.node, name)?;
        select.order_by_expr_with_nulls(key, direction, nulls);
    }
    kept.join(&request.renderer, request.definition, &mut select)?;
    Ok(select)
}

/// The sort keys, each written by `write`, with the cursor's values.
pub(super) fn keys<'a>(
    request: &Request<'_>,
    orders: &'a [OrderNode],
    write: impl Fn(&Node) -> Result<Expr, Error>,
) -> Result<Vec<Key<'a>>, Error> {
    let values = request.after.as_deref().unwrap_or_default();
    let keys = orders.iter().enumerate().map(|(at, order)| {
        Ok(Key {
            order,
            sql: comparable(write(&order.node)?, Some(order.data_type)),
            value: values.get(at).cloned().unwrap_or(Value::Bool(None)),
        })
    });
    keys.collect()
}

//! The page first, its expensive values after.

use sea_query::{Asterisk, Expr, IntoIden, Query, SelectStatement, UnionType};

use super::after_page::AfterPage;
use super::forms::Way;
use super::keyset::{self, Arm, Key, Leading};
use super::outputs::Output;
use super::page_columns::PageColumns;
use super::request::Request;
use super::{after_page, bounded, total, wrap};
use crate::annotation::{Computed, sources};
use crate::error::Error;
use crate::expression::Node;
use crate::order::{Nulls, OrderNode};
use crate::predicate::PredicateNode;
use crate::render::{Scope, comparable, iden, select_as};

/// The statement of a page.
pub(super) fn select(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let after_page = AfterPage::new(request);
    let sources = after_page.sources(request)?;
    let orders = request.scan_orders();
    let arms = arms(request, &orders)?;
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
    let stands_alone =
        is_flat && !later && total.is_none() && arms.len() == 1 && !request.page.is_backward();
    let columns = PageColumns::new(request, &starts);
    let page = page(request, &columns, &orders, arms)?;
    if stands_alone {
        return Ok(page);
    }
    wrap::around(request, page, total, |scope, select| {
        after_page::join(request, &columns, &sources, scope, select)
    })
}

/// The rows of the page: one part, or values and NULL apart, each in the order of an index, and then together.
fn page(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    arms: Vec<Arm>,
) -> Result<SelectStatement, Error> {
    let mut parts = arms
        .into_iter()
        .map(|arm| part(request, columns, orders, &arm));
    let Some(first) = parts.next() else {
        return Ok(Query::select());
    };
    let mut first = first?;
    let Some(second) = parts.next() else {
        // In two parts, both have it already.
        if let (Some(offset), Way::Flat(_)) = (request.offset(), &request.forms.page) {
            first.offset(offset);
        }
        return Ok(first);
    };
    let mut page = Query::select();
    page.column(Asterisk)
        .from_subquery(first, "first_part".into_iden());
    page.union(UnionType::All, second?);
    sort_by_name(request, columns, orders, Leading::Any, &mut page);
    page.limit(request.limit());
    Ok(page)
}

/// One part of the page.
fn part(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    arm: &Arm,
) -> Result<SelectStatement, Error> {
    let bounded = match &request.forms.page {
        Way::Flat(filters) => {
            let mut part = rows(request, columns, orders, arm, filters)?;
            part.limit(request.limit());
            return Ok(part);
        }
        Way::Bounded(bounded) => bounded,
    };
    let mut otherwise = rows(request, columns, orders, arm, &bounded.all)?;
    otherwise.limit(request.limit());
    let mut bare_rows = request.bare_rows(&bounded.narrow)?;
    for condition in &arm.conditions {
        bare_rows.and_where(condition.clone());
    }
    let parts = bounded::Page {
        candidates: rows(request, columns, orders, arm, &bounded.narrow)?,
        rows: bare_rows,
        sorted: |select: &mut SelectStatement| {
            sort_by_name(request, columns, orders, arm.leading, select);
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
            (0, Leading::NotNull) => order.direction.default_nulls(),
            _ => order.nulls,
        };
        Some((order, *at, nulls))
    })
}

/// The rows of one part of the page, in their order, without LIMIT.
fn rows(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    arm: &Arm,
    filters: &[PredicateNode],
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.definition.alias);
    let (table, conditions) = request.rows(&scope, filters)?;
    let mut select = Query::select();
    select.from(table);
    let joins = Joins::new(request, &scope, &mut select)?;
    for (name, node) in columns.iter() {
        let expr = joins.expression(request, &scope, node)?;
        select_as(&mut select, expr, name);
    }
    for condition in conditions.into_iter().chain(arm.conditions.iter().cloned()) {
        select.and_where(condition);
    }
    for (order, at, nulls) in sort_keys(request, orders, arm.leading) {
        let (direction, nulls) = (order.direction.sql(), nulls.sql());
        let key = match &order.node {
            // Computed once, in the select list.
            Node::Annotation(_) => Expr::col(iden(columns.inside(&request.outputs.columns[at]))),
            node => joins.expression(request, &scope, node)?,
        };
        select.order_by_expr_with_nulls(key, direction, nulls);
    }
    Ok(select)
}

/// Rows that are pointed at by the rows of the page and sorted by, joined to all rows: the planner may then read
/// them all at once, where a sub-select would look up each.
struct Joins {
    joined: Vec<(Node, Expr)>,
}

impl Joins {
    fn new(
        request: &Request<'_>,
        scope: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<Self, Error> {
        let related = |output: &&Output| match &output.node {
            Node::Annotation(annotation) => {
                output.sorted_by
                    && annotation.path.hops.len() == 1
                    && matches!(annotation.computed, Computed::Related(_))
            }
            _ => false,
        };
        let outputs: Vec<_> = request.outputs.columns.iter().filter(related).collect();
        let annotations = outputs.iter().filter_map(|output| match &output.node {
            Node::Annotation(annotation) => Some(annotation.as_ref()),
            _ => None,
        });
        let mut joined = Vec::new();
        for source in sources::group(annotations, &[request.definition.alias])? {
            source.join(&request.renderer, scope, select)?;
            for (member, expr) in source.outputs() {
                let is_member = |output: &&&Output| matches!(&output.node, Node::Annotation(of) if std::ptr::eq(of.as_ref(), member));
                let node = outputs.iter().find(is_member);
                joined.extend(node.map(|output| (output.node.clone(), expr)));
            }
        }
        Ok(Self { joined })
    }

    fn expression(
        &self,
        request: &Request<'_>,
        scope: &Scope<'_>,
        node: &Node,
    ) -> Result<Expr, Error> {
        match self.joined.iter().find(|(joined, _)| joined == node) {
            Some((_, expr)) => Ok(expr.clone()),
            None => request.renderer.expression(scope, node),
        }
    }
}

/// The parts in which the page is read.
fn arms(request: &Request<'_>, orders: &[OrderNode]) -> Result<Vec<Arm>, Error> {
    let scope = Scope::root(request.definition.alias);
    if let Some(values) = &request.after {
        return Ok(keyset::arms(&keys(request, &scope, orders, values)?));
    }
    match orders.first() {
        // A plain index has NULL on the other side: read values and NULL apart, each as an index has them.
        Some(leading)
            if leading.nullable
                && leading.nulls != leading.direction.default_nulls()
                && leading.node.is_plain()
                && request.offset().is_none() =>
        {
            let sql = request.renderer.expression(&scope, &leading.node)?;
            Ok(keyset::split_nulls(leading, &sql).into())
        }
        _ => Ok(vec![Arm {
            conditions: Vec::new(),
            leading: Leading::Any,
        }]),
    }
}

/// The sort keys with the cursor's values.
pub(super) fn keys<'a>(
    request: &Request<'_>,
    scope: &Scope<'_>,
    orders: &'a [OrderNode],
    values: &[sea_query::Value],
) -> Result<Vec<Key<'a>>, Error> {
    orders
        .iter()
        .zip(values)
        .map(|(order, value)| {
            let sql = request.renderer.expression(scope, &order.node)?;
            Ok(Key {
                order,
                sql: comparable(sql, Some(order.data_type)),
                value: value.clone(),
            })
        })
        .collect()
}

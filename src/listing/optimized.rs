//! The page first, its expensive values after.

use std::borrow::Cow;

use sea_query::{Asterisk, Expr, IntoIden, Query, SelectStatement, UnionType};

use super::keyset::{self, Arm, Key, Leading};
use super::outputs::Output;
use super::request::Request;
use super::{total, wrap};
use crate::annotation::Computed;
use crate::annotation::sources::{self, Source};
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::render::{Scope, comparable, free_name, iden, select_as};

/// The statement of a page.
pub(super) fn select(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let after_page = request
        .outputs
        .columns
        .iter()
        .filter_map(|output| output.after_page());
    let sources = sources::group(
        after_page.map(AsRef::as_ref),
        &[request.page_word.as_ref(), total::WORD],
    )?;
    let orders = request.scan_orders();
    let arms = arms(request, &orders)?;
    let total = total::select(request)?;

    let stands_alone =
        sources.is_empty() && total.is_none() && arms.len() == 1 && !request.page.is_backward();
    let columns = PageColumns::new(request, &sources);
    let page = page(request, &columns, &orders, arms)?;
    if stands_alone {
        return Ok(page);
    }

    wrap::around(request, page, total, |scope, select| {
        let mut computed = wrap::Computed::new();
        for source in &sources {
            source.join(&request.renderer, scope, select)?;
            computed.extend(source.outputs().map(|(member, expr)| (&member.name, expr)));
        }
        for (outside, inside) in &columns.renamed {
            computed.push((outside, Expr::col((scope.iden(), iden(inside)))));
        }
        Ok(computed)
    })
}

/// The columns that the page itself gives: known outputs, and what the annotations start from.
struct PageColumns {
    columns: Vec<(Cow<'static, str>, Node)>,
    /// Outputs that are called like a column that an annotation starts from, and are not that column.
    renamed: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl PageColumns {
    fn new(request: &Request<'_>, sources: &[Source<'_>]) -> Self {
        let outputs = &request.outputs.columns;
        let starts: Vec<_> = sources.iter().filter_map(Source::from).collect();
        let is_taken = |name: &str| {
            starts.contains(&name) || outputs.iter().any(|output| output.column.name == name)
        };
        let mut page = Self {
            columns: Vec::new(),
            renamed: Vec::new(),
        };
        let known = outputs
            .iter()
            .filter(|output| output.after_page().is_none());
        for output in known {
            let mut name = output.column.name.clone();
            let is_start = matches!(&output.node, Node::Column(column) if *column == name);
            if starts.contains(&name.as_ref()) && !is_start {
                let inside = free_name("shown_", &name, is_taken);
                page.renamed.push((name, inside.clone()));
                name = inside;
            }
            page.columns.push((name, output.node.clone()));
        }
        for start in starts {
            if !page.columns.iter().any(|(name, _)| name == start) {
                page.columns
                    .push((Cow::Borrowed(start), Node::Column(start)));
            }
        }
        page
    }

    /// What the page calls an output.
    fn inside<'a>(&'a self, output: &'a Output) -> &'a Cow<'static, str> {
        let name = &output.column.name;
        let renamed = self.renamed.iter().find(|(outside, _)| outside == name);
        renamed.map_or(name, |(_, inside)| inside)
    }
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
        .map(|arm| part(request, columns, orders, arm));
    let Some(first) = parts.next() else {
        return Ok(Query::select());
    };
    let mut first = first?;
    let Some(second) = parts.next() else {
        if let Some(offset) = request.offset() {
            first.offset(offset);
        }
        return Ok(first);
    };
    let mut page = Query::select();
    page.column(Asterisk)
        .from_subquery(first, "first_part".into_iden());
    page.union(UnionType::All, second?);
    for (order, at) in orders.iter().zip(&request.outputs.orders) {
        let (direction, nulls) = order.sql();
        let name = iden(columns.inside(&request.outputs.columns[*at]));
        page.order_by_expr_with_nulls(Expr::col(name), direction, nulls);
    }
    page.limit(request.limit());
    Ok(page)
}

/// One part of the page.
fn part(
    request: &Request<'_>,
    columns: &PageColumns,
    orders: &[OrderNode],
    arm: Arm,
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.definition.alias);
    let (table, conditions) = request.rows(&scope)?;
    let mut select = Query::select();
    select.from(table);
    let joins = Joins::new(request, &scope, &mut select)?;
    for (name, node) in &columns.columns {
        let expr = joins.expression(request, &scope, node)?;
        select_as(&mut select, expr, name);
    }
    for condition in conditions.into_iter().chain(arm.conditions) {
        select.and_where(condition);
    }
    for (position, (order, at)) in orders.iter().zip(&request.outputs.orders).enumerate() {
        let leading = if position == 0 {
            arm.leading
        } else {
            Leading::Any
        };
        let nulls = match leading {
            Leading::Null => continue,
            Leading::NotNull => order.direction.default_nulls(),
            Leading::Any => order.nulls,
        };
        let (direction, nulls) = (order.direction.sql(), nulls.sql());
        let key = match &order.node {
            // Computed once, in the select list.
            Node::Annotation(_) => Expr::col(iden(columns.inside(&request.outputs.columns[*at]))),
            node => joins.expression(request, &scope, node)?,
        };
        select.order_by_expr_with_nulls(key, direction, nulls);
    }
    select.limit(request.limit());
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
                && is_plain(&leading.node)
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

/// Computed from columns of the row alone, so that an index may hold it.
fn is_plain(node: &Node) -> bool {
    match node {
        Node::Column(_) | Node::Value(_) => true,
        Node::Function(_, arguments) => arguments.iter().all(is_plain),
        Node::Annotation(_) => false,
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

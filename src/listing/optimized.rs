//! The page first, its expensive values after.

use std::borrow::Cow;

use sea_query::{
    Asterisk, CommonTableExpression, Condition, Expr, IntoIden, JoinType, Query, SelectStatement,
    UnionType, WithClause,
};

use super::keyset::{self, Arm, Key, Leading};
use super::outputs::{Output, TOTAL};
use super::{Request, total};
use crate::annotation::Computed;
use crate::annotation::sources::{self, Source};
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::render::{Scope, iden};

/// The word by which the statement calls the rows of the page.
pub(super) const PAGE: &str = "page";

/// The statement of a page.
pub(super) fn select(request: &Request<'_>) -> Result<SelectStatement, Error> {
    let after_page = request
        .outputs
        .columns
        .iter()
        .filter_map(|output| output.after_page());
    let sources = sources::group(after_page.map(AsRef::as_ref), &[PAGE, total::WORD]);
    let orders = request.scan_orders();
    let arms = arms(request, &orders)?;
    let total = total::select(request)?;

    let stands_alone =
        sources.is_empty() && total.is_none() && arms.len() == 1 && !request.page.is_backward();
    let columns = page_columns(request, &sources)?;
    let page = page(request, &columns, &orders, arms, stands_alone)?;
    if stands_alone {
        return Ok(page);
    }

    let mut select = with_page(page);
    match total {
        Some(total) => {
            select.from_subquery(total, total::WORD.into_iden());
            select.join(JoinType::LeftJoin, PAGE.into_iden(), Condition::all());
        }
        None => {
            select.from(PAGE.into_iden());
        }
    }
    let scope = Scope::root(PAGE);
    let mut computed = Vec::with_capacity(request.outputs.columns.len());
    for source in &sources {
        source.join(&request.renderer, &scope, &mut select)?;
        computed.extend(source.outputs().map(|(member, expr)| (&member.name, expr)));
    }
    for output in &request.outputs.columns {
        let name = &output.column.name;
        let expr = match computed.iter().position(|(computed, _)| *computed == name) {
            Some(at) => computed.swap_remove(at).1,
            None => Expr::col((PAGE.into_iden(), iden(name))),
        };
        select.expr_as(expr, iden(name));
    }
    if select_total(request) {
        select.expr(Expr::col((total::WORD.into_iden(), TOTAL.into_iden())));
    }
    for (order, at) in request.orders.iter().zip(&request.outputs.orders) {
        let name = &request.outputs.columns[*at].column.name;
        let (direction, nulls) = order.sql();
        select.order_by_expr_with_nulls(
            Expr::col((PAGE.into_iden(), iden(name))),
            direction,
            nulls,
        );
    }
    Ok(select)
}

/// A SELECT that may read `page`.
///
/// Moved, not built in one chain that ends in `to_owned`: that would copy the whole page, twice.
pub(super) fn with_page(page: SelectStatement) -> SelectStatement {
    let mut cte = CommonTableExpression::new();
    cte.table_name(PAGE).query(page);
    let mut with = WithClause::new();
    with.cte(cte);
    let mut select = Query::select();
    select.with_cte(with);
    select
}

fn select_total(request: &Request<'_>) -> bool {
    matches!(
        request.page.total,
        super::Total::Exact | super::Total::Capped(_)
    )
}

/// The columns that the page itself gives: known outputs, and what the annotations start from.
fn page_columns(
    request: &Request<'_>,
    sources: &[Source<'_>],
) -> Result<Vec<(Cow<'static, str>, Node)>, Error> {
    let known = request
        .outputs
        .columns
        .iter()
        .filter(|output| output.after_page().is_none());
    let mut columns: Vec<_> = known
        .map(|output| (output.column.name.clone(), output.node.clone()))
        .collect();
    for from in sources.iter().filter_map(Source::from) {
        let node = Node::Column(from);
        match columns.iter().find(|(name, _)| name == from) {
            Some((_, same)) if *same == node => {}
            Some(_) => {
                return Err(Error::DuplicateName {
                    name: Cow::Borrowed(from),
                });
            }
            None => columns.push((Cow::Borrowed(from), node)),
        }
    }
    Ok(columns)
}

/// The rows of the page: one part, or values and NULL apart, each in the order of an index, and then together.
fn page(
    request: &Request<'_>,
    columns: &[(Cow<'static, str>, Node)],
    orders: &[OrderNode],
    arms: Vec<Arm>,
    stands_alone: bool,
) -> Result<SelectStatement, Error> {
    let mut parts = arms
        .into_iter()
        .map(|arm| part(request, columns, orders, arm, stands_alone));
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
        let name = iden(&request.outputs.columns[*at].column.name);
        page.order_by_expr_with_nulls(Expr::col(name), direction, nulls);
    }
    page.limit(request.limit());
    Ok(page)
}

/// One part of the page.
fn part(
    request: &Request<'_>,
    columns: &[(Cow<'static, str>, Node)],
    orders: &[OrderNode],
    arm: Arm,
    stands_alone: bool,
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(request.definition.alias);
    let (table, conditions) = request.rows(&scope)?;
    let mut select = Query::select();
    select.from(table);
    let joins = Joins::new(request, &scope, &mut select)?;
    for (name, node) in columns {
        let expr = joins.expression(request, &scope, node)?;
        match node {
            Node::Column(column) if stands_alone && name == column => select.expr(expr),
            _ => select.expr_as(expr, iden(name)),
        };
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
            Node::Annotation(_) => Expr::col(iden(&request.outputs.columns[*at].column.name)),
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
        for source in sources::group(annotations, &[request.definition.alias]) {
            source.join(&request.renderer, scope, select)?;
            for (member, expr) in source.outputs() {
                let node = outputs
                    .iter()
                    .find(|output| output.column.name == member.name);
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
                sql,
                value: value.clone(),
            })
        })
        .collect()
}

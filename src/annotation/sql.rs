//! The sub-selects of annotations.

use std::borrow::Cow;

use sea_query::{Condition, Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement};

use super::{Aggregate, AnnotationNode, Computed, TextOrder, aggregates::AVERAGE, over_time};
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope, iden, reject_nul_text, select_as, side_by_side, sub_select};
use crate::schema::Path;

/// What messages call the text between joined texts.
const DELIMITER: &str = "delimiter";

/// An annotation as one value of the row of `scope`: `(SELECT .. )`.
pub(crate) fn scalar(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    annotation: &AnnotationNode,
) -> Result<Expr, Error> {
    let filter = annotation.filter.as_ref();
    let select = match &annotation.computed {
        Computed::Aggregate(aggregate) => {
            renderer.path(scope, &annotation.path, filter, |renderer, row, select| {
                select.expr(self::aggregate(renderer, row, aggregate, None)?);
                Ok(())
            })?
        }
        Computed::Related(column) => {
            renderer.path(scope, &annotation.path, filter, |_, row, select| {
                select.expr(row.column(column));
                Ok(())
            })?
        }
        Computed::OverTime(over_time) => {
            over_time::counts(renderer, scope, &[annotation], over_time, false)?
        }
        Computed::First { value, order } => first(
            renderer,
            scope,
            &annotation.path,
            filter,
            order,
            [(None, value)].into_iter(),
        )?,
        Computed::DistinctText {
            value,
            delimiter,
            order,
        } => distinct_text(renderer, scope, annotation, value, delimiter, *order, false)?,
    };
    Ok(sub_select(select))
}

/// Aggregates of the same rows, side by side.
pub(super) fn aggregates(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    members: &[&AnnotationNode],
) -> Result<SelectStatement, Error> {
    let Some(leader) = members.first() else {
        return Ok(Query::select());
    };
    let (filter, is_common) = common_filter(members);
    renderer.path(scope, &leader.path, filter, |renderer, row, select| {
        aggregates_of(renderer, row, members, is_common, select)
    })
}

/// The condition that all have in common, and whether they have: it limits what is read; one that only some have, what is
/// aggregated.
pub(super) fn common_filter<'n>(
    members: &[&'n AnnotationNode],
) -> (Option<&'n PredicateNode>, bool) {
    match members.split_first() {
        Some((leader, others)) if others.iter().all(|other| other.filter == leader.filter) => {
            (leader.filter.as_ref(), true)
        }
        _ => (None, false),
    }
}

/// Aggregates of the rows of `scope`, each with its own condition unless what is read meets it already.
pub(super) fn aggregates_of(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    members: &[&AnnotationNode],
    is_common: bool,
    select: &mut SelectStatement,
) -> Result<(), Error> {
    for member in members {
        let Computed::Aggregate(aggregate) = &member.computed else {
            continue;
        };
        let own = if is_common {
            None
        } else {
            member.filter.as_ref()
        };
        let expr = self::aggregate(renderer, scope, aggregate, own)?;
        select.expr_as(expr, iden(&member.name));
    }
    Ok(())
}

/// Values of the row that comes first.
pub(super) fn first<'n>(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    path: &Path,
    filter: Option<&PredicateNode>,
    order: &[OrderNode],
    values: impl Iterator<Item = (Option<&'n Cow<'static, str>>, &'n Node)>,
) -> Result<SelectStatement, Error> {
    renderer.path(scope, path, filter, |renderer, row, select| {
        for (name, value) in values {
            let value = renderer.expression(row, value)?;
            match name {
                Some(name) => select_as(select, value, name),
                None => {
                    select.expr(value);
                }
            }
        }
        renderer.order_by(row, order, select)?;
        select.limit(1);
        Ok(())
    })
}

/// Distinct texts in their order, joined.
///
/// PostgreSQL sorts the arguments of an aggregate of DISTINCT values only by those arguments, so the values are
/// made distinct in a sub-select. Where the path ends in a row that many links point at, the links are made
/// distinct first: fewer rows to look up.
pub(super) fn distinct_text(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    annotation: &AnnotationNode,
    value: &Node,
    delimiter: &str,
    order: TextOrder,
    named: bool,
) -> Result<SelectStatement, Error> {
    const VALUE: &str = "value";
    const TARGET: &str = "target";
    reject_nul_text(DELIMITER, delimiter)?;

    let filter = annotation.filter.as_ref();
    let distinct = match annotation.path.hops.split_last() {
        Some((last, links)) if last.to_one && !links.is_empty() => {
            let links = Path {
                name: annotation.path.name.clone(),
                hops: links.to_vec(),
            };
            let links = renderer.path(scope, &links, None, |_, row, select| {
                select.distinct().expr_as(row.column(last.from), TARGET);
                Ok(())
            })?;
            let link = scope.inside("links");
            let row = link.inside(last.definition.alias);
            let mut pointed_at = last.clone();
            pointed_at.from = TARGET;
            let (table, mut conditions) = renderer.hop(&link, &row, &pointed_at)?;
            if let Some(filter) = filter {
                let mut own = Vec::new();
                renderer.conjuncts(&row, filter, &mut own)?;
                conditions.extend(side_by_side(own));
            }
            let mut select = Query::select();
            select
                .distinct()
                .expr_as(renderer.expression(&row, value)?, VALUE)
                .from_subquery(links, link.iden())
                .inner_join(table, crate::render::all(conditions));
            select
        }
        _ => renderer.path(scope, &annotation.path, filter, |renderer, row, select| {
            select
                .distinct()
                .expr_as(renderer.expression(row, value)?, VALUE);
            Ok(())
        })?,
    };

    let texts = scope.inside("texts");
    let value = texts.column(VALUE);
    let sorted = match order {
        TextOrder::Text => Expr::cust_with_exprs(
            "$1 ORDER BY $2 ASC NULLS LAST",
            [delimiter.into(), value.clone()],
        ),
        // numeric, not an integer: a text may hold more digits than any integer has.
        TextOrder::Natural => Expr::cust_with_exprs(
            "$1 ORDER BY CAST(substring($2 FROM '[0-9]+') AS numeric) ASC NULLS LAST, $3 ASC NULLS LAST",
            [delimiter.into(), value.clone(), value.clone()],
        ),
    };
    let joined = or_empty(Func::cust("string_agg").arg(value).arg(sorted));
    let mut select = Query::select();
    match named {
        true => select.expr_as(joined, iden(&annotation.name)),
        false => select.expr(joined),
    };
    select.from_subquery(distinct, texts.iden());
    Ok(select)
}

/// One aggregate function over the rows of `scope`.
pub(crate) fn aggregate(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    aggregate: &Aggregate,
    filter: Option<&PredicateNode>,
) -> Result<Expr, Error> {
    let filter = filter
        .map(|filter| renderer.predicate(scope, filter))
        .transpose()?;
    let filtered = |call: FunctionCall| match filter {
        Some(filter) => call.filter(Condition::all().add(filter)),
        None => call,
    };
    let value = |node: &Node| renderer.expression(scope, node);
    Ok(match aggregate {
        Aggregate::Count => filtered(Func::cust("COUNT").arg(Expr::cust("*"))).into(),
        Aggregate::CountDistinct(node) => filtered(Func::count_distinct(value(node)?)).into(),
        Aggregate::Min(node) => filtered(Func::min(value(node)?)).into(),
        Aggregate::Max(node) => filtered(Func::max(value(node)?)).into(),
        Aggregate::Sum {
            value: node,
            data_type,
        } => {
            let sum = Expr::from(filtered(Func::sum(value(node)?))).cast_as(data_type.to_string());
            or_nothing(aggregate, sum)
        }
        Aggregate::Average(node) => {
            Expr::from(filtered(Func::avg(value(node)?))).cast_as(AVERAGE.to_string())
        }
        Aggregate::Text {
            value: node,
            delimiter,
            order,
        } => {
            reject_nul_text(DELIMITER, delimiter)?;
            let delimiter = sorted(renderer, scope, delimiter.as_str().into(), order)?;
            let text = filtered(Func::cust("string_agg").arg(value(node)?).arg(delimiter));
            or_nothing(aggregate, text.into())
        }
        Aggregate::Array {
            value: node,
            element,
            order,
        } => {
            let values = sorted(renderer, scope, value(node)?, order)?;
            // An array of varchar is not comparable with one of text, unlike its elements.
            let array = Expr::from(filtered(Func::cust("array_agg").arg(values)))
                .cast_as(element.array_name());
            or_nothing(aggregate, array)
        }
        Aggregate::Any(condition) => {
            let any = filtered(Func::cust("bool_or").arg(renderer.predicate(scope, condition)?));
            or_nothing(aggregate, any.into())
        }
        Aggregate::Every(condition) => {
            let every = filtered(Func::cust("bool_and").arg(renderer.predicate(scope, condition)?));
            or_nothing(aggregate, every.into())
        }
    })
}

/// The last argument of an aggregate, followed by the order in which the rows go in.
fn sorted(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    last: Expr,
    order: &[OrderNode],
) -> Result<Expr, Error> {
    let mut template = String::from("$1 ORDER BY ");
    let mut parts = vec![last];
    for (position, order) in order.iter().enumerate() {
        if position > 0 {
            template.push_str(", ");
        }
        parts.push(renderer.expression(scope, &order.node)?);
        template.push_str(&format!("${} {}", parts.len(), order.words()));
    }
    Ok(Expr::cust_with_exprs(template, parts))
}

/// The value of an aggregate, or what it is of nothing.
pub(super) fn or_nothing(aggregate: &Aggregate, value: Expr) -> Expr {
    match aggregate.of_nothing() {
        Some(nothing) => Func::coalesce([value, nothing]).into(),
        None => value,
    }
}

fn or_empty(text: FunctionCall) -> Expr {
    Func::coalesce([text.into(), Expr::cust("''")]).into()
}

impl Aggregate {
    /// What it is of nothing, where that is not NULL.
    pub(super) fn of_nothing(&self) -> Option<Expr> {
        match self {
            Self::Count | Self::CountDistinct(_) | Self::Sum { .. } => Some(Expr::cust("0")),
            Self::Min(_) | Self::Max(_) | Self::Average(_) => None,
            Self::Text { .. } => Some(Expr::cust("''")),
            Self::Array { element, .. } => Some(Expr::cust("'{}'").cast_as(element.array_name())),
            Self::Any(_) => Some(Expr::cust("FALSE")),
            Self::Every(_) => Some(Expr::cust("TRUE")),
        }
    }
}

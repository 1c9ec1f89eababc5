//! How a set of rows is written: the rows, with the values that its readers need.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Func, JoinType, Query, SelectStatement};

use super::rows::Required;
use crate::annotation::sources::{self, Source};
use crate::annotation::{Aggregate, AnnotationNode, Computed, aggregate};
use crate::error::Error;
use crate::expression::Node;
use crate::predicate::{Form, PredicateNode};
use crate::render::{
    Held, Holder, Renderer, RowSet, START, Scope, all, free_name, iden, select_as, side_by_side,
};
use crate::schema::{DataType, Hop};

/// The sub-select of a set.
pub(crate) fn write_set(renderer: &Renderer<'_>, set: &RowSet) -> Result<SelectStatement, Error> {
    #[cfg(feature = "plan")]
    renderer.note_rows(crate::render::RowsRead {
        definition: set.rows.definition,
        filters: set.rows.filters.clone(),
        required: set.rows.required.clone(),
        values: set.values().into_iter().map(|held| held.node).collect(),
    });
    let Some(required) = &set.rows.required else {
        return plain(renderer, set);
    };
    if set.split.is_none() {
        if renderer.has_sets_apart() {
            return plain(renderer, set);
        }
        if let Some(together) = of_split(renderer, set, required)? {
            return Ok(together);
        }
    }
    joined(renderer, set, required)
}

/// The rows of a table, each with its values.
fn plain(renderer: &Renderer<'_>, set: &RowSet) -> Result<SelectStatement, Error> {
    let values = set.values();
    let is_apart = renderer.has_sets_apart();
    // Each by the name that the set has for it: two may have the same one of their own.
    let annotations = values.iter().map(|held| match &held.node {
        Node::Annotation(annotation) if !is_apart && !is_joined(annotation) => {
            Some(AnnotationNode {
                name: held.name.clone(),
                ..annotation.as_ref().clone()
            })
        }
        _ => None,
    });
    let annotations: Vec<_> = annotations.collect();
    let alias = set.rows.definition.alias;
    let sources = sources::group(annotations.iter().flatten(), &[alias])?;

    let joins = Joins::new(set, sources.iter().map(Source::word));
    let root = Scope::root(alias);
    let scope = Scope::root(alias).held_by(&joins);
    let (mut select, mut conditions) = rows(renderer, set, &scope)?;
    if let Some(required) = &set.rows.required {
        conditions.push(renderer.predicate(&scope, &required.exists())?);
    }
    let mut computed = Vec::new();
    for source in &sources {
        source.join(renderer, &root, &mut select)?;
        computed.extend(source.outputs());
    }
    for (held, annotation) in values.iter().zip(&annotations) {
        let is_it = |known: &AnnotationNode| {
            annotation
                .as_ref()
                .is_some_and(|annotation| std::ptr::eq(known, annotation))
        };
        let known = computed.iter().find(|(known, _)| is_it(known));
        let value = match known {
            Some((_, value)) => value.clone(),
            None => renderer.expression(&scope, &held.node)?,
        };
        select_as(&mut select, value, &held.name);
    }
    joins.join(renderer, &root, &mut select)?;
    finish(&mut select, values.is_empty(), conditions);
    Ok(select)
}

/// Rows and the rows that they must have at least one of, joined, and grouped by the former. Which of the two tables is
/// read first, PostgreSQL decides.
fn joined(
    renderer: &Renderer<'_>,
    set: &RowSet,
    required: &Required,
) -> Result<SelectStatement, Error> {
    let values = set.values();
    let is_other = |held: &Held| match &held.node {
        Node::Annotation(annotation) => {
            !is_joined(annotation) && own_filter(required, annotation).is_none()
        }
        _ => false,
    };
    if values.iter().any(is_other) {
        return around(renderer, set, required, &values, is_other);
    }

    let joins = Joins::new(set, []);
    let root = Scope::root(set.rows.definition.alias);
    let scope = Scope::root(set.rows.definition.alias).held_by(&joins);
    let (mut select, mut conditions) = rows(renderer, set, &scope)?;
    let mut groups = vec![root.column(set.rows.definition.key)];
    renderer.hops(
        &root,
        &required.path.hops,
        false,
        &mut select,
        |renderer, end, select| {
            if let Some(filter) = &required.filter {
                renderer.conjuncts(end, filter, &mut conditions)?;
            }
            let mut position = 0;
            if let Some(split) = &set.split {
                position += 1;
                groups.push(ordinal(position));
                select.expr_as(renderer.expression(end, &split.start)?, START);
            }
            for held in &values {
                position += 1;
                let value = match member(required, &held.node) {
                    Some((computed, own)) => aggregate(renderer, end, computed, own.as_ref())?,
                    None => {
                        let value = renderer.expression(&scope, &held.node)?;
                        groups.extend(group_by(&held.node, &value, position, set));
                        value
                    }
                };
                select_as(select, value, &held.name);
            }
            Ok(())
        },
    )?;
    joins.join(renderer, &root, &mut select)?;
    finish(
        &mut select,
        values.is_empty() && set.split.is_none(),
        conditions,
    );
    for group in groups {
        select.add_group_by([group]);
    }
    Ok(select)
}

/// Values over other related rows are computed around the grouped rows: once for each, and not for each joined one.
fn around(
    renderer: &Renderer<'_>,
    set: &RowSet,
    required: &Required,
    values: &[Held],
    is_other: impl Fn(&Held) -> bool,
) -> Result<SelectStatement, Error> {
    const WORD: &str = "joined_rows";
    let inner = RowSet::within(&set.rows, set.split.as_ref(), WORD);
    let computed = Grouped(&inner, required);
    let scope = Scope::root(WORD).held_by(&computed);
    let mut select = Query::select();
    if set.split.is_some() {
        select.expr(Expr::col((scope.iden(), iden(&Cow::Borrowed(START)))));
    }
    for held in values {
        let value = match is_other(held) {
            true => renderer.expression(&scope, &held.node)?,
            false => scope.output(&inner.hold(&held.node)),
        };
        select_as(&mut select, value, &held.name);
    }
    // It must not be empty: the values are computed of the key, if of nothing else.
    inner.hold(&Node::Column(set.rows.definition.key));
    select.from_subquery(joined(renderer, &inner, required)?, scope.iden());
    Ok(select)
}

/// Rows that others read split by time, put together again; `None` if a value cannot be.
fn of_split(
    renderer: &Renderer<'_>,
    set: &RowSet,
    required: &Required,
) -> Result<Option<SelectStatement>, Error> {
    let Some(split) = renderer.split_of(&set.rows) else {
        return Ok(None);
    };
    let values = set.values();
    let is_additive = |held: &Held| match member(required, &held.node) {
        Some((aggregate, _)) => again(aggregate).is_some(),
        None => true,
    };
    if !values.iter().all(is_additive) {
        return Ok(None);
    }
    let split = renderer.row_set(&set.rows, Some(&split))?;
    let scope = Scope::root(split.word.clone()).held_by(&*split);
    let mut select = Query::select();
    select.from(scope.iden());
    let mut groups = vec![scope.column(set.rows.definition.key)];
    for (position, held) in values.iter().enumerate() {
        let value = match member(required, &held.node) {
            Some((aggregate, _)) => {
                let value = scope.output(&split.hold(&held.node));
                let (function, data_type) = again(aggregate).unwrap_or(("max", None));
                let value = Expr::from(Func::cust(function).arg(value));
                match data_type {
                    Some(data_type) => value.cast_as(data_type.to_string()),
                    None => value,
                }
            }
            None => {
                let value = scope.output(&split.hold(&held.node));
                groups.extend(group_by(&held.node, &value, position + 1, set));
                value
            }
        };
        select_as(&mut select, value, &held.name);
    }
    if values.is_empty() {
        select.expr(Expr::cust("1"));
    }
    for group in groups {
        select.add_group_by([group]);
    }
    Ok(Some(select))
}

/// The function that puts the values of parts together, and the type that it is to have; `None` if there is none.
fn again(aggregate: &Aggregate) -> Option<(&'static str, Option<DataType>)> {
    Some(match aggregate {
        Aggregate::Count => ("SUM", Some(DataType::BigInt)),
        Aggregate::Sum { data_type, .. } => ("SUM", Some(*data_type)),
        Aggregate::Min(_) => ("MIN", None),
        Aggregate::Max(_) => ("MAX", None),
        Aggregate::Any(_) => ("bool_or", None),
        Aggregate::Every(_) => ("bool_and", None),
        _ => return None,
    })
}

/// The table of the rows, and what limits them.
fn rows(
    renderer: &Renderer<'_>,
    set: &RowSet,
    scope: &Scope<'_>,
) -> Result<(SelectStatement, Vec<Expr>), Error> {
    let (table, bound) = renderer.source(set.rows.definition, scope, false)?;
    let mut select = Query::select();
    select.from(table);
    let mut conditions: Vec<_> = bound.into_iter().collect();
    for filter in &set.rows.filters {
        renderer.conjuncts(scope, &found_first(filter), &mut conditions)?;
    }
    Ok((select, conditions))
}

fn finish(select: &mut SelectStatement, is_empty: bool, conditions: Vec<Expr>) {
    if is_empty {
        select.expr(Expr::cust("1"));
    }
    for condition in side_by_side(conditions) {
        select.and_where(condition);
    }
}

/// Conditions on links, by which the rows are found: all of them are wanted, so that none is worth a look by itself.
pub(super) fn found_first(filter: &PredicateNode) -> Cow<'_, PredicateNode> {
    match filter {
        PredicateNode::Linked(linked, Form::Probe) => {
            Cow::Owned(PredicateNode::Linked(Arc::clone(linked), Form::Set))
        }
        PredicateNode::All(all) => Cow::Owned(PredicateNode::All(
            all.iter()
                .map(|node| found_first(node).into_owned())
                .collect(),
        )),
        other => Cow::Borrowed(other),
    }
}

/// By which expression rows are grouped: what holds parameters is not equal to itself, so that its place is named. The key is
/// there already.
fn group_by(node: &Node, value: &Expr, position: usize, set: &RowSet) -> Option<Expr> {
    match node {
        Node::Column(name) if *name == set.rows.definition.key => None,
        _ => Some(match value {
            Expr::Column(_) => value.clone(),
            _ => ordinal(position),
        }),
    }
}

/// A place in the select list.
pub(super) fn ordinal(position: usize) -> Expr {
    Expr::cust(position.to_string())
}

/// The aggregate of required rows that a value is, with the condition that limits it further.
fn member<'n>(
    required: &Required,
    node: &'n Node,
) -> Option<(&'n Aggregate, Option<PredicateNode>)> {
    let Node::Annotation(annotation) = node else {
        return None;
    };
    let Computed::Aggregate(aggregate) = &annotation.computed else {
        return None;
    };
    Some((aggregate, own_filter(required, annotation)?))
}

/// The condition that an annotation of required rows has beside theirs; `None` if it is of other rows.
#[expect(clippy::option_option, reason = "of other rows, or of all, or of some")]
fn own_filter(required: &Required, annotation: &AnnotationNode) -> Option<Option<PredicateNode>> {
    if !matches!(annotation.computed, Computed::Aggregate(_))
        || annotation.path.hops != required.path.hops
    {
        return None;
    }
    let mut theirs = conjuncts(required.filter.as_ref());
    let mut own = Vec::new();
    for conjunct in conjuncts(annotation.filter.as_ref()) {
        match theirs.iter().position(|their| *their == conjunct) {
            Some(at) => {
                theirs.swap_remove(at);
            }
            None => own.push(conjunct.clone()),
        }
    }
    if !theirs.is_empty() {
        return None;
    }
    Some(own.into_iter().reduce(PredicateNode::and))
}

/// The conditions of which a row must meet all.
fn conjuncts(filter: Option<&PredicateNode>) -> Vec<&PredicateNode> {
    match filter {
        None => Vec::new(),
        Some(PredicateNode::All(all)) => {
            all.iter().flat_map(|node| conjuncts(Some(node))).collect()
        }
        Some(other) => vec![other],
    }
}

/// Whether an annotation is a column of one row that is pointed at, which is joined.
fn is_joined(annotation: &AnnotationNode) -> bool {
    joined_hop(annotation).is_some()
}

fn joined_hop(annotation: &AnnotationNode) -> Option<(&Hop, &'static str)> {
    match (&annotation.computed, annotation.path.hops.as_slice()) {
        (Computed::Related(column), [hop]) if hop.to_one && annotation.filter.is_none() => {
            Some((hop, column))
        }
        _ => None,
    }
}

/// The rows that those of a table point at, each joined once.
pub(crate) struct Joins {
    joined: RefCell<Vec<(Hop, Cow<'static, str>)>>,
    taken: Vec<Cow<'static, str>>,
}

impl Joins {
    /// `beside` are words for what else is joined.
    pub(crate) fn new(set: &RowSet, beside: impl IntoIterator<Item = Cow<'static, str>>) -> Self {
        let required = set.rows.required.iter();
        let hops = required.flat_map(|required| &required.path.hops);
        let mut taken = vec![Cow::Borrowed(set.rows.definition.alias)];
        taken.extend(hops.map(|hop| Cow::Borrowed(hop.definition.alias)));
        taken.extend(beside);
        Self {
            joined: RefCell::default(),
            taken,
        }
    }

    pub(crate) fn join(
        &self,
        renderer: &Renderer<'_>,
        scope: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        for (hop, word) in self.joined.borrow().iter() {
            let row = Scope::root(word.clone());
            let (table, conditions) = renderer.hop(scope, &row, hop)?;
            select.join(JoinType::LeftJoin, table, all(conditions));
        }
        Ok(())
    }
}

impl Holder for Joins {
    fn reads(&self, column: &'static str) -> Cow<'static, str> {
        Cow::Borrowed(column)
    }

    fn knows(&self, word: &str) -> bool {
        self.joined
            .borrow()
            .iter()
            .any(|(_, joined)| joined == word)
    }

    fn annotation(&self, _: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        let (hop, column) = joined_hop(annotation)?;
        let mut joined = self.joined.borrow_mut();
        let known = joined.iter().find(|(known, _)| known == hop);
        let word = match known {
            Some((_, word)) => word.clone(),
            None => {
                let is_taken = |word: &str| {
                    self.taken
                        .iter()
                        .any(|taken| word.ends_with(taken.as_ref()))
                        || joined.iter().any(|(_, joined)| joined == word)
                };
                let word = match is_taken(&annotation.path.name) {
                    true => free_name("joined_", "row", is_taken),
                    false => annotation.path.name.clone(),
                };
                joined.push((hop.clone(), word.clone()));
                word
            }
        };
        Some(Expr::col((iden(&word), iden(&Cow::Borrowed(column)))))
    }
}

/// Grouped rows: those of their values that the grouping gives.
struct Grouped<'a>(&'a RowSet, &'a Required);

impl Holder for Grouped<'_> {
    fn reads(&self, column: &'static str) -> Cow<'static, str> {
        self.0.reads(column)
    }

    fn knows(&self, _: &str) -> bool {
        false
    }

    fn annotation(&self, scope: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        let is_given = is_joined(annotation) || own_filter(self.1, annotation).is_some();
        is_given.then(|| self.0.annotation(scope, annotation))?
    }
}

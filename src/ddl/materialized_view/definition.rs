//! How the statement is written that a view is of.

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{
    BinOper, Condition, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, TableRef,
};

use super::layout::{Kept, Layout};
use super::view::{Key, ViewNode};
use crate::aggregate::Joins;
use crate::annotation::{Aggregate, AnnotationNode, aggregate};
use crate::error::Error;
use crate::expression::Node;
use crate::predicate::PredicateNode;
use crate::render::{
    Holder, Owner, Renderer, RowSet, Scope, free_name, iden, select_as, side_by_side,
};
use crate::schema::{DataType, Definition, Tenancy};
use crate::statement;

/// The statement of a view, values written in.
pub(super) struct ViewDefinition(SelectStatement);

impl ViewDefinition {
    pub fn text(&self) -> String {
        statement::literal(&self.0)
    }

    pub fn pretty(&self) -> String {
        statement::pretty(&self.text())
    }
}

impl ViewNode {
    pub fn definition(&self) -> Result<ViewDefinition, Error> {
        let layout = self.layout()?;
        let grouped = grouped(self, &layout)?;
        Ok(ViewDefinition(with_stand_ins(self, &layout, grouped)))
    }
}

/// `SELECT tenant, keys, aggregates FROM rows GROUP BY tenant, keys`
fn grouped(view: &ViewNode, layout: &Layout) -> Result<SelectStatement, Error> {
    let definition = view.rows.definition;
    let owners = Owners::of(definition);
    let renderer = Renderer::of_each_row(owners.owner.clone());
    let set = RowSet::within(&view.rows, None, "rows");
    let around = Around {
        joins: Joins::new(&set, owners.words()),
        owners: &owners,
    };
    let root = Scope::root(definition.alias);
    let scope = Scope::root(definition.alias).held_by(&around);

    let mut select = Query::select();
    let mut groups = 0;
    if let Some(owner) = &owners.owner {
        select_as(&mut select, owner.column(), &Cow::Borrowed(owner.column));
        groups += 1;
    }
    for key in &view.keys {
        select_as(
            &mut select,
            renderer.expression(&scope, &key.node)?,
            &key.name,
        );
        groups += 1;
    }
    for kept in &layout.aggregates {
        for (value, name) in aggregates_of(&renderer, &scope, kept)? {
            select_as(&mut select, value, &name);
        }
    }
    let mut conditions = Vec::new();
    // Rows of nobody are read by nobody.
    conditions.extend(
        owners
            .owner
            .as_ref()
            .map(|owner| owner.column().is_not_null()),
    );
    let required = view
        .rows
        .required
        .as_ref()
        .map(|required| required.exists());
    let filters = view.rows.filters.iter().chain(&view.only).chain(&required);
    for filter in filters {
        renderer.conjuncts(&scope, filter, &mut conditions)?;
    }

    select.from(renderer.unbound(definition, &root));
    for (table, on) in owners.tables(&renderer) {
        select.join(JoinType::InnerJoin, table, Condition::all().add(on));
    }
    around.joins.join(&renderer, &root, &mut select)?;
    for condition in side_by_side(conditions) {
        select.and_where(condition);
    }
    for position in 1..=groups {
        select.add_group_by([Expr::cust(position.to_string())]);
    }
    Ok(select)
}

/// An average is kept as what it is computed of. Its sum is exact where its values are: PostgreSQL computes the average so, too.
fn aggregates_of(
    renderer: &Renderer<'_>,
    scope: &Scope<'_>,
    kept: &Kept,
) -> Result<Vec<(Expr, Cow<'static, str>)>, Error> {
    let only = kept.aggregated.only.as_ref();
    let (Some(averaged), Aggregate::Average(value)) = (kept.averaged, &kept.aggregated.aggregate)
    else {
        let value = aggregate(renderer, scope, &kept.aggregated.aggregate, only)?;
        return Ok(vec![(value, kept.name.clone())]);
    };
    let data_type = match averaged {
        DataType::Real | DataType::DoublePrecision => "double precision",
        _ => "numeric",
    };
    let is_there = PredicateNode::IsNull {
        node: value.clone(),
        negated: true,
    };
    let counted = match only {
        Some(only) => only.clone().and(is_there),
        None => is_there,
    };
    let value = renderer.expression(scope, value)?.cast_as(data_type);
    let mut sum = Func::sum(value);
    if let Some(only) = only {
        sum = sum.filter(Condition::all().add(renderer.predicate(scope, only)?));
    }
    let count = aggregate(renderer, scope, &Aggregate::Count, Some(&counted))?;
    Ok(vec![(sum.into(), kept.sum()), (count, kept.count())])
}

/// Beside each key that may be NULL, whether it is, and a value in its place.
fn with_stand_ins(view: &ViewNode, layout: &Layout, grouped: SelectStatement) -> SelectStatement {
    const GROUPED: &str = "grouped";
    if !view.keys.iter().any(|key| key.nullable) {
        return grouped;
    }
    let column = |name: &Cow<'static, str>| Expr::col((iden(&Cow::Borrowed(GROUPED)), iden(name)));
    let mut select = Query::select();
    if let Some((name, _)) = layout.tenant {
        select.expr(column(&Cow::Borrowed(name)));
    }
    for key in &view.keys {
        select.expr(column(&key.name));
        if key.nullable {
            select_as(&mut select, column(&key.name).is_null(), &key.is_null());
            select_as(
                &mut select,
                stand_in(key, column(&key.name)),
                &key.or_default(),
            );
        }
    }
    for name in layout.aggregates.iter().flat_map(Kept::columns) {
        select.expr(column(&name));
    }
    select.from_subquery(grouped, GROUPED);
    select
}

/// The value, or any other where it is NULL: which of the two it is, the column beside it says.
fn stand_in(key: &Key, value: Expr) -> Expr {
    let instead =
        |text: &'static str| Expr::cust(format!("'{text}'")).cast_as(key.data_type.to_string());
    let (value, instead) = match key.data_type {
        DataType::Boolean => (value, instead("false")),
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Real
        | DataType::DoublePrecision => (value, instead("0")),
        DataType::Text => (value, Expr::cust("''")),
        // Which values it has, only the database knows.
        DataType::Named(_) => (value.cast_as("text"), Expr::cust("''")),
        DataType::Date => (value, instead("1970-01-01")),
        DataType::Timestamp => (value, instead("1970-01-01 00:00:00")),
        DataType::TimestampTz => (value, instead("1970-01-01 00:00:00+00")),
        #[cfg(feature = "uuid")]
        DataType::Uuid => (value, instead("00000000-0000-0000-0000-000000000000")),
        DataType::Array(_) => (value, instead("{}")),
    };
    Func::coalesce([value, instead]).into()
}

/// The rows that a row has its tenant from, each pointed at by the one before.
struct Owners {
    rows: Vec<OwnerRow>,
    owner: Option<Owner>,
}

struct OwnerRow {
    word: Cow<'static, str>,
    definition: Definition,
    /// Which row points at it, and by which column.
    from: (Cow<'static, str>, &'static str),
}

impl Owners {
    fn of(definition: Definition) -> Self {
        let mut rows: Vec<OwnerRow> = Vec::new();
        let mut at = definition;
        let mut word = Cow::Borrowed(definition.alias);
        loop {
            match &at.tenancy {
                Tenancy::Column { name, data_type } => {
                    let owner = Owner {
                        word,
                        column: name,
                        data_type: *data_type,
                    };
                    let owner = Some(owner);
                    return Self { rows, owner };
                }
                Tenancy::Shared => return Self { rows, owner: None },
                Tenancy::Through { from, parent } => {
                    let is_taken = |word: &str| {
                        word == definition.alias || rows.iter().any(|row| row.word == word)
                    };
                    let next = match is_taken(parent.alias) {
                        true => free_name("owning_", parent.alias, is_taken),
                        false => Cow::Borrowed(parent.alias),
                    };
                    rows.push(OwnerRow {
                        word: next.clone(),
                        definition: parent,
                        from: (word, from),
                    });
                    (at, word) = (parent, next);
                }
            }
        }
    }

    fn words(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.rows.iter().map(|row| row.word.clone())
    }

    fn tables(&self, renderer: &Renderer<'_>) -> Vec<(TableRef, Expr)> {
        let table = |row: &OwnerRow| {
            let scope = Scope::root(row.word.clone());
            let (word, column) = &row.from;
            let pointing = Scope::root(word.clone()).column(column);
            let on = scope
                .column(row.definition.key)
                .binary(BinOper::Equal, pointing);
            (renderer.unbound(row.definition, &scope), on)
        };
        self.rows.iter().map(table).collect()
    }
}

/// What stands beside the rows: a row inside them is called by none of these words.
struct Around<'a> {
    joins: Joins,
    owners: &'a Owners,
}

impl Holder for Around<'_> {
    fn reads(&self, column: &'static str) -> Cow<'static, str> {
        self.joins.reads(column)
    }

    fn knows(&self, word: &str) -> bool {
        self.owners.rows.iter().any(|row| row.word == word) || self.joins.knows(word)
    }

    fn annotation(&self, scope: &Scope<'_>, annotation: &Arc<AnnotationNode>) -> Option<Expr> {
        self.joins.annotation(scope, annotation)
    }

    fn value(&self, scope: &Scope<'_>, node: &Node) -> Option<Expr> {
        self.joins.value(scope, node)
    }
}

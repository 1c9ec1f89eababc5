//! The aggregates that numbers are computed of, and the sub-selects that compute them.

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};

use super::number::{Aggregated, NumberNode, NumberValue};
use super::rows::{RowsNode, ValuesNode};
use super::set::{ordinal, write_set};
use crate::annotation::aggregate;
use crate::error::Error;
use crate::expression::Node;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, RowSet, Scope, Split, bound, free_name, iden, is_name, select_as};
use crate::schema::DataType;

/// Aggregates over the same rows, each with the name of its output.
pub(super) struct Leaf<'n> {
    pub rows: &'n Arc<RowsNode>,
    pub aggregates: Vec<(&'n Aggregated, Cow<'static, str>)>,
    /// The word by which the statement calls the sub-select that computes them.
    pub word: Cow<'static, str>,
}

/// All aggregates of some numbers: those over the same rows together.
pub(super) struct Leaves<'n>(pub Vec<Leaf<'n>>);

impl<'n> Leaves<'n> {
    /// Those of the numbers; each alone if nothing is to be shared. `taken` are words and names that are used already.
    pub fn new(
        renderer: &Renderer<'_>,
        numbers: impl IntoIterator<Item = &'n NumberNode>,
        taken: &[&str],
    ) -> Self {
        let mut leaves = Self(Vec::new());
        for number in numbers {
            number.aggregates(&mut |node, aggregated| {
                leaves.add(node, aggregated, renderer.has_sets_apart(), taken);
            });
        }
        leaves
    }

    fn add(
        &mut self,
        node: &'n NumberNode,
        aggregated: &'n Aggregated,
        is_apart: bool,
        taken: &[&str],
    ) {
        if self.find(aggregated).is_some() {
            return;
        }
        let is_taken = |name: &str| {
            let mut aggregates = self.0.iter().flat_map(|leaf| &leaf.aggregates);
            taken.contains(&name) || aggregates.any(|(_, known)| known == name)
        };
        let name = match is_taken(&node.name) || !is_name(&node.name) {
            true => free_name("inner_", &node.name, is_taken),
            false => node.name.clone(),
        };
        let leaf = self
            .0
            .iter_mut()
            .find(|leaf| !is_apart && leaf.rows.is_same(&aggregated.rows));
        match leaf {
            Some(leaf) => leaf.aggregates.push((aggregated, name)),
            None => {
                let is_taken = |word: &str| {
                    taken.contains(&word) || self.0.iter().any(|leaf| leaf.word == word)
                };
                let mut word = Cow::Owned(format!("of_{}", aggregated.rows.name));
                if is_taken(&word) || !is_name(&word) {
                    word = free_name("other_", &word, is_taken);
                }
                self.0.push(Leaf {
                    rows: &aggregated.rows,
                    aggregates: vec![(aggregated, name)],
                    word,
                });
            }
        }
    }

    fn find(&self, aggregated: &Aggregated) -> Option<(&Leaf<'n>, &Cow<'static, str>)> {
        self.0.iter().find_map(|leaf| {
            let mut aggregates = leaf.aggregates.iter();
            let (_, name) = aggregates.find(|(known, _)| known.is_same(aggregated))?;
            Some((leaf, name))
        })
    }

    /// A number, computed of the aggregates. Where a sub-select may have no row for it, `is_outer`.
    pub fn number(&self, number: &NumberNode, is_outer: bool) -> Expr {
        let inner = |number: &NumberNode| self.number(number, is_outer);
        match &number.value {
            NumberValue::Aggregate(aggregated) => {
                let Some((leaf, name)) = self.find(aggregated) else {
                    return Expr::null();
                };
                let value = Expr::col((iden(&leaf.word), iden(name)));
                match is_outer && aggregated.is_zero_of_nothing() {
                    true => Func::coalesce([value, Expr::cust("0")]).into(),
                    false => value,
                }
            }
            NumberValue::Or(number, otherwise) => {
                Func::coalesce([inner(number), bound(otherwise.clone())]).into()
            }
            NumberValue::Ratio(dividend, divisor, zero) => {
                let dividend = inner(dividend).cast_as(DataType::DoublePrecision.to_string());
                let divisor = Func::cust("NULLIF").args([inner(divisor), Expr::cust("0")]);
                Func::coalesce([dividend.div(divisor), Expr::val(*zero)]).into()
            }
            NumberValue::Times(number, factor) => inner(number).mul(Expr::val(*factor)),
        }
    }
}

impl Leaf<'_> {
    /// The sub-select: `SELECT keys, aggregates FROM rows GROUP BY keys`.
    pub fn select(
        &self,
        renderer: &Renderer<'_>,
        keys: &[(Cow<'static, str>, &Node)],
        only: Option<&PredicateNode>,
    ) -> Result<SelectStatement, Error> {
        from_set(renderer, self.rows, only, None, |scope, select| {
            for (position, (name, key)) in keys.iter().enumerate() {
                select_as(select, renderer.expression(scope, key)?, name);
                select.add_group_by([ordinal(position + 1)]);
            }
            self.aggregates_of(renderer, scope, select)
        })
    }

    /// The sub-select for each row that these values are the keys of.
    pub fn keyed(
        &self,
        renderer: &Renderer<'_>,
        by: &ValuesNode,
        name: &'static str,
    ) -> Result<SelectStatement, Error> {
        from_set(
            renderer,
            &by.rows,
            by.only.as_ref(),
            None,
            |scope, select| {
                let key = renderer.expression(scope, &by.value)?;
                select.and_where(key.clone().is_not_null());
                select_as(select, key, &name.into());
                select.add_group_by([ordinal(1)]);
                self.aggregates_of(renderer, scope, select)
            },
        )
    }

    /// The aggregates of the rows of `scope`.
    pub fn aggregates_of(
        &self,
        renderer: &Renderer<'_>,
        scope: &Scope<'_>,
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        for (aggregated, name) in &self.aggregates {
            let only = aggregated.only.as_ref();
            let value = aggregate(renderer, scope, &aggregated.aggregate, only)?;
            select.expr_as(value, iden(name));
        }
        Ok(())
    }
}

/// A sub-select from a set of rows, or `only` a part of it, which others may read, too.
pub(super) fn from_set(
    renderer: &Renderer<'_>,
    rows: &Arc<RowsNode>,
    only: Option<&PredicateNode>,
    split: Option<&Split>,
    write: impl FnOnce(&Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
) -> Result<SelectStatement, Error> {
    const ROWS: &str = "rows";
    let mut select = Query::select();
    let write = |scope: &Scope<'_>, select: &mut SelectStatement| {
        if let Some(only) = only {
            select.and_where(renderer.predicate(scope, only)?);
        }
        write(scope, select)
    };
    if renderer.has_sets_apart() {
        let set = RowSet::within(rows, split, ROWS);
        let scope = Scope::root(ROWS).held_by(&set);
        write(&scope, &mut select)?;
        select.from_subquery(write_set(renderer, &set)?, scope.iden());
    } else {
        let set = renderer.row_set(rows, split)?;
        let scope = Scope::root(set.word.clone()).held_by(&*set);
        select.from(scope.iden());
        write(&scope, &mut select)?;
    }
    Ok(select)
}

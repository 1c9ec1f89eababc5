//! A listing that is being built.

use std::sync::Arc;

use sea_query::{Query, SelectStatement};

use super::forms::Forms;
use super::outputs::Outputs;
use super::page::{Page, Position};
use super::sorting::Sorting;
use crate::annotation::AnnotationNode;
use crate::ddl::counter::{KeptRows, Plan};
use crate::error::Error;
use crate::expression::Node;
use crate::order::OrderNode;
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope, side_by_side};
use crate::schema::Definition;

/// A listing that is being built: the same for both strategies.
pub(super) struct Request<'a> {
    pub definition: Definition,
    pub renderer: Renderer<'a>,
    /// How the conditions are written.
    pub forms: Forms<'a>,
    pub outputs: Outputs,
    /// The sort keys as the rows are given, the row's key last.
    pub orders: Vec<OrderNode>,
    /// The same in the direction in which the page is read: from its end for a page before a cursor.
    pub scan_orders: Vec<OrderNode>,
    /// The sort values of the row beside which the page begins.
    pub after: Option<Vec<sea_query::Value>>,
    /// How the values of the sort keys are found.
    pub sorting: Sorting,
    /// Whose values are kept, and read where they are.
    pub counters: Vec<Arc<Plan>>,
    pub page: &'a Page,
}

impl Request<'_> {
    /// The rows' table, bound to the tenant, and the conditions of the filters.
    pub fn rows(
        &self,
        scope: &Scope<'_>,
        filters: &[PredicateNode],
    ) -> Result<(sea_query::TableRef, Vec<sea_query::Expr>), Error> {
        let (table, bound) = self.renderer.source(self.definition, scope, false)?;
        let mut conditions: Vec<_> = bound.into_iter().collect();
        for filter in filters {
            self.renderer.conjuncts(scope, filter, &mut conditions)?;
        }
        Ok((table, side_by_side(conditions)))
    }

    /// The rows that meet the conditions, of no use but to be counted: no column, no order.
    pub fn bare_rows(&self, filters: &[PredicateNode]) -> Result<SelectStatement, Error> {
        self.bare_rows_and(filters, |_, _| Ok(Vec::new()))
    }

    /// The same, and further conditions, which `more` writes.
    pub fn bare_rows_and(
        &self,
        filters: &[PredicateNode],
        more: impl FnOnce(&Scope<'_>, &KeptRows<'_>) -> Result<Vec<sea_query::Expr>, Error>,
    ) -> Result<SelectStatement, Error> {
        let kept = KeptRows::new(&self.counters);
        let scope = Scope::root(self.definition.alias).held_by(&kept);
        let (table, mut conditions) = self.rows(&scope, filters)?;
        conditions.extend(more(&scope, &kept)?);
        let mut select = Query::select();
        select.from(table);
        kept.join(&self.renderer, self.definition, &mut select)?;
        for condition in conditions {
            select.and_where(condition);
        }
        Ok(select)
    }

    /// A whole statement: with the sub-selects that it names.
    pub fn statement(
        &self,
        write: impl Fn(&Self) -> Result<SelectStatement, Error>,
    ) -> Result<SelectStatement, Error> {
        self.renderer.statement(|| write(self))
    }

    /// The computed values that the rows are sorted by, and those that are computed with them.
    pub fn sort_values(&self) -> impl Iterator<Item = &Arc<AnnotationNode>> {
        let shared = self
            .outputs
            .columns
            .iter()
            .filter(|output| output.shares_pass);
        let nodes = shared.map(|output| &output.node);
        let nodes = self.orders.iter().map(|order| &order.node).chain(nodes);
        let mut values = Vec::new();
        for node in nodes {
            node.walk(&mut |node| {
                if let Node::Annotation(annotation) = node {
                    values.push(annotation);
                }
            });
        }
        values.into_iter()
    }

    /// One row more than the page has: whether there is a next page is known without another question.
    pub fn limit(&self) -> u64 {
        self.page.rows_and_one()
    }

    pub fn offset(&self) -> Option<u64> {
        match self.page.position {
            Position::Offset(offset) if offset > 0 => Some(offset),
            _ => None,
        }
    }
}

//! The tables of a path, joined and bound.

use sea_query::{Condition, Expr, ExprTrait, JoinType, Query, SelectStatement, TableRef};

use super::{Renderer, Scope, side_by_side};
use crate::error::Error;
use crate::predicate::PredicateNode;
use crate::schema::{Definition, Hop, Path, Tenancy, To};

impl Renderer<'_> {
    /// `FROM` the tables of a path, tied to the row of `outer`, each bound to its tenant; `write` adds what is
    /// selected, given the row at the end of the path.
    pub fn path(
        &self,
        outer: &Scope<'_>,
        path: &Path,
        filter: Option<&PredicateNode>,
        write: impl FnOnce(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<SelectStatement, Error> {
        let mut select = Query::select();
        self.hops(
            outer,
            &path.hops,
            true,
            &mut select,
            |renderer, scope, select| {
                let mut conditions = Vec::new();
                if let Some(filter) = filter {
                    renderer.conjuncts(scope, filter, &mut conditions)?;
                }
                for condition in side_by_side(conditions) {
                    select.and_where(condition);
                }
                write(renderer, scope, select)
            },
        )?;
        Ok(select)
    }

    /// `FROM` the tables of a path from the rows of a table, tied to none of them: for where that is said outside. Only rows
    /// that belong to the tenant's are read: `definition` is that table, unless those that are read are told by their columns
    /// alone; `write` adds what is selected, given the
    /// rows at both ends of the path.
    pub fn untied_path(
        &self,
        around: &Scope<'_>,
        definition: Option<Definition>,
        path: &Path,
        filter: Option<&PredicateNode>,
        write: impl FnOnce(&Self, &Scope<'_>, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<SelectStatement, Error> {
        let mut select = Query::select();
        let Some((hop, rest)) = path.hops.split_first() else {
            return Ok(select);
        };
        let first = around.inside(hop.definition.alias);
        let mut conditions = Vec::new();
        select.from(self.untied_hop(&first, hop, &mut conditions)?);
        if let (Some(definition), true, Tenancy::Through { .. }) =
            (definition, hop.foreign_key, &hop.definition.tenancy)
        {
            // Whose they are, the rows say that they belong to.
            let row = first.inside(definition.alias);
            let (table, bound) = self.source(definition, &row, false)?;
            let mut belongs = Query::select();
            belongs
                .expr(Expr::cust("1"))
                .from(table)
                .and_where(is_hop(&row, hop, &first))
                .and_where_option(bound);
            conditions.push(Expr::exists(belongs));
        }
        self.hops(&first, rest, false, &mut select, |renderer, end, select| {
            if let Some(filter) = filter {
                renderer.conjuncts(end, filter, &mut conditions)?;
            }
            for condition in side_by_side(conditions) {
                select.and_where(condition);
            }
            write(renderer, &first, end, select)
        })?;
        Ok(select)
    }

    /// The keys of the rows of the first hop from which the others lead to a row that `filter` is true of; tied to no
    /// row around.
    pub fn keys(
        &self,
        around: &Scope<'_>,
        (first, to): (&Hop, &'static str),
        rest: &[Hop],
        filter: &PredicateNode,
    ) -> Result<SelectStatement, Error> {
        let scope = around.inside(first.definition.alias);
        // No row that is bound points at them: they are bound by themselves.
        let (table, bound) = self.source(first.definition, &scope, false)?;
        let mut select = Query::select();
        select.expr(scope.column(to)).from(table);
        let mut conditions: Vec<_> = bound.into_iter().collect();
        if let Some(condition) = &first.condition {
            self.conjuncts(&scope, condition, &mut conditions)?;
        }
        self.hops(&scope, rest, false, &mut select, |renderer, end, _| {
            renderer.conjuncts(end, filter, &mut conditions)
        })?;
        for condition in side_by_side(conditions) {
            select.and_where(condition);
        }
        Ok(select)
    }

    /// Joins `hops` one inside the other, so that each has a name that none around it has.
    pub fn hops(
        &self,
        before: &Scope<'_>,
        hops: &[Hop],
        first: bool,
        select: &mut SelectStatement,
        write: impl FnOnce(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some((hop, rest)) = hops.split_first() else {
            return write(self, before, select);
        };
        let scope = before.inside(hop.definition.alias);
        let is_bound_next = rest.first().is_some_and(|next| binds(next, hop.definition));
        let (table, conditions) = self.tied_hop(before, &scope, hop, is_bound_next)?;
        if first {
            select.from(table);
            for condition in conditions {
                select.and_where(condition);
            }
        } else {
            select.join(JoinType::InnerJoin, table, all(conditions));
        }
        self.hops(&scope, rest, false, select, write)
    }

    /// The table of a hop and everything that ties it to the row before.
    pub fn hop(
        &self,
        before: &Scope<'_>,
        scope: &Scope<'_>,
        hop: &Hop,
    ) -> Result<(TableRef, Vec<Expr>), Error> {
        self.tied_hop(before, scope, hop, false)
    }

    fn tied_hop(
        &self,
        before: &Scope<'_>,
        scope: &Scope<'_>,
        hop: &Hop,
        is_bound_next: bool,
    ) -> Result<(TableRef, Vec<Expr>), Error> {
        let mut conditions = vec![is_hop(before, hop, scope)];
        let is_bound = hop.foreign_key || is_bound_next;
        let (table, bound) = self.source(hop.definition, scope, is_bound)?;
        conditions.extend(bound);
        if let Some(condition) = &hop.condition {
            self.conjuncts(scope, condition, &mut conditions)?;
        }
        Ok((table, side_by_side(conditions)))
    }

    /// The table of a hop and what limits it, but for what ties it to the row before: for where that is said outside.
    pub(super) fn untied_hop(
        &self,
        scope: &Scope<'_>,
        hop: &Hop,
        conditions: &mut Vec<Expr>,
    ) -> Result<TableRef, Error> {
        let (table, bound) = self.source(hop.definition, scope, hop.foreign_key)?;
        conditions.extend(bound);
        if let Some(condition) = &hop.condition {
            self.conjuncts(scope, condition, conditions)?;
        }
        Ok(table)
    }
}

/// That a row belongs to the row before.
fn is_hop(before: &Scope<'_>, hop: &Hop, scope: &Scope<'_>) -> Expr {
    let is_from = |to| scope.column(to).eq(before.column(hop.from));
    match hop.to {
        To::Column(to) => is_from(to),
        To::Either(to, or_to) => is_from(to).or(is_from(or_to)),
    }
}

/// Whether a hop goes on to the very row by which one of this table has its tenant: bound there, it is bound here.
fn binds(next: &Hop, definition: Definition) -> bool {
    match &definition.tenancy {
        Tenancy::Through { from, parent } => {
            next.from == *from
                && next.definition == *parent
                && next.to == To::Column(parent.key)
                && matches!(parent.tenancy, Tenancy::Column { .. })
        }
        _ => false,
    }
}

/// Conditions joined by AND; `TRUE` if there is none.
pub(crate) fn all(conditions: Vec<Expr>) -> Condition {
    conditions
        .into_iter()
        .fold(Condition::all(), Condition::add)
}

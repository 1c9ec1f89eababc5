//! Conditions on what a row is linked to, in their forms.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{BinOper, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};

use super::condition::array;
use super::name::{free_name, iden, is_name, select_as};
use super::value::{count_all, sub_select};
use super::{Renderer, Scope, side_by_side};
use crate::error::Error;
use crate::predicate::{Form, Linked, Quantifier};
use crate::schema::Path;

/// Which of the wanted values.
pub(super) enum Wanted {
    /// Any of them.
    All,
    /// The value of an expression.
    One(Expr),
}

impl Renderer<'_> {
    /// The condition on the row of `scope`.
    pub(super) fn linked(
        &self,
        scope: &Scope<'_>,
        linked: &Linked,
        form: Form,
    ) -> Result<Expr, Error> {
        match (linked.quantifier, form) {
            (Quantifier::Any, Form::Probe) => self.linked_to(scope, linked, false),
            (Quantifier::Any, Form::OneByOne) => {
                self.linked_to_one_by_one(scope, linked, &Wanted::All, false)
            }
            (Quantifier::None, _) => self.linked_to(scope, linked, true),
            (Quantifier::Any, Form::Set) => {
                self.among_linked(scope, linked, || self.linked_to_any(linked, &Wanted::All))
            }
            (Quantifier::All, _) if linked.values().is_empty() => Ok(Expr::cust("TRUE")),
            (Quantifier::All, Form::Probe | Form::OneByOne) => self.linked_to_each(scope, linked),
            (Quantifier::All, Form::Set) => {
                self.among_linked(scope, linked, || self.linked_to_all(linked))
            }
        }
    }

    /// `EXISTS` on one of the ways, or, negated, on none: the planner may look at each row, or at all links at once.
    /// Only a NOT directly above EXISTS is an anti-join to it.
    fn linked_to(&self, scope: &Scope<'_>, linked: &Linked, negated: bool) -> Result<Expr, Error> {
        let exists = linked.ways.iter().map(|way| {
            let links = self.links_on(scope, linked, way, &Wanted::All)?;
            Ok(match negated {
                false => Expr::exists(links),
                true => Expr::not_exists(links),
            })
        });
        let exists: Vec<_> = exists.collect::<Result<_, Error>>()?;
        let how = if negated { BinOper::And } else { BinOper::Or };
        let joined = exists
            .into_iter()
            .reduce(|left, right| left.binary(how, right));
        Ok(joined.unwrap_or_else(|| Expr::cust(if negated { "TRUE" } else { "FALSE" })))
    }

    /// `EXISTS` on all ways together, at which the planner looks row by row: it does not join what is a UNION, or has an
    /// OFFSET. `NOT EXISTS` if negated.
    fn linked_to_one_by_one(
        &self,
        scope: &Scope<'_>,
        linked: &Linked,
        wanted: &Wanted,
        negated: bool,
    ) -> Result<Expr, Error> {
        let mut ways = linked.ways.iter();
        let mut links = match ways.next() {
            Some(way) => self.links_on(scope, linked, way, wanted)?,
            None => Query::select(),
        };
        if linked.ways.len() == 1 {
            links.offset(0);
        }
        for way in ways {
            links.union(UnionType::All, self.links_on(scope, linked, way, wanted)?);
        }
        Ok(match negated {
            false => Expr::exists(links),
            true => Expr::not_exists(links),
        })
    }

    /// The links of the row on a way.
    fn links_on(
        &self,
        scope: &Scope<'_>,
        linked: &Linked,
        way: &Path,
        wanted: &Wanted,
    ) -> Result<SelectStatement, Error> {
        self.path(scope, way, None, |renderer, link, select| {
            select.expr(Expr::cust("1")).and_where(renderer.points_at(
                link,
                linked,
                wanted,
                Form::Probe,
            )?);
            Ok(())
        })
    }

    /// No wanted value is missing. One text for any number of them.
    fn linked_to_each(&self, scope: &Scope<'_>, linked: &Linked) -> Result<Expr, Error> {
        let word = each(scope, linked);
        let value = Wanted::One(Expr::col((iden(&word), iden(&word))));
        let missing = self.linked_to_one_by_one(scope, linked, &value, true)?;
        let mut select = values(linked, &word);
        select.expr(Expr::cust("1")).and_where(missing);
        Ok(Expr::not_exists(select))
    }

    /// The row is one of those that are linked, which are found first.
    fn among_linked(
        &self,
        scope: &Scope<'_>,
        linked: &Linked,
        find: impl FnOnce() -> Result<SelectStatement, Error>,
    ) -> Result<Expr, Error> {
        let set = self.name_once("linked", linked, "linked", find)?;
        let start = linked.start_or_key();
        let mut rows = Query::select();
        rows.column(start).from(iden(&set));
        Ok(scope.column(start).in_subquery(rows))
    }

    /// What the ways start from, of the rows that are linked to what is wanted on any of them.
    fn linked_to_any(&self, linked: &Linked, wanted: &Wanted) -> Result<SelectStatement, Error> {
        self.union_of_ways(linked, |renderer, link, select| {
            select.and_where(renderer.points_at(link, linked, wanted, Form::Set)?);
            Ok(())
        })
    }

    /// What the ways start from, of the rows that are linked to all that is wanted, each once.
    ///
    /// If the rarest of it has few links, the rows with that are looked at for the rest; else all links are found and counted.
    fn linked_to_all(&self, linked: &Linked) -> Result<SelectStatement, Error> {
        let start = linked.start_or_key();
        let wanted = self.wanted(linked)?;
        let value = free_name("wanted_", "value", |word| word == start);
        let mut links = self.union_of_ways(linked, |_, link, select| {
            let target = Scope::root(wanted.clone());
            let same = target
                .column(linked.target.key)
                .eq(link.column(linked.from));
            select
                .expr_as(target.column(linked.by), iden(&value))
                .inner_join(iden(&wanted), same);
            Ok(())
        })?;
        if linked.ways.len() == 1 {
            // Several links may say the same, where nothing forbids it.
            links.distinct();
        }
        let each = each(&Scope::root(linked.row.alias), linked);
        let mut number = values(linked, &each);
        number.expr(Func::count_distinct(Expr::col((iden(&each), iden(&each)))));
        let number = sub_select(number);
        let mut counted = Query::select();
        counted
            .column(start)
            .from_subquery(links, "all_links")
            .group_by_col(start)
            .and_having(count_all().eq(number));
        if linked.start().is_none() {
            return Ok(counted);
        }

        let many = || self.has_many_links(linked);
        counted.and_where(many()?);
        let rarest = Wanted::One(self.rarest(linked)?);
        let few = Scope::root("few");
        let mut set = Query::select();
        set.column(start)
            .from_subquery(self.linked_to_any(linked, &rarest)?, few.iden())
            .and_where(many()?.not())
            .and_where(self.linked_to_each(&few, linked)?)
            .union(UnionType::All, counted);
        Ok(set)
    }

    /// What the ways start from, each once if they are several; `write` adds what limits the links.
    fn union_of_ways(
        &self,
        linked: &Linked,
        write: impl Fn(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<SelectStatement, Error> {
        let mut ways = linked.ways.iter();
        let mut set = match ways.next() {
            Some(way) => self.start_of(linked, way, &write)?,
            None => Query::select(),
        };
        for way in ways {
            set.union(UnionType::Distinct, self.start_of(linked, way, &write)?);
        }
        Ok(set)
    }

    /// What a way starts from, once for each link.
    fn start_of(
        &self,
        linked: &Linked,
        way: &Path,
        write: impl Fn(&Self, &Scope<'_>, &mut SelectStatement) -> Result<(), Error>,
    ) -> Result<SelectStatement, Error> {
        let start = linked.start_or_key();
        let mut select = Query::select();
        let first = way.hops.split_first();
        let named = first.and_then(|(first, rest)| Some((first, first.to.column()?, rest)));
        match (linked.start(), named) {
            // The row that it starts from is named by the column that points at it.
            (Some(_), Some((first, to, rest))) => {
                let row = Scope::root(first.definition.alias);
                let mut conditions = Vec::new();
                let table = self.untied_hop(&row, first, &mut conditions)?;
                select_as(&mut select, row.column(to), &Cow::Borrowed(start));
                select.from(table);
                for condition in side_by_side(conditions) {
                    select.and_where(condition);
                }
                self.hops(&row, rest, false, &mut select, write)?;
            }
            _ => {
                let row = Scope::root(linked.row.alias);
                let (table, bound) = self.source(linked.row, &row, false)?;
                select
                    .expr(row.column(start))
                    .from(table)
                    .and_where_option(bound);
                self.hops(&row, &way.hops, false, &mut select, write)?;
            }
        }
        Ok(select)
    }

    /// The link points at what is wanted.
    ///
    /// As a set it is joined, so that the planner takes it for as many links as others have; looked at row by row it is an
    /// array, found once, which the planner takes for many: each errs to the side that does less harm there.
    pub(super) fn points_at(
        &self,
        link: &Scope<'_>,
        linked: &Linked,
        wanted: &Wanted,
        form: Form,
    ) -> Result<Expr, Error> {
        let from = link.column(linked.from);
        let mut keys = Query::select();
        keys.column(linked.target.key)
            .from(iden(&self.wanted(linked)?));
        if let Wanted::One(value) = wanted {
            keys.and_where(Expr::col(linked.by).eq(value.clone()));
        }
        Ok(match form {
            Form::Set => from.in_subquery(keys),
            Form::Probe | Form::OneByOne => {
                let keys = sub_select(keys);
                let keys = Expr::cust_with_exprs("ARRAY $1", [keys]);
                from.binary(BinOper::Equal, Func::cust("ANY").arg(keys))
            }
        })
    }

    /// The sub-select of all that is wanted: its keys, and the values by which it is wanted.
    fn wanted(&self, linked: &Linked) -> Result<Cow<'static, str>, Error> {
        let name = free_of_tables(linked, &format!("wanted_{}", linked.target.alias));
        self.name_once(&name, linked, "wanted", || {
            let target = Scope::root(linked.target.alias);
            let (table, bound) = self.source(linked.target, &target, false)?;
            let mut select = Query::select();
            select
                .expr(target.column(linked.target.key))
                .from(table)
                .and_where_option(bound);
            if linked.quantifier == Quantifier::All && linked.by != linked.target.key {
                select.expr(target.column(linked.by));
            }
            if let Some(among) = &linked.among {
                let mut conditions = Vec::new();
                self.conjuncts(&target, among, &mut conditions)?;
                for condition in side_by_side(conditions) {
                    select.and_where(condition);
                }
            }
            select.and_where(self.predicate(&target, &linked.wanted_rows())?);
            Ok(select)
        })
    }
}

/// The wanted values, as rows of one column that is called as they are.
pub(super) fn values(linked: &Linked, word: &Cow<'static, str>) -> SelectStatement {
    let values = Func::cust("unnest").arg(array(&linked.wanted, linked.element));
    let mut select = Query::select();
    select.from_function(values, iden(word));
    select
}

/// A word for one of the wanted values, which no table on the ways takes from it.
pub(super) fn each(scope: &Scope<'_>, linked: &Linked) -> Cow<'static, str> {
    let word = free_of_tables(linked, "wanted");
    match scope.knows(&word) {
        true => free_name("each_", &word, |word| scope.knows(word)),
        false => word,
    }
}

/// The word, or a longer one if a table on the ways is called so.
fn free_of_tables(linked: &Linked, word: &str) -> Cow<'static, str> {
    let hops = || linked.ways.iter().flat_map(|way| &way.hops);
    let is_taken = |word: &str| {
        linked.row.alias.ends_with(word) || hops().any(|hop| hop.definition.alias.ends_with(word))
    };
    match is_taken(word) || !is_name(word) {
        true => free_name("each_", word, is_taken),
        false => Cow::Owned(word.to_owned()),
    }
}

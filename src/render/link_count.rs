//! How many links point at what is wanted, as the indexes know: counted up to a limit.

use std::borrow::Cow;

use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::linked::{Wanted, each, values};
use super::name::iden;
use super::value::{count_all, sub_select};
use super::{Renderer, Scope};
use crate::error::Error;
use crate::predicate::{Form, Linked, Quantifier};

/// How many links of one value are counted, if those of several are compared: so many times a few.
const COUNTED: u64 = 5;

/// A value is rare beside others if all have so many times as many links as it has: to look at a row of its costs more
/// than to find a link.
const RARE: &str = "10";

/// The number of links of a wanted value.
const NUMBER: &str = "number";

impl Renderer<'_> {
    /// Whether so many links point at what is wanted that rows are better tested than found by them.
    ///
    /// If all of it is wanted, the rows are found by the rarest of it: so few is what is few beside the others.
    pub fn has_many_links(&self, linked: &Linked) -> Result<Expr, Error> {
        const MANY: &str = "are_many";
        let few = || Expr::cust(self.few_links.to_string());
        let links = self.name_once("links", linked, "links", || {
            let mut select = Query::select();
            if linked.quantifier == Quantifier::All {
                let number = || Expr::col(NUMBER);
                let all = || Expr::from(Func::sum(number()));
                let is_common = Expr::from(Func::min(number()))
                    .mul(Expr::cust(RARE))
                    .gt(all());
                select
                    .expr_as(is_common.and(all().gt(few())), MANY)
                    .from(iden(&self.links_of_each(linked)?));
            } else {
                let count = self.count_links(linked, &Wanted::All, self.few_links.into())?;
                select.expr_as(count.gt(few()), MANY);
            }
            Ok::<_, Error>(select)
        })?;
        let mut select = Query::select();
        select.column(MANY).from(iden(&links));
        Ok(sub_select(select))
    }

    /// The wanted value that the fewest links point at.
    pub(super) fn rarest(&self, linked: &Linked) -> Result<Expr, Error> {
        let word = each(&Scope::root(linked.row.alias), linked);
        let mut select = Query::select();
        select
            .column(iden(&word))
            .from(iden(&self.links_of_each(linked)?))
            .order_by(NUMBER, Order::Asc)
            .limit(1);
        Ok(sub_select(select))
    }

    /// The sub-select of the wanted values with the number of their links.
    fn links_of_each(&self, linked: &Linked) -> Result<Cow<'static, str>, Error> {
        self.name_once("links_of_each", linked, "links of each", || {
            let word = each(&Scope::root(linked.row.alias), linked);
            let value = || Expr::col((iden(&word), iden(&word)));
            let limit = u64::from(self.few_links) * COUNTED;
            let links = self.count_links(linked, &Wanted::One(value()), limit)?;
            let mut select = values(linked, &word);
            select.expr(value()).expr_as(links, NUMBER);
            Ok(select)
        })
    }

    /// How many links point at what is wanted, counted up to one more than the limit.
    fn count_links(&self, linked: &Linked, wanted: &Wanted, limit: u64) -> Result<Expr, Error> {
        let mut count: SelectStatement = Query::select();
        count.expr(count_all());
        if let Some(definition) = linked.link() {
            let link = Scope::root(definition.alias);
            let (table, bound) = self.source(definition, &link, false)?;
            let mut links = Query::select();
            links
                .expr(Expr::cust("1"))
                .from(table)
                .and_where_option(bound)
                .and_where(self.points_at(&link, linked, wanted, Form::Set)?)
                .limit(limit + 1);
            count.from_subquery(links, link.inside("counted").iden());
        }
        Ok(sub_select(count))
    }
}

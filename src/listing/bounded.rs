//! Conditions in two parts, of which one is run: the first rows are tested one by one, or those that are linked are found
//! first.
//!
//! PostgreSQL runs a part only if it is asked for: a CTE that nobody reads is not computed, and a condition on a
//! sub-select that has nothing to do with the rows is tested once, before them.

#![expect(
    clippy::ptr_arg,
    reason = "a borrowed name lives for ever and need not be copied"
)]

use std::borrow::Cow;

use sea_query::{
    Asterisk, CaseStatement, Expr, ExprTrait, Func, Query, SelectStatement, UnionType,
};

use super::forms::Bounded;
use super::outputs::TOTAL;
use super::request::Request;
use crate::error::Error;
use crate::render::{Scope, count_all, iden, side_by_side, sub_select};

const CANDIDATES: &str = "candidates";
const COMPLETE: &str = "is_complete";

/// A page, or a part of one, from its two ways.
///
/// `candidates` are the first rows, in their order, without LIMIT, and `rows` the same without columns or order;
/// `sorted` puts them into the order that they have already, `in_order` rows of the page into the page's;
/// `otherwise` are the rows of the page that are found the other way.
pub(super) struct Page<S, O> {
    pub candidates: SelectStatement,
    pub rows: SelectStatement,
    pub sorted: S,
    pub in_order: O,
    pub otherwise: SelectStatement,
}

impl<S: Fn(&mut SelectStatement), O: Fn(&mut SelectStatement)> Page<S, O> {
    pub fn select(
        self,
        request: &Request<'_>,
        bounded: &Bounded,
    ) -> Result<SelectStatement, Error> {
        let Self {
            mut candidates,
            mut rows,
            sorted,
            in_order,
            mut otherwise,
        } = self;
        let renderer = &request.renderer;
        let enough_links = enough_links(request, bounded)?;
        let looked_at = bounded.looked_at;

        // A sub-select, not a CTE: PostgreSQL knows that it is in order, and stops at the end of the page.
        candidates.limit(looked_at);
        let scope = Scope::root(CANDIDATES);
        let mut matches = Query::select();
        matches
            .column(Asterisk)
            .from_subquery(candidates, scope.iden());
        test(request, bounded, &scope, &mut matches)?;
        sorted(&mut matches);
        matches.limit(request.limit());
        if let Some(offset) = request.offset() {
            matches.offset(offset);
            otherwise.offset(offset);
        }
        let matches = renderer.name("matches", matches);

        let mut found = Query::select();
        found.expr(count_all()).from(iden(&matches));
        let fills = sub_select(found).eq(Expr::cust(request.limit().to_string()));
        rows.expr(Expr::cust("1")).limit(looked_at);
        let mut seen = Query::select();
        seen.expr(count_all()).from_subquery(rows, scope.iden());
        let saw_all = sub_select(seen).lt(Expr::cust(looked_at.to_string()));
        let complete = fills.or(saw_all);
        let complete = match enough_links {
            Some(enough) => enough.and(complete),
            None => complete,
        };
        let mut verdict = Query::select();
        verdict.expr_as(complete, COMPLETE);
        let verdict = renderer.name("verdict", verdict);

        otherwise.and_where(the(&verdict, COMPLETE).not());
        let mut page = Query::select();
        page.column(Asterisk)
            .from(iden(&matches))
            .and_where(the(&verdict, COMPLETE))
            .union(UnionType::All, otherwise);
        in_order(&mut page);
        page.limit(request.limit());
        Ok(page)
    }
}

/// The number of rows, from its two ways, each counted by `count_of`.
///
/// `candidates` are rows that are to be tested, without LIMIT or columns; `otherwise` are the rows that are found the
/// other way; the tests start from the column `start`.
///
/// The candidates are an array: PostgreSQL would think of the tests of a thousand rows as so dear that it would compile
/// the statement, which takes longer than they do.
pub(super) fn total(
    request: &Request<'_>,
    bounded: &Bounded,
    start: &'static str,
    mut candidates: SelectStatement,
    otherwise: SelectStatement,
    count_of: impl Fn(SelectStatement) -> SelectStatement,
) -> Result<SelectStatement, Error> {
    let enough_links = enough_links(request, bounded)?;
    let looked_at = bounded.looked_at;
    let row = Scope::root(request.definition.alias);
    candidates.expr(row.column(start)).limit(looked_at + 1);
    let array = Expr::cust_with_exprs("ARRAY $1", [sub_select(candidates)]);
    let mut candidates = Query::select();
    candidates.expr_as(array, start);
    let candidates = request.renderer.name("total_candidates", candidates);

    let mut matches = Query::select();
    matches.from_function(Func::cust("unnest").arg(the(&candidates, start)), start);
    test(request, bounded, &Scope::root(start), &mut matches)?;

    let number = Func::cust("cardinality").arg(the(&candidates, start));
    let few = Expr::from(number).lte(Expr::cust(looked_at.to_string()));
    let few = match enough_links {
        Some(enough) => enough.and(few),
        None => few,
    };
    let case = CaseStatement::new()
        .case(few, sub_select(count_of(matches)))
        .finally(sub_select(count_of(otherwise)));
    let mut total = Query::select();
    total.expr_as(case, TOTAL);
    Ok(total)
}

/// Leaves the candidates that pass the tests.
fn test(
    request: &Request<'_>,
    bounded: &Bounded,
    candidate: &Scope<'_>,
    select: &mut SelectStatement,
) -> Result<(), Error> {
    let mut conditions = Vec::new();
    for probe in &bounded.probes {
        request
            .renderer
            .conjuncts(candidate, probe, &mut conditions)?;
    }
    for condition in side_by_side(conditions) {
        select.and_where(condition);
    }
    Ok(())
}

/// Whether there are so many links that tests are worth while; `None` if that is known.
fn enough_links(request: &Request<'_>, bounded: &Bounded) -> Result<Option<Expr>, Error> {
    let Some(linked) = &bounded.links else {
        return Ok(None);
    };
    Ok(Some(request.renderer.has_many_links(linked)?))
}

/// `(SELECT column FROM word)`, of one row.
fn the(word: &Cow<'static, str>, column: &'static str) -> Expr {
    let mut select = Query::select();
    select.column(column).from(iden(word));
    sub_select(select)
}

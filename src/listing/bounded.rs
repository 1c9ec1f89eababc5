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
use crate::render::{Scope, iden, select_as, side_by_side};

const MANY: &str = "are_many";
const COMPLETE: &str = "is_complete";

/// A page, or a part of one, from its two ways.
///
/// `candidates` are the first rows, in their order, without LIMIT; `sorted` puts rows of the page into their order;
/// `otherwise` are the rows of the page that are found the other way.
pub(super) fn page(
    request: &Request<'_>,
    bounded: &Bounded,
    mut candidates: SelectStatement,
    sorted: impl Fn(&mut SelectStatement),
    mut otherwise: SelectStatement,
) -> Result<SelectStatement, Error> {
    let renderer = &request.renderer;
    let enough_links = enough_links(request, bounded)?;
    let looked_at = u64::from(request.link_limits.looked_at);
    candidates.limit(looked_at);
    let candidates = renderer.name("candidates", candidates);

    let mut matches = tested(request, bounded, &candidates)?;
    matches.column(Asterisk);
    sorted(&mut matches);
    matches.limit(request.limit());
    if let Some(offset) = request.offset() {
        matches.offset(offset);
        otherwise.offset(offset);
    }
    let matches = renderer.name("matches", matches);

    let fills = count(&matches).eq(Expr::cust(request.limit().to_string()));
    let saw_all = count(&candidates).lt(Expr::cust(looked_at.to_string()));
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
    sorted(&mut page);
    page.limit(request.limit());
    Ok(page)
}

/// The number of rows, from its two ways, each counted by `count_of`.
///
/// `candidates` are rows that are to be tested, without LIMIT; `otherwise` are the rows that are found the other way.
pub(super) fn total(
    request: &Request<'_>,
    bounded: &Bounded,
    mut candidates: SelectStatement,
    otherwise: SelectStatement,
    count_of: impl Fn(SelectStatement) -> SelectStatement,
) -> Result<SelectStatement, Error> {
    let enough_links = enough_links(request, bounded)?;
    let looked_at = u64::from(request.link_limits.looked_at);
    candidates.limit(looked_at + 1);
    let candidates = request.renderer.name("total_candidates", candidates);
    let matches = tested(request, bounded, &candidates)?;

    let few = count(&candidates).lte(Expr::cust(looked_at.to_string()));
    let few = match enough_links {
        Some(enough) => enough.and(few),
        None => few,
    };
    let value = |select: SelectStatement| Expr::SubQuery(None, Box::new(select.into()));
    let case = CaseStatement::new()
        .case(few, value(count_of(matches)))
        .finally(value(count_of(otherwise)));
    let mut total = Query::select();
    total.expr_as(case, TOTAL);
    Ok(total)
}

/// The rows' columns that the tests start from, each once.
pub(super) fn select_starts(scope: &Scope<'_>, bounded: &Bounded, select: &mut SelectStatement) {
    let mut seen: Vec<&'static str> = Vec::new();
    for start in bounded.starts() {
        if !seen.contains(&start) {
            seen.push(start);
            select_as(select, scope.column(start), &Cow::Borrowed(start));
        }
    }
}

/// The candidates that pass the tests.
fn tested(
    request: &Request<'_>,
    bounded: &Bounded,
    candidates: &Cow<'static, str>,
) -> Result<SelectStatement, Error> {
    let scope = Scope::root(candidates.clone());
    let mut conditions = Vec::new();
    for probe in &bounded.probes {
        request.renderer.conjuncts(&scope, probe, &mut conditions)?;
    }
    let mut select = Query::select();
    select.from(scope.iden());
    for condition in side_by_side(conditions) {
        select.and_where(condition);
    }
    Ok(select)
}

/// Whether there are so many links that tests are worth while; `None` if that is known.
fn enough_links(request: &Request<'_>, bounded: &Bounded) -> Result<Option<Expr>, Error> {
    let Some(linked) = &bounded.links else {
        return Ok(None);
    };
    let few_links = request.link_limits.few_links.into();
    let links = request.renderer.has_many_links(linked, few_links, MANY)?;
    Ok(Some(the(&links, MANY)))
}

/// `(SELECT COUNT(*) FROM word)`
fn count(word: &Cow<'static, str>) -> Expr {
    let mut select = Query::select();
    select
        .expr(Func::cust("COUNT").arg(Expr::cust("*")))
        .from(iden(word));
    Expr::SubQuery(None, Box::new(select.into()))
}

/// `(SELECT column FROM word)`, of one row.
fn the(word: &Cow<'static, str>, column: &'static str) -> Expr {
    let mut select = Query::select();
    select.column(column).from(iden(word));
    Expr::SubQuery(None, Box::new(select.into()))
}

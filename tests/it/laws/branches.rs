//! Which of its parts a statement ran, where it finds that out by itself.
//!
//! Asked of the database, of the same statement: what it says of its links, how many rows it looked at, and whether that
//! did.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use pagewise::listing::PageStatement;
use postgres::Transaction;
use sqlparser::ast::{Expr, SetExpr, visit_expressions};

use super::sql::Parsed;

/// A part of a statement that finds out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The page, or its first part.
    Page,
    /// The page's second part, where values and NULL are read apart.
    Second,
    Total,
}

/// What it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Branch {
    /// There were few links: all that are linked.
    FewLinks,
    /// The first rows filled the page.
    Filled,
    /// The first rows were all rows.
    SawAll,
    /// The first rows did not do: all that are linked.
    GaveUp,
}

/// How often each branch was taken; apart, where the links were counted before, and where not.
#[derive(Debug, Default)]
pub struct Branches(pub BTreeMap<(Part, bool, Branch), u32>);

impl Branches {
    /// Looks at a page of so many rows.
    pub fn look<E>(&mut self, client: &mut Transaction<'_>, page: &PageStatement<E>, size: u32) {
        for taken in taken(client, page, size) {
            *self.0.entry(taken).or_default() += 1;
        }
    }

    /// The branches that were never taken, but for those of the second part, which is rare.
    pub fn missing(&self) -> Vec<(Part, bool, Branch)> {
        use Branch::{FewLinks, Filled, GaveUp, SawAll};
        let mut all = Vec::new();
        for part in [Part::Page, Part::Total] {
            all.push((part, true, FewLinks));
            for counts in [true, false] {
                all.extend([(part, counts, SawAll), (part, counts, GaveUp)]);
                if part == Part::Page {
                    all.push((part, counts, Filled));
                }
            }
        }
        all.retain(|branch| !self.0.contains_key(branch));
        all
    }
}

/// The branches of each part of a page's statement that has some.
pub fn taken<E>(
    client: &mut Transaction<'_>,
    page: &PageStatement<E>,
    size: u32,
) -> Vec<(Part, bool, Branch)> {
    let literal = page.to_literal_sql();
    let query = Parsed::of(&literal).expect("SQL").0;
    let Some(with) = &query.with else {
        return Vec::new();
    };
    let cte = |name: &str| {
        let mut ctes = with.cte_tables.iter();
        ctes.find(|cte| cte.alias.name.value == name)
    };
    let mut parts = Vec::new();
    for (part, verdict, matches) in [
        (Part::Page, "verdict", "matches"),
        (Part::Second, "other_verdict", "other_matches"),
    ] {
        if let Some(text) = cte(verdict) {
            let links = counted_links(&text.to_string());
            let is_complete = format!("SELECT is_complete::integer FROM {verdict}");
            parts.push((
                part,
                links,
                is_complete,
                format!("SELECT count(*) FROM {matches}"),
            ));
        }
    }
    if let (Some(_), Some(condition)) = (cte("total_candidates"), first_case(&query.body)) {
        let links = counted_links(&condition);
        let is_complete = format!("SELECT ({condition})::integer");
        parts.push((Part::Total, links, is_complete, "SELECT 0".to_owned()));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let asked = parts.iter().map(|(_, links, is_complete, matches)| {
        let many = match links {
            Some(links) => format!("SELECT are_many::integer FROM \"{links}\""),
            None => "SELECT 1".to_owned(),
        };
        format!("ARRAY[({many}), ({is_complete}), ({matches})]::bigint[]")
    });
    let asked: Vec<_> = asked.collect();
    let text = format!("{with} SELECT {}", asked.join(", "));
    let row = client
        .query_one(&text, &[])
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let parts = parts.into_iter().enumerate();
    let taken = parts.map(|(at, (part, links, ..))| {
        let answer: Vec<i64> = row.get(at);
        let branch = match answer[..] {
            [0, 0, _] => Branch::FewLinks,
            [0, ..] => panic!("few links, and the first rows all the same\n{literal}"),
            [_, 0, _] => Branch::GaveUp,
            [.., matches] if matches > size.into() => Branch::Filled,
            _ => Branch::SawAll,
        };
        (part, links.is_some(), branch)
    });
    taken.collect()
}

/// The CTE that counts the links, if the text asks it.
fn counted_links(text: &str) -> Option<String> {
    let (_, from) = text.split_once("\"are_many\" FROM \"")?;
    Some(from.split_once('"')?.0.to_owned())
}

/// The condition of the first CASE: whether the total is that of the first rows.
fn first_case(body: &SetExpr) -> Option<String> {
    let mut condition = None;
    let _ = visit_expressions(body, |expr| {
        if let Expr::Case { conditions, .. } = expr {
            condition = conditions.first().map(|when| when.condition.to_string());
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    condition
}

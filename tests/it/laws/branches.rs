//! Which of its parts a statement ran, where it finds that out by itself.
//!
//! Asked of the database, of the same statement: what it says of its links, how many rows it looked at, and whether that
//! did.

use std::collections::BTreeMap;

use pagewise::listing::PageStatement;
use postgres::Transaction;

use super::sql::Parsed;

/// A part of a statement that finds out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The page, or its first part.
    Page,
    /// The page's second part, where values and NULL are read apart.
    SecondPart,
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

/// What a page was asked for with.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub size: u32,
    pub few_links: u32,
    pub looked_at: u32,
}

/// How often each branch was taken; apart, where the links were counted before, and where not.
#[derive(Debug, Default)]
pub struct Branches(pub BTreeMap<(Part, bool, Branch), u32>);

impl Branches {
    /// Looks at a page.
    pub fn look<E>(&mut self, client: &mut Transaction<'_>, page: &PageStatement<E>, of: Numbers) {
        for taken in taken(client, page, of) {
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
    of: Numbers,
) -> Vec<(Part, bool, Branch)> {
    let literal = page.to_literal_sql();
    let query = Parsed::of(&literal).expect("SQL").0;
    let Some(with) = query.with else {
        return Vec::new();
    };
    let names: Vec<&str> = with
        .cte_tables
        .iter()
        .map(|cte| cte.alias.name.value.as_str())
        .collect();
    let ask = |name: &str, value: &str| match names.contains(&name) {
        true => format!("(SELECT {value} FROM \"{name}\")"),
        false => "NULL".to_owned(),
    };
    let text = format!(
        "{with} SELECT {}::boolean, {}::boolean, {}::bigint, {}::boolean, {}::bigint, {}::bigint",
        ask("links", "are_many"),
        ask("verdict", "is_complete"),
        ask("matches", "count(*)"),
        ask("other_verdict", "is_complete"),
        ask("other_matches", "count(*)"),
        ask("total_candidates", "count(*)"),
    );
    let row = client
        .query_one(&text, &[])
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let are_many: Option<bool> = row.get(0);
    let mut taken = Vec::new();
    for (part, at) in [(Part::Page, 1), (Part::SecondPart, 3)] {
        let (complete, matches): (Option<bool>, Option<i64>) = (row.get(at), row.get(at + 1));
        let Some(complete) = complete else { continue };
        let branch = match (are_many, complete) {
            (Some(false), complete) => {
                assert!(
                    !complete,
                    "few links, and the first rows all the same\n{text}"
                );
                Branch::FewLinks
            }
            (_, false) => Branch::GaveUp,
            (_, true) if matches == Some(i64::from(of.size) + 1) => Branch::Filled,
            (_, true) => Branch::SawAll,
        };
        taken.push((part, are_many.is_some(), branch));
    }
    if let Some(candidates) = row.get::<_, Option<i64>>(5) {
        let branch = match are_many {
            Some(false) => Branch::FewLinks,
            _ if candidates > i64::from(of.looked_at) => Branch::GaveUp,
            _ => Branch::SawAll,
        };
        taken.push((Part::Total, are_many.is_some(), branch));
    }
    taken
}

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
    let Some(with) = &query.with else {
        return Vec::new();
    };
    let cte = |name: &str| {
        let mut ctes = with.cte_tables.iter();
        ctes.find(|cte| cte.alias.name.value == name)
    };
    let mut ask = |select: &str| -> i64 {
        let text = format!("{with} SELECT ({select})::bigint");
        let row = client.query_one(&text, &[]);
        row.unwrap_or_else(|error| panic!("{error:?}\n{text}"))
            .get(0)
    };

    let mut taken = Vec::new();
    for (part, verdict, matches) in [
        (Part::Page, "verdict", "matches"),
        (Part::SecondPart, "other_verdict", "other_matches"),
    ] {
        let Some(text) = cte(verdict) else { continue };
        let links = counted_links(&text.to_string());
        let is_complete = ask(&format!("SELECT is_complete::integer FROM \"{verdict}\""));
        let branch = match (has_few(&mut ask, links.as_deref()), is_complete) {
            (true, 0) => Branch::FewLinks,
            (true, _) => panic!("few links, and the first rows all the same\n{literal}"),
            (false, 0) => Branch::GaveUp,
            (false, _) => {
                match ask(&format!("SELECT count(*) FROM \"{matches}\"")) > of.size.into() {
                    true => Branch::Filled,
                    false => Branch::SawAll,
                }
            }
        };
        taken.push((part, links.is_some(), branch));
    }
    if cte("total_candidates").is_some() {
        // What else stands outside of the CTEs does not count links.
        let links = counted_links(&query.body.to_string());
        let candidates = "SELECT cardinality(rows) FROM total_candidates AS candidates (rows)";
        let branch = match has_few(&mut ask, links.as_deref()) {
            true => Branch::FewLinks,
            false if ask(candidates) > of.looked_at.into() => Branch::GaveUp,
            false => Branch::SawAll,
        };
        taken.push((Part::Total, links.is_some(), branch));
    }
    taken
}

/// The CTE that counts the links, if the text asks it.
fn counted_links(text: &str) -> Option<String> {
    let (_, from) = text.split_once("\"are_many\" FROM \"")?;
    Some(from.split_once('"')?.0.to_owned())
}

fn has_few(ask: &mut impl FnMut(&str) -> i64, links: Option<&str>) -> bool {
    links.is_some_and(|links| ask(&format!("SELECT are_many::integer FROM \"{links}\"")) == 0)
}

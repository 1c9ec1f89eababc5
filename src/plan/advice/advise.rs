//! The indexes that a workload wants and does not have: [`advise`].

use std::borrow::Cow;
use std::fmt;

use super::want::Want;
use super::workload::Workload;
use crate::catalog::Catalog;
use crate::ddl::IndexDefinition;
use crate::error::Error;

/// Indexes that would make the statements of a workload faster, the one that is expected to gain the most first.
///
/// `Display` writes a line for each, and one for each statement that gains.
#[derive(Clone, Debug)]
pub struct Advice {
    #[cfg_attr(
        not(any(feature = "postgres", feature = "tokio-postgres")),
        expect(dead_code, reason = "checks run through the drivers")
    )]
    pub(super) workload: Workload,
    pub(super) indexes: Vec<AdvisedIndex>,
    pub(super) dropped: Vec<AdvisedIndex>,
    pub(super) is_checked: bool,
    existing: Vec<(IndexDefinition, String)>,
    unknown: Vec<&'static str>,
}

/// An index that is advised, and for what.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdvisedIndex {
    /// The index, with the statements that make and drop it.
    pub index: IndexDefinition,
    /// The statements that gain; until it is checked, those that want it.
    pub gains: Vec<Gain>,
    /// How many rows its table has, about: what is read at most without it. `None` if nothing is known of the table.
    pub table_rows: Option<f64>,
}

/// What a statement gains by an index.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Gain {
    /// The statement's name in the workload.
    pub statement: Cow<'static, str>,
    /// What the index is for.
    pub purpose: String,
    /// What the statement costs without and with the advised indexes, by the planner's units. `None` until it is checked.
    pub costs: Option<(f64, f64)>,
}

/// An index of which more than one statement may want a part.
struct Candidate {
    want: Want,
    gains: Vec<Gain>,
}

/// Puts together what the statements want: what the catalog has a valid index of all rows for is left out, an index whose keys
/// another one begins with is left to that one, and none has more than five columns.
///
/// Nothing is known of tables that the catalog was not read for: they are in [`Advice::unknown_tables`], and nothing is advised
/// of them. The order of what is advised is that of the tables' sizes and of how many statements want an index, until it is
/// checked. Without a check, some of it will be of no use: an index that finds most of a table's rows is not taken.
///
/// # Errors
///
/// Those of building an index.
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
///
/// use pagewise::chat::{self, Session};
/// use pagewise::plan::{PlanError, Workload, advise};
/// use pagewise::{Catalog, Listing, Page};
///
/// # fn example(client: &mut postgres::Client) -> Result<(), PlanError> {
/// let newest = Listing::of(Session).tenant(7).order_by(Session::CREATED_AT.desc()).page(Page::first(25));
/// let workload = Workload::new().add("newest sessions", &newest)?;
/// let catalog = Catalog::read(client, &chat::filter_tables())?;
/// let advice = advise(&catalog, &workload)?.check_by_building(client, Duration::from_secs(2))?;
/// println!("{advice}");
/// # Ok(())
/// # }
/// ```
pub fn advise(catalog: &Catalog, workload: &Workload) -> Result<Advice, Error> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut existing: Vec<(IndexDefinition, String)> = Vec::new();
    let mut unknown = Vec::new();
    for named in &workload.statements {
        for wanted in &named.wanted {
            let want = wanted.want();
            if !catalog.has_read(want.table) {
                if !unknown.contains(&want.table.table) {
                    unknown.push(want.table.table);
                }
                continue;
            }
            if let Some(index) = want.existing(catalog) {
                let is_told = existing.iter().any(|(known, _)| known == wanted.index());
                if !is_told {
                    existing.push((wanted.index().clone(), index.name.clone()));
                }
                continue;
            }
            let gain = Gain {
                statement: named.name.clone(),
                purpose: wanted.purpose(),
                costs: None,
            };
            match candidates.iter_mut().find(|known| known.want == *want) {
                Some(known) => known.gains.push(gain),
                None => candidates.push(Candidate {
                    want: want.clone(),
                    gains: vec![gain],
                }),
            }
        }
    }
    let indexes = merged(candidates).into_iter().map(|candidate| {
        Ok(AdvisedIndex {
            index: candidate.want.definition()?,
            table_rows: catalog.statistics().rows(candidate.want.table),
            gains: candidate.gains,
        })
    });
    let mut indexes = indexes.collect::<Result<Vec<_>, Error>>()?;
    let worth =
        |index: &AdvisedIndex| index.table_rows.unwrap_or_default() * index.gains.len() as f64;
    indexes.sort_by(|left, right| worth(right).total_cmp(&worth(left)));
    Ok(Advice {
        workload: workload.clone(),
        indexes,
        dropped: Vec::new(),
        is_checked: false,
        existing,
        unknown,
    })
}

/// Those that another one serves are left to that one: the narrowest that does.
fn merged(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| candidate.want.width());
    let mut left: Vec<Candidate> = Vec::new();
    while !candidates.is_empty() {
        let candidate = candidates.remove(0);
        let mut wider = candidates.iter_mut();
        match wider.find(|other| candidate.want.is_served_by(&other.want)) {
            Some(other) => {
                for gain in candidate.gains {
                    if other
                        .gains
                        .iter()
                        .all(|known| known.statement != gain.statement)
                    {
                        other.gains.push(gain);
                    }
                }
            }
            None => left.push(candidate),
        }
    }
    left
}

impl Advice {
    /// The indexes that are advised.
    #[must_use]
    pub fn indexes(&self) -> &[AdvisedIndex] {
        &self.indexes
    }

    /// Whether it was checked: if not, it is a guess.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.is_checked
    }

    /// The indexes that a check found to be of no use: none of the statements is planned with them, or none is cheaper for it.
    #[must_use]
    pub fn dropped(&self) -> &[AdvisedIndex] {
        &self.dropped
    }

    /// What is wanted and there: the index that was wanted, and the name of the one that serves.
    pub fn existing(&self) -> impl Iterator<Item = (&IndexDefinition, &str)> {
        self.existing
            .iter()
            .map(|(index, name)| (index, name.as_str()))
    }

    /// Tables that the catalog was not read for.
    #[must_use]
    pub fn unknown_tables(&self) -> &[&'static str] {
        &self.unknown
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.indexes.is_empty(), self.is_checked) {
            (true, _) => "no index is advised",
            (false, true) => "PostgreSQL would plan with these indexes:",
            (false, false) => {
                "these indexes may help; it was not checked whether PostgreSQL would use them:"
            }
        })?;
        for advised in &self.indexes {
            write!(f, "\n{};", advised.index)?;
            for gain in &advised.gains {
                write!(f, "\n  -- {}: {}", gain.statement, gain.purpose)?;
                if let Some((before, after)) = gain.costs {
                    write!(f, ", from {before:.0} to {after:.0}")?;
                }
            }
        }
        for table in &self.unknown {
            write!(f, "\nnothing is known of the table {table:?}")?;
        }
        Ok(())
    }
}

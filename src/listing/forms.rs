//! In which form the conditions on links are written: for the page, and for the total.
//!
//! A condition on links can be tested row by row, or the rows that are linked can be found first. The first is fast
//! where most rows fit, or few are left to be tested; the second where few fit. Only the data know, so that without
//! statistics the statement itself looks: it counts links, up to a thousand, and tests the first rows, up to a
//! thousand, and finds all that are linked only if that did not do.

use std::borrow::Cow;
use std::sync::Arc;

use crate::predicate::{Linked, PredicateNode};
use crate::report::Report;

/// The form of the conditions on links ([`Links`](crate::Links)): tags, for example.
///
/// Every form gives the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LinkForm {
    /// The listing chooses, by the page and by the statistics that it has.
    #[default]
    Chosen,
    /// Row by row: `EXISTS (..) OR EXISTS (..)`.
    Probe,
    /// Those that are linked are found first: `IN (SELECT .. UNION SELECT ..)`.
    Set,
    /// The first rows one by one; those that are linked only if that did not fill the page.
    Bounded,
}

/// How the conditions of a listing are written.
pub(super) struct Forms<'a> {
    pub page: Way<'a>,
    pub total: Way<'a>,
    pub report: Report,
}

/// How the conditions of a page, or of a total, are written.
pub(super) enum Way<'a> {
    /// All beside each other.
    Flat(Cow<'a, [PredicateNode]>),
    /// In two parts, of which one is run.
    Bounded(Bounded),
}

/// Conditions in two parts: the first rows are tested one by one, or those that are linked are found first.
pub(super) struct Bounded {
    /// What the first rows are: all conditions but those on links.
    pub narrow: Vec<PredicateNode>,
    /// What they are tested for.
    pub probes: Vec<PredicateNode>,
    /// All conditions, one of them as a set.
    pub all: Vec<PredicateNode>,
    /// How many rows are tested at most.
    pub looked_at: u64,
    /// The rows are tested only if more than a few links point at this; without it, always.
    pub links: Option<Arc<Linked>>,
}

impl Way<'_> {
    /// All conditions, beside each other.
    pub fn all(&self) -> &[PredicateNode] {
        match self {
            Self::Flat(filters) => filters,
            Self::Bounded(bounded) => &bounded.all,
        }
    }
}

impl Bounded {
    /// The column that all its tests start from, if it is one.
    pub fn start(&self) -> Option<&'static str> {
        let mut starts = self.starts();
        let first = starts.next()?;
        starts.all(|start| start == first).then_some(first)
    }

    /// The columns that its tests start from.
    pub fn starts(&self) -> impl Iterator<Item = &'static str> {
        self.probes.iter().flat_map(|probe| match probe {
            PredicateNode::Linked(linked, _) => linked.starts().collect(),
            _ => Vec::new(),
        })
    }
}

impl<'a> Forms<'a> {
    /// The conditions as they are: row by row.
    pub fn unchanged(filters: &'a [PredicateNode]) -> Self {
        Self {
            page: Way::Flat(Cow::Borrowed(filters)),
            total: Way::Flat(Cow::Borrowed(filters)),
            report: Report::default(),
        }
    }
}

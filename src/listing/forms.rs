//! In which form the conditions on links are written: for the page, and for the total.
//!
//! A condition on links can be tested row by row, or the rows that are linked can be found first. The first is fast
//! where most rows fit, or few are left to be tested; the second where few fit. Only the data know, so that without
//! statistics the statement itself looks: it counts links, up to a thousand, and tests the first rows, up to a
//! thousand, and finds all that are linked only if that did not do.

use std::borrow::Cow;
use std::sync::Arc;

use crate::predicate::{Form, Linked, PredicateNode, Quantifier};
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
    /// The rows are tested only if more than a few links point at this; without it, always.
    pub links: Option<Arc<Linked>>,
}

/// What the choice depends on.
pub(super) struct Circumstances {
    pub form: LinkForm,
    /// The first rows can be had without a look at all.
    pub has_plain_order: bool,
    /// The page begins too far in to look at all the rows before it.
    pub is_deep: bool,
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

    pub fn choose(filters: &'a [PredicateNode], circumstances: &Circumstances) -> Self {
        let mut conjuncts = Vec::new();
        flatten(filters, 0, &mut conjuncts);
        let Some(driver) = conjuncts.iter().position(|node| drives(node).is_some()) else {
            return Self::unchanged(filters);
        };
        let Some(linked) = drives(conjuncts[driver]) else {
            return Self::unchanged(filters);
        };
        let mut report = Report::default();
        let choice = Choice {
            conjuncts: &conjuncts,
            driver,
            linked,
        };
        let page = choice.page(circumstances, &mut report);
        let total = choice.total(circumstances, &mut report);
        Self {
            page,
            total,
            report,
        }
    }
}

/// The condition that drives, among all.
struct Choice<'c> {
    conjuncts: &'c [&'c PredicateNode],
    driver: usize,
    linked: &'c Arc<Linked>,
}

impl Choice<'_> {
    fn page<'a>(&self, circumstances: &Circumstances, report: &mut Report) -> Way<'a> {
        let subject = || format!("{} of the page", self.subject());
        let can_look = circumstances.has_plain_order && !circumstances.is_deep;
        let (way, decision, reason) = match circumstances.form {
            LinkForm::Probe => (self.flat(Form::Probe), PROBE, "asked for"),
            LinkForm::Set => (self.flat(Form::Set), SET, "asked for"),
            LinkForm::Bounded if can_look => (self.bounded(false), BOUNDED, "asked for"),
            _ if self.linked.is_dear() => (
                self.flat(Form::Set),
                SET,
                "one row may have more links than can be looked at",
            ),
            _ if !circumstances.has_plain_order => (
                self.flat(Form::Set),
                SET,
                "the sort key is computed, so the fewer rows the better",
            ),
            _ if circumstances.is_deep => (
                self.flat(Form::Set),
                SET,
                "the page begins far in, all rows before it would be looked at",
            ),
            _ => (
                self.bounded(true),
                BOUNDED,
                "without statistics, the statement finds out how many links there are",
            ),
        };
        report.add(subject(), decision, reason);
        way
    }

    fn total<'a>(&self, circumstances: &Circumstances, report: &mut Report) -> Way<'a> {
        let subject = || format!("{} of the total", self.subject());
        let (way, decision, reason) = match circumstances.form {
            LinkForm::Probe => (self.flat(Form::Probe), PROBE, "asked for"),
            LinkForm::Set => (self.flat(Form::Set), SET, "asked for"),
            LinkForm::Bounded => (self.bounded(false), BOUNDED, "asked for"),
            LinkForm::Chosen if self.linked.is_dear() => (
                self.flat(Form::Set),
                SET,
                "one row may have more links than can be looked at",
            ),
            LinkForm::Chosen => (
                self.bounded(true),
                BOUNDED,
                "without statistics, the statement finds out how many rows and links there are",
            ),
        };
        report.add(subject(), decision, reason);
        way
    }

    fn subject(&self) -> String {
        format!("{}.{}", self.linked.target.table, self.linked.by)
    }

    /// All conditions, the one that drives in a form.
    fn with(&self, form: Form) -> Vec<PredicateNode> {
        let mut all: Vec<_> = self.conjuncts.iter().map(|node| (*node).clone()).collect();
        all[self.driver] = PredicateNode::Linked(Arc::clone(self.linked), form);
        all
    }

    fn flat<'a>(&self, form: Form) -> Way<'a> {
        Way::Flat(Cow::Owned(self.with(form)))
    }

    fn bounded<'a>(&self, counts_links: bool) -> Way<'a> {
        let (probes, narrow): (Vec<_>, Vec<_>) = self
            .conjuncts
            .iter()
            .map(|node| match drives(node) {
                Some(linked) => PredicateNode::Linked(Arc::clone(linked), Form::OneByOne),
                None => (*node).clone(),
            })
            .partition(|node| drives(node).is_some());
        Way::Bounded(Bounded {
            narrow,
            probes,
            all: self.with(Form::Set),
            links: counts_links.then(|| Arc::clone(self.linked)),
        })
    }
}

const PROBE: &str = "row by row";
const SET: &str = "those that are linked first";
const BOUNDED: &str = "the first rows one by one, then those that are linked";

/// The condition, if rows can be found by it.
fn drives(node: &PredicateNode) -> Option<&Arc<Linked>> {
    match node {
        PredicateNode::Linked(linked, _) => match linked.quantifier {
            Quantifier::Any => Some(linked),
            Quantifier::All if linked.values().is_empty() => None,
            Quantifier::All => Some(linked),
            Quantifier::None => None,
        },
        _ => None,
    }
}

/// The conditions that must all be true, one beside the other. Deeper ones stay as they are.
fn flatten<'n>(nodes: &'n [PredicateNode], depth: u32, into: &mut Vec<&'n PredicateNode>) {
    const DEEPEST: u32 = 8;
    for node in nodes {
        match node {
            PredicateNode::All(all) if depth < DEEPEST => flatten(all, depth + 1, into),
            node => into.push(node),
        }
    }
}

//! The choice between the forms of conditions on links.

use std::sync::Arc;

use sea_query::Value;

use super::conjuncts::{Conjuncts, drives};
use super::forms::{Forms, Way};
use super::{LinkForm, LinkLimits};
use crate::predicate::{Form, Linked, Quantifier};
use crate::report::Report;
use crate::schema::{Definition, Tenant};
use crate::statistics::{MOST_OF_ALL, Statistics};

/// What it costs to find one link and its row, against what it costs to look at one row, by all that belongs to it or at
/// its own links alone: measured, in microseconds on one machine; only their ratios count.
const LINK: f64 = 7.0;
const LOOK: f64 = 20.0;
const LOOK_AT_OWN: f64 = 5.0;

/// How many times as many rows are looked at where it is but their own links.
const OWN: u32 = 3;

/// As many rows as are looked at without a limit on how many: so that a wrong estimate does not cost much.
const FEW_ROWS: f64 = 300.0;

/// What the choice depends on.
pub(super) struct Circumstances<'c> {
    pub definition: Definition,
    pub tenant: Option<&'c Tenant>,
    pub statistics: Option<&'c Statistics>,
    pub form: LinkForm,
    pub limits: LinkLimits,
    /// How many rows are wanted: those of the page, and those before it.
    pub wanted: u64,
    /// All rows are counted.
    pub has_total: bool,
    /// The first rows can be had without a look at all.
    pub has_plain_order: bool,
    /// The page begins too far in to look at all the rows before it.
    pub is_deep: bool,
}

/// What is known of the condition that drives, and of the others.
struct Estimates {
    /// How many links point at what is wanted; at the rarest of it, if all of it is.
    links: Option<f64>,
    /// The share of the rows that is linked.
    share: Option<f64>,
    /// How many rows meet the other conditions.
    survivors: Option<f64>,
}

/// A form, and why.
struct Choice<'a> {
    way: Way<'a>,
    decision: &'static str,
    reason: String,
}

const PROBE: &str = "row by row";
const SET: &str = "the linked rows first";
const BOUNDED: &str = "the first rows one by one, then the linked rows";
const FINDS_OUT: &str =
    "if there are more than a few links, the first rows one by one; else, or then, the linked rows";

/// The forms of the conditions.
pub(super) fn choose<'a>(
    conjuncts: &Conjuncts<'_>,
    circumstances: &Circumstances<'_>,
) -> Option<Forms<'a>> {
    let estimate = |linked: &Linked| circumstances.links(linked)?.into_iter().reduce(f64::min);
    let fewest = |(_, left): &(usize, &Arc<Linked>), (_, right): &(usize, &Arc<Linked>)| {
        let (left, right) = (estimate(left), estimate(right));
        // What is not known of is taken for more than what is.
        let or_many = |links: Option<f64>| links.unwrap_or(f64::INFINITY);
        or_many(left).total_cmp(&or_many(right))
    };
    let (driver, linked) = conjuncts.drivers().min_by(fewest)?;
    let estimates = Estimates {
        links: estimate(linked),
        share: circumstances.share(linked),
        survivors: circumstances.survivors(conjuncts),
    };
    let chooser = Chooser {
        conjuncts,
        circumstances,
        driver,
        linked,
        estimates,
    };
    let subject = conjuncts.subject(driver, linked);
    let mut report = Report::default();
    let mut way = |of: &str, is_written: bool, choice: Choice<'a>| {
        if is_written {
            report.add(format!("{subject}, {of}"), choice.decision, choice.reason);
        }
        choice.way
    };
    let page = way("page", true, chooser.page());
    let total = way("total", circumstances.has_total, chooser.total());
    Some(Forms {
        page,
        total,
        report,
    })
}

struct Chooser<'c> {
    conjuncts: &'c Conjuncts<'c>,
    circumstances: &'c Circumstances<'c>,
    driver: usize,
    linked: &'c Arc<Linked>,
    estimates: Estimates,
}

impl Chooser<'_> {
    fn page<'a>(&self) -> Choice<'a> {
        // Of rows that are sorted by what is computed of them, none is the first before that is known of all.
        let is_possible = |choice: &Choice<'_>| {
            self.circumstances.has_plain_order || matches!(choice.way, Way::Flat(_))
        };
        match self.asked_for() {
            Some(asked) if is_possible(&asked) => return asked,
            Some(_) => return self.set("its rows are sorted by a computed value"),
            None => {}
        }
        let Circumstances {
            has_plain_order,
            is_deep,
            wanted,
            ..
        } = *self.circumstances;
        if self.linked.is_dear() {
            return self.set("one row may have more links than are quickly looked at");
        }
        if !has_plain_order {
            return self
                .set("the rows are sorted by a computed value, which fewer rows have to be");
        }
        if is_deep {
            return self
                .set("the page begins far in, and all rows before it would have to be looked at");
        }
        let Some(links) = self.estimates.links else {
            return self.finds_out("nothing is known of the links");
        };
        let known = self.known();
        let most = self.most() as f64;
        let looks = match (self.estimates.share, self.estimates.survivors) {
            // So many rows are looked at before the page is full, if those that are linked lie anywhere.
            (Some(share), Some(survivors)) => survivors.min(wanted as f64 / share),
            _ => most,
        };
        if looks > most || links * LINK <= looks * self.look() {
            return self.set(known);
        }
        // Also of few rows: with nothing but a LIMIT, PostgreSQL may look for them along the order of the page.
        self.bounded(known)
    }

    fn total<'a>(&self) -> Choice<'a> {
        const SEVERAL: &str = "links start from several columns";
        let choice = match self.asked_for() {
            Some(asked) => asked,
            None if self.linked.start().is_none() => self.set(SEVERAL),
            None => self.estimated_total(),
        };
        match &choice.way {
            // The first rows are an array of what all tests start from, those of other conditions, too.
            Way::Bounded(bounded) if bounded.start().is_none() => self.set(SEVERAL),
            _ => choice,
        }
    }

    fn estimated_total<'a>(&self) -> Choice<'a> {
        if self.linked.is_dear() {
            return self.set("one row may have more links than are quickly looked at");
        }
        match (self.estimates.links, self.estimates.survivors) {
            (None, _) => self.finds_out("nothing is known of the links"),
            (Some(links), Some(survivors)) if survivors * self.look() < links * LINK => {
                match survivors <= FEW_ROWS {
                    true => self.probe(self.known()),
                    false => self.bounded(self.known()),
                }
            }
            (Some(_), Some(_)) => self.set(self.known()),
            (Some(links), None) if links <= f64::from(self.circumstances.limits.few_links) => {
                self.set(self.known())
            }
            (Some(_), None) => self.bounded(self.known()),
        }
    }

    fn asked_for<'a>(&self) -> Option<Choice<'a>> {
        const ASKED: &str = "asked for";
        match self.circumstances.form {
            LinkForm::Chosen => None,
            LinkForm::Probe => Some(Choice {
                way: self.conjuncts.flat(self.driver, Form::Probe, Form::Probe),
                decision: PROBE,
                reason: ASKED.to_owned(),
            }),
            LinkForm::Set => Some(self.set(ASKED)),
            LinkForm::Bounded => Some(self.bounded(ASKED)),
        }
    }

    fn set<'a>(&self, reason: impl Into<String>) -> Choice<'a> {
        let is_few = |links| links <= f64::from(self.circumstances.limits.few_links);
        let others = match self.estimates.links {
            Some(links) if is_few(links) => Form::OneByOne,
            _ => Form::Probe,
        };
        Choice {
            way: self.conjuncts.flat(self.driver, Form::Set, others),
            decision: SET,
            reason: reason.into(),
        }
    }

    fn probe<'a>(&self, reason: impl Into<String>) -> Choice<'a> {
        Choice {
            way: self
                .conjuncts
                .flat(self.driver, Form::OneByOne, Form::OneByOne),
            decision: PROBE,
            reason: reason.into(),
        }
    }

    fn bounded<'a>(&self, reason: impl Into<String>) -> Choice<'a> {
        Choice {
            way: self.conjuncts.bounded(self.driver, self.most(), None),
            decision: BOUNDED,
            reason: reason.into(),
        }
    }

    fn finds_out<'a>(&self, reason: impl Into<String>) -> Choice<'a> {
        Choice {
            way: self
                .conjuncts
                .bounded(self.driver, self.most(), Some(self.linked)),
            decision: FINDS_OUT,
            reason: reason.into(),
        }
    }

    /// Whether it is but the row's own links that are looked at.
    fn looks_at_own(&self) -> bool {
        let drivers = self.conjuncts.drivers();
        let mut ways = drivers.flat_map(|(_, linked)| &linked.ways);
        ways.all(|way| way.hops.iter().filter(|hop| !hop.to_one).count() <= 1)
    }

    /// What it costs to look at one row.
    fn look(&self) -> f64 {
        match self.looks_at_own() {
            true => LOOK_AT_OWN,
            false => LOOK,
        }
    }

    /// How many rows are looked at, at most.
    fn most(&self) -> u64 {
        let rows = self.circumstances.limits.looked_at;
        u64::from(match self.looks_at_own() {
            true => rows.saturating_mul(OWN),
            false => rows,
        })
    }

    /// What is known, in words.
    fn known(&self) -> String {
        let number = |number: Option<f64>, of: &str| match number {
            Some(number) => format!("about {number:.0} {of}"),
            None => format!("an unknown number of {of}"),
        };
        format!(
            "{}, {}, by statistics",
            number(self.estimates.links, "links"),
            number(
                self.estimates.survivors,
                "rows that meet the other conditions"
            ),
        )
    }
}

impl Circumstances<'_> {
    /// How many links point at what is wanted: at any of it, or at each, if all of it is.
    fn links(&self, linked: &Linked) -> Option<Vec<f64>> {
        let (statistics, tenant) = (self.statistics?, self.tenant?);
        let links = |values: &[Value]| statistics.links(linked, values, Some(tenant));
        match linked.quantifier {
            Quantifier::All => {
                let each = linked.values().chunks(1).take(MOST_OF_ALL);
                each.map(links).collect()
            }
            Quantifier::Any | Quantifier::None => Some(vec![links(linked.values())?]),
        }
    }

    /// The share of the rows that is linked, if each link is another row's, and nothing has to do with anything else.
    fn share(&self, linked: &Linked) -> Option<f64> {
        let rows = self.rows()?.max(1.0);
        let shares = self
            .links(linked)?
            .into_iter()
            .map(|links| (links / rows).min(1.0));
        Some(shares.product::<f64>().max(f64::EPSILON))
    }

    /// How many rows there are.
    fn rows(&self) -> Option<f64> {
        match self.tenant {
            Some(tenant) => self.statistics?.tenant_rows(self.definition, tenant),
            None => self.statistics?.rows(self.definition),
        }
    }

    /// How many rows meet the conditions that are not on links. One of which nothing is known is taken to leave all.
    fn survivors(&self, conjuncts: &Conjuncts<'_>) -> Option<f64> {
        let (statistics, rows) = (self.statistics?, self.rows()?);
        let others = conjuncts
            .iter()
            .filter(|conjunct| drives(conjunct.node).is_none());
        let shares = others.filter_map(|other| statistics.selectivity(self.definition, other.node));
        Some(rows * shares.product::<f64>())
    }
}

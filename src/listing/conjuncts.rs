//! The conditions that a row must all meet, and which of them its links decide.

use std::borrow::Cow;
use std::sync::Arc;

use super::forms::{Bounded, Way};
use crate::predicate::{Form, Linked, PredicateNode, Quantifier};

/// How deep conditions are taken apart.
const DEEPEST: u32 = 8;

/// A condition that a row must meet.
pub(super) struct Conjunct<'n> {
    pub node: &'n PredicateNode,
    /// The filter that it is, or is a part of.
    name: Option<&'n str>,
}

/// All conditions, one beside the other.
pub(super) struct Conjuncts<'n>(Vec<Conjunct<'n>>);

impl<'n> Conjuncts<'n> {
    /// The filters taken apart; each has a name, or none.
    pub fn new(filters: &'n [PredicateNode], names: &'n [Option<Cow<'static, str>>]) -> Self {
        let mut conjuncts = Vec::with_capacity(filters.len());
        for (filter, name) in filters.iter().zip(names) {
            flatten(filter, name.as_deref(), 0, &mut conjuncts);
        }
        Self(conjuncts)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Conjunct<'n>> {
        self.0.iter()
    }

    /// Those by which rows can be found: where they stand, and what they are.
    pub fn drivers(&self) -> impl Iterator<Item = (usize, &'n Arc<Linked>)> {
        let conjuncts = self.0.iter().enumerate();
        conjuncts.filter_map(|(at, conjunct)| Some((at, drives(conjunct.node)?)))
    }

    /// What a report calls one.
    pub fn subject(&self, at: usize, linked: &Linked) -> String {
        match self.0.get(at).and_then(|conjunct| conjunct.name) {
            Some(name) => name.to_owned(),
            None => format!("{}.{}", linked.target.table, linked.by),
        }
    }

    /// All conditions, those on links row by row but for the one at `driver`.
    pub fn flat<'a>(&self, driver: usize, form: Form, others: Form) -> Way<'a> {
        Way::Flat(Cow::Owned(self.with(driver, form, others)))
    }

    /// The conditions in two parts, the first of which tests as many rows; `links` are counted before, if there are any.
    pub fn bounded<'a>(
        &self,
        driver: usize,
        looked_at: u64,
        links: Option<&Arc<Linked>>,
    ) -> Way<'a> {
        let as_probe = |conjunct: &Conjunct<'n>| match drives(conjunct.node) {
            Some(linked) => PredicateNode::Linked(Arc::clone(linked), Form::OneByOne),
            None => conjunct.node.clone(),
        };
        let parts = self.0.iter().map(as_probe);
        let (probes, narrow): (Vec<_>, Vec<_>) = parts.partition(|node| drives(node).is_some());
        Way::Bounded(Bounded {
            narrow,
            probes,
            all: self.with(driver, Form::Set, Form::Probe),
            looked_at,
            links: links.map(Arc::clone),
        })
    }

    fn with(&self, driver: usize, form: Form, others: Form) -> Vec<PredicateNode> {
        let conjuncts = self.0.iter().enumerate();
        let form = |at| if at == driver { form } else { others };
        conjuncts
            .map(|(at, conjunct)| match drives(conjunct.node) {
                Some(linked) => PredicateNode::Linked(Arc::clone(linked), form(at)),
                None => conjunct.node.clone(),
            })
            .collect()
    }
}

/// Whether there is a condition by which rows can be found; most listings have none, and pay nothing.
pub(super) fn have_driver(filters: &[PredicateNode]) -> bool {
    have_driver_at(filters, 0)
}

fn have_driver_at(filters: &[PredicateNode], depth: u32) -> bool {
    filters.iter().any(|filter| match filter {
        PredicateNode::All(all) if depth < DEEPEST => have_driver_at(all, depth + 1),
        node => drives(node).is_some(),
    })
}

/// The condition, if rows can be found by it.
pub(super) fn drives(node: &PredicateNode) -> Option<&Arc<Linked>> {
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
fn flatten<'n>(
    node: &'n PredicateNode,
    name: Option<&'n str>,
    depth: u32,
    into: &mut Vec<Conjunct<'n>>,
) {
    match node {
        PredicateNode::All(all) if depth < DEEPEST => {
            for node in all {
                flatten(node, name, depth + 1, into);
            }
        }
        node => into.push(Conjunct { node, name }),
    }
}

//! The share of a table's rows for which a condition is true.
//!
//! As PostgreSQL's planner guesses it: conditions on different columns are taken to be independent. NULL is neither true
//! nor false, so that the share for which a condition is false is not the rest.

use sea_query::Value;

use super::column::share;
use super::model::Statistics;
use super::pattern::Pattern;
use super::range::{Bound, Range};
use super::value::{constant, opposite, value_last};
use crate::expression::Node;
use crate::predicate::{ArrayComparison, Comparison, PredicateNode};
use crate::schema::{EntityDefinition, Tenancy, Tenant};

impl Statistics {
    /// How many rows a table has.
    pub(crate) fn rows(&self, definition: &EntityDefinition) -> Option<f64> {
        self.table(definition)?.rows
    }

    /// How many different values a column has.
    pub(crate) fn distinct_values(
        &self,
        definition: &EntityDefinition,
        column: &str,
    ) -> Option<f64> {
        self.column(definition, column)?
            .values(self.rows(definition))
    }

    /// How far the rows lie in the order of a column: from 0, anyhow, to 1.
    pub(crate) fn correlation(&self, definition: &EntityDefinition, column: &str) -> Option<f64> {
        self.column(definition, column)?.correlation
    }

    /// How many rows of a table are the tenant's.
    pub(crate) fn tenant_rows(
        &self,
        definition: &EntityDefinition,
        tenant: &Tenant,
    ) -> Option<f64> {
        Some(self.rows(definition)? * self.tenant_share(definition, tenant)?)
    }

    /// The share of a table's rows that are the tenant's; where the row that they point at says whose they are, each of
    /// those is taken to have as many.
    pub(super) fn tenant_share(
        &self,
        definition: &EntityDefinition,
        tenant: &Tenant,
    ) -> Option<f64> {
        match &definition.tenancy {
            Tenancy::Column { name, data_type } => {
                let value = tenant.for_column(*data_type).ok()?;
                self.column(definition, name)?.compare(
                    Comparison::Equal,
                    &value,
                    self.rows(definition),
                )
            }
            Tenancy::Through { from, parent } => {
                let present = self.column(definition, from)?.present();
                share(present * self.tenant_share(parent, tenant)?)
            }
            Tenancy::Shared => Some(1.0),
        }
    }

    /// The share of a table's rows for which a condition is true: finite, from 0 to 1; `None` where nothing is known.
    pub(crate) fn selectivity(
        &self,
        definition: &EntityDefinition,
        node: &PredicateNode,
    ) -> Option<f64> {
        self.share_where(definition, node, true)
    }

    /// The share of the rows for which a condition is `truth`.
    fn share_where(
        &self,
        definition: &EntityDefinition,
        node: &PredicateNode,
        truth: bool,
    ) -> Option<f64> {
        let each = |parts: &[PredicateNode]| -> Option<Vec<f64>> {
            let shares = parts
                .iter()
                .map(|part| self.share_where(definition, part, truth));
            shares.collect()
        };
        match node {
            PredicateNode::Compare(left, how, right) => {
                let (left, how, right) = value_last(left, *how, right);
                let how = if truth { how } else { opposite(how) };
                self.compared(definition, left, how, &*constant(right)?)
            }
            PredicateNode::IsNull { node, negated } => {
                let nulls = self.nulls(definition, node)?;
                share(if *negated == truth {
                    1.0 - nulls
                } else {
                    nulls
                })
            }
            PredicateNode::AnyOf {
                node,
                array: Value::Array(_, Some(values)),
                negated,
                ..
            } => self.listed(definition, node, values, *negated != truth),
            PredicateNode::Like {
                node: Node::Column(name),
                pattern,
                ignore_case,
            } => {
                let column = self.column(definition, name)?;
                let pattern = Pattern::read(pattern, *ignore_case)?;
                let matching = match pattern.is_whole() {
                    true => column.equal_by(|text| pattern.matches(text), self.rows(definition)),
                    false => column.matching(|text| pattern.matches(text)),
                };
                share(match truth {
                    true => matching?,
                    false => column.present() - matching?,
                })
            }
            PredicateNode::CompareArray {
                node: Node::Column(name),
                how,
                values: Value::Array(_, Some(values)),
            } => {
                let column = self.column(definition, name)?;
                let matching = match how {
                    ArrayComparison::Overlaps => column.overlaps(values),
                    ArrayComparison::ContainsAll => column.contains_all(values),
                };
                share(match truth {
                    true => matching?,
                    false => column.present() - matching?,
                })
            }
            PredicateNode::Exists {
                path,
                filter,
                negated,
            } => {
                let existing = self.existing(definition, &path.hops, filter.as_deref())?;
                share(if *negated == truth {
                    1.0 - existing
                } else {
                    existing
                })
            }
            PredicateNode::OneOfRows {
                path,
                filter,
                negated,
            } => {
                let existing = self.existing(definition, &path.hops, Some(filter))?;
                let from = path.hops.first()?.from;
                share(if *negated == truth {
                    self.column(definition, from)?.present() - existing
                } else {
                    existing
                })
            }
            PredicateNode::Linked(linked, _) => {
                let linked = self.linked(linked)?;
                share(if truth { linked } else { 1.0 - linked })
            }
            PredicateNode::All(parts) if truth => self.conjunction(definition, parts),
            PredicateNode::All(parts) => either(each(parts)?),
            PredicateNode::Any(parts) if truth => self.disjunction(definition, parts),
            PredicateNode::Any(parts) => share(each(parts)?.into_iter().product()),
            PredicateNode::Not(inner) => self.share_where(definition, inner, !truth),
            PredicateNode::NotTrue(inner) => {
                let inner = self.share_where(definition, inner, true)?;
                share(if truth { 1.0 - inner } else { inner })
            }
            _ => None,
        }
    }

    /// All of the conditions. Two bounds of one value are one range, not two conditions.
    pub(super) fn conjunction<'n>(
        &self,
        definition: &EntityDefinition,
        parts: impl IntoIterator<Item = &'n PredicateNode>,
    ) -> Option<f64> {
        let mut flat = Vec::new();
        for part in parts {
            flatten(part, &mut flat);
        }
        let mut all = 1.0;
        let mut ranges: Vec<Range<'_>> = Vec::new();
        for part in flat {
            let bounds = Bound::of(part);
            if bounds.is_empty() {
                all *= self.share_where(definition, part, true)?;
            }
            for bound in bounds {
                let of_bound = self.bounded(definition, &bound)?;
                match ranges
                    .iter_mut()
                    .find(|range| range.node.is_same_value(bound.node))
                {
                    Some(range) => range.narrow(bound.side, of_bound),
                    None => ranges.push(Range::new(bound, of_bound)),
                }
            }
        }
        for range in ranges {
            all *= range.share(1.0 - self.nulls(definition, range.node)?);
        }
        share(all)
    }

    /// One of the conditions. Those on one value are taken to be true of different rows.
    fn disjunction(&self, definition: &EntityDefinition, parts: &[PredicateNode]) -> Option<f64> {
        let mut groups: Vec<(Option<&Node>, f64)> = Vec::new();
        for part in parts {
            let of_part = self.share_where(definition, part, true)?;
            let node = tested(part);
            let same = groups.iter_mut().find(|(other, _)| match (other, node) {
                (Some(other), Some(node)) => other.is_same_value(node),
                _ => false,
            });
            match same {
                Some((_, sum)) => *sum = (*sum + of_part).min(1.0),
                None => groups.push((node, of_part)),
            }
        }
        either(groups.into_iter().map(|(_, share)| share))
    }
}

/// Conditions joined by AND, side by side, each once.
fn flatten<'n>(node: &'n PredicateNode, into: &mut Vec<&'n PredicateNode>) {
    match node {
        PredicateNode::All(parts) => parts.iter().for_each(|part| flatten(part, into)),
        // A host's conditions are few; of many, a look at each before each would take longer than the statement.
        node if into.len() < 64 && into.contains(&node) => {}
        node => into.push(node),
    }
}

/// At least one of conditions that have nothing to do with each other.
fn either(shares: impl IntoIterator<Item = f64>) -> Option<f64> {
    let neither: f64 = shares.into_iter().map(|share| 1.0 - share).product();
    share(1.0 - neither)
}

/// The value of the row that a condition is about, if it is about one.
fn tested(node: &PredicateNode) -> Option<&Node> {
    match node {
        PredicateNode::Compare(left, how, right) => {
            let (left, _, right) = value_last(left, *how, right);
            constant(right).map(|_| left)
        }
        PredicateNode::IsNull { node, .. }
        | PredicateNode::AnyOf { node, .. }
        | PredicateNode::Like { node, .. } => Some(node),
        _ => None,
    }
}

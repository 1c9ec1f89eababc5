//! The share of a table's rows for which a condition is true.
//!
//! As PostgreSQL's planner guesses it: conditions on different columns are taken to be independent. NULL is neither true
//! nor false, so that the share for which a condition is false is not the rest.

use sea_query::Value;

use super::column::share;
use super::model::Statistics;
use super::pattern::Pattern;
use crate::expression::{LOCAL_DATE, Node};
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::{DataType, EntityDefinition, Hop, Tenancy, Tenant, null};

impl Statistics {
    /// How many rows a table has.
    pub(crate) fn rows(&self, definition: &EntityDefinition) -> Option<f64> {
        self.table(definition)?.rows
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
                let value = match right {
                    Node::Value(value) => value,
                    Node::Constant(text) => &Value::from(*text),
                    _ => return None,
                };
                let how = if truth { how } else { opposite(how) };
                self.compared(definition, left, how, value)
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
            PredicateNode::All(parts) if truth => self.conjunction(definition, parts),
            PredicateNode::All(parts) => either(each(parts)?),
            PredicateNode::Any(parts) if truth => self.disjunction(definition, parts),
            PredicateNode::Any(parts) => share(each(parts)?.into_iter().product()),
            PredicateNode::OneOfRows {
                path,
                filter,
                negated,
            } => {
                let one_of = self.existing(definition, &path.hops, Some(filter))?;
                if *negated != truth {
                    return Some(one_of);
                }
                let pointing = self.column(definition, path.hops.first()?.from)?;
                share(pointing.present() - one_of)
            }
            PredicateNode::Not(inner) => self.share_where(definition, inner, !truth),
            PredicateNode::NotTrue(inner) => {
                let left_out = self.share_where(definition, inner, true)?;
                share(if truth { 1.0 - left_out } else { left_out })
            }
            _ => None,
        }
    }

    /// A value of the row compared with a bound one.
    fn compared(
        &self,
        definition: &EntityDefinition,
        left: &Node,
        how: Comparison,
        value: &Value,
    ) -> Option<f64> {
        if is_null(value) {
            return match how {
                Comparison::DistinctFrom => share(1.0 - self.nulls(definition, left)?),
                Comparison::NotDistinctFrom => self.nulls(definition, left),
                _ => Some(0.0),
            };
        }
        match left {
            Node::Column(name) => {
                let column = self.column(definition, name)?;
                column.compare(how, value, self.rows(definition))
            }
            // What is NULL is distinct from the value, so only once, at the end.
            Node::Function("coalesce", arguments) if how != Comparison::DistinctFrom => {
                let (last, first) = arguments.split_last()?;
                let mut reached = 1.0;
                let mut total = 0.0;
                for argument in first {
                    total += reached * self.compared(definition, argument, how, value)?;
                    reached *= self.nulls(definition, argument)?;
                }
                share(total + reached * self.compared(definition, last, how, value)?)
            }
            Node::Function("coalesce", _) => {
                let same = self.compared(definition, left, Comparison::NotDistinctFrom, value)?;
                share(1.0 - same)
            }
            _ => None,
        }
    }

    /// `= ANY (values)`, or `<> ALL (values)`.
    fn listed(
        &self,
        definition: &EntityDefinition,
        node: &Node,
        values: &[Value],
        any: bool,
    ) -> Option<f64> {
        if values.is_empty() {
            return Some(if any { 0.0 } else { 1.0 });
        }
        if !any && values.iter().any(is_null) {
            return Some(0.0);
        }
        let Node::Column(name) = node else {
            return None;
        };
        let column = self.column(definition, name)?;
        let present = values.iter().filter(|value| !is_null(value));
        let found = column.any_of(present, self.rows(definition))?;
        share(if any { found } else { column.present() - found })
    }

    /// The share of the rows of which a value is NULL.
    fn nulls(&self, definition: &EntityDefinition, node: &Node) -> Option<f64> {
        match node {
            Node::Column(name) => Some(self.column(definition, name)?.nulls),
            Node::Value(value) => Some(if is_null(value) { 1.0 } else { 0.0 }),
            Node::Function("coalesce", arguments) => {
                let each = arguments
                    .iter()
                    .map(|argument| self.nulls(definition, argument));
                each.product()
            }
            _ => None,
        }
    }

    /// The share of the rows that point, hop by hop, at a row for which the filter is true. `None` of what they may
    /// point at several.
    fn existing(
        &self,
        definition: &EntityDefinition,
        hops: &[Hop],
        filter: Option<&PredicateNode>,
    ) -> Option<f64> {
        let (hop, rest) = hops.split_first()?;
        if !hop.to_one {
            return None;
        }
        let mut conditions: Vec<_> = hop.condition.iter().collect();
        let mut further = 1.0;
        if rest.is_empty() {
            conditions.extend(filter);
            if let Some(pointing) = self.pointing(definition, hop, &conditions, None) {
                return Some(pointing);
            }
        } else {
            further = self.existing(hop.definition, rest, filter)?;
        }
        let present = self.column(definition, hop.from)?.present();
        share(present * further * self.conjunction(hop.definition, conditions)?)
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
        let mut ranges: Vec<Bounds<'_>> = Vec::new();
        for part in &flat {
            if is_said_by_bounds(part, &flat) {
                continue;
            }
            let of_part = self.share_where(definition, part, true)?;
            let Some((node, is_lower)) = bound(part) else {
                all *= of_part;
                continue;
            };
            let known = ranges
                .iter()
                .position(|range| range.node.is_same_value(node));
            let at = known.unwrap_or_else(|| {
                ranges.push(Bounds {
                    node,
                    above: None,
                    below: None,
                });
                ranges.len() - 1
            });
            let side = if is_lower {
                &mut ranges[at].above
            } else {
                &mut ranges[at].below
            };
            *side = Some(side.map_or(of_part, |tighter| tighter.min(of_part)));
        }
        for range in ranges {
            all *= match (range.above, range.below) {
                (Some(above), Some(below)) => {
                    let present = 1.0 - self.nulls(definition, range.node)?;
                    (above + below - present).max(0.0)
                }
                (above, below) => above.or(below).unwrap_or(1.0),
            };
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

/// The bounds of one value: the shares of the rows that are above the one and below the other.
struct Bounds<'n> {
    node: &'n Node,
    above: Option<f64>,
    below: Option<f64>,
}

/// Conditions joined by AND, side by side, each once.
fn flatten<'n>(node: &'n PredicateNode, into: &mut Vec<&'n PredicateNode>) {
    match node {
        PredicateNode::All(parts) => parts.iter().for_each(|part| flatten(part, into)),
        node if into.contains(&node) => {}
        node => into.push(node),
    }
}

/// At least one of conditions that have nothing to do with each other.
fn either(shares: impl IntoIterator<Item = f64>) -> Option<f64> {
    let neither: f64 = shares.into_iter().map(|share| 1.0 - share).product();
    share(1.0 - neither)
}

/// The value that a condition bounds, and whether from below.
fn bound(node: &PredicateNode) -> Option<(&Node, bool)> {
    let PredicateNode::Compare(left, how, right) = node else {
        return None;
    };
    let (left, how, right) = value_last(left, *how, right);
    match (how, right) {
        (Comparison::Greater | Comparison::GreaterOrEqual, Node::Value(_)) => Some((left, true)),
        (Comparison::Less | Comparison::LessOrEqual, Node::Value(_)) => Some((left, false)),
        _ => None,
    }
}

/// Whether a condition is on the date of an instant that others bound by instants: these say about the same.
fn is_said_by_bounds(part: &PredicateNode, parts: &[&PredicateNode]) -> bool {
    let PredicateNode::Compare(Node::Function(LOCAL_DATE, arguments), _, _) = part else {
        return false;
    };
    let Some(instant) = arguments.last() else {
        return false;
    };
    let mut bounded = parts.iter().filter_map(|part| bound(part));
    bounded.any(|(node, _)| node.is_same_value(instant))
}

/// The value of the row that a condition is about, if it is about one.
fn tested(node: &PredicateNode) -> Option<&Node> {
    match node {
        PredicateNode::Compare(left, how, right) => {
            let (left, _, right) = value_last(left, *how, right);
            matches!(right, Node::Value(_) | Node::Constant(_)).then_some(left)
        }
        PredicateNode::IsNull { node, .. }
        | PredicateNode::AnyOf { node, .. }
        | PredicateNode::Like { node, .. } => Some(node),
        _ => None,
    }
}

/// The bound value on the right.
fn value_last<'n>(
    left: &'n Node,
    how: Comparison,
    right: &'n Node,
) -> (&'n Node, Comparison, &'n Node) {
    if !matches!(left, Node::Value(_)) {
        return (left, how, right);
    }
    let how = match how {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        how => how,
    };
    (right, how, left)
}

/// The comparison that is true where this one is false.
fn opposite(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
        Comparison::DistinctFrom => Comparison::NotDistinctFrom,
        Comparison::NotDistinctFrom => Comparison::DistinctFrom,
    }
}

fn is_null(value: &Value) -> bool {
    DataType::of_value(value).is_some_and(|data_type| *value == null(data_type))
}

//! The rows that point at certain rows.

use sea_query::Value;

use super::column::share;
use super::evaluate::evaluate;
use super::labels::PointedAt;
use super::model::Statistics;
use crate::expression::Node;
use crate::predicate::{Comparison, Linked, PredicateNode, Quantifier};
use crate::schema::{EntityDefinition, Hop, Tenancy, Tenant};

/// Of how many values it is looked up what is known, where any or all of them are wanted. Requests name a few; of one that
/// names a hundred thousand, an estimate is not worth the time that it takes.
const MOST_OF_ANY: usize = 1_000;
pub(crate) const MOST_OF_ALL: usize = 50;

impl Statistics {
    /// The share of the rows that point, hop by hop, at a row for which the filter is true. `None` of what they may
    /// point at several.
    pub(super) fn existing(
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
            let target = hop.definition;
            if let Some(pointing) = self.pointing(definition, hop.from, target, &conditions, None) {
                return Some(pointing);
            }
        } else {
            further = self.existing(hop.definition, rest, filter)?;
        }
        let present = self.column(definition, hop.from)?.present();
        share(present * further * self.conjunction(hop.definition, conditions)?)
    }

    /// How many rows of a table point, by their column `from`, at a row of the target for which the conditions are true
    /// and which is the tenant's, if one is given.
    pub(crate) fn pointing_rows(
        &self,
        definition: &EntityDefinition,
        from: &str,
        target: &EntityDefinition,
        conditions: &[&PredicateNode],
        tenant: Option<&Tenant>,
    ) -> Option<f64> {
        let rows = self.rows(definition)?;
        if let Some(pointing) = self.pointing(definition, from, target, conditions, tenant) {
            return Some(rows * pointing);
        }
        let present = self.column(definition, from)?.present();
        let matching = self.conjunction(target, conditions.iter().copied())?;
        let of_tenant = match tenant {
            Some(tenant) => self.tenant_share(definition, tenant)?,
            None => 1.0,
        };
        Some(rows * of_tenant * present * matching)
    }

    /// The share of the rows that point at a row for which the conditions are true, by what is known of the rows that
    /// are pointed at most; `None` where that is not enough to tell.
    ///
    /// Of those it is looked up. Of the others it is told how many there should be, by the statistics of their own
    /// table, each of which is pointed at by as many rows.
    pub(super) fn pointing(
        &self,
        definition: &EntityDefinition,
        from: &str,
        target: &EntityDefinition,
        conditions: &[&PredicateNode],
        tenant: Option<&Tenant>,
    ) -> Option<f64> {
        let column = self.column(definition, from)?;
        if column.common().is_empty() {
            return None;
        }
        let labels = column.labels.iter().find(|labels| labels.are_of(target));
        let of_tenant = tenant.and_then(|tenant| is_of(target, tenant));
        let conditions = || conditions.iter().copied();
        let mut found = 0.0;
        let mut common = 0.0;
        for (key, frequency) in column.common() {
            let Some(row) = PointedAt::new(target, key, labels) else {
                continue;
            };
            let mut all = true;
            for condition in conditions().chain(&of_tenant) {
                all &= evaluate(condition, row)? == Some(true);
            }
            if all {
                found += 1.0;
                common += frequency;
            }
        }
        let rest = column.rest();
        let Some(rest_keys) = column.rest_values(self.rows(definition)) else {
            return if rest == 0.0 { share(common) } else { None };
        };
        let expected = self.expected_keys(target, conditions(), tenant);
        let others = match expected {
            Some(expected) => (expected - found).clamp(0.0, rest_keys),
            None if found > 0.0 => 0.0,
            None => return None,
        };
        share(common + rest * others / rest_keys)
    }

    /// How many rows there are for which the conditions are true.
    fn expected_keys<'n>(
        &self,
        target: &EntityDefinition,
        conditions: impl IntoIterator<Item = &'n PredicateNode>,
        tenant: Option<&Tenant>,
    ) -> Option<f64> {
        let of_tenant = match tenant {
            Some(tenant) => self.tenant_share(target, tenant)?,
            None => 1.0,
        };
        Some(self.rows(target)? * of_tenant * self.conjunction(target, conditions)?)
    }

    /// The share of the rows that are linked to as many of the wanted as they must be, if links are spread by chance.
    pub(super) fn linked(&self, linked: &Linked) -> Option<f64> {
        let any = |values: &[Value]| -> Option<f64> {
            let links = self.links(linked, values, None)?;
            share(1.0 - (-links / self.rows(linked.row)?).exp())
        };
        match linked.quantifier {
            Quantifier::Any => any(linked.values()),
            Quantifier::None => share(1.0 - any(linked.values())?),
            Quantifier::All => {
                let each = linked.values().chunks(1).take(MOST_OF_ALL);
                each.map(any).product()
            }
        }
    }

    /// How many links there are to rows that have one of the values, on any way; of the tenant, if one is given.
    #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
    pub(crate) fn links(
        &self,
        linked: &Linked,
        values: &[Value],
        tenant: Option<&Tenant>,
    ) -> Option<f64> {
        let known = &values[..values.len().min(MOST_OF_ANY)];
        let wanted = PredicateNode::AnyOf {
            node: Node::Column(linked.by),
            array: Value::Array(linked.element.array_type(), Some(Box::new(known.to_vec()))),
            element: linked.element,
            negated: false,
        };
        let conditions: Vec<_> = linked.among.iter().chain([&wanted]).collect();
        let mut all = 0.0;
        for way in &linked.ways {
            let link = way.hops.last()?;
            let table = link.definition;
            let of_way = match &link.condition {
                Some(condition) => self.selectivity(table, condition)?,
                None => 1.0,
            };
            let pointing =
                self.pointing_rows(table, linked.from, linked.target, &conditions, tenant)?;
            all += of_way * pointing;
        }
        // The others are taken to be as common as these.
        let times = values.len() as f64 / known.len().max(1) as f64;
        Some(all * times)
    }
}

/// That a row of the table is the tenant's, if a column of its own says so.
fn is_of(definition: &EntityDefinition, tenant: &Tenant) -> Option<PredicateNode> {
    let Tenancy::Column { name, data_type } = &definition.tenancy else {
        return None;
    };
    let value = tenant.for_column(*data_type).ok()?;
    Some(PredicateNode::Compare(
        Node::Column(name),
        Comparison::Equal,
        Node::Value(value),
    ))
}

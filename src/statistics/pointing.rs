//! The rows that point at certain rows, by what those are called.

use super::column::share;
use super::evaluate::evaluate;
use super::model::Statistics;
use crate::expression::Node;
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::{EntityDefinition, Hop, Tenancy, Tenant};

impl Statistics {
    /// How many rows of a table point, by the hop's column, at a row for which the conditions are true; at one of the
    /// tenant's.
    pub(crate) fn pointing_rows(
        &self,
        definition: &EntityDefinition,
        hop: &Hop,
        conditions: &[&PredicateNode],
        tenant: &Tenant,
    ) -> Option<f64> {
        let rows = self.rows(definition)?;
        if let Some(pointing) = self.pointing(definition, hop, conditions, Some(tenant)) {
            return Some(rows * pointing);
        }
        let present = self.column(definition, hop.from)?.present();
        let matching = self.conjunction(hop.definition, conditions.iter().copied())?;
        Some(rows * self.tenant_share(definition, tenant)? * present * matching)
    }

    /// The share of the rows that point at a row for which the conditions are true, where it is known what the most
    /// common of those are called; `None` where it is not.
    ///
    /// Of the common ones it is looked up. Of the others it is told how many there should be, by the statistics of
    /// their own table, each of which is pointed at by as many rows.
    pub(super) fn pointing(
        &self,
        definition: &EntityDefinition,
        hop: &Hop,
        conditions: &[&PredicateNode],
        tenant: Option<&Tenant>,
    ) -> Option<f64> {
        let column = self.column(definition, hop.from)?;
        let labels = column
            .labels
            .iter()
            .find(|labels| labels.are_of(hop.definition))?;
        let of_tenant = tenant.and_then(|tenant| is_of(hop.definition, tenant));
        let conditions = || conditions.iter().copied();
        let mut found = 0.0;
        let mut common = 0.0;
        for (key, frequency) in column.common() {
            let Some(row) = labels.row(key) else {
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
            return share(common);
        };
        let of_tenant = match tenant {
            Some(tenant) => self.tenant_share(hop.definition, tenant),
            None => Some(1.0),
        };
        let expected = self
            .rows(hop.definition)
            .zip(of_tenant)
            .and_then(|(rows, of_tenant)| {
                Some(rows * of_tenant * self.conjunction(hop.definition, conditions())?)
            });
        let others = match expected {
            Some(expected) => (expected - found).clamp(0.0, rest_keys),
            None if found == 0.0 => 1.0,
            None => 0.0,
        };
        share(common + rest * others / rest_keys)
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

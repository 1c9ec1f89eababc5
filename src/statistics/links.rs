//! How many links there are to what is wanted.

use sea_query::Value;

use super::model::Statistics;
use crate::expression::Node;
use crate::predicate::{Linked, PredicateNode, Quantifier};
use crate::schema::{Hop, Tenant};

impl Statistics {
    /// How many of the tenant's links point at what is wanted; at the rarest of it, if all of it is wanted.
    pub(crate) fn links(&self, linked: &Linked, tenant: &Tenant) -> Option<f64> {
        if linked.quantifier != Quantifier::All {
            return self.links_to(linked, linked.values().to_vec(), tenant);
        }
        let each = linked
            .values()
            .iter()
            .map(|value| self.links_to(linked, vec![value.clone()], tenant));
        let each: Option<Vec<f64>> = each.collect();
        each?.into_iter().reduce(f64::min)
    }

    fn links_to(&self, linked: &Linked, wanted: Vec<Value>, tenant: &Tenant) -> Option<f64> {
        let hop = Hop {
            definition: linked.target,
            from: linked.from,
            to: linked.target.key,
            to_one: true,
            foreign_key: false,
            condition: None,
        };
        let wanted = PredicateNode::AnyOf {
            node: Node::Column(linked.by),
            array: Value::Array(linked.element.array_type(), Some(Box::new(wanted))),
            element: linked.element,
            negated: false,
        };
        let conditions: Vec<_> = linked.among.iter().chain([&wanted]).collect();
        self.pointing_rows(linked.link()?, &hop, &conditions, tenant)
    }
}

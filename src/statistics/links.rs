//! How many links there are to what is wanted.

use sea_query::Value;

use super::model::Statistics;
use crate::expression::Node;
use crate::predicate::{Linked, PredicateNode, Quantifier};
use crate::schema::{Hop, Tenant};

impl Statistics {
    /// How many of the tenant's links point at what is wanted: at any of it, or, if all of it is wanted, at each.
    pub(crate) fn links(&self, linked: &Linked, tenant: &Tenant) -> Option<Vec<f64>> {
        if linked.quantifier != Quantifier::All {
            let links = self.links_to(linked, linked.values().to_vec(), tenant)?;
            return Some(vec![links]);
        }
        let values = linked.values().iter();
        let each = values.map(|value| self.links_to(linked, vec![value.clone()], tenant));
        each.collect()
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

//! What a cursor remembers of the order that it belongs to.

use sea_query::Value;

use super::bytes;
use crate::annotation::{Aggregate, AnnotationNode, Computed, TextOrder};
use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::predicate::{ArrayComparison, Comparison, Linked, PredicateNode, Quantifier};
use crate::schema::{Definition, Path, To};

/// A fingerprint of an order: the table, and each sort key with its direction.
///
/// Cursors outlive processes, so it must be the same in every build: FNV-1a over bytes that are written down here.
/// Names of values do not count. Times that values are computed with do not either: "messages of the last week" is the
/// same order a minute later.
pub(in crate::listing) fn fingerprint(definition: Definition, orders: &[OrderNode]) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.table(definition);
    hash.orders(orders);
    hash.0
}

struct Fnv(u64);

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.byte(0xff);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    fn table(&mut self, definition: Definition) {
        self.text(definition.schema.unwrap_or_default());
        self.text(definition.table);
    }

    fn orders(&mut self, orders: &[OrderNode]) {
        for order in orders {
            self.node(&order.node);
            self.byte(match (order.direction, order.nulls) {
                (Direction::Ascending, Nulls::First) => 1,
                (Direction::Ascending, Nulls::Last) => 2,
                (Direction::Descending, Nulls::First) => 3,
                (Direction::Descending, Nulls::Last) => 4,
            });
        }
        self.byte(0);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::ChronoDate(_) | Value::ChronoDateTime(_) | Value::ChronoDateTimeUtc(_) => {
                self.byte(0xfe)
            }
            value => {
                let mut encoded = Vec::new();
                bytes::encode(value, &mut encoded);
                self.bytes(&encoded);
            }
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Column(name) => {
                self.byte(1);
                self.text(name);
            }
            Node::Function(name, arguments) => {
                self.byte(2);
                self.text(name);
                arguments.iter().for_each(|argument| self.node(argument));
                self.byte(0);
            }
            Node::Value(value) | Node::NamedValue(value) => {
                self.byte(3);
                self.value(value);
            }
            Node::Constant(text) => {
                self.byte(5);
                self.text(text);
            }
            Node::Annotation(annotation) => {
                self.byte(4);
                self.annotation(annotation);
            }
            // Kept or computed, it is the same order.
            Node::Kept(kept) => {
                self.byte(4);
                self.annotation(&kept.annotation);
            }
        }
    }

    fn annotation(&mut self, annotation: &AnnotationNode) {
        self.path(&annotation.path);
        self.condition(annotation.filter.as_ref());
        match &annotation.computed {
            Computed::Aggregate(aggregate) => self.aggregate(aggregate),
            Computed::DistinctText {
                value,
                delimiter,
                order,
            } => {
                self.byte(32);
                self.node(value);
                self.text(delimiter);
                self.byte(match order {
                    TextOrder::Text => 1,
                    TextOrder::Natural => 2,
                });
            }
            Computed::Related(column) => {
                self.byte(33);
                self.text(column);
            }
            Computed::OverTime(over_time) => {
                self.byte(35);
                self.node(&over_time.instant);
                self.text(&over_time.bucket.to_string());
                self.text(over_time.zone.name());
            }
            Computed::First { value, order } => {
                self.byte(34);
                self.node(value);
                self.orders(order);
            }
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        match aggregate {
            Aggregate::Count => self.byte(16),
            Aggregate::CountDistinct(value) => self.function(17, value),
            Aggregate::Min(value) => self.function(18, value),
            Aggregate::Max(value) => self.function(19, value),
            Aggregate::Sum { value, .. } => self.function(20, value),
            Aggregate::Average(value) => self.function(21, value),
            Aggregate::Text {
                value,
                delimiter,
                order,
            } => {
                self.function(22, value);
                self.text(delimiter);
                self.orders(order);
            }
            Aggregate::Array { value, order, .. } => {
                self.function(23, value);
                self.orders(order);
            }
            Aggregate::Any(condition) => {
                self.byte(24);
                self.condition(Some(condition));
            }
            Aggregate::Every(condition) => {
                self.byte(25);
                self.condition(Some(condition));
            }
        }
    }

    fn function(&mut self, tag: u8, value: &Node) {
        self.byte(tag);
        self.node(value);
    }

    fn path(&mut self, path: &Path) {
        for hop in &path.hops {
            self.table(hop.definition);
            self.text(hop.from);
            match hop.to {
                To::Column(to) => self.text(to),
                To::Either(to, or_to) => {
                    self.text(to);
                    // No condition begins with it.
                    self.byte(13);
                    self.text(or_to);
                }
            }
            self.condition(hop.condition.as_ref());
        }
        self.byte(0);
    }

    fn condition(&mut self, condition: Option<&PredicateNode>) {
        match condition {
            None => self.byte(0),
            Some(PredicateNode::Compare(left, how, right)) => {
                self.byte(1);
                self.node(left);
                self.byte(match how {
                    Comparison::Equal => 1,
                    Comparison::NotEqual => 2,
                    Comparison::Less => 3,
                    Comparison::LessOrEqual => 4,
                    Comparison::Greater => 5,
                    Comparison::GreaterOrEqual => 6,
                    Comparison::DistinctFrom => 7,
                    Comparison::NotDistinctFrom => 8,
                });
                self.node(right);
            }
            Some(PredicateNode::IsNull { node, negated }) => {
                self.byte(2);
                self.node(node);
                self.byte(u8::from(*negated));
            }
            Some(PredicateNode::AnyOf {
                node,
                array,
                negated,
                ..
            }) => {
                self.byte(3);
                self.node(node);
                self.value(array);
                self.byte(u8::from(*negated));
            }
            Some(PredicateNode::Like {
                node,
                pattern,
                ignore_case,
            }) => {
                self.byte(4);
                self.node(node);
                self.text(pattern);
                self.byte(u8::from(*ignore_case));
            }
            Some(PredicateNode::Exists {
                path,
                filter,
                negated,
            }) => {
                self.byte(5);
                self.path(path);
                self.condition(filter.as_deref());
                self.byte(u8::from(*negated));
            }
            Some(PredicateNode::Linked(linked, _)) => self.linked(linked),
            Some(PredicateNode::All(all)) => self.conditions(6, all),
            Some(PredicateNode::Any(any)) => self.conditions(7, any),
            Some(PredicateNode::Not(inner)) => {
                self.byte(8);
                self.condition(Some(inner));
            }
            Some(PredicateNode::NotTrue(inner)) => {
                self.byte(9);
                self.condition(Some(inner));
            }
            Some(PredicateNode::CompareArray { node, how, values }) => {
                self.byte(11);
                self.node(node);
                self.byte(match how {
                    ArrayComparison::Overlaps => 1,
                    ArrayComparison::ContainsAll => 2,
                });
                self.value(values);
            }
            Some(PredicateNode::OneOfRows {
                path,
                filter,
                negated,
            }) => {
                self.byte(10);
                self.path(path);
                self.condition(Some(filter));
                self.byte(u8::from(*negated));
            }
            Some(PredicateNode::InRows {
                node,
                values,
                negated,
            }) => {
                self.byte(12);
                self.node(node);
                self.byte(u8::from(*negated));
                self.node(&values.value);
                self.condition(values.only.as_ref());
                self.table(values.rows.definition);
                self.conditions(6, &values.rows.filters);
                if let Some(required) = &values.rows.required {
                    self.path(&required.path);
                    self.condition(required.filter.as_ref());
                }
            }
        }
    }

    fn linked(&mut self, linked: &Linked) {
        self.byte(20);
        linked.ways.iter().for_each(|way| self.path(way));
        self.text(linked.from);
        self.table(linked.target);
        self.condition(linked.among.as_ref());
        self.text(linked.by);
        self.value(&linked.wanted);
        self.byte(match linked.quantifier {
            Quantifier::Any => 1,
            Quantifier::All => 2,
            Quantifier::None => 3,
        });
    }

    fn conditions(&mut self, tag: u8, conditions: &[PredicateNode]) {
        self.byte(tag);
        conditions
            .iter()
            .for_each(|condition| self.condition(Some(condition)));
        self.byte(0);
    }
}

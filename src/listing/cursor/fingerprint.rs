//! What a cursor remembers of the order that it belongs to.

use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::schema::Definition;

/// A fingerprint of an order: the table, and each sort key with its direction.
///
/// FNV-1a, because it must be the same in every build: cursors outlive processes.
pub(in crate::listing) fn fingerprint(definition: Definition, orders: &[OrderNode]) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.text(definition.schema.unwrap_or_default());
    hash.text(definition.table);
    for order in orders {
        hash.node(&order.node);
        hash.byte(match (order.direction, order.nulls) {
            (Direction::Ascending, Nulls::First) => 1,
            (Direction::Ascending, Nulls::Last) => 2,
            (Direction::Descending, Nulls::First) => 3,
            (Direction::Descending, Nulls::Last) => 4,
        });
    }
    hash.0
}

struct Fnv(u64);

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            self.byte(byte);
        }
        self.byte(0xff);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Column(name) => self.text(name),
            Node::Function(name, arguments) => {
                self.text(name);
                for argument in arguments {
                    self.node(argument);
                }
            }
            Node::Value(value) => self.text(&format!("{value:?}")),
            // What it is computed from, whatever it is called.
            Node::Annotation(annotation) => {
                self.text(&format!("{:?}{:?}", annotation.filter, annotation.computed));
                for hop in &annotation.path.hops {
                    self.text(hop.definition.table);
                    self.text(&format!("{} {} {:?}", hop.from, hop.to, hop.condition));
                }
            }
        }
    }
}

//! The name of an index that was given none.

use super::node::{IndexNode, PartNode};
use super::write::PartText;
use crate::expression::Node;
use crate::order::Direction;
use crate::render::NAME_BYTES;

/// `table_column_column_idx`. With a hash before its end if it would be too long, or if there is more to the index than
/// its columns.
pub(super) fn of(node: &IndexNode, parts: &[PartText], predicate: Option<&str>) -> String {
    let words = node.keys.iter().map(|key| word(&key.node));
    let words: Vec<_> = std::iter::once(node.table.table).chain(words).collect();
    let stem = words.join("_");
    if is_plain(node) && stem.len() + "_idx".len() <= NAME_BYTES {
        return format!("{stem}_idx");
    }
    let hash = hash(node, parts, predicate);
    let end = format!("_{hash:08x}_idx");
    let mut length = stem.len().min(NAME_BYTES - end.len());
    while !stem.is_char_boundary(length) {
        length -= 1;
    }
    format!("{}{end}", &stem[..length])
}

/// What a key is called: its column, or the first column that it is computed from.
fn word(node: &Node) -> &str {
    match node {
        Node::Column(name) => name,
        Node::Function(name, arguments) => {
            let mut columns = arguments.iter().map(word).filter(|word| !word.is_empty());
            columns.next().unwrap_or(name)
        }
        _ => "",
    }
}

/// Columns, smallest first, all rows, and nothing else.
fn is_plain(node: &IndexNode) -> bool {
    let is_plain = |key: &PartNode| {
        matches!(key.node, Node::Column(_))
            && key.direction == Direction::Ascending
            && key.nulls == key.direction.default_nulls()
            && key.operator_class.is_none()
            && key.collation.is_none()
    };
    node.keys.iter().all(is_plain)
        && node.method.is_ordered()
        && node.include.is_empty()
        && node.predicate.is_none()
        && !node.unique
        && !node.nulls_not_distinct
}

/// FNV-1a of all that makes the index what it is: the same on every machine and with every compiler.
fn hash(node: &IndexNode, parts: &[PartText], predicate: Option<&str>) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |text: &str| {
        // The end of a text is a byte that is in none.
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    add(node.table.table);
    add(node.method.name());
    add(if node.unique { "unique" } else { "" });
    add(if node.nulls_not_distinct {
        "nulls not distinct"
    } else {
        ""
    });
    for part in parts {
        add(&part.whole);
    }
    for column in &node.include {
        add("include");
        add(column);
    }
    add(predicate.unwrap_or_default());
    let high = hash >> 32;
    u32::try_from((hash ^ high) & u64::from(u32::MAX)).unwrap_or_default()
}

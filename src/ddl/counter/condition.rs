//! The condition of a kept value as text: of the columns of the counted rows alone.

use crate::error::Error;
use crate::expression::{LOCAL_DATE, Node};
use crate::predicate::PredicateNode;
use crate::render::{Renderer, Scope};
use crate::statement;

const OWN: &str = "its condition may look at the columns of the counted rows alone";

/// Adds a column that is read, once.
pub(super) fn read(column: &'static str, reads: &mut Vec<&'static str>) {
    if !reads.contains(&column) {
        reads.push(column);
    }
}

/// All of these, as a condition on `child`; `None` of none. What is read is added to `reads`.
///
/// Why it cannot be kept, if it looks at more than the row.
pub(super) fn text(
    conditions: &[&PredicateNode],
    reads: &mut Vec<&'static str>,
) -> Result<Result<Option<String>, &'static str>, Error> {
    let renderer = Renderer::new(None, 0);
    let scope = Scope::root("child");
    let mut texts = Vec::new();
    for condition in conditions {
        if !is_own(condition, reads) {
            return Ok(Err(OWN));
        }
        let written = renderer.predicate(&scope, condition)?;
        texts.push(format!("({})", statement::literal_text(written)));
    }
    Ok(Ok((!texts.is_empty()).then(|| texts.join(" AND "))))
}

fn is_own(condition: &PredicateNode, reads: &mut Vec<&'static str>) -> bool {
    match condition {
        PredicateNode::Compare(left, _, right) => is_plain(left, reads) && is_plain(right, reads),
        PredicateNode::IsNull { node, .. }
        | PredicateNode::AnyOf { node, .. }
        | PredicateNode::Like { node, .. }
        | PredicateNode::CompareArray { node, .. } => is_plain(node, reads),
        PredicateNode::All(all) | PredicateNode::Any(all) => {
            all.iter().all(|condition| is_own(condition, reads))
        }
        PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => is_own(inner, reads),
        PredicateNode::Exists { .. }
        | PredicateNode::Linked(..)
        | PredicateNode::OneOfRows { .. }
        | PredicateNode::InRows { .. } => false,
    }
}

/// A value of the row, the same whenever it is asked for: rules of time zones change.
fn is_plain(node: &Node, reads: &mut Vec<&'static str>) -> bool {
    let mut is_plain = true;
    node.walk(&mut |node| match node {
        Node::Column(name) => read(name, reads),
        Node::Function(name, _) if *name == LOCAL_DATE => is_plain = false,
        Node::Annotation(_) | Node::Kept(_) => is_plain = false,
        _ => {}
    });
    is_plain
}

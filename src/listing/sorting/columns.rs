//! The columns of related rows that a value is computed of: whether an index has them all.

use crate::annotation::{Aggregate, AnnotationNode, Computed};
use crate::expression::Node;
use crate::predicate::PredicateNode;

/// The columns of the related rows that are read; `None` if they cannot all be told, or other tables are read.
pub(crate) fn needed(annotation: &AnnotationNode) -> Option<Vec<&'static str>> {
    let [hop] = annotation.path.hops.as_slice() else {
        return None;
    };
    let mut columns = vec![hop.to.column()?];
    match &annotation.computed {
        Computed::Aggregate(Aggregate::Count) => {}
        Computed::Aggregate(
            Aggregate::CountDistinct(node)
            | Aggregate::Min(node)
            | Aggregate::Max(node)
            | Aggregate::Average(node)
            | Aggregate::Sum { value: node, .. },
        ) => columns_of(node, &mut columns)?,
        _ => return None,
    }
    for condition in hop.condition.iter().chain(&annotation.filter) {
        columns_of_condition(condition, &mut columns)?;
    }
    Some(columns)
}

fn columns_of(node: &Node, columns: &mut Vec<&'static str>) -> Option<()> {
    let mut all = Some(());
    node.walk(&mut |node| match node {
        Node::Column(name) if !columns.contains(name) => columns.push(name),
        Node::Annotation(_) => all = None,
        _ => {}
    });
    all
}

fn columns_of_condition(condition: &PredicateNode, columns: &mut Vec<&'static str>) -> Option<()> {
    match condition {
        PredicateNode::Compare(left, _, right) => {
            columns_of(left, columns)?;
            columns_of(right, columns)
        }
        PredicateNode::IsNull { node, .. }
        | PredicateNode::AnyOf { node, .. }
        | PredicateNode::Like { node, .. }
        | PredicateNode::CompareArray { node, .. } => columns_of(node, columns),
        PredicateNode::All(all) | PredicateNode::Any(all) => all
            .iter()
            .try_for_each(|condition| columns_of_condition(condition, columns)),
        PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => {
            columns_of_condition(inner, columns)
        }
        // Of the row itself, it is but where the way begins.
        PredicateNode::Exists { path, .. } | PredicateNode::OneOfRows { path, .. } => {
            let from = path.hops.first()?.from;
            columns_of(&Node::Column(from), columns)
        }
        PredicateNode::InRows { node, .. } => columns_of(node, columns),
        PredicateNode::Linked(..) => None,
    }
}

/// How many other tables a condition looks at.
pub(in crate::listing) fn lookups(condition: &PredicateNode) -> usize {
    match condition {
        PredicateNode::All(all) | PredicateNode::Any(all) => all.iter().map(lookups).sum(),
        PredicateNode::Not(inner) | PredicateNode::NotTrue(inner) => lookups(inner),
        PredicateNode::Exists { path, .. } => path.hops.len(),
        PredicateNode::Linked(..) => 1,
        _ => 0,
    }
}

//! Keeps cheap comparisons before matches of texts.

use sea_query::Value;

use super::Cost;
use crate::expression::Node;
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::DataType;

/// Whether one of the conditions that are joined by AND matches a text.
pub(super) fn matches_a_text(node: &PredicateNode) -> bool {
    match node {
        PredicateNode::All(parts) => parts.iter().any(matches_a_text),
        node => Cost::of(node) == Cost::TextMatch,
    }
}

/// Writes `column = value` as `column = ANY (array)` of the one value, wherever it is joined by AND, and says whether
/// there was one.
///
/// PostgreSQL keeps together what is equal, and so moves `column = value` behind all other conditions that it takes to
/// cost the same, among them matches of texts. A list stays where it is written, and is thought to cost half.
pub(super) fn keep_before_texts(node: &mut PredicateNode) -> bool {
    match node {
        PredicateNode::All(parts) => parts
            .iter_mut()
            .fold(false, |any, part| keep_before_texts(part) | any),
        PredicateNode::Compare(column @ Node::Column(_), Comparison::Equal, Node::Value(value)) => {
            let element = match DataType::of_value(value) {
                // Of these there is no list.
                None | Some(DataType::Array(_)) => return false,
                Some(element) => element,
            };
            let array = Value::Array(element.array_type(), Some(Box::new(vec![value.clone()])));
            *node = PredicateNode::AnyOf {
                node: column.clone(),
                array,
                element,
                negated: false,
            };
            true
        }
        _ => false,
    }
}

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
/// there was one: of texts and booleans.
///
/// PostgreSQL keeps together what is equal, and so moves `column = value` behind all other conditions that it takes to
/// cost the same, among them matches of texts. A list stays where it is written, and is thought to cost half. But an
/// index that gives rows in an order gives it for `= value` only (before PostgreSQL 17), which takes more than is gained
/// here. Such an index begins with a key, seldom with a state; and by an index, keys are looked for first anyway.
pub(super) fn keep_before_texts(node: &mut PredicateNode) -> bool {
    match node {
        PredicateNode::All(parts) => parts
            .iter_mut()
            .fold(false, |any, part| keep_before_texts(part) | any),
        PredicateNode::Compare(column @ Node::Column(_), Comparison::Equal, Node::Value(value)) => {
            let Some(element @ (DataType::Text | DataType::Boolean)) = DataType::of_value(value)
            else {
                return false;
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

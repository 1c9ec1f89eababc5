//! Conditions on a row of which some columns are known.

use sea_query::Value;

use super::datum::Datum;
use super::labels::PointedAt;
use super::value::constant;
use crate::expression::Node;
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::DataType;

/// Whether a condition is true of a row, as in SQL: `Some(None)` is NULL. `None` if it cannot be told.
pub(super) fn evaluate(node: &PredicateNode, row: PointedAt<'_>) -> Option<Option<bool>> {
    match node {
        PredicateNode::Compare(Node::Column(column), how, value) => {
            compare(row.value(column)?, *how, &*constant(value)?)
        }
        PredicateNode::IsNull {
            node: Node::Column(column),
            negated,
        } => Some(Some(row.value(column)?.is_none() != *negated)),
        PredicateNode::AnyOf {
            node: Node::Column(column),
            array: Value::Array(_, Some(values)),
            negated,
            ..
        } => {
            let actual = row.value(column)?;
            let each = values
                .iter()
                .map(|value| compare(actual, Comparison::Equal, value));
            let found = any(each)?;
            Some(found.map(|found| found != *negated))
        }
        PredicateNode::All(parts) => {
            let each = parts
                .iter()
                .map(|part| evaluate(part, row).map(|truth| truth.map(|truth| !truth)));
            any(each).map(|found| found.map(|found| !found))
        }
        PredicateNode::Any(parts) => any(parts.iter().map(|part| evaluate(part, row))),
        PredicateNode::Not(inner) => evaluate(inner, row).map(|truth| truth.map(|truth| !truth)),
        PredicateNode::NotTrue(inner) => {
            evaluate(inner, row).map(|truth| Some(truth != Some(true)))
        }
        _ => None,
    }
}

/// True if one is; else unknown if one is; else NULL if one is; else false.
fn any(each: impl Iterator<Item = Option<Option<bool>>>) -> Option<Option<bool>> {
    let mut found = Some(Some(false));
    for truth in each {
        match truth {
            Some(Some(true)) => return truth,
            None => found = None,
            Some(None) if found.is_some() => found = truth,
            Some(_) => {}
        }
    }
    found
}

fn compare(actual: Option<&str>, how: Comparison, value: &Value) -> Option<Option<bool>> {
    let data_type = DataType::of_value(value)?;
    let wanted = Datum::of(value);
    let actual = match actual {
        Some(text) => Some(Datum::parse(text, data_type)?),
        None => None,
    };
    let (actual, wanted) = match (how, actual, wanted) {
        (Comparison::DistinctFrom, actual, wanted) => return Some(Some(actual != wanted)),
        (Comparison::NotDistinctFrom, actual, wanted) => return Some(Some(actual == wanted)),
        (_, Some(actual), Some(wanted)) => (actual, wanted),
        _ => return Some(None),
    };
    Some(Some(match how {
        Comparison::Equal => actual == wanted,
        Comparison::NotEqual => actual != wanted,
        // Texts are ordered by a collation that is not known here.
        _ if matches!(actual, Datum::Text(_)) => return None,
        Comparison::Less => actual < wanted,
        Comparison::LessOrEqual => actual <= wanted,
        Comparison::Greater => actual > wanted,
        Comparison::GreaterOrEqual => actual >= wanted,
        Comparison::DistinctFrom | Comparison::NotDistinctFrom => return None,
    }))
}

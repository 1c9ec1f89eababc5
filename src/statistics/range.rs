//! Bounds of one value, two of which are a range.

use std::borrow::Cow;

use chrono::{Days, NaiveDate, NaiveTime};
use sea_query::Value;

use super::model::Statistics;
use super::value::{constant, value_last};
use crate::expression::{LOCAL_DATE, Node};
use crate::predicate::{Comparison, PredicateNode};
use crate::schema::EntityDefinition;

/// A bound of a value of the row.
#[derive(Clone, Debug)]
pub(super) struct Bound<'n> {
    pub node: &'n Node,
    pub side: Side,
    how: Comparison,
    value: Cow<'n, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Below,
    Above,
}

/// The bounds of one value: the shares of the rows that are above the one and below the other.
#[derive(Debug)]
pub(super) struct Range<'n> {
    pub node: &'n Node,
    above: Option<f64>,
    below: Option<f64>,
}

impl<'n> Bound<'n> {
    /// The bounds that a condition is; none if it is something else.
    pub fn of(node: &'n PredicateNode) -> Vec<Self> {
        let PredicateNode::Compare(left, how, right) = node else {
            return Vec::new();
        };
        let (left, how, right) = value_last(left, *how, right);
        match (left, constant(right)) {
            (Node::Function(LOCAL_DATE, _), Some(date)) => Self::of_value(left, how, &date),
            (_, Some(value)) => Self::new(left, how, value).into_iter().collect(),
            (_, None) => Vec::new(),
        }
    }

    /// The bounds that a comparison of a calendar date is, of the instant; zones are not known here, so that a day is
    /// one of UTC.
    pub fn of_value(date: &'n Node, how: Comparison, value: &Value) -> Vec<Self> {
        let (Node::Function(_, arguments), Value::ChronoDate(Some(value))) = (date, value) else {
            return Vec::new();
        };
        let (Some(instant), Some(start)) = (arguments.last(), midnight(*value, 0)) else {
            return Vec::new();
        };
        let Some(end) = midnight(*value, 1) else {
            return Vec::new();
        };
        let bounds = match how {
            Comparison::Less => vec![(Comparison::Less, start)],
            Comparison::LessOrEqual => vec![(Comparison::Less, end)],
            Comparison::Greater => vec![(Comparison::GreaterOrEqual, end)],
            Comparison::GreaterOrEqual => vec![(Comparison::GreaterOrEqual, start)],
            Comparison::Equal | Comparison::NotDistinctFrom => {
                vec![(Comparison::GreaterOrEqual, start), (Comparison::Less, end)]
            }
            Comparison::NotEqual | Comparison::DistinctFrom => Vec::new(),
        };
        let bounds = bounds.into_iter();
        bounds
            .filter_map(|(how, value)| Self::new(instant, how, Cow::Owned(value)))
            .collect()
    }

    fn new(node: &'n Node, how: Comparison, value: Cow<'n, Value>) -> Option<Self> {
        let side = match how {
            Comparison::Less | Comparison::LessOrEqual => Side::Below,
            Comparison::Greater | Comparison::GreaterOrEqual => Side::Above,
            _ => return None,
        };
        Some(Self {
            node,
            side,
            how,
            value,
        })
    }
}

impl<'n> Range<'n> {
    pub fn new(bound: Bound<'n>, of_bound: f64) -> Self {
        let mut range = Self {
            node: bound.node,
            above: None,
            below: None,
        };
        range.narrow(bound.side, of_bound);
        range
    }

    /// One more bound: the tighter of two on a side holds.
    pub fn narrow(&mut self, side: Side, of_bound: f64) {
        let known = match side {
            Side::Above => &mut self.above,
            Side::Below => &mut self.below,
        };
        *known = Some(known.map_or(of_bound, |known| known.min(of_bound)));
    }

    /// The share of the rows that are inside, of those that have a value.
    pub fn share(&self, present: f64) -> f64 {
        match (self.above, self.below) {
            (Some(above), Some(below)) => (above + below - present).max(0.0),
            (above, below) => above.or(below).unwrap_or(1.0),
        }
    }
}

impl Statistics {
    /// The share of the rows inside of one bound.
    pub(super) fn bounded(&self, definition: &EntityDefinition, bound: &Bound<'_>) -> Option<f64> {
        self.compared(definition, bound.node, bound.how, &bound.value)
    }
}

fn midnight(date: NaiveDate, later: u64) -> Option<Value> {
    let day = date.checked_add_days(Days::new(later))?;
    let instant = day.and_time(NaiveTime::MIN).and_utc();
    Some(Value::ChronoDateTimeUtc(Some(instant)))
}

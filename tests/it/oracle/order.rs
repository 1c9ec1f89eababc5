//! Sort keys in SQL and in memory.

use std::cmp::Ordering;

use pagewise::Order;

use super::value::Value;
use super::{Modeled, View};

/// A sort key, twice.
pub struct Sorted<E: Modeled> {
    pub value: Value<E>,
    pub descending: bool,
    /// Where NULL goes; last unless said otherwise.
    pub nulls_first: Option<bool>,
}

impl<E: Modeled> Clone for Sorted<E> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            descending: self.descending,
            nulls_first: self.nulls_first,
        }
    }
}

impl<E: Modeled> Sorted<E> {
    pub fn words(&self) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let nulls = match self.nulls_first {
            None => "",
            Some(true) => " NULLS FIRST",
            Some(false) => " NULLS LAST",
        };
        format!("{} {direction}{nulls}", self.value.words)
    }

    pub fn order(&self) -> Order<E> {
        let order = (self.value.order)(self.descending);
        match self.nulls_first {
            None => order,
            Some(true) => order.nulls_first(),
            Some(false) => order.nulls_last(),
        }
    }

    pub fn cmp(&self, view: &View, left: &E::Row, right: &E::Row) -> Ordering {
        let (left, right) = (
            (self.value.eval)(view, left),
            (self.value.eval)(view, right),
        );
        let nulls_first = self.nulls_first == Some(true);
        match (left.is_null(), right.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) if nulls_first => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, true) if nulls_first => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if self.descending => right.cmp(&left),
            (false, false) => left.cmp(&right),
        }
    }
}

/// Only the keys that decide something: each once, and none after the row's key.
pub fn deciding<E: Modeled>(orders: Vec<Sorted<E>>) -> Vec<Sorted<E>> {
    let mut deciding: Vec<Sorted<E>> = Vec::new();
    for order in orders {
        let known = |before: &Sorted<E>| {
            before.value.words == order.value.words || before.value.words == E::DEFINITION.key
        };
        if !deciding.iter().any(known) {
            deciding.push(order);
        }
    }
    deciding
}

/// Sorts rows; by their key in the direction of the last sort key where all are equal.
pub fn sort<E: Modeled>(view: &View, orders: &[Sorted<E>], rows: &mut [E::Row]) {
    let descending = orders.last().is_some_and(|order| order.descending);
    rows.sort_by(|left, right| {
        let by_keys = orders
            .iter()
            .map(|order| order.cmp(view, left, right))
            .find(|ordering| ordering.is_ne());
        by_keys.unwrap_or_else(|| {
            let by_id = E::id(left).cmp(&E::id(right));
            if descending { by_id.reverse() } else { by_id }
        })
    });
}

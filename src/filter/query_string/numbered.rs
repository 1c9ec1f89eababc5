//! Filters by their number, as older links have them: `filter_0_column=tags&filter_0_operator=any+of&filter_0_value=rare`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use super::FilterRequests;
use super::reader::list_operator;
use crate::filter::{FilterError, FilterRequest};

/// The filters whose parts have a number.
#[derive(Default)]
pub(super) struct Numbered<'a> {
    filters: Vec<Filter<'a>>,
    /// Where the filter of a number is. Numbers are as long as a request makes them, so they stay text.
    by_number: HashMap<String, usize>,
}

/// A filter, by its parts.
struct Filter<'a> {
    number: String,
    columns: Vec<Cow<'a, str>>,
    operators: Vec<Cow<'a, str>>,
    values: Vec<Cow<'a, str>>,
}

impl<'a> Numbered<'a> {
    /// A part of a filter, if the name is one of those. Says where its filter is, if this is the first part of it.
    pub(super) fn part(&mut self, name: &str, text: Cow<'a, str>) -> Option<usize> {
        let (number, part) = name.strip_prefix("filter_")?.split_once('_')?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if !matches!(part, "column" | "operator" | "value") {
            return None;
        }
        // 01 is 1.
        let number = match number.trim_start_matches('0') {
            "" => "0",
            number => number,
        };
        let known = self.by_number.get(number).copied();
        let at = known.unwrap_or_else(|| self.filter(number));
        let filter = &mut self.filters[at];
        match part {
            "column" => filter.columns.push(text),
            "operator" => filter.operators.push(text),
            _ => filter.values.push(text),
        }
        known.is_none().then_some(at)
    }

    fn filter(&mut self, number: &str) -> usize {
        let at = self.filters.len();
        self.by_number.insert(number.to_owned(), at);
        self.filters.push(Filter {
            number: number.to_owned(),
            columns: Vec::new(),
            operators: Vec::new(),
            values: Vec::new(),
        });
        at
    }

    /// What the filter comes to.
    pub(super) fn finish(&mut self, at: usize, filters: &mut FilterRequests) {
        let filter = &mut self.filters[at];
        let [column] = &filter.columns[..] else {
            filters.problems.push(filter.incomplete());
            return;
        };
        match (&mut filter.operators[..], &mut filter.values[..]) {
            ([operator], [value]) => {
                filters.add(column, mem::take(operator), mem::take(value));
            }
            // Each is one of the list, as it is.
            ([operator], [_, _, ..]) if list_operator(operator).is_some() => {
                let values = filter.values.drain(..);
                let request = FilterRequest::new(&**column, &**operator, values);
                filters.requests.push(request);
            }
            _ => filters.problems.push(filter.incomplete()),
        }
    }
}

impl Filter<'_> {
    fn incomplete(&self) -> FilterError {
        FilterError::IncompleteNumber {
            number: self.number.clone(),
            columns: self.columns.len(),
            operators: self.operators.len(),
            values: self.values.len(),
        }
    }
}

//! Filters by the name of their column: `f_tags=rare&op_tags=any+of`.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::mem;

use super::FilterRequests;
use crate::filter::FilterError;

/// The filters whose parts are named by their column.
#[derive(Default)]
pub(super) struct Named<'a> {
    filters: Vec<Filter<'a>>,
    columns: Vec<Column<'a>>,
    /// Where a column of this name is.
    by_name: HashMap<Cow<'a, str>, usize>,
}

/// A filter, by its parts.
struct Filter<'a> {
    column: usize,
    value: Option<Cow<'a, str>>,
    operator: Option<Cow<'a, str>>,
}

/// What there is of one column.
struct Column<'a> {
    name: Cow<'a, str>,
    values: usize,
    operators: usize,
    /// The filters that have one part only, in their order. All of them lack the same part.
    waiting: VecDeque<usize>,
    /// Whether it was said that some lack a part.
    is_reported: bool,
}

impl<'a> Named<'a> {
    /// The next value of a column. Says where its filter is, if this is the first part of it.
    pub(super) fn value(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) -> Option<usize> {
        let at = self.column(name);
        let column = &mut self.columns[at];
        column.values += 1;
        if column.values <= column.operators
            && let Some(filter) = column.waiting.pop_front()
        {
            self.filters[filter].value = Some(value);
            return None;
        }
        Some(self.filter(at, Some(value), None))
    }

    /// The next operator of a column. Says where its filter is, if this is the first part of it.
    pub(super) fn operator(&mut self, name: Cow<'a, str>, operator: Cow<'a, str>) -> Option<usize> {
        let at = self.column(name);
        let column = &mut self.columns[at];
        column.operators += 1;
        if column.operators <= column.values
            && let Some(filter) = column.waiting.pop_front()
        {
            self.filters[filter].operator = Some(operator);
            return None;
        }
        Some(self.filter(at, None, Some(operator)))
    }

    fn column(&mut self, name: Cow<'a, str>) -> usize {
        let new = self.columns.len();
        match self.by_name.entry(name) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(entry) => {
                self.columns.push(Column {
                    name: entry.key().clone(),
                    values: 0,
                    operators: 0,
                    waiting: VecDeque::new(),
                    is_reported: false,
                });
                *entry.insert(new)
            }
        }
    }

    fn filter(
        &mut self,
        column: usize,
        value: Option<Cow<'a, str>>,
        operator: Option<Cow<'a, str>>,
    ) -> usize {
        let at = self.filters.len();
        self.columns[column].waiting.push_back(at);
        self.filters.push(Filter {
            column,
            value,
            operator,
        });
        at
    }

    /// What the filter comes to. A column whose values and operators do not pair up is reported once.
    pub(super) fn finish(&mut self, at: usize, filters: &mut FilterRequests) {
        let filter = &mut self.filters[at];
        let column = &mut self.columns[filter.column];
        if let (Some(operator), Some(value)) = (filter.operator.take(), filter.value.take()) {
            filters.add(&column.name, operator, value);
        } else if !mem::replace(&mut column.is_reported, true) {
            filters.problems.push(FilterError::Incomplete {
                column: column.name.clone().into_owned(),
                values: column.values,
                operators: column.operators,
            });
        }
    }
}

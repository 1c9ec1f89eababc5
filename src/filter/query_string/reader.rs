//! Takes a query string's parts one by one, and makes filters of them at the end.

use std::borrow::Cow;

use super::FilterRequests;
use super::named::Named;
use super::numbered::Numbered;
use crate::filter::{FilterError, FilterRequest, Operator, ValueList};

/// What was read so far.
#[derive(Default)]
pub(super) struct Reader<'a> {
    /// The filters in the order of their first parts; the parts may be anywhere.
    places: Vec<Place>,
    named: Named<'a>,
    numbered: Numbered<'a>,
}

/// Where the parts of a filter are kept.
enum Place {
    Named(usize),
    Numbered(usize),
}

impl<'a> Reader<'a> {
    /// One name of the query string with its value.
    pub(super) fn pair(&mut self, name: Cow<'a, str>, value: Cow<'a, str>) {
        let place = if name.starts_with("f_") {
            let new = self.named.value(without_prefix(name, "f_".len()), value);
            new.map(Place::Named)
        } else if name.starts_with("op_") {
            let new = self
                .named
                .operator(without_prefix(name, "op_".len()), value);
            new.map(Place::Named)
        } else {
            self.numbered.part(&name, value).map(Place::Numbered)
        };
        self.places.extend(place);
    }

    /// The filters, and what is wrong with the others.
    pub(super) fn finish(mut self) -> FilterRequests {
        let mut filters = FilterRequests::default();
        for place in self.places {
            match place {
                Place::Named(at) => self.named.finish(at, &mut filters),
                Place::Numbered(at) => self.numbered.finish(at, &mut filters),
            }
        }
        filters
    }
}

fn without_prefix(name: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(&name[length..]),
        Cow::Owned(mut name) => {
            name.drain(..length);
            Cow::Owned(name)
        }
    }
}

/// The operator of this name, if it is one that takes a list.
pub(super) fn list_operator(name: &str) -> Option<Operator> {
    Operator::named(name).filter(|operator| operator.takes_list())
}

impl FilterRequests {
    /// Adds a filter whose parts are complete.
    pub(super) fn add(&mut self, column: &str, operator: Cow<'_, str>, value: Cow<'_, str>) {
        let values = match list_operator(&operator) {
            Some(operator) => {
                let list = ValueList::read(&value);
                if let Some(expected) = list.problem {
                    self.problems.push(FilterError::InvalidValue {
                        column: column.to_owned(),
                        operator,
                        value: value.into_owned(),
                        expected: expected.into(),
                    });
                    if list.values.is_empty() {
                        return;
                    }
                }
                list.values
            }
            None if value.is_empty() => Vec::new(),
            None => vec![value.into_owned()],
        };
        if values.is_empty() {
            self.problems.push(FilterError::NoValue {
                column: column.to_owned(),
            });
            return;
        }
        self.requests
            .push(FilterRequest::new(column, operator, values));
    }
}

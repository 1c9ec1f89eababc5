//! Writes filters as a query string.

use std::borrow::Cow;

use form_urlencoded::Serializer;

use super::reader::list_operator;
use crate::filter::{Filter, FilterPipeline, FilterRequest, ValueList};
use crate::schema::Entity;

/// The query string of the filters, in their order.
pub(super) fn query_string<'a>(requests: impl IntoIterator<Item = &'a FilterRequest>) -> String {
    let mut query = Serializer::new(String::new());
    for request in requests {
        query.append_pair(&format!("f_{}", request.column), &value(request));
        query.append_pair(&format!("op_{}", request.column), &request.operator);
    }
    query.finish()
}

/// The values as one text; empty if they cannot be one.
fn value(request: &FilterRequest) -> Cow<'_, str> {
    match &request.values[..] {
        values if list_operator(&request.operator).is_some() => ValueList::write(values).into(),
        [value] => value.into(),
        _ => "".into(),
    }
}

impl<E: Entity> FilterPipeline<E> {
    /// The query string that asks for these filters, in the order in which they were added.
    ///
    /// It has those that were [made from a request](super::super::Filter::asked); the host's own are not the
    /// request's to say. [`FilterRequests::from_query_string`](super::FilterRequests::from_query_string) reads the same
    /// requests from it.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::filter::{Filter, FilterPipeline, FilterRequest};
    ///
    /// let state = Filter::new("state", Session::STATUS.any_of(["active", "pending"]))
    ///     .asked(FilterRequest::new("state", "any of", ["active", "pending"]));
    /// let mine = Filter::new("mine", Session::EXPERIMENT_ID.eq(1));
    ///
    /// let pipeline = FilterPipeline::new().filter(mine).filter(state);
    /// assert_eq!(pipeline.to_query_string(), "f_state=active%7Epending&op_state=any+of");
    /// ```
    #[must_use]
    pub fn to_query_string(&self) -> String {
        query_string(self.filters().iter().filter_map(Filter::request))
    }
}

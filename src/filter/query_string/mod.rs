//! Filters in a query string: [`FilterRequests`].

mod named;
mod numbered;
mod reader;
mod write;

use std::borrow::Cow;
use std::vec;

use self::reader::Reader;
use super::{FilterError, FilterRequest};

/// The filters of a request, read from its query string, and written back to one.
///
/// A filter of the column `tags` is the pair of `f_tags`, its value, and `op_tags`, the name of its operator. Several
/// filters of one column repeat both: the first value belongs to the first operator, the second to the second. For
/// operators that take a list the value is one, as [`ValueList`](super::ValueList) has it. Older links number their
/// filters, and are read as well: `filter_0_column`, `filter_0_operator`, `filter_0_value`; where the operator takes a
/// list, the value may be repeated, and each is one of the list. All other names are left alone: pages and orders
/// are there, too.
///
/// The filters are in the order in which their first part appears. Whether a column and an operator exist is not looked
/// at here: an operator of an unknown name has its value as it is.
///
/// What cannot be taken is not among the [`requests`](Self::requests), and said in the [`problems`](Self::problems), in
/// the order of the query string; [`strict`](Self::strict) makes the first of them an error.
///
/// # How much it takes
///
/// Each part is looked at once, by hashes that a request cannot foresee. Time and memory are in proportion to the
/// query string, whatever it says: at most 200 bytes for each of its bytes, and most of that only if it consists of
/// nothing but separators. How long it may be is the server's limit; how many filters there may be, the set's.
///
/// # Example
///
/// ```
/// use pagewise::filter::{FilterRequest, FilterRequests};
///
/// let query = "f_tags=rare%7Eurgent&op_tags=any+of&f_state=&op_state=any+of&page=2";
/// let filters = FilterRequests::from_query_string(query);
/// assert_eq!(filters.requests, [FilterRequest::new("tags", "any of", ["rare", "urgent"])]);
/// assert_eq!(
///     filters.problems[0].to_string(),
///     r#"the filter of "state" has no value: give one, or leave the filter out"#
/// );
///
/// assert_eq!(filters.to_query_string(), "f_tags=rare%7Eurgent&op_tags=any+of");
/// assert!(filters.strict().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FilterRequests {
    /// The filters, in the order of the request.
    pub requests: Vec<FilterRequest>,
    /// What could not be taken, in the order of the request.
    pub problems: Vec<FilterError>,
}

impl FilterRequests {
    /// Reads the filters of a query string, with or without the `?` before it.
    ///
    /// Bytes that are no UTF-8 are read as the character U+FFFD, as browsers do.
    #[must_use]
    pub fn from_query_string(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        Self::from_pairs(form_urlencoded::parse(query.as_bytes()))
    }

    /// Reads the filters of the names and values of a query string, which the host's framework has decoded already.
    ///
    /// They are those of the query string in their order, repeated names included; a map that keeps one value for each
    /// name has lost some filters.
    ///
    /// # Example
    ///
    /// ```
    /// use pagewise::filter::{FilterRequest, FilterRequests};
    ///
    /// let pairs = vec![("f_tags".to_owned(), "rare".to_owned()), ("op_tags".to_owned(), "excludes".to_owned())];
    /// let filters = FilterRequests::from_pairs(pairs);
    /// assert_eq!(filters.requests, [FilterRequest::new("tags", "excludes", ["rare"])]);
    /// ```
    #[must_use]
    pub fn from_pairs<'a, K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let mut reader = Reader::default();
        for (name, value) in pairs {
            reader.pair(name.into(), value.into());
        }
        reader.finish()
    }

    /// The filters, if all of the request could be taken.
    ///
    /// # Errors
    ///
    /// The first of the [`problems`](Self::problems).
    pub fn strict(self) -> Result<Vec<FilterRequest>, FilterError> {
        match self.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(self.requests),
        }
    }

    /// Writes the [`requests`](Self::requests) as a query string, each as `f_column=value&op_column=operator`.
    ///
    /// [`from_query_string`](Self::from_query_string) reads the same requests from it, and those are written as the
    /// same text again.
    ///
    /// A query string cannot say all that a [`FilterRequest`] can: no value, an empty one, or several for an operator
    /// that takes one. Those are written with an empty value, so that who reads them is told of it.
    #[must_use]
    pub fn to_query_string(&self) -> String {
        write::query_string(&self.requests)
    }
}

impl FromIterator<FilterRequest> for FilterRequests {
    /// Requests that have no problems.
    fn from_iter<I: IntoIterator<Item = FilterRequest>>(requests: I) -> Self {
        Self {
            requests: requests.into_iter().collect(),
            problems: Vec::new(),
        }
    }
}

impl IntoIterator for FilterRequests {
    type Item = FilterRequest;
    type IntoIter = vec::IntoIter<FilterRequest>;

    /// The requests; the problems are dropped.
    fn into_iter(self) -> Self::IntoIter {
        self.requests.into_iter()
    }
}

#[cfg(test)]
mod tests;

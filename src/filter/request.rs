//! One filter as a request says it: [`FilterRequest`].

/// What a request says of one filter: which column, which operator, which values. Plain words: a
/// [`FilterSet`](super::FilterSet) knows what they mean.
///
/// ```
/// use pagewise::filter::FilterRequest;
///
/// let tags = FilterRequest::new("tags", "any of", ["rare", "urgent"]);
/// let state = FilterRequest::new("session_id", "contains", ["abc"]);
/// ```
///
/// With the feature `serde`, it is a map of its fields, all of them and no others; the values are a list of texts also
/// where there is one: `{"column": "tags", "operator": "any of", "values": ["rare", "urgent"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct FilterRequest {
    /// The name of the column, as the set calls it.
    pub column: String,
    /// The name of the [`Operator`](super::Operator).
    pub operator: String,
    /// The values: one, or several where the operator takes a list.
    pub values: Vec<String>,
}

impl FilterRequest {
    /// A filter of the column, by the operator, with the values.
    #[must_use]
    pub fn new<V: Into<String>>(
        column: impl Into<String>,
        operator: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            column: column.into(),
            operator: operator.into(),
            values: values.into_iter().map(Into::into).collect(),
        }
    }
}

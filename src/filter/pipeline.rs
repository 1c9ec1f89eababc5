//! Filters in their order: [`FilterPipeline`].

use super::{Filter, FilterRequests};
use crate::predicate::{Predicate, PredicateNode};
use crate::report::Report;
use crate::schema::Entity;

/// Filters that a row must all pass, in the order in which they are written.
///
/// PostgreSQL tests the conditions of a row by what it thinks they cost, and in the order of the text where they cost
/// the same; it takes a match of a text for as cheap as a comparison. So comparisons of columns come first, matches
/// of texts after them, and what looks at other tables last, which PostgreSQL would put there too. Among filters of
/// the same cost those come first that leave the fewest rows, by their [`Selectivity`](super::Selectivity); where
/// that is the same, those that were added first. Any order gives the same rows.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::filter::{Filter, FilterPipeline, Selectivity};
/// use pagewise::{Listing, Page};
///
/// let pipeline = FilterPipeline::new()
///     .filter(Filter::new("session_id", Session::EXTERNAL_ID.contains("abc")))
///     .filter(Filter::new("channels", Session::PLATFORM.any_of(["web", "api"])))
///     .filter(Filter::new("state", Session::STATUS.any_of(["active"])).selectivity(Selectivity::High));
///
/// let names: Vec<_> = pipeline.ordered().iter().map(|filter| filter.name().to_owned()).collect();
/// assert_eq!(names, ["state", "channels", "session_id"]);
///
/// let page = Listing::of(Session).tenant(7).filter_all(&pipeline).page(Page::first(25)).build()?;
/// println!("{}", pipeline.report());
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FilterPipeline<E> {
    filters: Vec<Filter<E>>,
}

impl<E: Entity> FilterPipeline<E> {
    /// No filters: every row passes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            filters: Vec::new(),
        }
    }

    /// One more filter. Several of one name must all be passed, as others.
    #[must_use]
    pub fn filter(mut self, filter: Filter<E>) -> Self {
        self.filters.push(filter);
        self
    }

    /// The filters, as they were added.
    #[must_use]
    pub fn filters(&self) -> &[Filter<E>] {
        &self.filters
    }

    /// What requests asked for, in the order in which the filters were added: for the link to the page's next one, and
    /// for keeping a filter. Filters that were made from no request are not among them.
    ///
    /// ```
    /// use chrono::Utc;
    /// use pagewise::chat;
    /// use pagewise::filter::{FilterRequests, Viewer};
    ///
    /// let set = chat::participant_filters();
    /// let asked = FilterRequests::from_query_string("f_channels=Web%7EFax&op_channels=any+of");
    /// let lenient = set.read_lenient(&asked.requests, &Viewer::at(Utc::now()));
    /// assert_eq!(lenient.pipeline.requests().to_query_string(), "f_channels=Web&op_channels=any+of");
    /// ```
    #[must_use]
    pub fn requests(&self) -> FilterRequests {
        let requests = self.filters.iter().filter_map(Filter::request);
        requests.cloned().collect()
    }

    /// The filters, in the order in which they are written.
    #[must_use]
    pub fn ordered(&self) -> Vec<&Filter<E>> {
        let mut ordered: Vec<_> = self.filters.iter().collect();
        ordered.sort_by_key(|filter| (filter.cost(), filter.selectivity));
        ordered
    }

    /// The conditions, in the order in which they are written, all of which must be true.
    #[must_use]
    pub fn predicate(&self) -> Predicate<E> {
        let ordered = self.ordered();
        let conditions = ordered.iter().map(|filter| filter.predicate.node.clone());
        Predicate::new(PredicateNode::All(conditions.collect()))
    }

    /// The order, and the reason for each place.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut report = Report::default();
        for (position, filter) in self.ordered().into_iter().enumerate() {
            let decision = format!("place {}", position + 1);
            let reason = format!("{}, selectivity {}", filter.cost(), filter.selectivity);
            report.add(filter.name.clone(), decision, reason);
        }
        report
    }
}

impl<E: Entity> Default for FilterPipeline<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Entity> Extend<Filter<E>> for FilterPipeline<E> {
    fn extend<I: IntoIterator<Item = Filter<E>>>(&mut self, filters: I) {
        self.filters.extend(filters);
    }
}

impl<E: Entity> FromIterator<Filter<E>> for FilterPipeline<E> {
    fn from_iter<I: IntoIterator<Item = Filter<E>>>(filters: I) -> Self {
        Self {
            filters: filters.into_iter().collect(),
        }
    }
}

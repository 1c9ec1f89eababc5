//! Filters in their order: [`FilterPipeline`].

use super::before_texts::{keep_before_texts, matches_a_text};
use super::{Filter, FilterRequest};
use crate::predicate::{Predicate, PredicateNode};
use crate::report::{Ago, Percent, Report};
use crate::schema::Entity;
use crate::statistics::Statistics;

/// Filters that a row must all pass, in the order in which they are written.
///
/// PostgreSQL tests the conditions of a row by what it thinks they cost, and in the order of the text where they cost
/// the same; it takes a match of a text for as cheap as a comparison. So comparisons of columns come first, matches
/// of texts after them, and what looks at other tables last, which PostgreSQL would put there too. Among filters of
/// the same cost those come first that leave the fewest rows, by their [`Selectivity`](super::Selectivity); where
/// that is the same, those that were added first. Any order gives the same rows.
///
/// With [`statistics`](Self::statistics) it is the share of the rows that a filter leaves, as they tell it, that
/// decides; filters of which they say nothing keep their rank. The order may then differ between values, so that one
/// shape of a request has several texts: as many as there are orders that occur.
///
/// PostgreSQL moves `column = value` behind the match of a text. Where one of the filters matches a text, comparisons of
/// texts and booleans for equality are therefore written as lists of one value, `column = ANY (array)`, which stay
/// where they are. Keys are compared as they are: an index on them may give the rows in their order.
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
    statistics: Option<Statistics>,
}

impl<E: Entity> FilterPipeline<E> {
    /// No filters: every row passes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            filters: Vec::new(),
            statistics: None,
        }
    }

    /// One more filter. Several of one name must all be passed, as others.
    #[must_use]
    pub fn filter(mut self, filter: Filter<E>) -> Self {
        self.filters.push(filter);
        self
    }

    /// What is known of the tables, by which the filters are put in order. Without any, or with old ones, the order is
    /// another, and the rows are the same.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::filter::{Filter, FilterPipeline, Selectivity};
    /// use pagewise::statistics::{Statistics, StatisticsRow};
    ///
    /// # let known = |column: &str, value: &str, frequency| StatisticsRow {
    /// #     table_name: "experiments_experimentsession".to_owned(),
    /// #     column_name: Some(column.to_owned()),
    /// #     null_fraction: Some(0.0),
    /// #     common_values: Some(vec![value.to_owned()]),
    /// #     common_frequencies: Some(vec![frequency]),
    /// #     ..StatisticsRow::default()
    /// # };
    /// # let statistics = Statistics::from_rows([known("status", "active", 0.75), known("platform", "web", 0.25)]);
    /// let pipeline = FilterPipeline::new()
    ///     .filter(Filter::new("state", Session::STATUS.eq("active")).selectivity(Selectivity::High))
    ///     .filter(Filter::new("channels", Session::PLATFORM.eq("web")).selectivity(Selectivity::Low))
    ///     .statistics(statistics);
    /// assert_eq!(
    ///     pipeline.report().to_string(),
    ///     "channels: place 1: comparison of columns, keeps about 25 % of the rows, by statistics read just now\n\
    ///      state: place 2: comparison of columns, keeps about 75 % of the rows, by statistics read just now"
    /// );
    /// ```
    #[must_use]
    pub fn statistics(mut self, statistics: Statistics) -> Self {
        self.statistics = Some(statistics);
        self
    }

    pub(crate) fn known(&self) -> Option<&Statistics> {
        self.statistics.as_ref()
    }

    /// The filters, as they were added.
    #[must_use]
    pub fn filters(&self) -> &[Filter<E>] {
        &self.filters
    }

    /// What requests asked for, in the order in which the filters were added: for keeping a filter. Filters that were
    /// made from no request are not among them.
    ///
    /// With the feature `query-string`, `to_query_string` writes them for the link to the page's next one.
    ///
    /// ```
    /// use chrono::Utc;
    /// use pagewise::chat;
    /// use pagewise::filter::{FilterRequest, Viewer};
    ///
    /// let asked = [FilterRequest::new("channels", "any of", ["Web", "Fax"])];
    /// let lenient = chat::participant_filters().read_lenient(&asked, &Viewer::at(Utc::now()));
    /// assert_eq!(lenient.pipeline.requests(), [FilterRequest::new("channels", "any of", ["Web"])]);
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<FilterRequest> {
        let requests = self.filters.iter().filter_map(Filter::request);
        requests.cloned().collect()
    }

    /// The filters, in the order in which they are written.
    #[must_use]
    pub fn ordered(&self) -> Vec<&Filter<E>> {
        let placed = self.placed().into_iter();
        placed.map(|(filter, _)| filter).collect()
    }

    /// The filters in their order, each with its estimate.
    fn placed(&self) -> Vec<(&Filter<E>, Option<f64>)> {
        let estimate = |filter: &Filter<E>| filter.estimate(self.statistics.as_ref()?);
        let filters = self.filters.iter();
        let mut placed: Vec<_> = filters.map(|filter| (filter, estimate(filter))).collect();
        let share = |(filter, estimate): &(&Filter<E>, Option<f64>)| {
            estimate.unwrap_or_else(|| filter.selectivity.stand_in())
        };
        placed.sort_by(|left, right| {
            let by_cost = left.0.cost().cmp(&right.0.cost());
            by_cost.then_with(|| share(left).total_cmp(&share(right)))
        });
        placed
    }

    /// Whether comparisons for equality would be tested after the match of a text.
    fn has_text_match(&self) -> bool {
        let mut filters = self.filters.iter();
        filters.any(|filter| matches_a_text(&filter.predicate.node))
    }

    /// The conditions, in the order in which they are written, all of which must be true.
    #[must_use]
    pub fn predicate(&self) -> Predicate<E> {
        Predicate::new(PredicateNode::All(self.conditions()))
    }

    /// The conditions, in the order in which they are written, as they are written.
    pub(crate) fn conditions(&self) -> Vec<PredicateNode> {
        let ordered = self.ordered().into_iter();
        let mut conditions: Vec<_> = ordered
            .map(|filter| filter.predicate.node.clone())
            .collect();
        if self.has_text_match() {
            for condition in &mut conditions {
                keep_before_texts(condition);
            }
        }
        conditions
    }

    /// The order, and the reason for each place.
    ///
    /// For the host. A share by statistics is of the rows of all tenants, so that it can tell the user of one what others
    /// have: show a report to users only where there are no statistics.
    #[must_use]
    pub fn report(&self) -> Report {
        let has_text_match = self.has_text_match();
        let mut report = Report::default();
        for (position, (filter, estimate)) in self.placed().into_iter().enumerate() {
            let decision = format!("place {}", position + 1);
            let left = match (estimate, &self.statistics) {
                (Some(share), Some(statistics)) => format!(
                    "keeps {} of the rows, by statistics read {}",
                    Percent(share),
                    Ago(statistics.age())
                ),
                _ => format!("selectivity {}", filter.selectivity),
            };
            report.add(
                filter.name.clone(),
                decision,
                format!("{}, {left}", filter.cost()),
            );
            if has_text_match && keep_before_texts(&mut filter.predicate.node.clone()) {
                report.add(
                    filter.name.clone(),
                    "= written as = ANY of one value",
                    "PostgreSQL would test = after the match of a text",
                );
            }
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
            statistics: None,
        }
    }
}

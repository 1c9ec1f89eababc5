//! A named condition: [`Filter`].

use std::borrow::Cow;

use super::{Cost, FilterRequest, Selectivity};
use crate::predicate::Predicate;
use crate::schema::Entity;
use crate::statistics::Statistics;

/// A condition on one row of the entity `E`, with a name and a rank, for a
/// [`FilterPipeline`](super::FilterPipeline).
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::filter::{Cost, Filter, Selectivity};
///
/// let state = Filter::new("state", Session::STATUS.eq("active")).selectivity(Selectivity::High);
/// assert_eq!(state.cost(), Cost::Comparison);
///
/// let name = Filter::new("session_id", Session::EXTERNAL_ID.contains_ignore_case("abc"));
/// assert_eq!(name.cost(), Cost::TextMatch);
/// ```
#[derive(Clone, Debug)]
pub struct Filter<E> {
    pub(super) name: Cow<'static, str>,
    pub(super) predicate: Predicate<E>,
    pub(super) selectivity: Selectivity,
    pub(super) asked: Option<FilterRequest>,
}

impl<E: Entity> Filter<E> {
    /// The condition under a name, which reports call it by. Its rank is [`Selectivity::Medium`] until
    /// [`selectivity`](Self::selectivity) says otherwise.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, predicate: Predicate<E>) -> Self {
        Self {
            name: name.into(),
            predicate,
            selectivity: Selectivity::default(),
            asked: None,
        }
    }

    /// How few rows it leaves, by experience; where there are statistics, they decide.
    #[must_use]
    pub fn selectivity(mut self, selectivity: Selectivity) -> Self {
        self.selectivity = selectivity;
        self
    }

    /// The part of a request that it was made from, which the pipeline writes back.
    #[must_use]
    pub fn asked(mut self, request: FilterRequest) -> Self {
        self.asked = Some(request);
        self
    }

    /// The part of a request that it was made from, if it was made from one.
    #[must_use]
    pub fn request(&self) -> Option<&FilterRequest> {
        self.asked.as_ref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    /// Its condition.
    #[must_use]
    pub fn predicate(&self) -> &Predicate<E> {
        &self.predicate
    }

    /// Its rank.
    #[must_use]
    pub fn rank(&self) -> Selectivity {
        self.selectivity
    }

    /// The share of the rows that it leaves, about, from 0 to 1; `None` where the statistics say nothing of its columns.
    #[must_use]
    pub fn estimate(&self, statistics: &Statistics) -> Option<f64> {
        statistics.share(&self.predicate)
    }

    /// What it costs to test one row: that of the condition's dearest part.
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost::of(&self.predicate.node)
    }
}

//! Everything that requests may filter rows by: [`FilterSet`].

use super::{Filter, FilterColumn, FilterError, FilterPipeline, FilterRequest, Viewer};
use crate::schema::Entity;

/// How many filters a request may have unless the host says otherwise.
const LIMIT: usize = 30;

/// The columns that requests may filter rows of the entity `E` by.
///
/// Reads what a request asks for into a [`FilterPipeline`]: [`read`](Self::read) refuses what it does not understand,
/// [`read_lenient`](Self::read_lenient) leaves it out and says so. Several filters on one column must all be passed.
///
/// # Example
///
/// ```
/// use chrono::Utc;
/// use pagewise::chat::Session;
/// use pagewise::filter::{FilterColumn, FilterRequest, FilterSet, Selectivity, Viewer};
/// use pagewise::{Listing, Page};
///
/// let set = FilterSet::new()
///     .column(FilterColumn::choice("state", Session::STATUS).selectivity(Selectivity::High))
///     .column(FilterColumn::time("created", Session::CREATED_AT));
///
/// let viewer = Viewer::at(Utc::now()).in_zone("Africa/Johannesburg".parse()?);
/// let requests = [
///     FilterRequest::new("created", "range", ["7d"]),
///     FilterRequest::new("state", "any of", ["active", "complete"]),
/// ];
/// let pipeline = set.read(&requests, &viewer)?;
/// let page = Listing::of(Session).tenant(7).filter_all(&pipeline).page(Page::first(25)).build()?;
///
/// let bad = [FilterRequest::new("created", "range", ["a week"]), requests[1].clone()];
/// let refused = set.read(&bad, &viewer).unwrap_err();
/// assert!(refused.to_string().starts_with(r#"cannot filter "created" range "a week""#));
/// let lenient = set.read_lenient(&bad, &viewer);
/// assert_eq!(lenient.pipeline.filters().len(), 1);
/// assert_eq!(lenient.problems, [refused]);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FilterSet<E> {
    columns: Vec<FilterColumn<E>>,
    limit: usize,
}

/// What [`FilterSet::read_lenient`] understood, and what it did not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lenient<E> {
    /// The filters that were understood.
    pub pipeline: FilterPipeline<E>,
    /// What was left out, and why.
    pub problems: Vec<FilterError>,
}

impl<E: Entity> FilterSet<E> {
    /// No columns.
    #[must_use]
    pub fn new() -> Self {
        Self {
            columns: Vec::new(),
            limit: LIMIT,
        }
    }

    /// One more column; in the place of another of its name.
    #[must_use]
    pub fn column(mut self, column: FilterColumn<E>) -> Self {
        match self
            .columns
            .iter_mut()
            .find(|known| known.name() == column.name())
        {
            Some(known) => *known = column,
            None => self.columns.push(column),
        }
        self
    }

    /// Without the column of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.columns.retain(|column| column.name() != name);
        self
    }

    /// How many filters a request may have; 30 unless said otherwise.
    #[must_use]
    pub fn limit(mut self, filters: usize) -> Self {
        self.limit = filters;
        self
    }

    /// The columns: for a form that offers them.
    #[must_use]
    pub fn columns(&self) -> &[FilterColumn<E>] {
        &self.columns
    }

    /// The filters that a request asks for, all of them.
    ///
    /// # Errors
    ///
    /// * [`FilterError::TooMany`]: more than the [`limit`](Self::limit);
    /// * [`FilterError::UnknownColumn`], [`FilterError::UnknownOperator`], [`FilterError::NoValue`],
    ///   [`FilterError::InvalidValue`]: the first filter that cannot be taken, and what it is in it.
    pub fn read(
        &self,
        requests: &[FilterRequest],
        viewer: &Viewer,
    ) -> Result<FilterPipeline<E>, FilterError> {
        self.check_number(requests)?;
        requests
            .iter()
            .map(|request| {
                let column = self.find(request)?;
                let operator = column.operator(request)?;
                let predicate = column.predicate(operator, &request.values, viewer)?;
                Ok(filter(column, predicate, request.clone()))
            })
            .collect()
    }

    /// The filters that a request asks for, as far as they can be taken.
    ///
    /// Of a list the values that fit are taken, and the others left out; a filter of which nothing fits is left out, as
    /// are those past the [`limit`](Self::limit). What is left out no longer narrows: so this is for lists that people
    /// look at, not for what deletes or exports.
    #[must_use]
    pub fn read_lenient(&self, requests: &[FilterRequest], viewer: &Viewer) -> Lenient<E> {
        let mut pipeline = FilterPipeline::new();
        let mut problems = Vec::new();
        for request in requests.iter().take(self.limit) {
            match self.lenient(request, viewer, &mut problems) {
                Ok(filter) => pipeline = pipeline.filter(filter),
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(self.check_number(requests).err());
        Lenient { pipeline, problems }
    }

    fn lenient(
        &self,
        request: &FilterRequest,
        viewer: &Viewer,
        problems: &mut Vec<FilterError>,
    ) -> Result<Filter<E>, FilterError> {
        let column = self.find(request)?;
        let operator = column.operator(request)?;
        let problem = match column.predicate(operator, &request.values, viewer) {
            Ok(predicate) => return Ok(filter(column, predicate, request.clone())),
            Err(problem) if request.values.len() < 2 || !operator.takes_list() => {
                return Err(problem);
            }
            Err(problem) => problem,
        };
        let mut kept = request.clone();
        let mut left_out = Vec::new();
        kept.values.retain(|value| {
            let alone = column.predicate(operator, std::slice::from_ref(value), viewer);
            let fits = alone.is_ok();
            left_out.extend(alone.err());
            fits
        });
        let Some(last) = left_out.pop() else {
            // Each would do, but not together.
            return Err(problem);
        };
        problems.extend(left_out);
        if kept.values.is_empty() {
            return Err(last);
        }
        problems.push(last);
        let predicate = column.predicate(operator, &kept.values, viewer)?;
        Ok(filter(column, predicate, kept))
    }

    fn check_number(&self, requests: &[FilterRequest]) -> Result<(), FilterError> {
        if requests.len() > self.limit {
            return Err(FilterError::TooMany {
                count: requests.len(),
                limit: self.limit,
            });
        }
        Ok(())
    }

    fn find(&self, request: &FilterRequest) -> Result<&FilterColumn<E>, FilterError> {
        let mut columns = self.columns.iter();
        let found = columns.find(|column| column.name() == request.column);
        found.ok_or_else(|| FilterError::UnknownColumn {
            column: request.column.clone(),
            known: self.columns.iter().map(FilterColumn::name).collect(),
        })
    }
}

fn filter<E: Entity>(
    column: &FilterColumn<E>,
    predicate: crate::predicate::Predicate<E>,
    asked: FilterRequest,
) -> Filter<E> {
    let filter = Filter::new(column.name(), predicate);
    filter.selectivity(column.rank()).asked(asked)
}

impl<E: Entity> Default for FilterSet<E> {
    fn default() -> Self {
        Self::new()
    }
}

//! The rows of a view as they are kept: [`ViewRows`].

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::measure::{MeasureList, Measures};
use super::reading::{Asked, Grain};
use super::view::ViewNode;
use crate::aggregate::{
    AggregateStatement, NumberOrder, Part, Whose, Writer, Written, sealed, whose,
};
use crate::error::Error;
use crate::predicate::Predicate;
use crate::schema::Entity;

/// The rows of a [`MaterializedView`](super::MaterializedView) of one tenant: each with all that it is grouped by, and the
/// measures that are asked for; made by [`rows`](super::MaterializedView::rows).
///
/// In the order of what the view is grouped by, NULL last, unless [`order_by`](Self::order_by) says otherwise. What rows are
/// grouped by is read by [`get_value`](crate::aggregate::AggregateRow::get_value), measures by
/// [`get`](crate::aggregate::AggregateRow::get), by the handles that the view was declared with. It may be a part of a
/// [`Batch`](crate::aggregate::Batch).
///
/// # Example
///
/// ```
/// use chrono::NaiveDate;
/// use pagewise::aggregate::Rows;
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::{MaterializedView, count, local_day};
/// use pagewise::TimeZone;
///
/// let sessions = Rows::of(Session);
/// let (day, started) = (local_day(Session::CREATED_AT, &TimeZone::UTC), count(&sessions).named("sessions"));
/// let view = MaterializedView::of("sessions_by_day", &sessions).by(&day).by(Session::PLATFORM).measures(&started);
///
/// let (from, to) = (NaiveDate::from_ymd_opt(2026, 9, 1), NaiveDate::from_ymd_opt(2026, 10, 1));
/// let september = from.unwrap_or_default()..to.unwrap_or_default();
/// let statement = view
///     .rows()
///     .tenant(7)
///     .filter(day.within(september))
///     .filter(Session::PLATFORM.is_distinct_from("web"))
///     .measures(&started)
///     .build()?;
/// assert_eq!(
///     statement.text(),
///     "SELECT \"kept\".\"day\", \"kept\".\"platform\", \"kept\".\"sessions\" FROM \"sessions_by_day\" AS \"kept\" \
///      WHERE \"kept\".\"team_id\" = $1 AND \"kept\".\"day\" >= $2 AND \"kept\".\"day\" < $3 \
///      AND (\"kept\".\"platform\" IS DISTINCT FROM $4) ORDER BY 1 ASC NULLS LAST, 2 ASC NULLS LAST LIMIT 10000"
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct ViewRows<E> {
    whose: Whose,
    asked: Asked,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> ViewRows<E> {
    pub(super) fn new(view: &Arc<ViewNode>) -> Self {
        Self {
            whose: Whose::default(),
            asked: Asked::of(view),
            marker: PhantomData,
        }
    }

    whose!();

    /// Only rows for which a condition on what the view is grouped by is true; several must all be.
    ///
    /// A condition on other rows may begin at a key of the view, such as the chatbot's.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<E>) -> Self {
        self.asked.filters.push(condition.node);
        self
    }

    /// Gives measures and distinct counts: one, or a tuple.
    #[must_use]
    pub fn measures(mut self, measures: impl Measures) -> Self {
        let mut list = MeasureList::default();
        list.add(measures);
        self.asked.numbers.extend(list.numbers);
        self
    }

    /// Sorted by a measure, and by further calls where that is equal.
    #[must_use]
    pub fn order_by(mut self, order: NumberOrder) -> Self {
        self.asked.orders.push(order);
        self
    }

    /// The first so many rows; 10,000 if nothing is said, all with `u32::MAX`.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.asked.limit = limit;
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`] if there are no measures;
    /// * [`Error::MaterializedView`] if the view does not have a measure, or what a condition is about;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if a column cannot be called as it is;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written;
    /// * what [`definition`](super::MaterializedView::definition) would be refused for.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }
}

impl<E> sealed::Sealed for ViewRows<E> {}

impl<E> Part for ViewRows<E> {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = Vec<crate::aggregate::AggregateRow>;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        self.asked
            .write(writer.0, &self.asked.view.keys, Grain::Own)
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: crate::aggregate::Cells) -> Result<Self::Answer, Error> {
        Ok(cells.into_rows())
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn explain(&self, error: Error) -> Error {
        super::reading::explain(&self.asked.view, error)
    }
}

impl<E> Clone for ViewRows<E> {
    fn clone(&self) -> Self {
        Self {
            whose: self.whose.clone(),
            asked: self.asked.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for ViewRows<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ViewRows").field(&self.asked).finish()
    }
}

//! The rows of a view put together again: [`Rollup`].

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::measure::{Additive, MeasureList};
use super::reading::{Asked, Grain};
use super::view::{Key, ViewNode};
use crate::aggregate::{
    AggregateStatement, NumberOrder, Part, Whose, Writer, Written, sealed, whose,
};
use crate::error::Error;
use crate::expression::Operand;
use crate::predicate::Predicate;
use crate::schema::{Entity, SqlType};

/// The rows of a [`MaterializedView`](super::MaterializedView) of one tenant, put together again: in total, or by values of
/// what the view is grouped by, such as days, their weeks and months, or chatbots; made by
/// [`rollup`](super::MaterializedView::rollup).
///
/// Only what adds up can be asked for: a distinct count does not compile. A total is one row, of nothing too: counts and sums
/// are then 0. Groups without rows are not there.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::Rows;
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::{MaterializedView, count, local_day, week_of};
/// use pagewise::TimeZone;
///
/// let sessions = Rows::of(Session);
/// let (day, started) = (local_day(Session::CREATED_AT, &TimeZone::UTC), count(&sessions).named("sessions"));
/// let view = MaterializedView::of("sessions_by_day", &sessions).by(&day).by(Session::PLATFORM).measures(&started);
///
/// let weekly = view.rollup().tenant(7).by(week_of(&day)).measures(&started).build()?;
/// assert_eq!(
///     weekly.text(),
///     "SELECT CAST((date_trunc('week', CAST(\"kept\".\"day\" AS timestamp))) AS date) AS \"week\", \
///      COALESCE(CAST(SUM(\"kept\".\"sessions\") AS bigint), 0) AS \"sessions\" FROM \"sessions_by_day\" AS \"kept\" \
///      WHERE \"kept\".\"team_id\" = $1 GROUP BY 1 ORDER BY 1 ASC NULLS LAST LIMIT 10000"
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Rollup<E> {
    whose: Whose,
    asked: Asked,
    keys: Vec<Key>,
    marker: PhantomData<fn() -> E>,
}

impl<E: Entity> Rollup<E> {
    pub(super) fn new(view: &Arc<ViewNode>) -> Self {
        Self {
            whose: Whose::default(),
            asked: Asked::of(view),
            keys: Vec::new(),
            marker: PhantomData,
        }
    }

    whose!();

    /// By something that the view is grouped by, or that is computed of it; by further calls within that.
    #[must_use]
    pub fn by<A: Operand<E>>(mut self, value: A) -> Self {
        let value = value.into_operand();
        self.keys.push(Key {
            name: value.name,
            node: value.node,
            data_type: A::Type::DATA_TYPE,
            nullable: A::Type::NULLABLE,
        });
        self
    }

    /// Only rows of the view for which a condition on what it is grouped by is true; several must all be.
    #[must_use]
    pub fn filter(mut self, condition: Predicate<E>) -> Self {
        self.asked.filters.push(condition.node);
        self
    }

    /// Gives measures that add up: one, or a tuple.
    #[must_use]
    pub fn measures(mut self, measures: impl Additive) -> Self {
        let mut list = MeasureList::default();
        list.add(measures);
        self.asked.numbers.extend(list.numbers);
        self
    }

    /// Sorted by a measure, and by further calls where that is equal; then by what it is grouped by, NULL last.
    #[must_use]
    pub fn order_by(mut self, order: NumberOrder) -> Self {
        self.asked.orders.push(order);
        self
    }

    /// The first so many groups; 10,000 if nothing is said, all with `u32::MAX`.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.asked.limit = limit;
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// As [`ViewRows::build`](super::ViewRows::build); also [`Error::MaterializedView`] if it is sorted by what does not add up.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }
}

impl<E> sealed::Sealed for Rollup<E> {}

impl<E> Part for Rollup<E> {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = Vec<crate::aggregate::AggregateRow>;

    fn whose(&self) -> &Whose {
        &self.whose
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        self.asked.write(writer.0, &self.keys, Grain::Coarser)
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

impl<E> Clone for Rollup<E> {
    fn clone(&self) -> Self {
        Self {
            whose: self.whose.clone(),
            asked: self.asked.clone(),
            keys: self.keys.clone(),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Rollup<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollup")
            .field("asked", &self.asked)
            .field("keys", &self.keys)
            .finish()
    }
}

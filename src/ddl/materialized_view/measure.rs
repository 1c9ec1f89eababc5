//! What is kept for each group, and whether it adds up: [`Measure`], [`DistinctCount`].

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use crate::aggregate::{Number, NumberNode, Rows};
use crate::annotation::{Averaged, MinMax, Summed};
use crate::expression::{Node, Operand};
use crate::schema::{DataType, Entity, IntoSql, SqlType};

/// A number that can be put together again from parts: of days to weeks, of chatbots to a team.
///
/// Counts and sums are added up, of minima the least is taken, of maxima the largest; an average is kept as a sum and a count,
/// of which it is computed when it is read. What is computed of such numbers ([`per`](Self::per), [`times`](Self::times),
/// [`or`](Measure::or)) is computed of what they come to.
///
/// Made by [`count`], [`sum`], [`min`], [`max`] and [`average`]. It is a [`Number`], too (by `Deref`): computed of the rows
/// themselves in a dashboard, and read from an answer, by the same handle.
#[derive(Clone, Debug)]
pub struct Measure<T> {
    number: Number<T>,
    averaged: Vec<(Node, DataType)>,
}

/// How many different values: it does not add up, since groups may have values in common. Made by [`count_distinct`].
///
/// A participant of two days is one of each, and one of both. So it is read as it is kept, by
/// [`rows`](super::MaterializedView::rows); it is no measure of a [`Rollup`](super::Rollup). It is a [`Number`], too (by `Deref`).
///
/// ```compile_fail,E0277
/// # use pagewise::chat::Session;
/// # use pagewise::aggregate::Rows;
/// # use pagewise::ddl::materialized_view::{MaterializedView, count_distinct};
/// let sessions = Rows::of(Session);
/// let people = count_distinct(&sessions, Session::PARTICIPANT_ID);
/// let view = MaterializedView::of("people", &sessions).by(Session::EXPERIMENT_ID).measures(&people);
/// let total = view.rollup().measures(&people);
/// ```
#[derive(Clone, Debug)]
pub struct DistinctCount(Number<i64>);

/// `count(*)`: how many rows.
///
/// ```
/// use pagewise::aggregate::Rows;
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::count;
///
/// let sessions = Rows::of(Session);
/// let ended = count(&sessions.only(Session::ENDED_AT.is_not_null())).named("ended");
/// assert_eq!(ended.name(), "ended");
/// ```
#[must_use]
pub fn count<E: Entity>(rows: &Rows<E>) -> Measure<i64> {
    Measure::new(rows.count())
}

/// `coalesce(sum(value), 0)`: NULL values add nothing.
///
/// Integers add up to a `bigint`; PostgreSQL refuses a sum past its largest value. Sums of floating point numbers may differ in
/// their last digits by the order in which they are added up.
#[must_use]
pub fn sum<E, A>(rows: &Rows<E>, value: A) -> Measure<<<A::Type as SqlType>::Base as Summed>::Sum>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base: Summed>>,
{
    Measure::new(rows.sum(value))
}

/// `min(value)`; `None` of nothing.
#[must_use]
pub fn min<E, A>(rows: &Rows<E>, value: A) -> Measure<Option<<A::Type as SqlType>::Base>>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base: MinMax>>,
{
    Measure::new(rows.min(value))
}

/// `max(value)`; `None` of nothing.
#[must_use]
pub fn max<E, A>(rows: &Rows<E>, value: A) -> Measure<Option<<A::Type as SqlType>::Base>>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base: MinMax>>,
{
    Measure::new(rows.max(value))
}

/// `avg(value)` as `double precision`: NULL values do not take part; `None` of nothing. Kept as a sum and a count.
#[must_use]
pub fn average<E, A>(rows: &Rows<E>, value: A) -> Measure<Option<f64>>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base: Averaged>>,
{
    let value = value.into_operand();
    let averaged = (value.node.clone(), A::Type::DATA_TYPE);
    let mut measure = Measure::new(rows.avg(value));
    measure.averaged.push(averaged);
    measure
}

/// `count(DISTINCT value)`: how many different values, NULL not counted.
#[must_use]
pub fn count_distinct<E: Entity>(rows: &Rows<E>, value: impl Operand<E>) -> DistinctCount {
    DistinctCount(rows.count_distinct(value))
}

impl<T: SqlType> Measure<T> {
    fn new(number: Number<T>) -> Self {
        Self {
            number,
            averaged: Vec::new(),
        }
    }

    /// The same measure under another name: the name of its column.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.number = self.number.named(name);
        self
    }

    /// This divided by another, as `double precision`; `zero` where the other is 0, and where either is NULL.
    ///
    /// ```
    /// use pagewise::aggregate::Rows;
    /// use pagewise::chat::Session;
    /// use pagewise::ddl::materialized_view::count;
    ///
    /// let sessions = Rows::of(Session);
    /// let (all, ended) = (count(&sessions), count(&sessions.only(Session::ENDED_AT.is_not_null())));
    /// let rate = ended.named("ended").per(&all.named("sessions"), 0.0).times(100.0);
    /// assert_eq!(rate.name(), "ended_per_sessions");
    /// ```
    #[must_use]
    pub fn per<U: SqlType<Base: Averaged>>(&self, divisor: &Measure<U>, zero: f64) -> Measure<f64>
    where
        T::Base: Averaged,
    {
        Measure {
            number: self.number.per(&divisor.number, zero),
            averaged: [self.averaged.clone(), divisor.averaged.clone()].concat(),
        }
    }
}

impl<T: SqlType<Base = T>> Measure<Option<T>> {
    /// This, or what is given where there is nothing to compute it of.
    #[must_use]
    pub fn or(&self, otherwise: impl IntoSql<T>) -> Measure<T> {
        Measure {
            number: self.number.or(otherwise),
            averaged: self.averaged.clone(),
        }
    }
}

impl<T: SqlType<Base = f64>> Measure<T> {
    /// This times a factor: 100 for per cent.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self {
            number: self.number.times(factor),
            averaged: self.averaged.clone(),
        }
    }
}

impl DistinctCount {
    /// The same count under another name: the name of its column.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self(self.0.named(name))
    }
}

impl<T> Deref for Measure<T> {
    type Target = Number<T>;
    fn deref(&self) -> &Number<T> {
        &self.number
    }
}

impl Deref for DistinctCount {
    type Target = Number<i64>;
    fn deref(&self) -> &Number<i64> {
        &self.0
    }
}

/// What a view keeps for each of its groups: a measure, a distinct count, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a materialized view keeps",
    label = "wanted: measures and distinct counts, alone or in a tuple"
)]
pub trait Measures {
    /// Adds its parts.
    fn add_to(self, measures: &mut MeasureList);
}

/// What can be added up over the groups of a view: a [`Measure`], or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not add up",
    label = "wanted: what can be put together again from the groups of the view",
    note = "the same value may be counted in several groups: read distinct counts as they are kept, by `view.rows()`"
)]
pub trait Additive: Measures {}

/// Collects measures; see [`Measures`].
#[derive(Clone, Debug, Default)]
pub struct MeasureList {
    pub(super) numbers: Vec<Arc<NumberNode>>,
    /// What averages are taken of, and its type.
    pub(super) averaged: Vec<(Node, DataType)>,
}

impl MeasureList {
    /// Adds a part, or several.
    pub fn add(&mut self, measures: impl Measures) {
        measures.add_to(self);
    }
}

impl<T: SqlType> Measures for &Measure<T> {
    fn add_to(self, measures: &mut MeasureList) {
        measures.numbers.push(Arc::clone(&self.number.node));
        measures.averaged.extend(self.averaged.iter().cloned());
    }
}

impl<T: SqlType> Additive for &Measure<T> {}

impl Measures for &DistinctCount {
    fn add_to(self, measures: &mut MeasureList) {
        measures.numbers.push(Arc::clone(&self.0.node));
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Measures),*> Measures for ($($name,)*) {
            #[expect(non_snake_case, reason = "the names of the types name the parts")]
            fn add_to(self, measures: &mut MeasureList) {
                let ($($name,)*) = self;
                $($name.add_to(measures);)*
            }
        }

        impl<$($name: Additive),*> Additive for ($($name,)*) {}
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

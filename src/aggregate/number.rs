//! One value computed over a set of rows: [`Number`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_query::Value;

use super::rows::{Rows, RowsNode};
use crate::annotation::{Aggregate, Averaged, MinMax, Summed};
use crate::expression::Operand;
use crate::order::Direction;
use crate::predicate::PredicateNode;
use crate::schema::{DataType, Entity, IntoSql, SqlType};

/// One value of the type `T`, computed over [`Rows`]: how many, how many different, sum, average, least, largest, and what
/// is computed of these.
///
/// It means the same wherever it is shown: in a [`CombinedAggregate`](super::CombinedAggregate) over all of the rows, in a
/// [`Series`](super::Series) over those of each stretch of time, in [`Groups`](super::Groups) and a
/// [`GroupedListing`](super::GroupedListing) over those of each group.
///
/// Its type says what nothing gives: counts and sums of nothing are 0; an average, minimum or maximum of nothing is
/// `None`, or what [`or`](Self::or) says.
///
/// It is its own handle for reading: `answer.get(&number)`. Cloning is cheap.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::{CombinedAggregate, Rows};
/// use pagewise::chat::Session;
///
/// let sessions = Rows::of(Session).filter(Session::PLATFORM.is_distinct_from("evaluations"));
/// let total = sessions.count().named("total");
/// let ended = sessions.only(Session::ENDED_AT.is_not_null()).count().named("ended");
/// let rate = ended.per(&total, 0.0).times(100.0).named("completion_rate");   // 0 if there are none
///
/// let statement = CombinedAggregate::new().tenant(7).numbers((&total, &ended, &rate)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct Number<T> {
    pub(crate) node: Arc<NumberNode>,
    marker: PhantomData<fn() -> T>,
}

/// The untyped form of a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NumberNode {
    pub name: Cow<'static, str>,
    pub data_type: DataType,
    pub nullable: bool,
    pub value: NumberValue,
}

/// What a number is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NumberValue {
    /// An aggregate over rows.
    Aggregate(Aggregated),
    /// Another number, or this where that is NULL.
    Or(Arc<NumberNode>, Value),
    /// One divided by another, or this where the other is 0.
    Ratio(Arc<NumberNode>, Arc<NumberNode>, f64),
    /// A number times a factor.
    Times(Arc<NumberNode>, f64),
}

/// An aggregate over a part of a set of rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Aggregated {
    pub rows: Arc<RowsNode>,
    pub only: Option<PredicateNode>,
    pub aggregate: Aggregate,
}

impl Aggregated {
    /// The same value.
    pub fn is_same(&self, other: &Self) -> bool {
        // NaN in a condition is not equal to itself.
        std::ptr::eq(self, other)
            || (self.aggregate == other.aggregate
                && self.only == other.only
                && self.rows.is_same(&other.rows))
    }

    /// Whether nothing gives 0.
    pub fn is_zero_of_nothing(&self) -> bool {
        matches!(
            self.aggregate,
            Aggregate::Count | Aggregate::CountDistinct(_) | Aggregate::Sum { .. }
        )
    }
}

impl NumberNode {
    /// The same value, whatever it is called.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub fn is_same_value(&self, other: &Self) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        match (&self.value, &other.value) {
            (NumberValue::Aggregate(left), NumberValue::Aggregate(right)) => left.is_same(right),
            (NumberValue::Or(left, this), NumberValue::Or(right, that)) => {
                this == that && left.is_same_value(right)
            }
            (NumberValue::Ratio(a, b, zero), NumberValue::Ratio(c, d, other_zero)) => {
                zero.to_bits() == other_zero.to_bits() && a.is_same_value(c) && b.is_same_value(d)
            }
            (NumberValue::Times(left, factor), NumberValue::Times(right, other_factor)) => {
                factor.to_bits() == other_factor.to_bits() && left.is_same_value(right)
            }
            _ => false,
        }
    }

    /// Calls `visit` for the aggregates that the number is computed of.
    pub fn aggregates<'n>(&'n self, visit: &mut impl FnMut(&'n NumberNode, &'n Aggregated)) {
        match &self.value {
            NumberValue::Aggregate(aggregated) => visit(self, aggregated),
            NumberValue::Or(number, _) | NumberValue::Times(number, _) => {
                number.aggregates(visit);
            }
            NumberValue::Ratio(numerator, denominator, _) => {
                numerator.aggregates(visit);
                denominator.aggregates(visit);
            }
        }
    }
}

impl<T: SqlType> Number<T> {
    fn new(name: impl Into<Cow<'static, str>>, value: NumberValue) -> Self {
        Self {
            node: Arc::new(NumberNode {
                name: name.into(),
                data_type: T::DATA_TYPE,
                nullable: T::NULLABLE,
                value,
            }),
            marker: PhantomData,
        }
    }

    /// The same number under another name: the name of its output column.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        Arc::make_mut(&mut self.node).name = name.into();
        self
    }

    /// The name of its output column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.node.name
    }

    /// This number divided by another, as `double precision`; `zero` where the other is 0, and where either is NULL.
    #[must_use]
    pub fn per<U: SqlType<Base: Averaged>>(&self, divisor: &Number<U>, zero: f64) -> Number<f64>
    where
        T::Base: Averaged,
    {
        let name = format!("{}_per_{}", self.node.name, divisor.node.name);
        let (dividend, divisor) = (Arc::clone(&self.node), Arc::clone(&divisor.node));
        Number::new(name, NumberValue::Ratio(dividend, divisor, zero))
    }

    /// Smallest first, NULL last.
    #[must_use]
    pub fn asc(&self) -> NumberOrder {
        NumberOrder::new(&self.node, Direction::Ascending)
    }

    /// Largest first, NULL last.
    #[must_use]
    pub fn desc(&self) -> NumberOrder {
        NumberOrder::new(&self.node, Direction::Descending)
    }
}

impl<T: SqlType<Base = T>> Number<Option<T>> {
    /// This number, or what is given where there is nothing to compute it of.
    #[must_use]
    pub fn or(&self, otherwise: impl IntoSql<T>) -> Number<T> {
        let value = otherwise.into_sql().into_value();
        Number::new(
            self.node.name.clone(),
            NumberValue::Or(Arc::clone(&self.node), value),
        )
    }
}

impl<T: SqlType<Base = f64>> Number<T> {
    /// This number times a factor: 100 for per cent.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Number::new(
            self.node.name.clone(),
            NumberValue::Times(Arc::clone(&self.node), factor),
        )
    }
}

/// A number as a sort key; made by [`Number::asc`] and [`Number::desc`].
#[derive(Clone, Debug)]
pub struct NumberOrder {
    pub(crate) node: Arc<NumberNode>,
    pub(crate) direction: Direction,
}

impl NumberOrder {
    fn new(node: &Arc<NumberNode>, direction: Direction) -> Self {
        Self {
            node: Arc::clone(node),
            direction,
        }
    }
}

impl<E: Entity> Rows<E> {
    fn number<T: SqlType>(
        &self,
        name: impl Into<Cow<'static, str>>,
        aggregate: Aggregate,
    ) -> Number<T> {
        let aggregated = Aggregated {
            rows: Arc::clone(&self.node),
            only: self.only.clone(),
            aggregate,
        };
        Number::new(name, NumberValue::Aggregate(aggregated))
    }

    /// `count(*)`: how many rows; 0 if there is none.
    #[must_use]
    pub fn count(&self) -> Number<i64> {
        self.number(format!("{}_count", self.node.name), Aggregate::Count)
    }

    /// `count(DISTINCT value)`: how many different values, NULL not counted; 0 if there is none.
    #[must_use]
    pub fn count_distinct(&self, value: impl Operand<E>) -> Number<i64> {
        let value = value.into_operand();
        let name = format!("{}_count", value.name);
        self.number(name, Aggregate::CountDistinct(value.node))
    }

    /// `min(value)`; `None` of nothing.
    #[must_use]
    pub fn min<A>(&self, value: A) -> Number<Option<<A::Type as SqlType>::Base>>
    where
        A: Operand<E, Type: SqlType<Base: MinMax>>,
    {
        let value = value.into_operand();
        self.number(format!("min_{}", value.name), Aggregate::Min(value.node))
    }

    /// `max(value)`; `None` of nothing.
    #[must_use]
    pub fn max<A>(&self, value: A) -> Number<Option<<A::Type as SqlType>::Base>>
    where
        A: Operand<E, Type: SqlType<Base: MinMax>>,
    {
        let value = value.into_operand();
        self.number(format!("max_{}", value.name), Aggregate::Max(value.node))
    }

    /// `coalesce(sum(value), 0)`: NULL values add nothing; 0 of nothing.
    ///
    /// Integers add up to a `bigint`; PostgreSQL refuses a sum past its largest value.
    #[must_use]
    pub fn sum<A>(&self, value: A) -> Number<<<A::Type as SqlType>::Base as Summed>::Sum>
    where
        A: Operand<E, Type: SqlType<Base: Summed>>,
    {
        let value = value.into_operand();
        let data_type = <<<A::Type as SqlType>::Base as Summed>::Sum as SqlType>::DATA_TYPE;
        self.number(
            format!("sum_{}", value.name),
            Aggregate::Sum {
                value: value.node,
                data_type,
            },
        )
    }

    /// `avg(value)` as `double precision`: NULL values do not take part; `None` of nothing.
    #[must_use]
    pub fn avg<A>(&self, value: A) -> Number<Option<f64>>
    where
        A: Operand<E, Type: SqlType<Base: Averaged>>,
    {
        let value = value.into_operand();
        self.number(
            format!("avg_{}", value.name),
            Aggregate::Average(value.node),
        )
    }
}

/// What takes numbers: a number, a tuple, an array or a list of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number over rows",
    label = "wanted: numbers that `Rows` makes, alone, in a tuple or in a list"
)]
pub trait Numbers {
    /// Adds its parts.
    fn add_to(self, numbers: &mut NumberList);
}

/// Collects numbers; see [`Numbers`].
#[derive(Clone, Debug, Default)]
pub struct NumberList(pub(crate) Vec<Arc<NumberNode>>);

impl NumberList {
    /// Adds a part, or several.
    pub fn add(&mut self, numbers: impl Numbers) {
        numbers.add_to(self);
    }
}

impl<T: SqlType> Numbers for &Number<T> {
    fn add_to(self, numbers: &mut NumberList) {
        numbers.0.push(Arc::clone(&self.node));
    }
}

impl<N: Numbers + Copy> Numbers for &[N] {
    fn add_to(self, numbers: &mut NumberList) {
        self.iter().for_each(|number| number.add_to(numbers));
    }
}

impl<T: SqlType> Numbers for Number<T> {
    fn add_to(self, numbers: &mut NumberList) {
        numbers.0.push(self.node);
    }
}

impl<N: Numbers, const LENGTH: usize> Numbers for [N; LENGTH] {
    fn add_to(self, numbers: &mut NumberList) {
        self.into_iter().for_each(|number| number.add_to(numbers));
    }
}

impl<N: Numbers> Numbers for Vec<N> {
    fn add_to(self, numbers: &mut NumberList) {
        self.into_iter().for_each(|number| number.add_to(numbers));
    }
}

impl Numbers for NumberList {
    fn add_to(self, numbers: &mut NumberList) {
        numbers.0.extend(self.0);
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Numbers),*> Numbers for ($($name,)*) {
            #[expect(non_snake_case, reason = "the names of the types name the parts")]
            fn add_to(self, numbers: &mut NumberList) {
                let ($($name,)*) = self;
                $($name.add_to(numbers);)*
            }
        }
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
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

impl<T> Clone for Number<T> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            marker: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Number<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Number").field(&self.node).finish()
    }
}

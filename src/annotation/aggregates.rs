//! What can be computed over a relation: the methods that make an [`Annotation`].

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{Aggregate, Annotation, Computed};
use crate::expression::Operand;
use crate::order::{Order, OrderNode};
use crate::predicate::Predicate;
use crate::schema::{Column, DataType, Entity, Relation, SqlType, ToOne};

/// Types of which PostgreSQL knows `min` and `max`.
#[diagnostic::on_unimplemented(message = "PostgreSQL has no minimum or maximum of `{Self}`")]
pub trait MinMax: SqlType {}

macro_rules! min_max {
    ($($type:ty),*) => { $(impl MinMax for $type {})* };
}

min_max!(
    i16,
    i32,
    i64,
    f32,
    f64,
    String,
    NaiveDate,
    NaiveDateTime,
    DateTime<Utc>
);

/// Numbers that can be added up, and the type of their sum.
#[diagnostic::on_unimplemented(message = "values of the type `{Self}` cannot be added up")]
pub trait Summed: SqlType {
    /// `bigint` for integers, `double precision` for the others.
    type Sum: SqlType<Base = Self::Sum>;
}

macro_rules! summed {
    ($($type:ty => $sum:ty;)*) => { $(impl Summed for $type { type Sum = $sum; })* };
}

summed! { i16 => i64; i32 => i64; i64 => i64; f32 => f64; f64 => f64; }

/// Numbers that have an average.
#[diagnostic::on_unimplemented(message = "values of the type `{Self}` have no average")]
pub trait Averaged: SqlType {}

impl<T: Summed> Averaged for T {}

/// In which order distinct texts are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextOrder {
    /// As the database sorts text: `v1, v10, v2`.
    Text,
    /// By the first number in each text, then as text: `v1, v2, v10`. Texts without a number come last.
    Natural,
}

impl<E: Entity, F: Entity> Relation<E, F> {
    fn aggregate<T: SqlType>(&self, name: String, aggregate: Aggregate) -> Annotation<E, T> {
        Annotation::new(
            name,
            &self.path,
            self.filter.as_ref(),
            Computed::Aggregate(aggregate),
        )
    }

    fn name_of(&self, what: &str, of: &str) -> String {
        format!("{}_{what}_{of}", self.path.name)
    }

    /// `count(*)`: how many rows; 0 if there is none.
    ///
    /// Rows, not a column: an index alone can answer it.
    #[must_use]
    pub fn count(&self) -> Annotation<E, i64> {
        self.aggregate(format!("{}_count", self.path.name), Aggregate::Count)
    }

    /// `count(DISTINCT value)`: how many different values, NULL not counted; 0 if there is none.
    #[must_use]
    pub fn count_distinct(&self, value: impl Operand<F>) -> Annotation<E, i64> {
        let value = value.into_operand();
        self.aggregate(
            self.name_of("count", &value.name),
            Aggregate::CountDistinct(value.node),
        )
    }

    /// `min(value)`; `None` of nothing.
    #[must_use]
    pub fn min<A>(&self, value: A) -> Annotation<E, Option<<A::Type as SqlType>::Base>>
    where
        A: Operand<F, Type: SqlType<Base: MinMax>>,
    {
        let value = value.into_operand();
        self.aggregate(self.name_of("min", &value.name), Aggregate::Min(value.node))
    }

    /// `max(value)`; `None` of nothing.
    #[must_use]
    pub fn max<A>(&self, value: A) -> Annotation<E, Option<<A::Type as SqlType>::Base>>
    where
        A: Operand<F, Type: SqlType<Base: MinMax>>,
    {
        let value = value.into_operand();
        self.aggregate(self.name_of("max", &value.name), Aggregate::Max(value.node))
    }

    /// `coalesce(sum(value), 0)`: NULL values add nothing; 0 of nothing.
    ///
    /// Integers add up to a `bigint`; PostgreSQL refuses a sum past its largest value.
    #[must_use]
    pub fn sum<A>(&self, value: A) -> Annotation<E, <<A::Type as SqlType>::Base as Summed>::Sum>
    where
        A: Operand<F, Type: SqlType<Base: Summed>>,
    {
        let value = value.into_operand();
        let data_type = <<<A::Type as SqlType>::Base as Summed>::Sum as SqlType>::DATA_TYPE;
        self.aggregate(
            self.name_of("sum", &value.name),
            Aggregate::Sum {
                value: value.node,
                data_type,
            },
        )
    }

    /// `avg(value)` as `double precision`: NULL values do not take part; `None` of nothing.
    #[must_use]
    pub fn avg<A>(&self, value: A) -> Annotation<E, Option<f64>>
    where
        A: Operand<F, Type: SqlType<Base: Averaged>>,
    {
        let value = value.into_operand();
        self.aggregate(
            self.name_of("avg", &value.name),
            Aggregate::Average(value.node),
        )
    }

    /// `string_agg(value, delimiter ORDER BY order, key)`: all texts joined, NULL left out; `''` of nothing.
    #[must_use]
    pub fn string_agg<A>(
        &self,
        value: A,
        delimiter: impl Into<String>,
        order: Order<F>,
    ) -> Annotation<E, String>
    where
        A: Operand<F, Type: SqlType<Base = String>>,
    {
        let value = value.into_operand();
        self.aggregate(
            self.name_of("text", &value.name),
            Aggregate::Text {
                value: value.node,
                delimiter: delimiter.into(),
                order: with_key::<F>(order),
            },
        )
    }

    /// `string_agg` of the different texts, each once, NULL left out; `''` of nothing.
    ///
    /// ```
    /// use pagewise::chat::{Message, Session};
    /// use pagewise::{Relation, TextOrder};
    ///
    /// let messages = Relation::many("messages", Session::CHAT_ID, Message::CHAT_ID);
    /// let kinds = messages.string_agg_distinct(Message::MESSAGE_TYPE, ", ", TextOrder::Text);
    /// ```
    #[must_use]
    pub fn string_agg_distinct<A>(
        &self,
        value: A,
        delimiter: impl Into<String>,
        order: TextOrder,
    ) -> Annotation<E, String>
    where
        A: Operand<F, Type: SqlType<Base = String>>,
    {
        let value = value.into_operand();
        Annotation::new(
            self.name_of("texts", &value.name),
            &self.path,
            self.filter.as_ref(),
            Computed::DistinctText {
                value: value.node,
                delimiter: delimiter.into(),
                order,
            },
        )
    }

    /// `array_agg(value ORDER BY order, key)`: all values, NULL among them; empty of nothing.
    #[must_use]
    pub fn array_agg<A: Operand<F>>(
        &self,
        value: A,
        order: Order<F>,
    ) -> Annotation<E, Vec<A::Type>> {
        let value = value.into_operand();
        self.aggregate(
            self.name_of("array", &value.name),
            Aggregate::Array {
                value: value.node,
                element: A::Type::DATA_TYPE,
                order: with_key::<F>(order),
            },
        )
    }

    /// `coalesce(bool_or(condition), false)`: whether the condition is true of at least one row; false of
    /// nothing.
    #[must_use]
    pub fn any(&self, condition: Predicate<F>) -> Annotation<E, bool> {
        self.aggregate(
            format!("{}_any", self.path.name),
            Aggregate::Any(condition.node),
        )
    }

    /// `coalesce(bool_and(condition), true)`: whether the condition is false of no row; true of nothing. A row
    /// for which the condition is NULL does not take part.
    #[must_use]
    pub fn every(&self, condition: Predicate<F>) -> Annotation<E, bool> {
        self.aggregate(
            format!("{}_every", self.path.name),
            Aggregate::Every(condition.node),
        )
    }

    /// The value of the row that comes first in the order: `ORDER BY order, key LIMIT 1`; `None` of nothing.
    #[must_use]
    pub fn first<A: Operand<F>>(
        &self,
        value: A,
        order: Order<F>,
    ) -> Annotation<E, Option<<A::Type as SqlType>::Base>> {
        let value = value.into_operand();
        Annotation::new(
            self.name_of("first", &value.name),
            &self.path,
            self.filter.as_ref(),
            Computed::First {
                value: value.node,
                order: with_key::<F>(order),
            },
        )
    }

    /// The value of the row that comes last in the order; `None` of nothing.
    ///
    /// NULL comes last in an order unless it says [`nulls_first`](Order::nulls_first), so the last row of an order by a
    /// column that may be NULL is one where it is: filter those out, or place them first.
    #[must_use]
    pub fn last<A: Operand<F>>(
        &self,
        value: A,
        order: Order<F>,
    ) -> Annotation<E, Option<<A::Type as SqlType>::Base>> {
        let value = value.into_operand();
        let order = with_key::<F>(order)
            .into_iter()
            .map(OrderNode::reversed)
            .collect();
        Annotation::new(
            self.name_of("last", &value.name),
            &self.path,
            self.filter.as_ref(),
            Computed::First {
                value: value.node,
                order,
            },
        )
    }
}

impl<E: Entity, F: Entity> ToOne<E, F> {
    /// A column of the row that is pointed at; `None` if there is none, or if it is another tenant's.
    ///
    /// ```
    /// use pagewise::chat::{Participant, Session};
    /// use pagewise::{Listing, Page, ToOne};
    ///
    /// let participant: ToOne<Session, Participant> = ToOne::new("participant", Session::PARTICIPANT_ID);
    /// let who = participant.value(Participant::IDENTIFIER);
    /// let page = Listing::of(Session).tenant(7).show(&who).page(Page::first(25)).build()?;
    /// assert!(page.to_string().contains(
    ///     r#"LEFT JOIN "experiments_participant" AS "participant" ON "participant"."id" = "page"."participant_id" AND "participant"."team_id" = $2"#
    /// ));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn value<T: SqlType>(&self, column: Column<F, T>) -> Annotation<E, Option<T::Base>> {
        Annotation::new(
            format!("{}_{}", self.path.name, column.name()),
            &self.path,
            None,
            Computed::Related(column.name()),
        )
    }
}

/// The order made total by the key of the rows.
fn with_key<F: Entity>(order: Order<F>) -> Vec<OrderNode> {
    let direction = order.node.direction;
    let by_key = order.node.is_column(F::DEFINITION.key);
    let mut nodes = vec![order.node];
    if !by_key {
        nodes.push(OrderNode::by_key(&F::DEFINITION, direction));
    }
    nodes
}

/// Averages are computed as `double precision` whatever goes in.
pub(super) const AVERAGE: DataType = DataType::DoublePrecision;

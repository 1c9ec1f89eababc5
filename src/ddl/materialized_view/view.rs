//! The declaration of a materialized view: [`MaterializedView`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::layout::Layout;
use super::measure::{MeasureList, Measures};
use super::rollup::Rollup;
use super::rows::ViewRows;
use crate::aggregate::{Rows, RowsNode};
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::predicate::PredicateNode;
use crate::schema::{DataType, Entity, SqlType};

/// Numbers over rows of the entity `E`, computed for everybody and kept, for each group of rows.
///
/// What is kept is what [`Groups`](crate::aggregate::Groups) would compute, of the rows as they were when the view was last
/// refreshed. Its first column is the tenant, where rows have one: rows of no tenant are left out, and whatever is read for a
/// row, in a condition or to group by, is of the tenant of that row. To read it is to say whose rows are meant.
///
/// * [`by`](Self::by): what rows are grouped by, a column, a day of a calendar ([`local_day`](super::local_day)), a value of a
///   row that is pointed at. NULL is a value.
/// * [`measures`](Self::measures): what is kept of each group. What can be added up is told from what cannot by its type.
/// * `create`, `refresh`, `rebuild`, `state` and `drop` run through a driver; the same is there as
///   [`steps`](Self::steps) of a migration, and as text.
/// * [`rows`](Self::rows) reads it as it is kept, [`rollup`](Self::rollup) puts it together again.
///
/// A unique index over all that it is grouped by lets `REFRESH MATERIALIZED VIEW CONCURRENTLY` find which rows have changed.
/// PostgreSQL compares by `=`, to which NULL is not the same as NULL, also where the index takes it for that (`NULLS NOT
/// DISTINCT`): rows with NULL would be deleted and written again each time. So a key that may be NULL has two columns more,
/// `.._is_null` and `.._or_default`, which the index has in its place.
///
/// # Example
///
/// ```
/// use pagewise::aggregate::Rows;
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::{MaterializedView, count, count_distinct, local_day, month_of};
/// use pagewise::TimeZone;
///
/// let zone: TimeZone = "Africa/Johannesburg".parse()?;
/// let sessions = Rows::of(Session).filter(Session::PLATFORM.is_distinct_from("evaluations"));
/// let day = local_day(Session::CREATED_AT, &zone);
/// let started = count(&sessions).named("sessions");
/// let people = count_distinct(&sessions, Session::PARTICIPANT_ID).named("participants");
///
/// let view = MaterializedView::of("sessions_by_day", &sessions)
///     .by(&day)
///     .by(Session::EXPERIMENT_ID)
///     .measures((&started, &people));
///
/// let daily = view.rows().tenant(7).measures((&started, &people)).build()?;
/// let monthly = view.rollup().tenant(7).by(month_of(&day)).measures(&started).build()?;
/// # #[cfg(feature = "postgres")]
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     view: pagewise::ddl::materialized_view::MaterializedView<Session>,
/// #     daily: pagewise::aggregate::AggregateStatement<pagewise::ddl::materialized_view::ViewRows<Session>>,
/// #     day: pagewise::Expression<Session, chrono::NaiveDate>,
/// #     people: pagewise::ddl::materialized_view::DistinctCount,
/// # ) -> Result<(), pagewise::Error> {
/// use pagewise::ddl::materialized_view::WhileRefreshed;
/// view.create(client)?;
/// view.refresh(client, WhileRefreshed::Skip)?;
/// for row in daily.fetch(client)? {
///     let (day, bot, people) = (row.get_value(&day)?, row.get_value(Session::EXPERIMENT_ID)?, row.get(&people)?);
///     println!("{day} {bot}: {people}");
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
pub struct MaterializedView<E> {
    pub(super) node: Arc<ViewNode>,
    marker: PhantomData<fn() -> E>,
}

/// The untyped form of a view.
#[derive(Clone, Debug)]
pub(super) struct ViewNode {
    pub schema: Option<&'static str>,
    pub name: &'static str,
    pub rows: Arc<RowsNode>,
    /// Only these of the rows.
    pub only: Option<PredicateNode>,
    pub keys: Vec<Key>,
    pub measures: MeasureList,
}

/// What rows are grouped by.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub name: Cow<'static, str>,
    pub node: Node,
    pub data_type: DataType,
    pub nullable: bool,
}

impl<E: Entity> MaterializedView<E> {
    /// A view of this name, of groups of rows; of a part of a set, of its rows.
    #[must_use]
    pub fn of(name: &'static str, rows: &Rows<E>) -> Self {
        Self {
            node: Arc::new(ViewNode {
                schema: None,
                name,
                rows: Arc::clone(&rows.node),
                only: rows.only.clone(),
                keys: Vec::new(),
                measures: MeasureList::default(),
            }),
            marker: PhantomData,
        }
    }

    /// The schema that the view is in; if nothing is said, the first of the search path when it is created.
    #[must_use]
    pub fn in_schema(mut self, schema: &'static str) -> Self {
        Arc::make_mut(&mut self.node).schema = Some(schema);
        self
    }

    /// Grouped by a value of the rows; by further calls within that. Its name is that of the column.
    ///
    /// Put first what is looked for most: the index begins with the tenant, and goes on with the values in this order.
    #[must_use]
    pub fn by<A: Operand<E>>(mut self, value: A) -> Self {
        let value = value.into_operand();
        Arc::make_mut(&mut self.node).keys.push(Key {
            name: value.name,
            node: value.node,
            data_type: A::Type::DATA_TYPE,
            nullable: A::Type::NULLABLE,
        });
        self
    }

    /// Keeps measures of each group: one, or a tuple.
    #[must_use]
    pub fn measures(mut self, measures: impl Measures) -> Self {
        Arc::make_mut(&mut self.node).measures.add(measures);
        self
    }

    /// The view's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.node.name
    }

    /// The rows of the view, as they are kept.
    #[must_use]
    pub fn rows(&self) -> ViewRows<E> {
        ViewRows::new(&self.node)
    }

    /// The rows of the view, put together again: in total, or by some of what they are grouped by.
    #[must_use]
    pub fn rollup(&self) -> Rollup<E> {
        Rollup::new(&self.node)
    }

    /// The statement that the view is of.
    ///
    /// Values of its conditions are written in: no view has parameters.
    ///
    /// # Errors
    ///
    /// * [`Error::Incomplete`] if nothing is kept, or there is nothing to group by;
    /// * [`Error::OtherRows`] if a measure is computed over other rows;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if a column cannot be called as it is, or a name is too long for what is
    ///   appended to it: `_is_null`, `_or_default`, and to that of the view `_next_key`;
    /// * [`Error::MaterializedView`] if a condition is found once for one tenant;
    /// * [`Error::TenantRequired`] if rows that are nobody's have a condition on somebody's;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    ///
    /// ```
    /// use pagewise::aggregate::Rows;
    /// use pagewise::chat::Message;
    /// use pagewise::ddl::materialized_view::{MaterializedView, count};
    ///
    /// let messages = Rows::of(Message);
    /// let view = MaterializedView::of("messages", &messages).by(Message::MESSAGE_TYPE).measures(&count(&messages));
    /// assert_eq!(
    ///     view.definition()?,
    ///     r#"SELECT "chat"."team_id", "message"."message_type", COUNT(*) AS "message_rows_count"
    /// FROM "chat_chatmessage" AS "message"
    /// INNER JOIN "chat_chat" AS "chat" ON "chat"."id" = "message"."chat_id"
    /// WHERE "chat"."team_id" IS NOT NULL
    /// GROUP BY 1, 2"#
    /// );
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    pub fn definition(&self) -> Result<String, Error> {
        Ok(self.node.definition()?.pretty())
    }
}

impl ViewNode {
    pub fn layout(&self) -> Result<Layout, Error> {
        Layout::of(self)
    }
}

impl<E> Clone for MaterializedView<E> {
    fn clone(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            marker: PhantomData,
        }
    }
}

impl<E> fmt::Debug for MaterializedView<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MaterializedView").field(&self.node).finish()
    }
}

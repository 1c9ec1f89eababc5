//! Numbers for each stretch of time: [`Series`].

mod write;

use std::borrow::Cow;
use std::sync::Arc;

use super::bucket::Bucket;
use super::number::{NumberList, NumberNode, Numbers};
use super::part::{AggregateStatement, Whose, whose};
use super::rows::{Rows, RowsNode};
use super::window::Window;
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::predicate::PredicateNode;
use crate::schema::{Column, DataType, Definition, Entity, Relation, SqlType};
use crate::time_zone::TimeZone;

/// So many points a series has at most, unless its host says otherwise.
const MAX_BUCKETS: u32 = 10_000;

/// So many pieces a series is split into at most.
const MAX_PIECES: u16 = 100;

/// How many pieces a [`Series`] is split into: one for each of so many values, the others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Top(pub u16);

/// Numbers over rows for each stretch of time: how many sessions each day, how many messages each hour.
///
/// * By a time of the rows themselves, [`of`](Self::of): a row is in one stretch.
/// * By the times of related rows, [`of_related`](Self::of_related): a row is in each stretch in which it has one of them, and
///   what is computed of them is computed of those in that stretch. So a session counts on every day on which somebody
///   wrote in it.
///
/// Stretches are those of a clock and a calendar: of the zone that [`in_zone`](Self::in_zone) says. Stretches without rows
/// are left out, or filled with what nothing gives: [`zero_filled`](Self::zero_filled).
///
/// # Example
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::aggregate::{Bucket, Rows, Series, Window};
/// use pagewise::chat::{Message, Session};
/// use pagewise::TimeZone;
///
/// let window = Window::before(Utc::now(), TimeDelta::days(30))?;
/// let messages = Session::messages().filter(Message::CREATED_AT.within(window.range()));
/// let active = Rows::of(Session).named("active_sessions").with_any(&messages);
/// let sessions = active.count().named("sessions");
/// let written = active.sum(messages.count()).named("messages");
///
/// let zone: TimeZone = "Africa/Johannesburg".parse()?;
/// let statement = Series::of_related(&active, &messages, Message::CREATED_AT)
///     .tenant(7)
///     .every(Bucket::Day)
///     .in_zone(&zone)
///     .zero_filled(&window)
///     .numbers((&sessions, &written))
///     .build()?;
/// println!("{statement:#}");
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     statement: pagewise::aggregate::AggregateStatement<Series>,
/// #     sessions: pagewise::aggregate::Number<i64>,
/// # ) -> Result<(), pagewise::Error> {
/// for point in &statement.fetch(client)? {
///     println!("{}: {}", point.local_start()?.date(), point.get(&sessions)?);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Series {
    whose: Whose,
    rows: Arc<RowsNode>,
    only: Option<PredicateNode>,
    time: Time,
    bucket: Bucket,
    zone: TimeZone,
    filled: Option<Window>,
    max_buckets: u32,
    pieces: Option<Pieces>,
    numbers: NumberList,
}

/// Which time the rows are grouped by.
#[derive(Clone, Debug)]
enum Time {
    Own(Node),
    Related {
        instant: Node,
        /// Whether the rows are limited to those that have one.
        is_required: bool,
    },
}

/// What a series is split by.
#[derive(Clone, Debug)]
struct Pieces {
    name: Cow<'static, str>,
    node: Node,
    data_type: DataType,
    /// Whose value it is.
    of: Definition,
    top: u16,
}

impl Series {
    /// By a time of the rows. Of a part of a set ([`Rows::only`]), only its rows make points.
    #[must_use]
    pub fn of<E, A>(rows: &Rows<E>, instant: A) -> Self
    where
        E: Entity,
        A: Operand<E>,
        A::Type: SqlType<Base = chrono::DateTime<chrono::Utc>>,
    {
        Self::new(rows, Time::Own(instant.into_operand().node))
    }

    /// By the times of related rows, of which each row has at least one: the rows are made
    /// [`with_any`](Rows::with_any) of the same relation.
    #[must_use]
    pub fn of_related<E, F, T>(
        rows: &Rows<E>,
        related: &Relation<E, F>,
        instant: Column<F, T>,
    ) -> Self
    where
        E: Entity,
        F: Entity,
        T: SqlType<Base = chrono::DateTime<chrono::Utc>>,
    {
        let required = rows.node.required.as_ref();
        let is_required = required
            .is_some_and(|required| required.is_same(&related.path, related.filter.as_ref()));
        let instant = Node::Column(instant.name());
        Self::new(
            rows,
            Time::Related {
                instant,
                is_required,
            },
        )
    }

    fn new<E: Entity>(rows: &Rows<E>, time: Time) -> Self {
        Self {
            whose: Whose::default(),
            rows: Arc::clone(&rows.node),
            only: rows.only.clone(),
            time,
            bucket: Bucket::default(),
            zone: TimeZone::UTC,
            filled: None,
            max_buckets: MAX_BUCKETS,
            pieces: None,
            numbers: NumberList::default(),
        }
    }

    whose!();

    /// The stretches of time; days, if nothing is said.
    #[must_use]
    pub fn every(mut self, bucket: Bucket) -> Self {
        self.bucket = bucket;
        self
    }

    /// The zone whose clock says when a stretch begins; UTC, if nothing is said.
    #[must_use]
    pub fn in_zone(mut self, zone: &TimeZone) -> Self {
        self.zone = zone.clone();
        self
    }

    /// Every stretch of which at least an instant is in the window has a row: without rows of its own, counts and sums are
    /// 0. It does not limit the rows: their own conditions do, and a stretch outside of the window that has rows stays.
    #[must_use]
    pub fn zero_filled(mut self, window: &Window) -> Self {
        self.filled = Some(*window);
        self
    }

    /// How many stretches the window of [`zero_filled`](Self::zero_filled) may have; 10,000 if nothing is said.
    #[must_use]
    pub fn max_buckets(mut self, buckets: u32) -> Self {
        self.max_buckets = buckets;
        self
    }

    /// Computes numbers: one, a tuple, or a list.
    #[must_use]
    pub fn numbers(mut self, numbers: impl Numbers) -> Self {
        self.numbers.add(numbers);
        self
    }

    /// Splits each stretch by a value of the rows: the values with the largest first number over the whole series, and all
    /// others together. NULL is a value.
    ///
    /// ```
    /// use pagewise::aggregate::{Bucket, Rows, Series, Top};
    /// use pagewise::chat::Session;
    ///
    /// let sessions = Rows::of(Session);
    /// let count = sessions.count().named("sessions");
    /// let statement = Series::of(&sessions, Session::CREATED_AT)
    ///     .tenant(7)
    ///     .every(Bucket::Month)
    ///     .numbers(&count)
    ///     .split_by(Session::PLATFORM, Top(3))
    ///     .build()?;
    /// # fn example(
    /// #     client: &mut postgres::Client,
    /// #     statement: pagewise::aggregate::AggregateStatement<Series>,
    /// #     count: pagewise::aggregate::Number<i64>,
    /// # ) -> Result<(), pagewise::Error> {
    /// for point in &statement.fetch(client)? {
    ///     let platform = match point.is_other()? {
    ///         true => "other".to_owned(),
    ///         false => point.get_value(Session::PLATFORM)?.unwrap_or("none".to_owned()),
    ///     };
    ///     println!("{} {platform}: {}", point.start()?, point.get(&count)?);
    /// }
    /// # Ok(())
    /// # }
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn split_by<E: Entity, A: Operand<E>>(mut self, value: A, top: Top) -> Self {
        let value = value.into_operand();
        self.pieces = Some(Pieces {
            name: value.name,
            node: value.node,
            data_type: A::Type::DATA_TYPE,
            of: const { &E::DEFINITION },
            top: top.0,
        });
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the tenant is missing or of another type;
    /// * [`Error::Incomplete`] if there are no numbers;
    /// * [`Error::OtherRows`] if a number is computed over other rows;
    /// * [`Error::OtherTable`] if it is to be split by what is no value of the rows;
    /// * [`Error::OtherRelation`] if the rows are not limited to those that have a related one;
    /// * [`Error::TooMany`] if the window has more stretches than it may, or a split more pieces;
    /// * [`Error::InvalidMinutes`] if there are no such stretches;
    /// * [`Error::DuplicateName`], [`Error::InvalidName`] if a number cannot be called as it is;
    /// * [`Error::NulInText`], [`Error::TooDeep`] if a condition cannot be written.
    pub fn build(self) -> Result<AggregateStatement<Self>, Error> {
        AggregateStatement::new(self)
    }

    fn check(&self) -> Result<(), Error> {
        if self.numbers.0.is_empty() {
            return Err(Error::Incomplete {
                what: "no number was asked for",
                with: ".numbers(..)",
            });
        }
        if let Time::Related {
            is_required: false, ..
        } = self.time
        {
            return Err(Error::OtherRelation {
                rows: self.rows.name.clone(),
            });
        }
        of_rows(&self.rows, &self.numbers.0)?;
        if let Some(window) = &self.filled {
            self.bucket
                .check(window, self.max_buckets, ".max_buckets(..)")?;
        }
        if let Some(pieces) = &self.pieces {
            of_table(&self.rows, &pieces.name, pieces.of)?;
        }
        match &self.pieces {
            Some(pieces) if pieces.top > MAX_PIECES => Err(Error::TooMany {
                what: "pieces of a series",
                asked: pieces.top.into(),
                limit: MAX_PIECES.into(),
                raise: "Groups",
            }),
            _ => Ok(()),
        }
    }
}

/// Refuses a value of other rows.
pub(super) fn of_table(rows: &RowsNode, name: &str, of: Definition) -> Result<(), Error> {
    if of == rows.definition {
        return Ok(());
    }
    Err(Error::OtherTable {
        name: name.to_owned().into(),
        table: of.table,
        rows: rows.definition.table,
    })
}

/// Refuses numbers over other rows.
pub(crate) fn of_rows(rows: &RowsNode, numbers: &[Arc<NumberNode>]) -> Result<(), Error> {
    for number in numbers {
        let mut is_of = true;
        number.aggregates(&mut |_, aggregated| is_of &= aggregated.rows.is_same(rows));
        if !is_of {
            return Err(Error::OtherRows {
                number: number.name.clone(),
            });
        }
    }
    Ok(())
}

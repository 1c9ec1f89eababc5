//! Numbers for each stretch of time: [`Series`].

use std::borrow::Cow;
use std::sync::Arc;

use sea_query::{
    Condition, Expr, ExprTrait, Func, IntoIden, JoinType, NullOrdering, Order, Query,
    SelectStatement, WindowStatement,
};

use super::bucket::{Bucket, START_TYPE};
use super::leaves::{Leaf, Leaves, from_set};
use super::number::{NumberList, NumberNode, Numbers};
use super::part::{AggregateStatement, Output, OutputValue, Part, Writer, Written, sealed};
use super::rows::{Rows, RowsNode};
use super::set::ordinal;
use super::stretches::stretches;
use super::window::Window;
use crate::error::Error;
use crate::expression::{Node, Operand};
use crate::render::{Renderer, START, Scope, Split, iden, select_as};
use crate::schema::{Column, DataType, Entity, Relation, SqlType, Tenant};
use crate::statement::OutputColumn;
use crate::strategy::Strategy;
use crate::time_zone::TimeZone;

/// So many points a series has at most, unless its host says otherwise.
const MAX_BUCKETS: u32 = 10_000;

/// So many pieces a series is split into at most.
const MAX_PIECES: u16 = 100;

/// The first instant of a stretch, as the clock of the zone shows it.
const LOCAL_START: &str = "local_start";
/// Which piece of a split series a row is of, counted from 1; the last is that of all others.
pub(super) const PIECE: &str = "piece";
/// The stretches that are there whether there are rows or not.
const STRETCHES: &str = "stretches";

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
    tenant: Option<Tenant>,
    strategy: Strategy,
    rows: Arc<RowsNode>,
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
    top: u16,
}

impl Series {
    /// By a time of the rows.
    #[must_use]
    pub fn of<E, A>(rows: &Rows<E>, instant: A) -> Self
    where
        E: Entity,
        A: Operand<E>,
        A::Type: SqlType<Base = chrono::DateTime<chrono::Utc>>,
    {
        Self::new(&rows.node, Time::Own(instant.into_operand().node))
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
            &rows.node,
            Time::Related {
                instant,
                is_required,
            },
        )
    }

    fn new(rows: &Arc<RowsNode>, time: Time) -> Self {
        Self {
            tenant: None,
            strategy: Strategy::default(),
            rows: Arc::clone(rows),
            time,
            bucket: Bucket::default(),
            zone: TimeZone::UTC,
            filled: None,
            max_buckets: MAX_BUCKETS,
            pieces: None,
            numbers: NumberList::default(),
        }
    }

    /// Whose rows are read.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<Tenant>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// [`Strategy::Legacy`] shares nothing: each number is a sub-select of its own.
    #[must_use]
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

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
        of_rows(&self.rows, &self.numbers)?;
        if let Some(window) = &self.filled {
            self.bucket.check(window, self.max_buckets)?;
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

    /// How the rows are split, if by the times of related rows.
    fn split(&self) -> Result<Option<Split>, Error> {
        let Time::Related { instant, .. } = &self.time else {
            return Ok(None);
        };
        Ok(Some(Split {
            start: self.bucket.start_of(instant.clone(), &self.zone)?,
            word: self.bucket.word(),
        }))
    }

    /// The sub-select of one leaf: its aggregates for each stretch, and each piece of it.
    fn leaf(
        &self,
        renderer: &Renderer<'_>,
        leaf: &Leaf<'_>,
        top: Option<&Scope<'_>>,
    ) -> Result<SelectStatement, Error> {
        let split = self.split()?;
        from_set(renderer, &self.rows, split.as_ref(), |scope, select| {
            let start = match &self.time {
                Time::Related { .. } => Expr::col((scope.iden(), START.into_iden())),
                Time::Own(instant) => {
                    select.and_where(renderer.expression(scope, instant)?.is_not_null());
                    let start = self.bucket.start_of(instant.clone(), &self.zone)?;
                    renderer.expression(scope, &start)?
                }
            };
            select_as(select, start, &Cow::Borrowed(START));
            select.add_group_by([ordinal(1)]);
            if let (Some(pieces), Some(top)) = (&self.pieces, top) {
                let piece = Expr::col((top.iden(), PIECE.into_iden()));
                let other = Expr::cust((u32::from(pieces.top) + 1).to_string());
                select.expr_as(Func::coalesce([piece, other]), PIECE);
                select.add_group_by([ordinal(2)]);
                let value = renderer.expression(scope, &pieces.node)?;
                let is_value = Expr::col((top.iden(), iden(&pieces.name)))
                    .binary(sea_query::BinOper::Custom("IS NOT DISTINCT FROM"), value);
                select.join(JoinType::LeftJoin, top.iden(), is_value);
            }
            leaf.aggregates_of(renderer, scope, select)
        })
    }

    /// The values with the largest first number, each with its place.
    fn top(&self, renderer: &Renderer<'_>, pieces: &Pieces) -> Result<SelectStatement, Error> {
        let first = self.numbers.0.first().map(AsRef::as_ref);
        let leaves = Leaves::new(renderer, first, &[&pieces.name, PIECE, START]);
        let mut select = Query::select();
        let mut before: Option<&Leaf<'_>> = None;
        let value = |leaf: &Leaf<'_>| Expr::col((iden(&leaf.word), iden(&pieces.name)));
        for leaf in &leaves.0 {
            let keys = [(pieces.name.clone(), &pieces.node)];
            let rows = leaf.select(renderer, None, &keys)?;
            match before {
                None => {
                    select.from_subquery(rows, iden(&leaf.word));
                    select.expr(value(leaf));
                    before = Some(leaf);
                }
                Some(first) => {
                    let is_same = value(leaf).binary(
                        sea_query::BinOper::Custom("IS NOT DISTINCT FROM"),
                        value(first),
                    );
                    select.join_subquery(JoinType::LeftJoin, rows, iden(&leaf.word), is_same);
                }
            }
        }
        if let (Some(number), Some(leaf)) = (first, before) {
            let mut window = WindowStatement::new();
            window.order_by_expr_with_nulls(
                leaves.number(number, true),
                Order::Desc,
                NullOrdering::Last,
            );
            window.order_by_expr_with_nulls(value(leaf), Order::Asc, NullOrdering::Last);
            let place = Func::cust("row_number");
            select.expr_window_as(place, window, PIECE);
            select.order_by_expr(ordinal(2), Order::Asc);
        }
        select.limit(pieces.top.into());
        Ok(select)
    }
}

impl Series {
    fn select(
        &self,
        renderer: &Renderer<'_>,
        leaves: &Leaves<'_>,
        top: Option<&Scope<'_>>,
    ) -> Result<SelectStatement, Error> {
        let keys: &[&'static str] = match top {
            Some(_) => &[START, PIECE],
            None => &[START],
        };
        let mut select = Query::select();
        let mut first: Option<&Cow<'static, str>> = None;
        for leaf in &leaves.0 {
            let rows = self.leaf(renderer, leaf, top)?;
            match first {
                Some(first) => {
                    // All are of the same rows, and so of the same stretches and pieces.
                    let same = same(keys, &leaf.word, first);
                    select.join_subquery(JoinType::LeftJoin, rows, iden(&leaf.word), same);
                }
                None => self.fill(renderer, leaf, rows, keys, &mut select)?,
            }
            first = first.or(Some(&leaf.word));
        }
        let key = |name: &'static str| {
            let points = first.map(|word| column(word, name));
            let filled = self.filled.map(|_| column(&STRETCHES.into(), name));
            match (filled, points) {
                (Some(filled), Some(points)) => Func::coalesce([filled, points]).into(),
                (filled, points) => filled.or(points).unwrap_or(Expr::null()),
            }
        };
        let zone = Expr::val(self.zone.name());
        select.expr_as(key(START), START);
        let local = Func::cust("timezone").args([zone, key(START)]);
        select.expr_as(local, LOCAL_START);
        select.order_by_expr(ordinal(1), Order::Asc);
        if let (Some(pieces), Some(top)) = (&self.pieces, top) {
            select.expr_as(key(PIECE), PIECE);
            select.expr_as(top.output(&pieces.name), iden(&pieces.name));
            let is_piece = Expr::col((top.iden(), PIECE.into_iden())).eq(key(PIECE));
            select.join(JoinType::LeftJoin, top.iden(), is_piece);
            select.order_by_expr(ordinal(3), Order::Asc);
        }
        let is_outer = self.filled.is_some();
        for number in &self.numbers.0 {
            select_as(&mut select, leaves.number(number, is_outer), &number.name);
        }
        Ok(select)
    }

    /// `FROM` the points that there are, or from all stretches of the window and the points in them.
    fn fill(
        &self,
        renderer: &Renderer<'_>,
        leaf: &Leaf<'_>,
        points: SelectStatement,
        keys: &[&'static str],
        select: &mut SelectStatement,
    ) -> Result<(), Error> {
        let Some(window) = &self.filled else {
            select.from_subquery(points, iden(&leaf.word));
            return Ok(());
        };
        let stretches = stretches(self.bucket, &self.zone, window)?;
        let same = same(keys, &leaf.word, &STRETCHES.into());
        if self.pieces.is_none() {
            select.from_subquery(stretches, STRETCHES);
            select.join_subquery(JoinType::FullOuterJoin, points, iden(&leaf.word), same);
            return Ok(());
        }
        // Read twice: which pieces there are, and what they are in each stretch.
        let points = renderer.name("points", points);
        let mut pieces = Query::select();
        pieces.distinct().column(PIECE).from(iden(&points));
        let mut all = Query::select();
        all.column((STRETCHES, START))
            .column(("pieces", PIECE))
            .from_subquery(stretches, STRETCHES)
            .from_subquery(pieces, "pieces");
        select.from_subquery(all, STRETCHES);
        select.join_as(JoinType::FullOuterJoin, iden(&points), iden(&leaf.word), same);
        Ok(())
    }

    fn outputs(&self) -> Vec<Output> {
        let own = |name: &'static str, data_type: DataType| Output {
            column: OutputColumn {
                name: name.into(),
                data_type,
                nullable: false,
            },
            value: OutputValue::Own,
        };
        let mut outputs = vec![
            own(START, START_TYPE),
            own(LOCAL_START, DataType::Timestamp),
        ];
        if let Some(pieces) = &self.pieces {
            outputs.push(own(PIECE, DataType::BigInt));
            outputs.push(Output {
                column: OutputColumn {
                    name: pieces.name.clone(),
                    data_type: pieces.data_type,
                    nullable: true,
                },
                value: OutputValue::Node(pieces.node.clone()),
            });
        }
        outputs.extend(self.numbers.0.iter().map(Output::of_number));
        outputs
    }
}

fn column(word: &Cow<'static, str>, name: &'static str) -> Expr {
    Expr::col((iden(word), name.into_iden()))
}

/// That two sub-selects have the same keys.
fn same(keys: &[&'static str], left: &Cow<'static, str>, right: &Cow<'static, str>) -> Condition {
    keys.iter()
        .map(|key| column(left, key).eq(column(right, key)))
        .fold(Condition::all(), Condition::add)
}

/// Refuses numbers over other rows.
pub(super) fn of_rows(rows: &RowsNode, numbers: &NumberList) -> Result<(), Error> {
    for number in &numbers.0 {
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

impl sealed::Sealed for Series {}

impl Part for Series {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    type Answer = super::answer::SeriesRows;

    fn whose(&self) -> (Option<&Tenant>, Strategy) {
        (self.tenant.as_ref(), self.strategy)
    }

    fn write(&self, writer: &Writer<'_, '_>) -> Result<Written, Error> {
        self.check()?;
        let renderer = writer.0;
        let numbers = || self.numbers.0.iter().map(AsRef::<NumberNode>::as_ref);
        let piece_name = self.pieces.as_ref().map_or(PIECE, |pieces| &pieces.name);
        let taken = [START, LOCAL_START, PIECE, STRETCHES, piece_name];
        let leaves = Leaves::new(renderer, numbers(), &taken);
        let top = match &self.pieces {
            Some(pieces) => {
                let top = self.top(renderer, pieces)?;
                Some((pieces, Scope::root(renderer.name("top", top))))
            }
            None => None,
        };
        let select = self.select(renderer, &leaves, top.as_ref().map(|(_, scope)| scope))?;
        Ok(Written {
            select,
            outputs: self.outputs(),
        })
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn read(&self, cells: super::answer::Cells) -> Result<Self::Answer, Error> {
        let top = self.pieces.as_ref().map(|pieces| pieces.top);
        Ok(super::answer::SeriesRows::new(cells, top))
    }
}

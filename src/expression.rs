//! Values computed from the columns of one row: [`Expression`] and the functions that make one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_query::Value;

use crate::annotation::{AnnotationNode, Summed};
use crate::ddl::counter::KeptNode;
use crate::schema::{Column, Entity, SqlType};
use crate::time_zone::TimeZone;

/// A value of the type `T` computed from one row of the entity `E`.
///
/// Compared, sorted by and shown like a [`Column`]. Its name is that of its output; PostgreSQL's own
/// default (the function's name) until [`named`](Self::named) says otherwise.
///
/// # Example
///
/// The session list's default order: an index on the same expression serves it.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::coalesce;
///
/// let active = coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).named("last_activity");
/// let order = active.desc();
/// ```
pub struct Expression<E, T> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) node: Node,
    marker: PhantomData<fn() -> (E, T)>,
}

/// The untyped form of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A column of the row at hand.
    Column(&'static str),
    /// A bound value.
    Value(Value),
    /// A bound value of a type of the database's own, sent as text: only the server knows the type.
    NamedValue(Value),
    /// A value that is part of the statement's text.
    Constant(&'static str),
    /// A function of other expressions.
    Function(&'static str, Vec<Node>),
    /// A value computed over a relation, as a sub-select.
    Annotation(Arc<AnnotationNode>),
    /// The same where it is kept for each row, so that it is read like a column.
    Kept(Arc<KeptNode>),
}

impl Node {
    /// Calls `visit` for this value and for those that it is computed from, of the same row.
    pub(crate) fn walk<'n>(&'n self, visit: &mut impl FnMut(&'n Node)) {
        visit(self);
        if let Self::Function(_, arguments) = self {
            for argument in arguments {
                argument.walk(visit);
            }
        }
    }

    /// Computed from columns of the row alone, so that an index may hold it.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Column(_)
            | Self::Value(_)
            | Self::NamedValue(_)
            | Self::Constant(_)
            | Self::Kept(_) => true,
            Self::Function(_, arguments) => arguments.iter().all(Self::is_plain),
            Self::Annotation(_) => false,
        }
    }

    /// The same value, whatever it is called.
    pub(crate) fn is_same_value(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Annotation(left), Self::Annotation(right)) => left.is_same_value(right),
            (Self::Kept(kept), Self::Annotation(value))
            | (Self::Annotation(value), Self::Kept(kept)) => kept.annotation.is_same_value(value),
            (Self::Kept(left), Self::Kept(right)) => {
                left.annotation.is_same_value(&right.annotation)
            }
            (Self::Function(left, of_left), Self::Function(right, of_right)) => {
                left == right
                    && of_left.len() == of_right.len()
                    && of_left
                        .iter()
                        .zip(of_right)
                        .all(|(left, right)| left.is_same_value(right))
            }
            (left, right) => left == right,
        }
    }
}

impl<E: Entity, T: SqlType> Expression<E, T> {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, node: Node) -> Self {
        Self {
            name: name.into(),
            node,
            marker: PhantomData,
        }
    }

    /// The same value under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        // An annotation's sub-select names its output itself.
        if let Node::Annotation(annotation) = &mut self.node {
            Arc::make_mut(annotation).name = self.name.clone();
        }
        self
    }
}

impl<E, T> Clone for Expression<E, T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            node: self.node.clone(),
            marker: PhantomData,
        }
    }
}

impl<E, T> fmt::Debug for Expression<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expression")
            .field("name", &self.name)
            .field("node", &self.node)
            .finish()
    }
}

/// What may stand where an expression of the entity `E` is wanted: a [`Column`], an [`Expression`], an
/// [`Annotation`](crate::Annotation).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of one row of `{E}`",
    label = "wanted: a column, an expression or an annotation of `{E}`",
    note = "a column of another entity is reached by a relation"
)]
pub trait Operand<E: Entity> {
    /// The type of the value.
    type Type: SqlType;
    /// The value as an expression.
    fn into_operand(self) -> Expression<E, Self::Type>;
}

impl<E: Entity, T: SqlType> Operand<E> for Column<E, T> {
    type Type = T;
    fn into_operand(self) -> Expression<E, T> {
        self.into_expression()
    }
}

impl<E: Entity, T: SqlType> Operand<E> for Expression<E, T> {
    type Type = T;
    fn into_operand(self) -> Self {
        self
    }
}

impl<E: Entity, T: SqlType> Operand<E> for &Expression<E, T> {
    type Type = T;
    fn into_operand(self) -> Expression<E, T> {
        self.clone()
    }
}

/// `coalesce(value, otherwise)`: the first that is not NULL.
///
/// Nullable only if `otherwise` is.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::coalesce;
/// use pagewise::{Listing, Page};
///
/// let active = coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).named("last_activity");
/// let page = Listing::of(Session).tenant(7).order_by(active.desc()).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(
///     r#"ORDER BY COALESCE("session"."last_activity_at", "session"."created_at") DESC NULLS FIRST"#
/// ));
///
/// // Of an annotation it is computed for the rows of the page, from the sub-select that others share.
/// let messages = pagewise::chat::message_timestamps();
/// let active = coalesce(&messages.last, Session::CREATED_AT).named("last_message_or_start");
/// let page = Listing::of(Session).tenant(7).show((&active, &messages.count)).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(
///     r#"COALESCE("messages"."last_message_at", "page"."created_at") AS "last_message_or_start""#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn coalesce<E, A, B>(value: A, otherwise: B) -> Expression<E, B::Type>
where
    E: Entity,
    A: Operand<E>,
    B: Operand<E>,
    B::Type: SqlType<Base = <A::Type as SqlType>::Base>,
{
    function(
        "coalesce",
        vec![value.into_operand().node, otherwise.into_operand().node],
    )
}

/// A bound value, the same for every row; for where an expression is wanted.
///
/// Its name is `value` until [`named`](Expression::named) says otherwise.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::{coalesce, value};
/// use pagewise::{Listing, Page};
///
/// let platform = coalesce(Session::PLATFORM, value("web".to_owned())).named("platform_or_web");
/// let page = Listing::of(Session).tenant(7).show(&platform).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#"COALESCE("session"."platform", $1) AS "platform_or_web""#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn value<E: Entity, T: SqlType>(value: T) -> Expression<E, T> {
    Expression::new("value", Node::Value(value.into_value()))
}

/// A text that is written out, the same for every row and for every statement: for conditions of partial indexes.
///
/// PostgreSQL uses an index `WHERE status <> 'pending'` if it sees that the statement has the same condition; of a bound
/// [`value`], a plan that is kept for several values does not show what it is. What comes from a request is never
/// written out: so it has to be known when the program is compiled.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::constant;
/// use pagewise::predicate::{Comparison, compare};
/// use pagewise::{Listing, Page};
///
/// let set_up = compare(Session::STATUS, Comparison::NotEqual, constant("setup"));
/// let page = Listing::of(Session).tenant(7).filter(set_up).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#""session"."status" <> 'setup'"#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn constant<E: Entity>(text: &'static str) -> Expression<E, String> {
    Expression::new("constant", Node::Constant(text))
}

/// `lower(text)`; NULL stays NULL.
pub fn lower<E, A>(text: A) -> Expression<E, A::Type>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = String>,
{
    function("lower", vec![text.into_operand().node])
}

/// `upper(text)`; NULL stays NULL.
pub fn upper<E, A>(text: A) -> Expression<E, A::Type>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = String>,
{
    function("upper", vec![text.into_operand().node])
}

/// What is written as `date_trunc(..)` or `date_bin(..)`.
pub(crate) const BUCKET: &str = "bucket";

/// What is written as `EXTRACT(EPOCH FROM ..) / 60`.
pub(crate) const MINUTES_BETWEEN: &str = "minutes_between";

/// How many minutes after `start` the instant `end` is, with parts of minutes; negative if it is before. NULL if either
/// is.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::minutes_between;
/// use pagewise::{Listing, Page};
///
/// let duration = minutes_between(Session::CREATED_AT, Session::ENDED_AT).named("minutes");
/// let page = Listing::of(Session).tenant(7).show(&duration).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(
///     r#"CAST((EXTRACT(EPOCH FROM ("session"."ended_at" - "session"."created_at")) / 60) AS double precision) AS "minutes""#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn minutes_between<E, A, B>(start: A, end: B) -> Expression<E, Option<f64>>
where
    E: Entity,
    A: Operand<E>,
    B: Operand<E>,
    A::Type: SqlType<Base = DateTime<Utc>>,
    B::Type: SqlType<Base = DateTime<Utc>>,
{
    let arguments = vec![start.into_operand().node, end.into_operand().node];
    function(MINUTES_BETWEEN, arguments)
}

/// What is written as `timezone(..)::date`.
pub(crate) const LOCAL_DATE: &str = "local_date";

/// The calendar date of an instant in a time zone: `(timezone(zone, instant))::date`. NULL stays NULL.
///
/// To compare it with a date, [`on_date`](Column::on_date) and its like also let an index on the instant serve.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::expression::local_date;
/// use pagewise::{Listing, Page, TimeZone};
///
/// let day = local_date(Session::CREATED_AT, &TimeZone::UTC).named("day");
/// let page = Listing::of(Session).tenant(7).show(&day).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#"CAST(timezone($1, "session"."created_at") AS date) AS "day""#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn local_date<E, A>(instant: A, zone: &TimeZone) -> Expression<E, Option<NaiveDate>>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = DateTime<Utc>>,
{
    let zone = Node::Value(zone.name().to_owned().into_value());
    function(LOCAL_DATE, vec![zone, instant.into_operand().node])
}

/// What is written as `date_trunc(.., date::timestamp)::date`.
pub(crate) const FIRST_DAY: &str = "first_day";

/// What is written as `left + right`.
pub(crate) const ADD: &str = "add";

/// `left + right`: two numbers of one type; NULL if either is.
///
/// The sum is of the same type: PostgreSQL refuses one past its largest value. What NULL is to count as, [`coalesce`] says.
///
/// ```
/// use pagewise::chat::Trace;
/// use pagewise::expression::add;
/// use pagewise::{Listing, Page};
///
/// let steps = add(Trace::N_TURNS, Trace::N_TOOLCALLS).named("steps");
/// let page = Listing::of(Trace).tenant(7).filter(steps.gt(20)).show(&steps).page(Page::first(25)).build()?;
/// assert_eq!(
///     page.text(),
///     "SELECT \"trace\".\"id\", \"trace\".\"n_turns\" + \"trace\".\"n_toolcalls\" AS \"steps\" FROM \"trace_trace\" AS \"trace\" \
///      WHERE \"trace\".\"team_id\" = $1 AND \"trace\".\"n_turns\" + \"trace\".\"n_toolcalls\" > $2 \
///      ORDER BY \"trace\".\"id\" ASC NULLS LAST LIMIT 26"
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn add<E, A, B>(left: A, right: B) -> Expression<E, Option<<A::Type as SqlType>::Base>>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base: Summed>>,
    B: Operand<E, Type: SqlType<Base = <A::Type as SqlType>::Base>>,
{
    let arguments = vec![left.into_operand().node, right.into_operand().node];
    function(ADD, arguments)
}

/// `similarity(text, with)` of PostgreSQL's extension `pg_trgm`: how many of the groups of three characters that the two
/// have are the same, from 0 to 1; NULL if the text is.
///
/// The database needs the extension (`CREATE EXTENSION pg_trgm`, which the origin's database has); without it, the server
/// refuses the statement. A GIN or GiST index of the extension serves its operators, not this function: each row that the
/// other conditions leave is looked at.
///
/// ```
/// use pagewise::chat::Tag;
/// use pagewise::expression::similarity;
/// use pagewise::{Listing, Page};
///
/// let alike = similarity(Tag::NAME, "urgent");
/// let page = Listing::of(Tag).tenant(7).filter(alike.gt(0.1_f32)).order_by(alike.desc()).page(Page::first(25)).build()?;
/// assert!(page.text().contains(r#"similarity("tag"."name", $3) > $4"#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn similarity<E, A>(text: A, with: impl Into<String>) -> Expression<E, Option<f32>>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base = String>>,
{
    let with = Node::Value(with.into().into_value());
    function("similarity", vec![text.into_operand().node, with])
}

fn function<E: Entity, T: SqlType>(name: &'static str, arguments: Vec<Node>) -> Expression<E, T> {
    Expression::new(name, Node::Function(name, arguments))
}

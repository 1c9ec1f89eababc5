//! Days, weeks and months as dates, to group by: [`local_day`], [`week_of`], [`month_of`].

use chrono::{DateTime, NaiveDate, Utc};

use crate::expression::{Expression, FIRST_DAY, LOCAL_DATE, Node, Operand};
use crate::schema::{Entity, SqlType};
use crate::time_zone::TimeZone;

/// An instant, or one that may be missing, and the type of its day.
pub trait Instant: SqlType<Base = DateTime<Utc>> {
    /// A date; `None` of no instant.
    type Day: SqlType<Base = NaiveDate>;
}

impl Instant for DateTime<Utc> {
    type Day = NaiveDate;
}

impl Instant for Option<DateTime<Utc>> {
    type Day = Option<NaiveDate>;
}

/// The day that an instant is on, by the calendar of a time zone: `(timezone(zone, instant))::date`. `None` only where there
/// may be no instant.
///
/// The zone is part of the expression, and so of a view that is grouped by it: the session's time zone does not matter. A day
/// on which the clock is changed is one day, of 23 or 25 hours.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::local_day;
/// use pagewise::{Listing, Page, TimeZone};
///
/// let day = local_day(Session::CREATED_AT, &TimeZone::UTC).named("day");
/// let page = Listing::of(Session).tenant(7).show(&day).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#"CAST(timezone($1, "session"."created_at") AS date) AS "day""#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn local_day<E, A>(instant: A, zone: &TimeZone) -> Expression<E, <A::Type as Instant>::Day>
where
    E: Entity,
    A: Operand<E, Type: Instant>,
{
    let zone = Node::Value(zone.name().to_owned().into_value());
    let arguments = vec![zone, instant.into_operand().node];
    Expression::new("day", Node::Function(LOCAL_DATE, arguments))
}

/// The Monday of the week that a date is in: `date_trunc('week', date::timestamp)::date`. NULL stays NULL.
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::ddl::materialized_view::{local_day, week_of};
/// use pagewise::{Listing, Page, TimeZone};
///
/// let week = week_of(local_day(Session::CREATED_AT, &TimeZone::UTC));
/// let page = Listing::of(Session).tenant(7).show(&week).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(
///     r#"CAST((date_trunc('week', CAST(CAST(timezone($1, "session"."created_at") AS date) AS timestamp))) AS date) AS "week""#
/// ));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn week_of<E, A>(date: A) -> Expression<E, A::Type>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base = NaiveDate>>,
{
    first_day("week", date)
}

/// The first of the month that a date is in: `date_trunc('month', date::timestamp)::date`. NULL stays NULL.
pub fn month_of<E, A>(date: A) -> Expression<E, A::Type>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base = NaiveDate>>,
{
    first_day("month", date)
}

fn first_day<E, A>(unit: &'static str, date: A) -> Expression<E, A::Type>
where
    E: Entity,
    A: Operand<E, Type: SqlType<Base = NaiveDate>>,
{
    let arguments = vec![Node::Constant(unit), date.into_operand().node];
    Expression::new(unit, Node::Function(FIRST_DAY, arguments))
}

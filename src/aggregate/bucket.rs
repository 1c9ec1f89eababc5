//! Stretches of time that values are grouped by: [`Bucket`].

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{CaseStatement, Expr, ExprTrait, Func, Query};

use super::window::Window;
use crate::error::Error;
use crate::expression::{BUCKET, Expression, Node, Operand};
use crate::render::sub_select;
use crate::schema::{DataType, Entity, SqlType};
use crate::time_zone::TimeZone;

/// A stretch of time, as a calendar and a clock have them: what the points of a [`Series`](super::Series) stand for.
///
/// It begins where the clock of a time zone says so: a day at midnight, or when the first hour that it has begins; a week on
/// Monday. A day on which the clock is changed has 23 or 25 hours, each of which is one stretch of its own.
///
/// Read from a request, it is `minute`, `hour`, `day`, `week` or `month`, or `hourly`, `daily`, `weekly`, `monthly`.
///
/// ```
/// use pagewise::aggregate::Bucket;
///
/// assert_eq!("weekly".parse::<Bucket>()?, Bucket::Week);
/// assert!("decade".parse::<Bucket>().is_err());
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bucket {
    /// So many minutes: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30, the first from the full hour on.
    Minutes(u8),
    /// An hour.
    Hour,
    /// A day.
    #[default]
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

/// The names that are read.
const NAMES: &[&str] = &["minute", "hour", "day", "week", "month"];

impl FromStr for Bucket {
    type Err = Error;

    /// # Errors
    ///
    /// [`Error::UnknownBucket`].
    fn from_str(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "minute" => Self::Minutes(1),
            "hour" | "hourly" => Self::Hour,
            "day" | "daily" => Self::Day,
            "week" | "weekly" => Self::Week,
            "month" | "monthly" => Self::Month,
            _ => {
                return Err(Error::UnknownBucket {
                    bucket: name.to_owned(),
                    known: NAMES,
                });
            }
        })
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(minutes) => write!(f, "{minutes} minutes"),
            _ => f.write_str(self.word()),
        }
    }
}

impl Bucket {
    /// One word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Minutes(_) => "minutes",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Whether it is a part of an hour, or one: of them there may be two by the same name on one day.
    pub(super) fn is_of_clock(self) -> bool {
        matches!(self, Self::Minutes(_) | Self::Hour)
    }

    /// Its length as an interval, in words.
    pub(super) fn interval(self) -> Result<&'static str, Error> {
        Ok(match self {
            Self::Minutes(minutes) => match minutes {
                1 => "1 minute",
                2 => "2 minutes",
                3 => "3 minutes",
                4 => "4 minutes",
                5 => "5 minutes",
                6 => "6 minutes",
                10 => "10 minutes",
                12 => "12 minutes",
                15 => "15 minutes",
                20 => "20 minutes",
                30 => "30 minutes",
                _ => return Err(Error::InvalidMinutes { minutes }),
            },
            Self::Hour => "1 hour",
            Self::Day => "1 day",
            Self::Week => "1 week",
            Self::Month => "1 month",
        })
    }

    /// What an instant is cut off at, before minutes are counted from there.
    fn unit(self) -> &'static str {
        match self {
            Self::Minutes(_) => "hour",
            other => other.word(),
        }
    }

    /// When the stretch begins that an instant is in.
    pub(super) fn start(self, instant: Expr, zone: &TimeZone) -> Result<Expr, Error> {
        let unit = Expr::Constant(self.unit().into());
        Ok(start(
            self.interval()?,
            unit,
            instant,
            Expr::val(zone.name()),
        ))
    }

    /// The first instant of a stretch, of where `date_trunc` places it.
    ///
    /// Where midnight comes twice, it places a day at the second one; and where the clock is put on or back by half an hour,
    /// the rest of an hour is placed at a full hour, which is before the clock is changed.
    pub(super) fn first_instant(
        self,
        start: impl Fn() -> Expr,
        zone: &TimeZone,
    ) -> Result<Expr, Error> {
        const STEP: &str = "step";
        let is_same = |at: Expr| Ok::<_, Error>(self.start(at, zone)?.eq(start()));
        if !self.is_of_clock() {
            let before = || start().sub(Expr::cust("INTERVAL '1 hour'"));
            let case = CaseStatement::new().case(is_same(before())?, before());
            return Ok(case.finally(start()).into());
        }
        let end = start().add(Expr::cust(format!("INTERVAL '{}'", self.interval()?)));
        let minutes =
            Func::cust("generate_series").args([start(), end, Expr::cust("INTERVAL '1 minute'")]);
        let mut first = Query::select();
        first
            .expr(Func::min(Expr::col(STEP)))
            .from_function(minutes, STEP)
            .and_where(is_same(Expr::col(STEP))?);
        let case = CaseStatement::new().case(is_same(start())?, start());
        Ok(case.finally(sub_select(first)).into())
    }

    /// Refuses a window with more stretches than the limit, and says what raises it.
    pub(crate) fn check(
        self,
        window: &Window,
        limit: u32,
        raise: &'static str,
    ) -> Result<(), Error> {
        self.interval()?;
        let longest = Ord::max(self.longest().num_seconds(), 1);
        let asked = u64::try_from(window.length().num_seconds()).unwrap_or_default();
        let asked = asked.div_ceil(longest.unsigned_abs());
        if asked > u64::from(limit) {
            return Err(Error::TooMany {
                what: "points of a series",
                asked,
                limit: limit.into(),
                raise,
            });
        }
        Ok(())
    }

    /// How long it is at most, but for the hour by which a day may be longer: so a window has so many at least.
    fn longest(self) -> TimeDelta {
        match self {
            Self::Minutes(minutes) => TimeDelta::minutes(Ord::max(i64::from(minutes), 1)),
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::days(1),
            Self::Week => TimeDelta::days(7),
            Self::Month => TimeDelta::days(31),
        }
    }

    /// When the stretch begins that an instant is in.
    pub(crate) fn start_of(self, instant: Node, zone: &TimeZone) -> Result<Node, Error> {
        let zone = Node::Value(zone.name().to_owned().into_value());
        let arguments = vec![
            Node::Constant(self.interval()?),
            Node::Constant(self.unit()),
            instant,
            zone,
        ];
        Ok(Node::Function(BUCKET, arguments))
    }
}

/// How the beginning of a stretch is written, of the arguments that [`Bucket::start_of`] gives it.
pub(crate) fn write(arguments: &[Node], written: Vec<Expr>) -> Expr {
    let mut written = written.into_iter().skip(1);
    let (Some(Node::Constant(interval)), Some(unit), Some(instant), Some(zone)) = (
        arguments.first(),
        written.next(),
        written.next(),
        written.next(),
    ) else {
        return Expr::null();
    };
    start(interval, unit, instant, zone)
}

fn start(interval: &'static str, unit: Expr, instant: Expr, zone: Expr) -> Expr {
    let truncated = Func::cust("date_trunc").args([unit, instant.clone(), zone]);
    match interval.contains("minute") {
        true => Func::cust("date_bin")
            .args([
                Expr::Constant(interval.into()).cast_as("interval"),
                instant,
                truncated.into(),
            ])
            .into(),
        false => truncated.into(),
    }
}

/// When the stretch of time begins that an instant is in, by the clock of a zone: `date_trunc('day', instant, zone)`. NULL
/// stays NULL.
///
/// # Errors
///
/// [`Error::InvalidMinutes`].
///
/// ```
/// use pagewise::aggregate::{Bucket, bucket_start};
/// use pagewise::chat::Session;
/// use pagewise::{Listing, Page, TimeZone};
///
/// let day = bucket_start(Session::CREATED_AT, Bucket::Day, &TimeZone::UTC)?.named("day");
/// let page = Listing::of(Session).tenant(7).show(&day).page(Page::first(25)).build()?;
/// assert!(page.to_string().contains(r#"date_trunc('day', "session"."created_at", $1) AS "day""#));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn bucket_start<E, A>(
    instant: A,
    bucket: Bucket,
    zone: &TimeZone,
) -> Result<Expression<E, Option<DateTime<Utc>>>, Error>
where
    E: Entity,
    A: Operand<E>,
    A::Type: SqlType<Base = DateTime<Utc>>,
{
    let node = bucket.start_of(instant.into_operand().node, zone)?;
    Ok(Expression::new(bucket.word(), node))
}

/// The type of the beginning of a stretch.
pub(super) const START_TYPE: DataType = DataType::TimestampTz;

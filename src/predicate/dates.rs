//! The comparisons of instants with calendar dates.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::Predicate;
use crate::annotation::Annotation;
use crate::expression::{Expression, Operand, local_date};
use crate::schema::{Column, Entity, SqlType};
use crate::time_zone::TimeZone;

/// The first day that PostgreSQL's dates and times have: the 24th of November 4714 BC.
pub(crate) const FIRST_DATE: NaiveDate = NaiveDate::from_ymd_opt(-4713, 11, 24).unwrap();

/// How an instant's date stands to another.
#[derive(Clone, Copy)]
enum Side {
    On,
    Before,
    After,
}

/// Compares the date of an instant in a zone.
///
/// The comparison of dates says what is asked. Those of instants leave rows out that are days away from it, so that an
/// index on the column serves; where a day begins in the zone they do not say, since clocks are changed at midnight,
/// too, and days have been left out.
fn compare_date<E: Entity, T: SqlType<Base = DateTime<Utc>>>(
    instant: Expression<E, T>,
    side: Side,
    date: NaiveDate,
    zone: &TimeZone,
) -> Predicate<E> {
    let local = local_date(&instant, zone);
    if date < FIRST_DATE {
        // Nothing can be bound that is earlier than the first: only minus infinity is.
        return match side {
            Side::On => local.lt(FIRST_DATE).and(local.gt(FIRST_DATE)),
            Side::Before => local.lt(FIRST_DATE),
            Side::After => local.ge(FIRST_DATE),
        };
    }
    let away = zone.days_from_utc();
    let exact = match side {
        Side::On => local.eq(date),
        Side::Before => local.lt(date),
        Side::After => local.gt(date),
    };
    let start = match side {
        Side::On => Some(midnight(date, -away)),
        Side::After => Some(midnight(date, 1 - away)),
        Side::Before => None,
    };
    let end = match side {
        Side::On => midnight(date, 1 + away),
        Side::Before => midnight(date, away),
        Side::After => None,
    };
    // Before the first day there is nothing; after the last that chrono has, there may be.
    let start = start.map(|start| start.unwrap_or(FIRST_DATE.and_time(NaiveTime::MIN).and_utc()));
    let bounds = [
        start.map(|start| instant.ge(start)),
        end.map(|end| instant.lt(end)),
    ];
    Predicate::all(bounds.into_iter().flatten().chain([exact]))
}

/// When a day begins in UTC, so many days later; `None` outside of what can be said.
fn midnight(date: NaiveDate, days: i64) -> Option<DateTime<Utc>> {
    let by = Days::new(days.unsigned_abs());
    let day = match days < 0 {
        true => date.checked_sub_days(by).filter(|day| *day >= FIRST_DATE)?,
        false => date.checked_add_days(by)?,
    };
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

/// The comparisons, the same for everything that is an instant of a row.
macro_rules! dates {
    ($operand:ident by $self_:ty) => {
        impl<E: Entity, T: SqlType<Base = DateTime<Utc>>> $operand<E, T> {
            /// Its calendar date in the zone is this one: `(timezone(zone, value))::date = date`, beside a range of
            /// instants that an index on the column serves.
            ///
            /// ```
            /// use chrono::NaiveDate;
            /// use pagewise::chat::Session;
            /// use pagewise::{Listing, Page, TimeZone};
            ///
            /// let zone: TimeZone = "Africa/Johannesburg".parse()?;
            /// let date = NaiveDate::from_ymd_opt(2026, 10, 31).unwrap();
            /// let listing = Listing::of(Session).tenant(7).page(Page::first(10));
            /// let page = listing.filter(Session::CREATED_AT.on_date(date, &zone)).build()?;
            /// assert!(page.to_string().contains(
            ///     r#""session"."created_at" >= $2 AND "session"."created_at" < $3 AND CAST(timezone($4, "session"."created_at") AS date) = $5"#
            /// ));
            /// # Ok::<(), pagewise::Error>(())
            /// ```
            #[must_use]
            pub fn on_date(self: $self_, date: NaiveDate, zone: &TimeZone) -> Predicate<E> {
                compare_date(self.into_operand(), Side::On, date, zone)
            }

            /// Its calendar date in the zone is earlier than this one; see [`on_date`](Self::on_date).
            #[must_use]
            pub fn before_date(self: $self_, date: NaiveDate, zone: &TimeZone) -> Predicate<E> {
                compare_date(self.into_operand(), Side::Before, date, zone)
            }

            /// Its calendar date in the zone is later than this one: that whole day is left out. See
            /// [`on_date`](Self::on_date).
            #[must_use]
            pub fn after_date(self: $self_, date: NaiveDate, zone: &TimeZone) -> Predicate<E> {
                compare_date(self.into_operand(), Side::After, date, zone)
            }
        }
    };
}

dates!(Column by Self);
dates!(Expression by &Self);
dates!(Annotation by &Self);

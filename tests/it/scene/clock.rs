//! The calendar of a zone, in Rust: which bucket an instant is in, and where that begins.
//!
//! By the zones that `chrono-tz` brings along; the server is not asked.

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Minutes(u32),
    Hour,
    Day,
    Week,
    Month,
}

/// A bucket of a zone's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Its first instant.
    pub start: DateTime<Utc>,
    /// What the clock says then.
    pub local_start: NaiveDateTime,
}

/// The bucket that an instant is in.
///
/// Of an hour that the clock runs through twice, each time is one of its own; a day, a week and a month are all that
/// has their date, in one piece or not.
pub fn slot(instant: DateTime<Utc>, zone: Tz, every: Every) -> Slot {
    let local = instant.with_timezone(&zone).naive_local();
    let truncated = truncated(local, every);
    let start = match every {
        Every::Minutes(_) | Every::Hour => since(instant, local - truncated, zone),
        Every::Day | Every::Week | Every::Month => first_instant(truncated, zone),
    };
    Slot {
        start,
        local_start: start.with_timezone(&zone).naive_local(),
    }
}

/// The buckets that have an instant of the window in them.
pub fn slots(start: DateTime<Utc>, end: DateTime<Utc>, zone: Tz, every: Every) -> Vec<Slot> {
    let mut slots = BTreeSet::new();
    if start < end {
        slots.insert(slot(start, zone, every));
    }
    // Every bucket begins at a whole minute of UTC, whatever the zone's offset; most at a whole five.
    let step = match every {
        Every::Minutes(minutes) if !minutes.is_multiple_of(5) => TimeDelta::minutes(1),
        _ => TimeDelta::minutes(5),
    };
    let mut at = truncated_to(start, step) + step;
    while at < end {
        slots.insert(slot(at, zone, every));
        at += step;
    }
    slots.into_iter().collect()
}

fn truncated_to(instant: DateTime<Utc>, step: TimeDelta) -> DateTime<Utc> {
    let seconds = instant.timestamp();
    let whole = seconds - seconds.rem_euclid(step.num_seconds());
    DateTime::from_timestamp(whole, 0).expect("an instant of our time")
}

/// Where the bucket begins by the clock.
fn truncated(local: NaiveDateTime, every: Every) -> NaiveDateTime {
    let date = local.date();
    let hour = |minute| {
        date.and_hms_opt(local.hour(), minute, 0)
            .expect("a time of a day")
    };
    match every {
        Every::Minutes(minutes) => hour(local.minute() - local.minute() % minutes),
        Every::Hour => hour(0),
        Every::Day => date.and_time(NaiveTime::MIN),
        Every::Week => {
            let days = u64::from(date.weekday().num_days_from_monday());
            (date - Days::new(days)).and_time(NaiveTime::MIN)
        }
        Every::Month => {
            let first = date.with_day(1).expect("every month has a first");
            first.and_time(NaiveTime::MIN)
        }
    }
}

/// So long before an instant, but not before the last change of the clock.
fn since(instant: DateTime<Utc>, ago: TimeDelta, zone: Tz) -> DateTime<Utc> {
    let offset = |at: DateTime<Utc>| at.with_timezone(&zone).offset().fix();
    let (now, start) = (offset(instant), instant - ago);
    match offset(start) == now {
        true => start,
        false => first_minute(start, instant, |at| offset(at) == now),
    }
}

/// The first instant at which the clock says this, or, if it never does, more than this.
fn first_instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
            instant.with_timezone(&Utc)
        }
        MappedLocalTime::None => {
            // No place is further than a day from UTC, and what is left out is a day at most.
            let days = TimeDelta::days(3);
            first_minute(local.and_utc() - days, local.and_utc() + days, |at| {
                at.with_timezone(&zone).naive_local() >= local
            })
        }
    }
}

/// The first whole minute, of those after `before` and up to `after`, from which on something is so.
fn first_minute(
    before: DateTime<Utc>,
    after: DateTime<Utc>,
    is_so: impl Fn(DateTime<Utc>) -> bool,
) -> DateTime<Utc> {
    let minute = TimeDelta::minutes(1);
    let (mut before, mut after) = (truncated_to(before, minute), truncated_to(after, minute));
    while after - before > minute {
        let middle = truncated_to(before + (after - before) / 2, minute);
        match is_so(middle) {
            true => after = middle,
            false => before = middle,
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .expect(text)
            .with_timezone(&Utc)
    }

    /// The buckets between two instants, as the clock and UTC have their beginnings.
    fn between(start: &str, end: &str, zone: &str, every: Every) -> Vec<String> {
        let zone: Tz = zone.parse().expect("a zone");
        let slots = slots(at(start), at(end), zone, every);
        let words = slots.iter().map(|slot| {
            format!(
                "{} {}",
                slot.local_start.format("%d %H:%M"),
                slot.start.format("%d %H:%MZ")
            )
        });
        words.collect()
    }

    #[test]
    fn a_midnight_that_is_left_out() {
        assert_eq!(
            between(
                "2018-11-03T12:00:00Z",
                "2018-11-05T12:00:00Z",
                "America/Sao_Paulo",
                Every::Day
            ),
            [
                "03 00:00 03 03:00Z",
                "04 01:00 04 03:00Z",
                "05 00:00 05 02:00Z"
            ]
        );
        assert_eq!(
            between(
                "2018-11-04T01:30:00Z",
                "2018-11-04T04:00:00Z",
                "America/Sao_Paulo",
                Every::Hour
            ),
            [
                "03 22:00 04 01:00Z",
                "03 23:00 04 02:00Z",
                "04 01:00 04 03:00Z"
            ]
        );
    }

    #[test]
    fn a_midnight_that_is_there_twice() {
        assert_eq!(
            between(
                "2026-11-01T03:59:59Z",
                "2026-11-02T05:00:00Z",
                "America/Havana",
                Every::Day
            ),
            ["31 00:00 31 04:00Z", "01 00:00 01 04:00Z"]
        );
    }

    #[test]
    fn an_hour_that_is_there_twice_and_half_an_hour() {
        assert_eq!(
            between(
                "2026-10-25T00:59:00Z",
                "2026-10-25T02:00:00.000001Z",
                "Europe/Berlin",
                Every::Hour
            ),
            [
                "25 02:00 25 00:00Z",
                "25 02:00 25 01:00Z",
                "25 03:00 25 02:00Z"
            ]
        );
        // At two the clock is put back to half past one.
        assert_eq!(
            between(
                "2026-04-04T14:30:00Z",
                "2026-04-04T16:00:00Z",
                "Australia/Lord_Howe",
                Every::Hour
            ),
            [
                "05 01:00 04 14:00Z",
                "05 01:30 04 15:00Z",
                "05 02:00 04 15:30Z"
            ]
        );
        // At two the clock is put forward to half past two.
        assert_eq!(
            between(
                "2026-10-03T15:00:00Z",
                "2026-10-03T17:00:00Z",
                "Australia/Lord_Howe",
                Every::Hour
            ),
            [
                "04 01:00 03 14:30Z",
                "04 02:30 03 15:30Z",
                "04 03:00 03 16:00Z"
            ]
        );
    }

    #[test]
    fn a_day_that_is_left_out() {
        assert_eq!(
            between(
                "2011-12-29T12:00:00Z",
                "2012-01-01T00:00:00Z",
                "Pacific/Apia",
                Every::Day
            ),
            [
                "29 00:00 29 10:00Z",
                "31 00:00 30 10:00Z",
                "01 00:00 31 10:00Z"
            ]
        );
    }

    #[test]
    fn a_day_that_is_gone_back_to() {
        // A minute into the first, the clock is put back to the last minutes of the day before.
        let zone: Tz = "America/St_Johns".parse().expect("a zone");
        let day = |instant: &str| slot(at(instant), zone, Every::Day).local_start.day();
        assert_eq!(day("2010-11-07T02:29:00Z"), 6);
        assert_eq!(day("2010-11-07T02:30:30Z"), 7);
        assert_eq!(day("2010-11-07T02:31:00Z"), 6);
        assert_eq!(day("2010-11-07T03:30:00Z"), 7);
        assert_eq!(
            slot(at("2010-11-07T12:00:00Z"), zone, Every::Day).start,
            at("2010-11-07T02:30:00Z")
        );
    }

    #[test]
    fn weeks_begin_on_mondays_and_months_on_the_first() {
        assert_eq!(
            between(
                "2026-03-01T00:00:00Z",
                "2026-03-15T22:00:00.000001Z",
                "Europe/Berlin",
                Every::Week
            ),
            [
                "23 00:00 22 23:00Z",
                "02 00:00 01 23:00Z",
                "09 00:00 08 23:00Z",
            ]
        );
        assert_eq!(
            between(
                "2026-03-31T21:59:59.999999Z",
                "2026-04-30T22:00:00Z",
                "Europe/Berlin",
                Every::Month
            ),
            ["01 00:00 28 23:00Z", "01 00:00 31 22:00Z"]
        );
    }

    #[test]
    fn quarters_where_the_offset_is_no_whole_hour() {
        assert_eq!(
            between(
                "2026-09-20T18:14:59.999999Z",
                "2026-09-20T18:30:00Z",
                "Asia/Kathmandu",
                Every::Minutes(15)
            ),
            ["20 23:45 20 18:00Z", "21 00:00 20 18:15Z"]
        );
        assert_eq!(
            between(
                "2026-09-20T18:14:59.999999Z",
                "2026-09-20T19:15:00Z",
                "Asia/Kathmandu",
                Every::Hour
            ),
            ["20 23:00 20 17:15Z", "21 00:00 20 18:15Z"]
        );
        assert!(
            slots(
                at("2026-09-20T18:00:00Z"),
                at("2026-09-20T18:00:00Z"),
                Tz::UTC,
                Every::Day
            )
            .is_empty()
        );
    }
}

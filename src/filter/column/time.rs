//! Columns of instants.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::FilterColumn;
use crate::expression::{Expression, Operand};
use crate::filter::{FilterError, Meaning, Operator, Question, Selectivity};
use crate::schema::{Entity, SqlType};

const OPERATORS: [Operator; 4] = [
    Operator::On,
    Operator::Before,
    Operator::After,
    Operator::Range,
];

const A_DATE: &str = "write a date like 2025-01-31, alone or before a time like T23:59:59Z";
const A_SPAN: &str = "write a number of hours, days or minutes, not too many: 1h, 7d, 30m";

impl<E: Entity> FilterColumn<E> {
    /// An instant.
    ///
    /// `on`, `before` and `after` compare its calendar date in the viewer's zone with a date, so that neither `before`
    /// nor `after` a date has rows of that day. The date is written `2025-01-31`; of a date with a time and an offset
    /// the date counts that is written there. (Open Chat Studio first goes over to UTC, where it may be another day.)
    ///
    /// `range` is a number of hours, days or minutes, `1h`, `7d`, `30m`: those that are at most so long ago, by the
    /// clock, and any later ones.
    ///
    /// Its rank is [`Selectivity::Low`].
    #[must_use]
    pub fn time<A>(name: &'static str, instant: A) -> Self
    where
        A: Operand<E>,
        A::Type: SqlType<Base = DateTime<Utc>> + 'static,
    {
        let instant = instant.into_operand();
        Self::custom(name, OPERATORS, move |question| means(&instant, question))
            .selectivity(Selectivity::Low)
    }
}

fn means<E: Entity, T: SqlType<Base = DateTime<Utc>>>(
    instant: &Expression<E, T>,
    question: &Question<'_>,
) -> Result<Meaning<E>, FilterError> {
    let value = question.value();
    let date = || calendar_date(value).ok_or_else(|| question.invalid(value, A_DATE));
    let zone = &question.viewer.time_zone;
    Ok(Meaning::is(match question.operator {
        Operator::On => instant.on_date(date()?, zone),
        Operator::Before => instant.before_date(date()?, zone),
        Operator::After => instant.after_date(date()?, zone),
        Operator::Range => {
            let start = ago(question.viewer.now, value);
            instant.ge(start.ok_or_else(|| question.invalid(value, A_SPAN))?)
        }
        _ => return Err(question.unknown_operator(&OPERATORS)),
    }))
}

/// The date that a text begins with, and that it is of, whatever time follows.
fn calendar_date(value: &str) -> Option<NaiveDate> {
    let value = value.trim();
    let (date, rest) = value.split_at_checked(10)?;
    // chrono would also take signs, blanks, and more or fewer digits.
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let is_time = rest.is_empty() || rest.strip_prefix(['T', ' ']).is_some_and(is_time);
    if !is_date || !is_time {
        return None;
    }
    date.parse().ok()
}

/// A time of a day, perhaps with an offset from UTC.
fn is_time(text: &str) -> bool {
    // In a query string, "+" is a blank.
    let time = match text.strip_suffix(['Z', 'z']) {
        Some(time) => time,
        None => match text.rfind(['+', '-', ' ']) {
            Some(at) if is_offset(&text[at + 1..]) => &text[..at],
            Some(_) => return false,
            None => text,
        },
    };
    ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"]
        .iter()
        .any(|format| NaiveTime::parse_from_str(time, format).is_ok())
}

fn is_offset(text: &str) -> bool {
    let digits = text.replacen(':', "", 1);
    matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// So long ago as the text says, if PostgreSQL has such an instant.
fn ago(now: DateTime<Utc>, span: &str) -> Option<DateTime<Utc>> {
    let mut characters = span.trim().chars();
    let unit = characters.next_back()?;
    let number = characters.as_str();
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = number.parse().ok()?;
    let span = match unit {
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        'm' => TimeDelta::try_minutes(number),
        _ => None,
    }?;
    let start = now.checked_sub_signed(span)?;
    (start.date_naive() >= crate::predicate::FIRST_DATE).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::{ago, calendar_date};
    use chrono::DateTime;

    #[test]
    fn dates() {
        for text in [
            "2025-01-31",
            " 2025-01-31 ",
            "2025-01-31T23:59",
            "2025-01-31 00:00:00",
            "2025-01-31T23:59:59Z",
            "2025-01-31T23:59:59.123456+02:00",
            "2025-01-31T23:59:59-0330",
            "2025-01-31T23:59:59 02:00",
        ] {
            let date = calendar_date(text).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some("2025-01-31"), "{text:?}");
        }
        for text in [
            "",
            "2025",
            "2025-1-31",
            "2025-02-30",
            "2025-01-3é",
            "-025-01-31",
            "+025-01-31",
            "2025-01-31T",
            "2025-01-31T25:00",
            "2025-01-31T10:00 later",
            "2025-01-31T10:00+abc",
            "2025-01-31x",
            "2025-01-31; DROP TABLE",
            "31.01.2025",
        ] {
            assert_eq!(calendar_date(text), None, "{text:?}");
        }
    }

    #[test]
    fn spans() {
        let now = DateTime::from_timestamp(1_000_000_000, 0).expect("an instant");
        let seconds = |span| ago(now, span).map(|then| (now - then).num_seconds());
        assert_eq!(seconds("1h"), Some(3600));
        assert_eq!(seconds("7d"), Some(7 * 86_400));
        assert_eq!(seconds("30m"), Some(1800));
        assert_eq!(seconds("0m"), Some(0));
        for span in [
            "",
            "h",
            "1",
            "1w",
            "-1h",
            "+1h",
            "1.5h",
            "1 h",
            "7d7d",
            "1é",
            "9999999d",
            "9223372036854775807d",
            "99999999999999999999m",
        ] {
            assert_eq!(seconds(span), None, "{span:?}");
        }
    }
}

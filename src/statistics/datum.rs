//! Values that the catalog keeps as text.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, NaiveTime};
use sea_query::Value;

use crate::schema::DataType;

/// A value that can be compared with others of its type, in PostgreSQL's order but for texts, whose order is the
/// collation's.
#[derive(Clone, Debug)]
pub(crate) enum Datum<'a> {
    /// A number, `false` and `true`, the days or microseconds since 1970.
    Integer(i64),
    Float(f64),
    Text(Cow<'a, str>),
}

impl Ord for Datum<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            // NaN is equal to itself and after all numbers, as in PostgreSQL.
            (Self::Float(left), Self::Float(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Integer(_), _) | (_, Self::Text(_)) => Ordering::Less,
            (Self::Text(_), _) | (_, Self::Integer(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Datum<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Datum<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Datum<'_> {}

impl<'a> Datum<'a> {
    /// A bound value; `None` if it is NULL, or of a type that is not compared here.
    pub fn of(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Integer((*value)?.into()),
            Value::SmallInt(value) => Self::Integer((*value)?.into()),
            Value::Int(value) => Self::Integer((*value)?.into()),
            Value::BigInt(value) => Self::Integer((*value)?),
            Value::Float(value) => Self::Float((*value)?.into()),
            Value::Double(value) => Self::Float((*value)?),
            Value::String(value) => Self::Text(value.as_deref()?.into()),
            Value::ChronoDate(value) => Self::date((*value)?),
            Value::ChronoDateTime(value) => Self::Integer((*value)?.and_utc().timestamp_micros()),
            Value::ChronoDateTimeUtc(value) => Self::Integer((*value)?.timestamp_micros()),
            #[cfg(feature = "uuid")]
            Value::Uuid(value) => Self::Text((*value)?.to_string().into()),
            _ => return None,
        })
    }

    /// A value as PostgreSQL writes it, dates and times in its ISO style.
    pub fn parse(text: &'a str, data_type: DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Boolean => match text {
                "t" | "true" => Self::Integer(1),
                "f" | "false" => Self::Integer(0),
                _ => return None,
            },
            DataType::SmallInt | DataType::Integer | DataType::BigInt => {
                Self::Integer(text.parse().ok()?)
            }
            // What a real prints is nearest to it among reals, not among doubles.
            DataType::Real => Self::Float(text.parse::<f32>().ok()?.into()),
            DataType::DoublePrecision => Self::Float(text.parse().ok()?),
            DataType::Text | DataType::Named(_) => Self::Text(text.into()),
            #[cfg(feature = "uuid")]
            DataType::Uuid => Self::Text(text.into()),
            DataType::Date | DataType::Timestamp | DataType::TimestampTz => match text {
                "-infinity" => Self::Integer(i64::MIN),
                "infinity" => Self::Integer(i64::MAX),
                _ if data_type == DataType::Date => Self::date(date(text)?),
                _ => Self::Integer(microseconds(text)?),
            },
            DataType::Array(_) => return None,
        })
    }

    fn date(date: NaiveDate) -> Self {
        let days = date.signed_duration_since(NaiveDate::default()).num_days();
        Self::Integer(days)
    }

    /// Where it is on a line; texts are on none.
    pub fn position(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a guess needs no more")]
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Text(_) => None,
        }
    }

    /// A value to be bound, of a type that keys have.
    pub fn into_value(self, data_type: DataType) -> Option<Value> {
        Some(match (self, data_type) {
            (Self::Integer(value), DataType::SmallInt) => {
                Value::SmallInt(Some(value.try_into().ok()?))
            }
            (Self::Integer(value), DataType::Integer) => Value::Int(Some(value.try_into().ok()?)),
            (Self::Integer(value), DataType::BigInt) => Value::BigInt(Some(value)),
            (Self::Text(value), DataType::Text) => Value::String(Some(value.into_owned())),
            #[cfg(feature = "uuid")]
            (Self::Text(value), DataType::Uuid) => Value::Uuid(Some(value.parse().ok()?)),
            _ => return None,
        })
    }
}

/// `2026-11-01`. Statistics have many dates, and reading them by a pattern takes ten times as long.
fn date(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = three(text, '-')?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn three(text: &str, between: char) -> Option<[u32; 3]> {
    let mut parts = text.split(between).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// `2026-11-01 09:30:00.25+00`, the offset with minutes and seconds where it has some, or without one.
fn microseconds(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(' ')?;
    let (time, offset) = match time.find(['+', '-']) {
        Some(at) => (&time[..at], seconds(&time[at..])?),
        None => (time, 0),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = three(time, ':')?;
    let micro = format!("{fraction:0<6}").parse().ok()?;
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micro)?;
    let local = date(day)?.and_time(time).and_utc().timestamp_micros();
    let microseconds = local.checked_sub(offset * 1_000_000)?;
    DateTime::from_timestamp_micros(microseconds).map(|_| microseconds)
}

/// `+05`, `-03:30`, `+00:19:32`.
fn seconds(offset: &str) -> Option<i64> {
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in offset[1..].split(':') {
        seconds += i64::from(part.parse::<u8>().ok()?) * unit;
        unit /= 60;
    }
    Some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, data_type: DataType) -> Option<Datum<'_>> {
        Datum::parse(text, data_type)
    }

    #[test]
    fn what_postgresql_writes_is_what_is_bound() {
        let instant = DateTime::from_timestamp_micros(1_793_525_400_250_000).unwrap();
        let same = Datum::of(&Value::ChronoDateTimeUtc(Some(instant))).map(|d| d.position());
        for text in [
            "2026-11-01 09:30:00.25+00",
            "2026-11-01 15:00:00.25+05:30",
            "2026-11-01 06:00:00.25-03:30",
            "2026-11-01 09:49:32.25+00:19:32",
        ] {
            let read = parsed(text, DataType::TimestampTz).map(|d| d.position());
            assert_eq!(read, same, "{text}");
        }
        let values = [
            (Value::Bool(Some(true)), "t"),
            (Value::SmallInt(Some(-7)), "-7"),
            (Value::Int(Some(41)), "41"),
            (Value::BigInt(Some(i64::MAX)), "9223372036854775807"),
            (Value::Float(Some(1.1)), "1.1"),
            (Value::Double(Some(1e300)), "1e+300"),
            (Value::String(Some("a b".into())), "a b"),
            (
                Value::ChronoDate(NaiveDate::from_ymd_opt(1969, 12, 30)),
                "1969-12-30",
            ),
            (
                Value::ChronoDateTime(Some(instant.naive_utc())),
                "2026-11-01 09:30:00.25",
            ),
        ];
        for (value, text) in values {
            let data_type = DataType::of_value(&value).unwrap();
            assert_eq!(parsed(text, data_type), Datum::of(&value), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for text in [
            "",
            "x",
            "NaN",
            "9223372036854775808",
            "2026-13-01",
            "0044-03-15 BC",
            "01/11/2026",
            "2026-11-01 é",
            "2026-11-01 +",
        ] {
            for data_type in [
                DataType::Boolean,
                DataType::BigInt,
                DataType::Date,
                DataType::Timestamp,
                DataType::TimestampTz,
                DataType::Array(&DataType::Text),
            ] {
                assert_eq!(parsed(text, data_type), None, "{text} as {data_type}");
            }
        }
        assert_eq!(
            parsed("2026-11-01 09:30:00+999", DataType::TimestampTz),
            None
        );
    }

    #[test]
    fn infinity_is_beyond_everything() {
        let late = parsed("infinity", DataType::TimestampTz).unwrap();
        let early = parsed("-infinity", DataType::TimestampTz).unwrap();
        let now = parsed("2026-11-01 09:30:00+00", DataType::TimestampTz).unwrap();
        assert!(early < now && now < late);
    }
}

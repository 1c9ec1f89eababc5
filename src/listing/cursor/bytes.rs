//! Sort values as bytes: a tag, then what it says.

use chrono::{DateTime, Datelike, NaiveDate};
use sea_query::{ArrayType, Value};

use crate::schema::{DataType, null};

const NULL: u8 = 0;
const ARRAY: u8 = 12;

/// Whether PostgreSQL has the day: its calendar begins on 24 November 4714 BC.
fn exists(day: NaiveDate) -> bool {
    (day.year(), day.month(), day.day()) >= (-4713, 11, 24)
}

/// Appends a value.
pub(super) fn encode(value: &Value, out: &mut Vec<u8>) {
    let mut put = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend(bytes);
    };
    match value {
        Value::Bool(Some(v)) => put(1, &[u8::from(*v)]),
        Value::SmallInt(Some(v)) => put(2, &v.to_be_bytes()),
        Value::Int(Some(v)) => put(3, &v.to_be_bytes()),
        Value::BigInt(Some(v)) => put(4, &v.to_be_bytes()),
        Value::Float(Some(v)) => put(5, &v.to_be_bytes()),
        Value::Double(Some(v)) => put(6, &v.to_be_bytes()),
        Value::String(Some(v)) => {
            put(7, &length(v.len()));
            out.extend(v.as_bytes());
        }
        Value::ChronoDate(Some(v)) => put(8, &v.num_days_from_ce().to_be_bytes()),
        Value::ChronoDateTime(Some(v)) => put(9, &v.and_utc().timestamp_micros().to_be_bytes()),
        Value::ChronoDateTimeUtc(Some(v)) => put(10, &v.timestamp_micros().to_be_bytes()),
        #[cfg(feature = "uuid")]
        Value::Uuid(Some(v)) => put(11, v.as_bytes()),
        Value::Array(element, Some(elements)) => {
            put(ARRAY, &[tag(element)]);
            out.extend(length(elements.len()));
            for element in elements.iter() {
                encode(element, out);
            }
        }
        _ => put(NULL, &[]),
    }
}

fn length(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes()
}

/// The tag of an array's elements.
fn tag(element: &ArrayType) -> u8 {
    match element {
        ArrayType::Bool => 1,
        ArrayType::SmallInt => 2,
        ArrayType::Int => 3,
        ArrayType::BigInt => 4,
        ArrayType::Float => 5,
        ArrayType::Double => 6,
        ArrayType::String => 7,
        ArrayType::ChronoDate => 8,
        ArrayType::ChronoDateTime => 9,
        ArrayType::ChronoDateTimeUtc => 10,
        #[cfg(feature = "uuid")]
        ArrayType::Uuid => 11,
        _ => NULL,
    }
}

/// The type of an array's elements, by their tag.
fn element(tag: u8) -> Option<DataType> {
    Some(match tag {
        1 => DataType::Boolean,
        2 => DataType::SmallInt,
        3 => DataType::Integer,
        4 => DataType::BigInt,
        5 => DataType::Real,
        6 => DataType::DoublePrecision,
        7 => DataType::Text,
        8 => DataType::Date,
        9 => DataType::Timestamp,
        10 => DataType::TimestampTz,
        #[cfg(feature = "uuid")]
        11 => DataType::Uuid,
        _ => return None,
    })
}

/// Reads what [`encode`] wrote, or anything else without harm.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u32::from_be_bytes(self.array()?)).ok()
    }

    /// The next value.
    pub fn value(&mut self) -> Option<Value> {
        match self.array()? {
            [NULL] => Some(super::NULL),
            [ARRAY] => self.elements(),
            [tag] => self.scalar(tag),
        }
    }

    fn scalar(&mut self, tag: u8) -> Option<Value> {
        Some(match tag {
            1 => match self.array()? {
                [0] => Value::Bool(Some(false)),
                [1] => Value::Bool(Some(true)),
                _ => return None,
            },
            2 => Value::SmallInt(Some(i16::from_be_bytes(self.array()?))),
            3 => Value::Int(Some(i32::from_be_bytes(self.array()?))),
            4 => Value::BigInt(Some(i64::from_be_bytes(self.array()?))),
            5 => Value::Float(Some(f32::from_be_bytes(self.array()?))),
            6 => Value::Double(Some(f64::from_be_bytes(self.array()?))),
            7 => {
                let length = self.length()?;
                let text = std::str::from_utf8(self.bytes(length)?).ok()?;
                Value::String(Some(text.to_owned()))
            }
            8 => {
                let date = NaiveDate::from_num_days_from_ce_opt(i32::from_be_bytes(self.array()?));
                Value::ChronoDate(Some(date.filter(|date| exists(*date))?))
            }
            9 => Value::ChronoDateTime(Some(self.instant()?.naive_utc())),
            10 => Value::ChronoDateTimeUtc(Some(self.instant()?)),
            #[cfg(feature = "uuid")]
            11 => Value::Uuid(Some(uuid::Uuid::from_bytes(self.array()?))),
            _ => return None,
        })
    }

    fn instant(&mut self) -> Option<DateTime<chrono::Utc>> {
        let instant = DateTime::from_timestamp_micros(i64::from_be_bytes(self.array()?))?;
        exists(instant.date_naive()).then_some(instant)
    }

    fn elements(&mut self) -> Option<Value> {
        let [tag] = self.array()?;
        let element = element(tag)?;
        let count = self.length()?;
        let mut elements = Vec::new();
        for _ in 0..count {
            elements.push(match self.array()? {
                [NULL] => null(element),
                [of_element] if of_element == tag => self.scalar(tag)?,
                _ => return None,
            });
        }
        Some(Value::Array(element.array_type(), Some(Box::new(elements))))
    }
}

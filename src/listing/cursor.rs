//! The place of a row in a listing's order, as text that travels in a URL.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_query::Value;

use super::page::{Page, Position};
use crate::expression::Node;
use crate::order::{Direction, Nulls, OrderNode};
use crate::render::reject_nul;
use crate::schema::{DataType, Definition, null};

/// The place of a row in the order of a listing: the values of its sort keys.
///
/// Given with every page ([`PageRows::next`](crate::driver::PageRows::next)); its text is URL-safe and opaque. It
/// is data that comes back from outside: reading one checks its form, and
/// [`build`](super::Listing::build) refuses one of another order. It is not secret and not signed: it holds sort
/// values in clear, and a forged one gives a page of the same listing, never another tenant's rows.
///
/// # Example
///
/// ```
/// use pagewise::Cursor;
///
/// assert!("what is this".parse::<Cursor>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    digest: u64,
    values: Vec<Value>,
}

/// Why a cursor was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorError {
    /// The text is longer than any cursor.
    #[error("the cursor is {bytes} bytes long, more than {LONGEST}: begin again at the first page")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The text is not that of a cursor.
    #[error("the cursor cannot be read: begin again at the first page")]
    Malformed,
    /// The cursor was made by another version of the format.
    #[error(
        "the cursor has the format {version}, this version reads {VERSION}: begin again at the first page"
    )]
    Version {
        /// The version that it has.
        version: u8,
    },
    /// The cursor was made by a listing of another entity or in another order.
    #[error(
        "the cursor belongs to another listing or another order: begin again at the first page"
    )]
    OtherOrder,
}

/// The version of the format.
const VERSION: u8 = 1;
/// The longest text that is looked at.
const LONGEST: usize = 8 * 1024;

impl Cursor {
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn new(digest: u64, values: Vec<Value>) -> Self {
        // As the text has it, so that a cursor is the same before and after its journey.
        let values = values
            .into_iter()
            .map(|value| if is_null(&value) { NULL } else { value });
        Self {
            digest,
            values: values.collect(),
        }
    }
}

/// NULL in a cursor, of whatever type: the order knows which.
const NULL: Value = Value::Bool(None);

/// The sort values of the page's cursor, if it has one and it fits the order.
pub(super) fn fitting(
    page: &Page,
    definition: Definition,
    orders: &[OrderNode],
) -> Result<Option<Vec<Value>>, CursorError> {
    let (Position::After(cursor) | Position::Before(cursor)) = &page.position else {
        return Ok(None);
    };
    if cursor.digest != digest(definition, orders) || cursor.values.len() != orders.len() {
        return Err(CursorError::OtherOrder);
    }
    let mut values = Vec::with_capacity(orders.len());
    for (value, order) in cursor.values.iter().zip(orders) {
        let value = match value {
            &NULL if order.nullable => null(order.data_type),
            value if DataType::of_value(value) == Some(order.data_type) && !is_null(value) => {
                value.clone()
            }
            _ => return Err(CursorError::OtherOrder),
        };
        if reject_nul(&order.name, &value).is_err() {
            return Err(CursorError::Malformed);
        }
        values.push(value);
    }
    Ok(Some(values))
}

/// Whether a value is NULL.
pub(super) fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

/// A fingerprint of an order: the table, and each sort key with its direction.
///
/// FNV-1a, because it must be the same in every build: cursors outlive processes.
pub(crate) fn digest(definition: Definition, orders: &[OrderNode]) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.text(definition.schema.unwrap_or_default());
    hash.text(definition.table);
    for order in orders {
        hash.node(&order.node);
        hash.byte(match (order.direction, order.nulls) {
            (Direction::Ascending, Nulls::First) => 1,
            (Direction::Ascending, Nulls::Last) => 2,
            (Direction::Descending, Nulls::First) => 3,
            (Direction::Descending, Nulls::Last) => 4,
        });
    }
    hash.0
}

struct Fnv(u64);

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            self.byte(byte);
        }
        self.byte(0xff);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Column(name) => self.text(name),
            Node::Function(name, arguments) => {
                self.text(name);
                for argument in arguments {
                    self.node(argument);
                }
            }
            Node::Value(value) => self.text(&format!("{value:?}")),
            // What it is computed from, whatever it is called.
            Node::Annotation(annotation) => {
                self.text(&format!("{:?}{:?}", annotation.filter, annotation.computed));
                for hop in &annotation.path.hops {
                    self.text(hop.definition.table);
                    self.text(&format!("{} {} {:?}", hop.from, hop.to, hop.condition));
                }
            }
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.digest.to_be_bytes());
        for value in &self.values {
            encode(value, &mut bytes);
        }
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        if text.len() > LONGEST {
            return Err(CursorError::TooLong { bytes: text.len() });
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| CursorError::Malformed)?;
        let mut reader = Reader(&bytes);
        match reader.array::<1>() {
            Some([VERSION]) => {}
            Some([version]) => return Err(CursorError::Version { version }),
            None => return Err(CursorError::Malformed),
        }
        let digest = u64::from_be_bytes(reader.array().ok_or(CursorError::Malformed)?);
        let mut values = Vec::new();
        while !reader.0.is_empty() {
            values.push(reader.value().ok_or(CursorError::Malformed)?);
        }
        Ok(Self { digest, values })
    }
}

/// Appends a value: a tag, then its bytes.
fn encode(value: &Value, out: &mut Vec<u8>) {
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
            put(7, &u32::try_from(v.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend(v.as_bytes());
        }
        Value::ChronoDate(Some(v)) => put(8, &v.num_days_from_ce().to_be_bytes()),
        Value::ChronoDateTime(Some(v)) => put(9, &v.and_utc().timestamp_micros().to_be_bytes()),
        Value::ChronoDateTimeUtc(Some(v)) => put(10, &v.timestamp_micros().to_be_bytes()),
        #[cfg(feature = "uuid")]
        Value::Uuid(Some(v)) => put(11, v.as_bytes()),
        Value::Array(_, Some(elements)) => {
            let element = DataType::of_value(value).map_or(0, element_tag);
            let count = u32::try_from(elements.len()).unwrap_or(u32::MAX);
            put(12, &[element]);
            out.extend(count.to_be_bytes());
            for element in elements.iter() {
                if is_null(element) {
                    encode(&NULL, out);
                } else {
                    encode(element, out);
                }
            }
        }
        _ => put(0, &[]),
    }
}

/// The types that arrays may be of, by their place in this list.
const ELEMENTS: [DataType; 11] = [
    DataType::Boolean,
    DataType::SmallInt,
    DataType::Integer,
    DataType::BigInt,
    DataType::Real,
    DataType::DoublePrecision,
    DataType::Text,
    DataType::Date,
    DataType::Timestamp,
    DataType::TimestampTz,
    DataType::Uuid,
];

/// The place of an array's elements in the list, from 1; 0 if it has none.
fn element_tag(array: DataType) -> u8 {
    let at = ELEMENTS
        .iter()
        .position(|element| matches!(array, DataType::Array(of) if of == element));
    at.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0)
}

/// The first day of PostgreSQL's calendar, in November of 4714 BC: earlier ones it refuses. Its last one is after
/// chrono's.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(-4713, 11, 24);

fn known_day(day: NaiveDate) -> Option<NaiveDate> {
    (Some(day) >= FIRST_DAY).then_some(day)
}

fn known_instant(micros: i64) -> Option<DateTime<Utc>> {
    let instant = DateTime::from_timestamp_micros(micros)?;
    known_day(instant.date_naive())?;
    Some(instant)
}

/// Reads what `encode` wrote, or anything else without harm.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes(&mut self, count: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn value(&mut self) -> Option<Value> {
        let [tag] = self.array()?;
        Some(match tag {
            0 => NULL,
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
                let length = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
                let text = std::str::from_utf8(self.bytes(length)?).ok()?;
                Value::String(Some(text.to_owned()))
            }
            8 => {
                let days = i32::from_be_bytes(self.array()?);
                Value::ChronoDate(Some(known_day(NaiveDate::from_num_days_from_ce_opt(
                    days,
                )?)?))
            }
            9 => {
                let instant = known_instant(i64::from_be_bytes(self.array()?))?;
                Value::ChronoDateTime(Some(instant.naive_utc()))
            }
            10 => {
                let instant = known_instant(i64::from_be_bytes(self.array()?))?;
                Value::ChronoDateTimeUtc(Some(instant))
            }
            #[cfg(feature = "uuid")]
            11 => Value::Uuid(Some(uuid::Uuid::from_bytes(self.array()?))),
            12 => self.elements()?,
            _ => return None,
        })
    }

    /// The elements of an array: as many as it says, all of the type that it says, none of them an array.
    fn elements(&mut self) -> Option<Value> {
        let [tag] = self.array()?;
        let element = *ELEMENTS.get(usize::from(tag).checked_sub(1)?)?;
        let count = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        // An element has a byte at least: so many cannot be there.
        if count > self.0.len() {
            return None;
        }
        let mut elements = Vec::with_capacity(count);
        for _ in 0..count {
            // An array in an array would be read by going one deeper for each byte of the text.
            if self.0.first() == Some(&12) {
                return None;
            }
            elements.push(match self.value()? {
                NULL => null(element),
                value if DataType::of_value(&value) == Some(element) => value,
                _ => return None,
            });
        }
        Some(Value::Array(element.array_type(), Some(Box::new(elements))))
    }
}

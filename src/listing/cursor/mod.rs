//! The place of a row in a listing's order, as text that travels in a URL.

mod bytes;
mod fingerprint;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_query::Value;

use self::bytes::Reader;
use super::page::{Page, Position};
use crate::order::OrderNode;
use crate::schema::{DataType, Definition, null};

pub(super) use self::fingerprint::fingerprint;

/// The place of a row in the order of a listing: the values of its sort keys.
///
/// Given with every page ([`PageRows::next_cursor`](crate::driver::PageRows::next_cursor)); its text is URL-safe and opaque. It
/// is data that comes back from outside: reading one checks its form, and
/// [`build`](super::Listing::build) refuses one of another order. It is not secret and not signed: it holds sort
/// values in clear, and a forged one gives a page of the same listing, never another tenant's rows. It is as long as
/// the values are: a list that is sorted by long texts is better paged by offset. One of more than a mebibyte is refused.
/// What an enumeration or a domain does not have only the server can tell: then running the page is what fails.
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
    fingerprint: u64,
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
const LONGEST: usize = 1024 * 1024;

impl Cursor {
    /// The texts of sort keys whose types only the server knows.
    pub(super) fn texts_of(&self, orders: &[OrderNode]) -> Arc<[String]> {
        let mut texts = Vec::new();
        for (value, order) in self.values.iter().zip(orders) {
            match (order.data_type, value) {
                (DataType::Named(_), value) => texts.extend(text_of(value)),
                (DataType::Array(DataType::Named(_)), Value::Array(_, Some(values))) => {
                    texts.extend(values.iter().filter_map(text_of));
                }
                _ => {}
            }
        }
        texts.into()
    }

    pub(crate) fn new(fingerprint: u64, values: Vec<Value>) -> Self {
        // As the text has it, so that a cursor is the same before and after its journey.
        let values = values
            .into_iter()
            .map(|value| if is_null(&value) { NULL } else { value });
        Self {
            fingerprint,
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
    if cursor.fingerprint != fingerprint(definition, orders) || cursor.values.len() != orders.len()
    {
        return Err(CursorError::OtherOrder);
    }
    let mut values = Vec::with_capacity(orders.len());
    for (value, order) in cursor.values.iter().zip(orders) {
        let value = match value {
            &NULL if order.nullable => null(order.data_type),
            value if order.data_type.fits(value) && !is_null(value) => value.clone(),
            _ => return Err(CursorError::OtherOrder),
        };
        if has_nul(&value) {
            return Err(CursorError::Malformed);
        }
        values.push(value);
    }
    Ok(Some(values))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.clone(),
        _ => None,
    }
}

/// A text with NUL, which no row holds.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(Some(text)) => text.contains('\0'),
        Value::Array(_, Some(elements)) => elements.iter().any(has_nul),
        _ => false,
    }
}

/// Whether a value is NULL.
pub(super) fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend(self.fingerprint.to_be_bytes());
        for value in &self.values {
            bytes::encode(value, &mut bytes);
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
        let mut reader = Reader::new(&bytes);
        match reader.array::<1>() {
            Some([VERSION]) => {}
            Some([version]) => return Err(CursorError::Version { version }),
            None => return Err(CursorError::Malformed),
        }
        let fingerprint = u64::from_be_bytes(reader.array().ok_or(CursorError::Malformed)?);
        let mut values = Vec::new();
        while !reader.is_empty() {
            values.push(reader.value().ok_or(CursorError::Malformed)?);
        }
        Ok(Self {
            fingerprint,
            values,
        })
    }
}

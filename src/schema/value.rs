//! What may be written where a value is wanted.

use chrono::{DateTime, FixedOffset, Utc};
use sea_query::Value;

use super::{DataType, SqlType};

/// A value that can be compared with a column of the type `T`.
///
/// `"active"` for a column of text, `5` for a `bigint`, and every [`SqlType`] for a column of itself.
#[diagnostic::on_unimplemented(
    message = "a value of the type `{Self}` cannot be compared with a column of the type `{T}`",
    label = "this value does not fit the column",
    note = "the column's type is what its entity declares; convert the value, or correct the declaration"
)]
pub trait IntoSql<T: SqlType> {
    /// The value in the column's own type.
    fn into_sql(self) -> T;
}

impl<T: SqlType> IntoSql<T> for T {
    fn into_sql(self) -> T {
        self
    }
}

macro_rules! widen {
    ($($from:ty => $to:ty;)*) => {$(
        impl IntoSql<$to> for $from {
            fn into_sql(self) -> $to {
                self.into()
            }
        }
    )*};
}

widen! {
    i16 => i32;
    u16 => i32;
    i16 => i64;
    i32 => i64;
    u16 => i64;
    u32 => i64;
    f32 => f64;
    i32 => f64;
    &str => String;
    &String => String;
    char => String;
    std::borrow::Cow<'_, str> => String;
    DateTime<FixedOffset> => DateTime<Utc>;
}

/// Whose rows a statement reads: the value of the tenant columns.
///
/// Made from integers, text and (feature `uuid`) UUIDs. An integer fits tenant columns of every integer
/// type; other mismatches are refused when the statement is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant(pub(crate) Value);

macro_rules! tenant_from {
    ($($from:ty => $value:expr;)*) => {$(
        impl From<$from> for Tenant {
            fn from(value: $from) -> Self {
                let convert: fn($from) -> Value = $value;
                Self(convert(value))
            }
        }
    )*};
}

tenant_from! {
    i16 => |v| Value::BigInt(Some(v.into()));
    i32 => |v| Value::BigInt(Some(v.into()));
    i64 => |v| Value::BigInt(Some(v));
    u32 => |v| Value::BigInt(Some(v.into()));
    &str => |v| Value::String(Some(v.to_owned()));
    String => |v| Value::String(Some(v));
}

#[cfg(feature = "uuid")]
tenant_from! { uuid::Uuid => |v| Value::Uuid(Some(v)); }

impl Tenant {
    /// The value for a tenant column of `expected`, or the type that it has instead.
    pub(crate) fn for_column(&self, expected: DataType) -> Result<Value, DataType> {
        let given = DataType::of_value(&self.0).unwrap_or(DataType::Text);
        if given == expected {
            return Ok(self.0.clone());
        }
        match (&self.0, expected) {
            (Value::BigInt(Some(v)), DataType::Integer) => i32::try_from(*v)
                .map(|v| Value::Int(Some(v)))
                .map_err(|_| given),
            (Value::BigInt(Some(v)), DataType::SmallInt) => i16::try_from(*v)
                .map(|v| Value::SmallInt(Some(v)))
                .map_err(|_| given),
            _ => Err(given),
        }
    }
}

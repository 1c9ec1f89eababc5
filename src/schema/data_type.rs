//! PostgreSQL's types and the Rust types that stand for them.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_query::{ArrayType, Value};

/// A PostgreSQL type that pagewise binds and decodes.
///
/// `Display` writes the name that PostgreSQL knows it by, as used in casts.
///
/// # Example
///
/// ```
/// use pagewise::schema::DataType;
///
/// assert_eq!(DataType::TimestampTz.to_string(), "timestamptz");
/// assert_eq!(DataType::Array(&DataType::BigInt).to_string(), "bigint[]");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// `boolean`
    Boolean,
    /// `smallint`, 2 bytes
    SmallInt,
    /// `integer`, 4 bytes
    Integer,
    /// `bigint`, 8 bytes
    BigInt,
    /// `real`, 4 bytes
    Real,
    /// `double precision`, 8 bytes
    DoublePrecision,
    /// `text`, and the types that compare like it: `varchar`, `char`
    Text,
    /// A type of this name that is sent and read as text: an enumeration (`CREATE TYPE .. AS ENUM`), `citext`, a domain
    /// over one of them. The name is quoted; the search path finds it
    Named(&'static str),
    /// `date`
    Date,
    /// `timestamp` without time zone
    Timestamp,
    /// `timestamptz`: an instant
    TimestampTz,
    /// `uuid` (feature `uuid`)
    #[cfg(feature = "uuid")]
    Uuid,
    /// An array of another type
    Array(&'static DataType),
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::SmallInt => "smallint",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Real => "real",
            Self::DoublePrecision => "double precision",
            Self::Text => "text",
            Self::Named(name) => return write!(f, "\"{}\"", name.replace('"', "\"\"")),
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::TimestampTz => "timestamptz",
            #[cfg(feature = "uuid")]
            Self::Uuid => "uuid",
            Self::Array(element) => return f.write_str(&element.array_name()),
        })
    }
}

impl DataType {
    /// The name of an array of this type, for casts.
    pub(crate) fn array_name(self) -> String {
        match self {
            // PostgreSQL does not tell the dimensions of arrays apart.
            Self::Array(_) => self.to_string(),
            element => format!("{element}[]"),
        }
    }

    /// An array of this type; `None` of an array, and of a type of the database's own.
    pub(crate) fn array_of(self) -> Option<Self> {
        let element = Self::of_array_element(&self.array_type())?;
        (*element == self).then_some(Self::Array(element))
    }

    /// Whether a value, as it is bound, is one of this type.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match (Self::of_value(value), self) {
            (Some(Self::Text), Self::Named(_)) => true,
            (Some(Self::Array(Self::Text)), Self::Array(Self::Named(_))) => true,
            (given, expected) => given == Some(expected),
        }
    }

    /// The tag that sea-query wants beside the elements of an array.
    pub(crate) fn array_type(self) -> ArrayType {
        match self {
            Self::Boolean => ArrayType::Bool,
            Self::SmallInt => ArrayType::SmallInt,
            Self::Integer => ArrayType::Int,
            Self::BigInt => ArrayType::BigInt,
            Self::Real => ArrayType::Float,
            Self::DoublePrecision => ArrayType::Double,
            Self::Text | Self::Named(_) => ArrayType::String,
            Self::Date => ArrayType::ChronoDate,
            Self::Timestamp => ArrayType::ChronoDateTime,
            Self::TimestampTz => ArrayType::ChronoDateTimeUtc,
            #[cfg(feature = "uuid")]
            Self::Uuid => ArrayType::Uuid,
            Self::Array(element) => element.array_type(),
        }
    }

    /// The type of a bound value, by sea-query's variant.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(_) => Self::Boolean,
            Value::SmallInt(_) => Self::SmallInt,
            Value::Int(_) => Self::Integer,
            Value::BigInt(_) => Self::BigInt,
            Value::Float(_) => Self::Real,
            Value::Double(_) => Self::DoublePrecision,
            Value::String(_) => Self::Text,
            Value::ChronoDate(_) => Self::Date,
            Value::ChronoDateTime(_) => Self::Timestamp,
            Value::ChronoDateTimeUtc(_) => Self::TimestampTz,
            #[cfg(feature = "uuid")]
            Value::Uuid(_) => Self::Uuid,
            Value::Array(element, _) => Self::Array(Self::of_array_element(element)?),
            _ => return None,
        })
    }

    fn of_array_element(element: &ArrayType) -> Option<&'static Self> {
        Some(match element {
            ArrayType::Bool => &Self::Boolean,
            ArrayType::SmallInt => &Self::SmallInt,
            ArrayType::Int => &Self::Integer,
            ArrayType::BigInt => &Self::BigInt,
            ArrayType::Float => &Self::Real,
            ArrayType::Double => &Self::DoublePrecision,
            ArrayType::String => &Self::Text,
            ArrayType::ChronoDate => &Self::Date,
            ArrayType::ChronoDateTime => &Self::Timestamp,
            ArrayType::ChronoDateTimeUtc => &Self::TimestampTz,
            #[cfg(feature = "uuid")]
            ArrayType::Uuid => &Self::Uuid,
            _ => return None,
        })
    }
}

/// A Rust type that stands for a PostgreSQL type in a [`Column`](crate::Column).
///
/// `Option<T>` stands for a column that may be NULL, `Vec<T>` for an array. A host's own type may
/// implement it, for example an enumeration kept as text (or, with [`DataType::Named`], as one of
/// PostgreSQL's):
///
/// ```
/// use pagewise::schema::{DataType, SqlType};
/// use pagewise::sea_query::Value;
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Status { Active, Complete }
///
/// impl SqlType for Status {
///     type Base = Self;
///     const DATA_TYPE: DataType = DataType::Text;
///     fn into_value(self) -> Value {
///         let text = match self { Self::Active => "active", Self::Complete => "complete" };
///         Value::String(Some(text.to_owned()))
///     }
/// }
/// ```
///
/// To read such a column from a row, the type also implements the driver's `FromSql`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a column of PostgreSQL",
    label = "not a type of PostgreSQL",
    note = "columns are bool, i16, i32, i64, f32, f64, String, dates and times of chrono, `Option` or `Vec` of these",
    note = "PostgreSQL has no unsigned integers; a type of your own implements `SqlType`"
)]
pub trait SqlType: Sized {
    /// The type without `Option`: what a value is compared with.
    type Base: SqlType<Base = Self::Base>;
    /// The PostgreSQL type.
    const DATA_TYPE: DataType;
    /// Whether NULL is possible.
    const NULLABLE: bool = false;
    /// The value as sea-query binds it. The variant must be the one that belongs to
    /// [`DATA_TYPE`](Self::DATA_TYPE): drivers send its bytes without a conversion.
    fn into_value(self) -> Value;
}

macro_rules! sql_types {
    ($($rust:ty => $data_type:ident, $variant:ident;)*) => {$(
        impl SqlType for $rust {
            type Base = Self;
            const DATA_TYPE: DataType = DataType::$data_type;
            fn into_value(self) -> Value {
                Value::$variant(Some(self))
            }
        }
    )*};
}

sql_types! {
    bool => Boolean, Bool;
    i16 => SmallInt, SmallInt;
    i32 => Integer, Int;
    i64 => BigInt, BigInt;
    f32 => Real, Float;
    f64 => DoublePrecision, Double;
    String => Text, String;
    NaiveDate => Date, ChronoDate;
    NaiveDateTime => Timestamp, ChronoDateTime;
    DateTime<Utc> => TimestampTz, ChronoDateTimeUtc;
}

#[cfg(feature = "uuid")]
sql_types! { uuid::Uuid => Uuid, Uuid; }

impl<T: SqlType<Base = T>> SqlType for Option<T> {
    type Base = T;
    const DATA_TYPE: DataType = T::DATA_TYPE;
    const NULLABLE: bool = true;

    fn into_value(self) -> Value {
        match self {
            Some(value) => value.into_value(),
            None => null(T::DATA_TYPE),
        }
    }
}

impl<T: SqlType> SqlType for Vec<T> {
    type Base = Self;
    const DATA_TYPE: DataType = {
        // PostgreSQL has no such type: `bigint[]` holds arrays of any number of dimensions.
        assert!(
            !matches!(T::DATA_TYPE, DataType::Array(_)),
            "an array of arrays is not a type of PostgreSQL"
        );
        DataType::Array(&T::DATA_TYPE)
    };

    fn into_value(self) -> Value {
        let elements = self.into_iter().map(T::into_value).collect();
        Value::Array(T::DATA_TYPE.array_type(), Some(Box::new(elements)))
    }
}

/// NULL of a type.
pub(crate) fn null(data_type: DataType) -> Value {
    match data_type {
        DataType::Boolean => Value::Bool(None),
        DataType::SmallInt => Value::SmallInt(None),
        DataType::Integer => Value::Int(None),
        DataType::BigInt => Value::BigInt(None),
        DataType::Real => Value::Float(None),
        DataType::DoublePrecision => Value::Double(None),
        DataType::Text | DataType::Named(_) => Value::String(None),
        DataType::Date => Value::ChronoDate(None),
        DataType::Timestamp => Value::ChronoDateTime(None),
        DataType::TimestampTz => Value::ChronoDateTimeUtc(None),
        #[cfg(feature = "uuid")]
        DataType::Uuid => Value::Uuid(None),
        DataType::Array(element) => Value::Array(element.array_type(), None),
    }
}

//! A value that a result depends on: [`KeyValue`].

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// A value that a result depends on, as it stands in a key: what differs in type or value differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyValue {
    /// Nothing.
    Null,
    /// A yes or no.
    Boolean(bool),
    /// A number, such as a key.
    Integer(i64),
    /// A text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// An instant.
    Time(DateTime<Utc>),
}

impl KeyValue {
    /// A sign for its type, and its text.
    pub(super) fn parts(&self) -> (char, String) {
        match self {
            Self::Null => ('n', String::new()),
            Self::Boolean(value) => ('b', value.to_string()),
            Self::Integer(value) => ('i', value.to_string()),
            Self::Text(value) => ('t', value.clone()),
            Self::Date(value) => ('d', value.to_string()),
            Self::Time(value) => ('z', instant(*value)),
        }
    }
}

/// To the nanosecond, always in the same form.
pub(super) fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for KeyValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Boolean,
    i16 => Integer,
    i32 => Integer,
    i64 => Integer,
    u32 => Integer,
    &str => Text,
    String => Text,
    NaiveDate => Date,
    DateTime<Utc> => Time
}

impl<T: Into<KeyValue>> From<Option<T>> for KeyValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

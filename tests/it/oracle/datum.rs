//! Values of any type, and the Rust types that pagewise decodes.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use pagewise::schema::SqlType;
use postgres::types::FromSqlOwned;

/// A value or NULL.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Time(DateTime<Utc>),
    Array(Vec<Datum>),
}

impl Datum {
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// How PostgreSQL sorts two values of one type; NULL above all, as inside arrays.
    pub fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            // The database's collation is "C": bytes.
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a
                .iter()
                .zip(b)
                .map(|(a, b)| a.cmp(b))
                .find(|ordering| ordering.is_ne())
                .unwrap_or_else(|| a.len().cmp(&b.len())),
            _ => panic!("{self:?} and {other:?} are of different types"),
        }
    }

    /// Equal; averages as far as a division may differ in its last digit.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => (a - b).abs() <= 1e-12 * a.abs().max(1.0),
            _ => self == other,
        }
    }

    pub fn time(&self) -> DateTime<Utc> {
        match self {
            Self::Time(time) => *time,
            _ => panic!("{self:?} is no instant"),
        }
    }

    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            _ => panic!("{self:?} is no array"),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            _ => panic!("{self:?} is no text"),
        }
    }
}

/// A type of a value: it decodes, and so does what it is compared with.
pub trait Sample: Decoded + SqlType<Base: Decoded> {}

impl<T: Decoded + SqlType<Base: Decoded>> Sample for T {}

/// A Rust type that pagewise decodes, as a datum and back.
pub trait Decoded: SqlType + FromSqlOwned + 'static {
    fn datum(self) -> Datum;
    /// The value; asked only of a datum that this type made.
    fn sample(datum: &Datum) -> Self;
    /// A value of the type that is not in any data, the same for the same number; and how to find it in a text.
    fn marked(at: u8) -> Self;
    /// Values that are worth comparing with.
    fn pool() -> Vec<Self>;
}

/// What no statement's text may contain, whatever is asked for: parts of the values below.
pub const MARKS: &[&str] = &["zqx", "--", "9871", "1987", "\\'"];

macro_rules! samples {
    ($($type:ty: $datum:ident, $marked:expr, $pool:expr;)*) => {$(
        impl Decoded for $type {
            fn datum(self) -> Datum {
                Datum::$datum(self.into())
            }
            fn sample(datum: &Datum) -> Self {
                match datum {
                    Datum::$datum(value) => value.clone().try_into().expect("made by this type"),
                    other => panic!("{other:?} is not of the type {}", stringify!($type)),
                }
            }
            fn marked(at: u8) -> Self {
                let marked: fn(u8) -> Self = $marked;
                marked(at)
            }
            fn pool() -> Vec<Self> {
                $pool
            }
        }
    )*};
}

samples! {
    bool: Bool, |at| at % 2 == 0, vec![false, true];
    i32: Int, |at| 987_100 + i32::from(at), vec![-1, 0, 1, 2, 3];
    i64: Int, |at| 987_100_000 + i64::from(at), vec![0, 1, 2, 3, 1001, 5001];
    f64: Float, |at| 98_710.5 + f64::from(at), vec![-1.0, 0.0, 0.5, 1.0, 1.5, 2.0];
    String: Text, |at| format!("zqx'\"\\'; --{at}"), ["", "a", "A", "_", "%", "\\", "v1", "v1, v2", "human", "web", "1"].map(str::to_owned).to_vec();
    DateTime<Utc>: Time,
        |at| DateTime::from_timestamp(536_500_000 + i64::from(at), 0).unwrap_or_default(),
        (0..8).map(crate::world::instant).collect();
}

impl<T: Decoded + SqlType<Base = T>> Decoded for Option<T> {
    fn datum(self) -> Datum {
        self.map_or(Datum::Null, T::datum)
    }
    fn sample(datum: &Datum) -> Self {
        (!datum.is_null()).then(|| T::sample(datum))
    }
    fn marked(at: u8) -> Self {
        Some(T::marked(at))
    }
    fn pool() -> Vec<Self> {
        T::pool().into_iter().map(Some).collect()
    }
}

impl<T: Decoded> Decoded for Vec<T> {
    fn datum(self) -> Datum {
        Datum::Array(self.into_iter().map(T::datum).collect())
    }
    fn sample(datum: &Datum) -> Self {
        match datum {
            Datum::Array(elements) => elements.iter().map(T::sample).collect(),
            other => panic!("{other:?} is no array"),
        }
    }
    fn marked(at: u8) -> Self {
        vec![T::marked(at)]
    }
    fn pool() -> Vec<Self> {
        let elements = T::pool().into_iter();
        elements
            .map(|element| vec![element])
            .chain([vec![]])
            .collect()
    }
}

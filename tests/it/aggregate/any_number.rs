//! Numbers of whatever type, as they are asked for and as they are read.

use chrono::{DateTime, Utc};
use pagewise::Error;
use pagewise::aggregate::{AggregateRow, Number, NumberList, NumberOrder};

use crate::oracle::datum::{Datum, Decoded};

/// A number of one of the types that the rows have.
#[derive(Clone)]
pub enum AnyNumber {
    Big(Number<i64>),
    MaybeBig(Number<Option<i64>>),
    MaybeInt(Number<Option<i32>>),
    Int(Number<i32>),
    Float(Number<f64>),
    MaybeFloat(Number<Option<f64>>),
    Text(Number<Option<String>>),
    Time(Number<Option<DateTime<Utc>>>),
}

macro_rules! conversions {
    ($($kind:ident: $type:ty;)*) => {$(
        impl From<Number<$type>> for AnyNumber {
            fn from(number: Number<$type>) -> Self {
                Self::$kind(number)
            }
        }
    )*};
}

conversions! {
    Big: i64;
    MaybeBig: Option<i64>;
    MaybeInt: Option<i32>;
    Int: i32;
    Float: f64;
    MaybeFloat: Option<f64>;
    Text: Option<String>;
    Time: Option<DateTime<Utc>>;
}

/// The same of a number of any type.
macro_rules! each {
    ($any:expr, $number:ident => $do:expr) => {
        match $any {
            AnyNumber::Big($number) => $do,
            AnyNumber::MaybeBig($number) => $do,
            AnyNumber::MaybeInt($number) => $do,
            AnyNumber::Int($number) => $do,
            AnyNumber::Float($number) => $do,
            AnyNumber::MaybeFloat($number) => $do,
            AnyNumber::Text($number) => $do,
            AnyNumber::Time($number) => $do,
        }
    };
}

/// The same of a number that can be divided; nothing of the others.
macro_rules! each_numeric {
    ($any:expr, $number:ident => $do:expr) => {
        match $any {
            AnyNumber::Big($number) => Some($do),
            AnyNumber::MaybeBig($number) => Some($do),
            AnyNumber::MaybeInt($number) => Some($do),
            AnyNumber::Int($number) => Some($do),
            AnyNumber::Float($number) => Some($do),
            AnyNumber::MaybeFloat($number) => Some($do),
            AnyNumber::Text(_) | AnyNumber::Time(_) => None,
        }
    };
}

impl AnyNumber {
    pub fn named(self, name: String) -> Self {
        each!(self, number => number.named(name).into())
    }

    pub fn add_to(&self, list: &mut NumberList) {
        each!(self, number => list.add(number));
    }

    pub fn read(&self, row: &AggregateRow) -> Result<Datum, Error> {
        each!(self, number => row.get(number).map(Decoded::datum))
    }

    pub fn order(&self, descending: bool) -> NumberOrder {
        each!(self, number => match descending {
            true => number.desc(),
            false => number.asc(),
        })
    }

    /// This by another, if both are numbers.
    pub fn per(&self, divisor: &Self, zero: f64) -> Option<Self> {
        let ratio = each_numeric!(self, number => {
            each_numeric!(divisor, divisor => AnyNumber::from(number.per(divisor, zero)))
        });
        ratio.flatten()
    }

    /// So many times this, if it is no whole number.
    pub fn times(&self, factor: f64) -> Option<Self> {
        match self {
            Self::Float(number) => Some(number.times(factor).into()),
            Self::MaybeFloat(number) => Some(number.times(factor).into()),
            _ => None,
        }
    }

    /// This, or what its type knows that is found again, if it may be NULL; and that.
    pub fn or_mark(&self) -> Option<(Self, Datum)> {
        fn mark<T: Decoded>() -> (T, Datum) {
            (T::marked(7), T::marked(7).datum())
        }
        match self {
            Self::MaybeBig(number) => {
                let (mark, datum) = mark::<i64>();
                Some((number.or(mark).into(), datum))
            }
            Self::MaybeInt(number) => {
                let (mark, datum) = mark::<i32>();
                Some((number.or(mark).into(), datum))
            }
            Self::MaybeFloat(number) => {
                let (mark, datum) = mark::<f64>();
                Some((number.or(mark).into(), datum))
            }
            _ => None,
        }
    }
}

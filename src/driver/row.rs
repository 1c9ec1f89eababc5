//! A row of a statement's answer, read by handle.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use sea_query::Value;

use super::wire::{self, types::FromSqlOwned};
use crate::error::Error;
use crate::expression::Node;
use crate::listing::Selectable;
use crate::schema::{DataType, Entity};
use crate::statement::OutputColumn;

/// A row of a listing of `E`.
///
/// A value is read by what was shown: a column, an expression or an annotation. Its type is that handle's, so
/// that a wrong one does not compile.
pub struct Row<E> {
    row: wire::Row,
    outputs: Arc<[OutputColumn]>,
    /// What each of the columns is.
    values: Arc<[Node]>,
    marker: PhantomData<fn() -> E>,
}

impl<E> Row<E> {
    pub(super) fn new(row: wire::Row, outputs: Arc<[OutputColumn]>, values: Arc<[Node]>) -> Self {
        Self {
            row,
            outputs,
            values,
            marker: PhantomData,
        }
    }

    /// The value of what was shown.
    ///
    /// # Errors
    ///
    /// * [`Error::NotShown`] if the listing does not show it;
    /// * [`Error::OtherShown`] if it shows another value under its name: other conditions are another value, also where
    ///   only a time in them has moved on;
    /// * [`Error::Database`] if the column of the database is of another type than was declared, or NULL where it
    ///   was declared not to be.
    pub fn get<S>(&self, handle: S) -> Result<S::Type, Error>
    where
        E: Entity,
        S: Selectable<E, Type: FromSqlOwned>,
    {
        let wanted = handle.into_operand();
        let at = self.position(&wanted.name)?;
        match self.values.get(at) {
            Some(shown) if shown.is_same_value(&wanted.node) => self.read(at),
            _ => Err(Error::OtherShown { name: wanted.name }),
        }
    }

    /// The value of the output of this name, in a type of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also if the type does not fit.
    pub fn get_named<T: FromSqlOwned>(&self, name: &str) -> Result<T, Error> {
        self.read(self.position(name)?)
    }

    fn position(&self, name: &str) -> Result<usize, Error> {
        let position = self.outputs.iter().position(|output| output.name == name);
        position.ok_or_else(|| Error::NotShown {
            name: name.to_owned().into(),
        })
    }

    /// The columns of the row.
    #[must_use]
    pub fn outputs(&self) -> &[OutputColumn] {
        &self.outputs
    }

    /// The driver's row.
    #[must_use]
    pub fn as_inner(&self) -> &wire::Row {
        &self.row
    }

    pub(super) fn read<T: FromSqlOwned>(&self, at: usize) -> Result<T, Error> {
        read(&self.row, &self.outputs, at)
    }

    /// Whether a column is not NULL, whatever its type.
    pub(super) fn is_present(&self, at: usize) -> Result<bool, Error> {
        Ok(self.read::<Option<Anything>>(at)?.is_some())
    }

    /// A value for a cursor.
    pub(super) fn value(&self, at: usize, data_type: DataType) -> Result<Value, Error> {
        value(&self.row, &self.outputs, at, data_type)
    }
}

fn read<T: FromSqlOwned>(row: &wire::Row, outputs: &[OutputColumn], at: usize) -> Result<T, Error> {
    row.try_get(at).map_err(|source| {
        let output = outputs.get(at);
        let context = output.map(|output| format!("reading {:?}", output.name));
        Error::Database { context, source }
    })
}

/// A value of a row, in the form that parameters have.
pub(crate) fn value(
    row: &wire::Row,
    outputs: &[OutputColumn],
    at: usize,
    data_type: DataType,
) -> Result<Value, Error> {
    Ok(match data_type {
        DataType::Boolean => Value::Bool(read(row, outputs, at)?),
        DataType::SmallInt => Value::SmallInt(read(row, outputs, at)?),
        DataType::Integer => Value::Int(read(row, outputs, at)?),
        DataType::BigInt => Value::BigInt(read(row, outputs, at)?),
        DataType::Real => Value::Float(read(row, outputs, at)?),
        DataType::DoublePrecision => Value::Double(read(row, outputs, at)?),
        DataType::Text | DataType::Named(_) => {
            Value::String(read::<Option<Text>>(row, outputs, at)?.map(|text| text.0))
        }
        DataType::Date => Value::ChronoDate(read(row, outputs, at)?),
        DataType::Timestamp => Value::ChronoDateTime(read(row, outputs, at)?),
        DataType::TimestampTz => Value::ChronoDateTimeUtc(read(row, outputs, at)?),
        #[cfg(feature = "uuid")]
        DataType::Uuid => Value::Uuid(read(row, outputs, at)?),
        DataType::Array(element) => return array(row, outputs, at, *element),
    })
}

fn array(
    row: &wire::Row,
    outputs: &[OutputColumn],
    at: usize,
    element: DataType,
) -> Result<Value, Error> {
    macro_rules! elements {
        ($variant:ident) => {
            read::<Option<Vec<_>>>(row, outputs, at)?
                .map(|elements| Box::new(elements.into_iter().map(Value::$variant).collect()))
        };
    }
    let elements = match element {
        DataType::Boolean => elements!(Bool),
        DataType::SmallInt => elements!(SmallInt),
        DataType::Integer => elements!(Int),
        DataType::BigInt => elements!(BigInt),
        DataType::Real => elements!(Float),
        DataType::DoublePrecision => elements!(Double),
        DataType::Text | DataType::Named(_) => read::<Option<Vec<Option<Text>>>>(row, outputs, at)?
            .map(|elements| {
                Box::new(
                    elements
                        .into_iter()
                        .map(|text| Value::String(text.map(|text| text.0)))
                        .collect(),
                )
            }),
        DataType::Date => elements!(ChronoDate),
        DataType::Timestamp => elements!(ChronoDateTime),
        DataType::TimestampTz => elements!(ChronoDateTimeUtc),
        #[cfg(feature = "uuid")]
        DataType::Uuid => elements!(Uuid),
        DataType::Array(_) => {
            return Err(Error::UnexpectedAnswer {
                reason: format!("column {at} is an array of arrays, whose values are not read"),
            });
        }
    };
    Ok(Value::Array(element.array_type(), elements))
}

impl<E> fmt::Debug for Row<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Row").field(&self.row).finish()
    }
}

/// A value of any type, not looked at.
pub(crate) struct Anything;

impl<'a> wire::types::FromSql<'a> for Anything {
    fn from_sql(
        _: &wire::types::Type,
        _: &'a [u8],
    ) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self)
    }

    fn accepts(_: &wire::types::Type) -> bool {
        true
    }
}

/// Text of any type that is sent as text: enumerations too, which `String` does not take.
struct Text(String);

impl<'a> wire::types::FromSql<'a> for Text {
    fn from_sql(
        _: &wire::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }

    fn accepts(_: &wire::types::Type) -> bool {
        true
    }
}

//! An enumeration of the database.

use std::error::Error;

use pagewise::annotation::MinMax;
use pagewise::schema::{DataType, SqlType};
use pagewise::sea_query::Value;
use postgres::types::{FromSql, Type};

/// A value of the type `mood`, which a test creates with the values that it has there.
#[derive(Clone, Debug, PartialEq)]
pub struct Mood(pub String);

impl SqlType for Mood {
    type Base = Self;
    const DATA_TYPE: DataType = DataType::Named("mood");
    fn into_value(self) -> Value {
        Value::String(Some(self.0))
    }
}

impl MinMax for Mood {}

impl<'a> FromSql<'a> for Mood {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }
    fn accepts(column: &Type) -> bool {
        column.name() == "mood"
    }
}

//! Parameters as the drivers take them.

use sea_query::Value;
use sea_query_postgres::PostgresValue;

use super::wire::types::{ToSql, Type};
use crate::schema::DataType;

/// A statement's parameters, with their types.
pub(super) struct Parameters(Vec<(PostgresValue, Type)>);

impl Parameters {
    pub fn new(values: &[Value]) -> Self {
        let typed = |value: &Value| {
            let data_type = DataType::of_value(value);
            (
                PostgresValue(value.clone()),
                data_type.map_or(Type::UNKNOWN, wire_type),
            )
        };
        Self(values.iter().map(typed).collect())
    }

    pub fn typed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        self.0
            .iter()
            .map(|(value, data_type)| (value as _, data_type.clone()))
            .collect()
    }

    pub fn types(&self) -> Vec<Type> {
        self.0
            .iter()
            .map(|(_, data_type)| data_type.clone())
            .collect()
    }

    pub fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|(value, _)| value as _).collect()
    }
}

/// sea-query-postgres has such a list too; it says `timestamp` of an instant.
fn wire_type(data_type: DataType) -> Type {
    match data_type {
        DataType::Boolean => Type::BOOL,
        DataType::SmallInt => Type::INT2,
        DataType::Integer => Type::INT4,
        DataType::BigInt => Type::INT8,
        DataType::Real => Type::FLOAT4,
        DataType::DoublePrecision => Type::FLOAT8,
        // The server finds out: the column may be varchar, an enumeration, or whatever else reads text.
        DataType::Text | DataType::Named(_) => Type::UNKNOWN,
        DataType::Date => Type::DATE,
        DataType::Timestamp => Type::TIMESTAMP,
        DataType::TimestampTz => Type::TIMESTAMPTZ,
        #[cfg(feature = "uuid")]
        DataType::Uuid => Type::UUID,
        DataType::Array(element) => match element {
            DataType::Boolean => Type::BOOL_ARRAY,
            DataType::SmallInt => Type::INT2_ARRAY,
            DataType::Integer => Type::INT4_ARRAY,
            DataType::BigInt => Type::INT8_ARRAY,
            DataType::Real => Type::FLOAT4_ARRAY,
            DataType::DoublePrecision => Type::FLOAT8_ARRAY,
            DataType::Text | DataType::Named(_) => Type::TEXT_ARRAY,
            DataType::Date => Type::DATE_ARRAY,
            DataType::Timestamp => Type::TIMESTAMP_ARRAY,
            DataType::TimestampTz => Type::TIMESTAMPTZ_ARRAY,
            #[cfg(feature = "uuid")]
            DataType::Uuid => Type::UUID_ARRAY,
            DataType::Array(_) => wire_type(*element),
        },
    }
}

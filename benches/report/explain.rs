//! What EXPLAIN says of a statement.

use std::error::Error;

use pagewise::driver::postgres::Execute;
use postgres::Client;
use postgres::types::{FromSql, Type};
use serde_json::Value;

use super::job::Query;

/// Buffers that the execution touches, in shared memory or not.
pub fn buffers(client: &mut Client, query: &Query) -> Result<u64, Box<dyn Error>> {
    let answer = explain(client, query, "ANALYZE, BUFFERS, TIMING OFF")?;
    let count = |name: &str| {
        answer["Plan"][name]
            .as_u64()
            .ok_or_else(|| format!("EXPLAIN does not say {name:?}"))
    };
    Ok(count("Shared Hit Blocks")? + count("Shared Read Blocks")?)
}

/// The time for planning, in milliseconds.
pub fn planning(client: &mut Client, query: &Query) -> Result<f64, Box<dyn Error>> {
    let answer = explain(client, query, "SUMMARY")?;
    Ok(answer["Planning Time"]
        .as_f64()
        .ok_or("EXPLAIN does not say the planning time")?)
}

fn explain(client: &mut Client, query: &Query, options: &str) -> Result<Value, Box<dyn Error>> {
    let text = format!("EXPLAIN ({options}, FORMAT JSON) {}", query.text);
    let rows = Execute::run(client, &text, &query.parameters)?;
    let row = rows.first().ok_or("EXPLAIN says nothing")?;
    let Json(answer) = row.try_get(0)?;
    Ok(answer[0].clone())
}

/// The driver's own support for JSON would be a feature of the library.
struct Json(Value);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(serde_json::from_slice(raw)?))
    }

    fn accepts(column: &Type) -> bool {
        *column == Type::JSON
    }
}

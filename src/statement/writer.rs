//! Writes a sea-query statement as text and parameters.

use std::fmt::{self, Write};

use sea_query::{PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, Value};

/// The text of a statement, and its parameters in the order of `$1`, `$2`, ...
pub(super) fn write(select: &SelectStatement) -> (String, Vec<Value>) {
    let mut writer = Writer {
        text: String::with_capacity(1024),
        parameters: Vec::with_capacity(16),
    };
    PostgresQueryBuilder.prepare_select_statement(select, &mut writer);
    (writer.text, writer.parameters)
}

/// sea-query's own writer binds LIMIT, and PostgreSQL plans a bound LIMIT as a tenth of all rows.
struct Writer {
    text: String,
    parameters: Vec<Value>,
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        // Nothing but LIMIT and OFFSET makes an unsigned value here: PostgreSQL has no such type.
        // OFFSET 0 is no page's: it keeps a sub-select from being joined.
        let value = match value {
            Value::BigUnsigned(Some(rows)) if rows == 0 || self.text.ends_with(" LIMIT ") => {
                self.text.push_str(&rows.to_string());
                return;
            }
            Value::BigUnsigned(Some(rows)) => {
                Value::BigInt(Some(i64::try_from(rows).unwrap_or(i64::MAX)))
            }
            value => value,
        };
        self.parameters.push(value);
        self.text.push('$');
        self.text.push_str(&self.parameters.len().to_string());
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

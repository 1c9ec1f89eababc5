//! Text and parameters of a sea-query statement, LIMIT a literal: what a host that builds by hand needs too, since
//! sea-query binds LIMIT and PostgreSQL plans a bound LIMIT badly.

use std::fmt::{self, Write};

use sea_query::{PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, Value};

/// As `SelectStatement::build`, but for LIMIT.
pub fn write(select: &SelectStatement) -> (String, Vec<Value>) {
    let mut writer = Writer {
        text: String::with_capacity(1024),
        parameters: Vec::with_capacity(16),
    };
    PostgresQueryBuilder.prepare_select_statement(select, &mut writer);
    (writer.text, writer.parameters)
}

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
        if let Value::BigUnsigned(Some(rows)) = value {
            let _ = write!(self.text, "{rows}");
            return;
        }
        self.parameters.push(value);
        let _ = write!(self.text, "${}", self.parameters.len());
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

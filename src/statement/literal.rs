//! Writes a sea-query statement as text with its values written in.

use std::fmt::{self, Display, Write};

use chrono::Datelike;
use sea_query::{
    Expr, IndexBuilder, IndexCreateStatement, PostgresQueryBuilder, Query, QueryBuilder,
    SelectStatement, SqlWriter, Value,
};

/// The text of a statement, with literals where it has parameters.
pub(super) fn write(select: &SelectStatement) -> String {
    let mut writer = Writer(String::with_capacity(1024));
    PostgresQueryBuilder.prepare_select_statement(select, &mut writer);
    writer.0
}

/// The text of an expression, for statements that bind nothing.
pub(crate) fn write_expression(expression: Expr) -> String {
    let mut select = Query::select();
    select.expr(expression);
    // sea-query writes expressions only where they stand in a statement.
    let text = write(&select);
    text.strip_prefix("SELECT ").unwrap_or(&text).to_owned()
}

/// The text of a statement that makes an index.
pub(crate) fn write_index(create: &IndexCreateStatement) -> String {
    let mut writer = Writer(String::with_capacity(256));
    PostgresQueryBuilder.prepare_index_create_statement(create, &mut writer);
    writer.0
}

/// sea-query's own writer has literals that PostgreSQL reads as another value or not at all: `1.1` is a numeric and
/// equals no real, `inf` is a column, and years before Christ have no minus.
struct Writer(String);

impl Writer {
    /// Writing to a `String` never fails.
    fn value<T: QueryBuilder>(&mut self, value: &Value, builder: &T) -> fmt::Result {
        match value {
            Value::Float(Some(v)) => self.cast(v, "real"),
            Value::Double(Some(v)) => self.cast(v, "double precision"),
            Value::ChronoDate(Some(v)) => self.instant(v.year(), &v.format("-%m-%d")),
            Value::ChronoDateTime(Some(v)) => {
                self.instant(v.year(), &v.format("-%m-%d %H:%M:%S%.6f"))
            }
            Value::ChronoDateTimeUtc(Some(v)) => {
                self.instant(v.year(), &v.format("-%m-%d %H:%M:%S%.6f+00"))
            }
            Value::Array(_, Some(elements)) if !elements.is_empty() => {
                self.0.push_str("ARRAY[");
                for (position, element) in elements.iter().enumerate() {
                    if position > 0 {
                        self.0.push_str(", ");
                    }
                    self.value(element, builder)?;
                }
                self.0.push(']');
                Ok(())
            }
            value => builder.write_value(&mut self.0, value),
        }
    }

    fn cast(&mut self, number: impl Display, data_type: &str) -> fmt::Result {
        write!(self.0, "CAST('{number}' AS {data_type})")
    }

    fn instant(&mut self, year: i32, rest: &dyn Display) -> fmt::Result {
        if year > 0 {
            write!(self.0, "'{year:04}{rest}'")
        } else {
            write!(self.0, "'{:04}{rest} BC'", 1 - year)
        }
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        Ok(())
    }
}

impl Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        let written = self.value(&value, builder);
        debug_assert!(written.is_ok(), "a String takes every text");
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

//! SQL text, its parameters and its output columns: [`Statement`].

mod command;
mod literal;
mod pretty;
mod writer;

pub use command::Command;
pub(crate) use literal::{write_expression, write_index};

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sea_query::{SelectStatement, Value};

use crate::schema::DataType;

/// A statement that only reads: text, parameters, and what its columns are.
///
/// * `{}` is the text on one line, as it is sent; `{:#}` breaks it into lines for reading.
/// * The text depends on the shape of what was asked, not on the values: the same page of another tenant,
///   with another list of ids, is the same text, so a prepared statement serves both. Part of the shape are the
///   number of rows of a page, which stands in the text because PostgreSQL plans a bound LIMIT badly; whether a
///   cursor's value is NULL; and whether two annotations have equal conditions, since they then share one.
/// * With a driver's feature it runs itself; any other driver takes [`text`](Self::text) and
///   [`parameters`](Self::parameters).
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::{Listing, Page};
///
/// let page = Listing::of(Session).tenant(7).page(Page::first(2)).build()?;
/// let statement = page.statement();
/// assert_eq!(
///     statement.text(),
///     r#"SELECT "session"."id" FROM "experiments_experimentsession" AS "session" WHERE "session"."team_id" = $1 ORDER BY "session"."id" ASC NULLS LAST LIMIT 3"#
/// );
/// assert_eq!(
///     format!("{statement:#}"),
///     r#"SELECT "session"."id"
/// FROM "experiments_experimentsession" AS "session"
/// WHERE "session"."team_id" = $1
/// ORDER BY "session"."id" ASC NULLS LAST
/// LIMIT 3"#
/// );
/// assert_eq!(statement.parameters().len(), 1);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Statement {
    select: SelectStatement,
    text: String,
    parameters: Vec<Value>,
    outputs: Arc<[OutputColumn]>,
}

/// A column of a statement's answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OutputColumn {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its type.
    pub data_type: DataType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A statement in sea-query's form as text, with its values written in.
pub(crate) fn literal(select: &SelectStatement) -> String {
    literal::write(select)
}

/// The same text, broken into lines for reading.
pub(crate) fn pretty(text: &str) -> String {
    pretty::Pretty(text).to_string()
}

impl Statement {
    pub(crate) fn new(select: SelectStatement, outputs: Vec<OutputColumn>) -> Self {
        let (text, parameters) = writer::write(&select);
        Self {
            select,
            text,
            parameters,
            outputs: outputs.into(),
        }
    }

    /// The SQL as it is sent, with `$1`, `$2`, ... for the parameters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The values of `$1`, `$2`, ... in this order.
    #[must_use]
    pub fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    /// The columns of the answer, in their order.
    #[must_use]
    pub fn outputs(&self) -> &[OutputColumn] {
        &self.outputs
    }

    /// The text that asks for its plan, to be run with its parameters.
    ///
    /// `options` are those of EXPLAIN, in brackets and followed by a space, or nothing.
    #[cfg(any(feature = "plan", feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn explained(&self, options: &str) -> String {
        format!("EXPLAIN {options}{}", self.text)
    }

    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub(crate) fn shared_outputs(&self) -> Arc<[OutputColumn]> {
        Arc::clone(&self.outputs)
    }

    /// The statement in sea-query's form, to go on building with.
    ///
    /// sea-query binds LIMIT as a parameter, where [`text`](Self::text) has a literal.
    #[must_use]
    pub fn as_sea_query(&self) -> &SelectStatement {
        &self.select
    }

    /// The statement in sea-query's form, to go on building with.
    #[must_use]
    pub fn into_sea_query(self) -> SelectStatement {
        self.select
    }

    /// The SQL with its values written in, to be pasted into psql. Its first line says that it is not for
    /// execution by a program: bound parameters are.
    ///
    /// ```
    /// use pagewise::chat::Session;
    /// use pagewise::{Listing, Page};
    ///
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .filter(Session::STATUS.eq("it's"))
    ///     .page(Page::first(2))
    ///     .build()?;
    /// let literal = page.statement().to_literal_sql();
    /// assert!(literal.starts_with("-- for reading, not for execution by a program: values are written in\n"));
    /// assert!(literal.contains(r#""session"."status" = E'it\'s'"#));
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn to_literal_sql(&self) -> String {
        let literal = literal::write(&self.select);
        format!(
            "-- for reading, not for execution by a program: values are written in\n{};\n",
            pretty::Pretty(&literal)
        )
    }
}

/// An expression as text, with its values written in: for statements that bind nothing.
pub(crate) fn literal_text(expression: sea_query::Expr) -> String {
    let mut select = sea_query::Query::select();
    select.expr(expression);
    let text = literal::write(&select);
    match text.strip_prefix("SELECT ") {
        Some(expression) => expression.to_owned(),
        None => text,
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            fmt::Display::fmt(&pretty::Pretty(&self.text), f)
        } else {
            f.write_str(&self.text)
        }
    }
}

//! What can go wrong, and what to do about it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::filter::Quoted;
use crate::listing::CursorError;
use crate::schema::DataType;

/// Everything that a builder, a cursor, a resolver or a driver may refuse.
///
/// Each message says what was wrong and what to do, and names the column, type or value at fault. The
/// enum is `non_exhaustive`: match what you handle and pass the rest on.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::{Error, Listing, Page};
///
/// let refused = Listing::of(Session).page(Page::first(25)).build().unwrap_err();
/// assert!(matches!(refused, Error::TenantRequired { .. }));
/// assert_eq!(
///     refused.to_string(),
///     "the table \"experiments_experimentsession\" belongs to tenants by its column \"team_id\": \
///      say whose rows with `.tenant(..)`"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A table of the statement has a tenant column and no tenant was given.
    #[error(
        "the table {table:?} belongs to tenants by its column {column:?}: say whose rows with `.tenant(..)`"
    )]
    #[non_exhaustive]
    TenantRequired {
        /// The table that belongs to tenants.
        table: &'static str,
        /// Its tenant column.
        column: &'static str,
    },

    /// The tenant's value is of another type than a table's tenant column.
    #[error(
        "the tenant is given as {given}, but {table:?}.{column:?} is {expected}: pass a value of that type"
    )]
    #[non_exhaustive]
    TenantType {
        /// The table that belongs to tenants.
        table: &'static str,
        /// Its tenant column.
        column: &'static str,
        /// The type of that column.
        expected: DataType,
        /// The type of the value that was given.
        given: DataType,
    },

    /// No page was asked for.
    #[error("no page was asked for: say which with `.page(Page::first(25))`")]
    PageRequired,

    /// A page of no rows was asked for.
    #[error("a page of 0 rows was asked for: ask for at least 1")]
    PageEmpty,

    /// A page larger than the host allows was asked for.
    #[error(
        "a page of {size} rows was asked for, the limit is {limit}: ask for less, or raise it with `.max_page_size(..)`"
    )]
    #[non_exhaustive]
    PageTooLarge {
        /// The size that was asked for.
        size: u32,
        /// The largest size that the listing allows.
        limit: u32,
    },

    /// The page begins further in than PostgreSQL can count.
    #[error(
        "the page begins at row {offset}, which is past the largest bigint: ask for an earlier page"
    )]
    #[non_exhaustive]
    OffsetTooLarge {
        /// The offset that was asked for.
        offset: u64,
    },

    /// Two outputs of one statement would have the same name.
    #[error("two outputs are named {name:?}: rename one with `.named(..)`")]
    #[non_exhaustive]
    DuplicateName {
        /// The name in question.
        name: Cow<'static, str>,
    },

    /// An output has a name that cannot be one in PostgreSQL.
    #[error("nothing can be named {name:?} in SQL: a name has 1 to 63 bytes and no NUL")]
    #[non_exhaustive]
    InvalidName {
        /// The name in question.
        name: Cow<'static, str>,
    },

    /// A text that PostgreSQL cannot hold: it contains the character NUL.
    #[error(
        "the text for {column:?} contains the character NUL, which PostgreSQL cannot store or compare: remove it"
    )]
    #[non_exhaustive]
    NulInText {
        /// The column, or the output, that the text was compared with.
        column: Cow<'static, str>,
    },

    /// Conditions and functions one inside the other, more than a statement takes.
    #[error(
        "more than {limit} conditions or functions are one inside the other: join conditions by `Predicate::all` and \
         `Predicate::any`"
    )]
    #[non_exhaustive]
    TooDeep {
        /// How many there may be.
        limit: u32,
    },

    /// A cursor that cannot be read or does not fit the listing.
    #[error(transparent)]
    Cursor(#[from] CursorError),

    /// A field by which a request wants to sort is not one that the host offers.
    #[error("cannot sort by {}: use one of {}", Quoted(field), known.join(", "))]
    #[non_exhaustive]
    UnknownSortField {
        /// What the request said.
        field: String,
        /// The names that the host offers.
        known: Vec<&'static str>,
    },

    /// A column that a request wants to see is not one that the host offers.
    #[error("cannot show {}: use some of {}", Quoted(column), known.join(", "))]
    #[non_exhaustive]
    UnknownVisibleColumn {
        /// What the request said.
        column: String,
        /// The names that the host offers.
        known: Vec<&'static str>,
    },

    /// A text that cannot be the name of a time zone.
    #[error(
        "{} is no name of a time zone: it has 1 to 63 letters, digits, \"_\", \"+\", \"-\" and \"/\", like \
         \"Africa/Johannesburg\"",
        Quoted(name)
    )]
    #[non_exhaustive]
    InvalidTimeZone {
        /// The text in question.
        name: String,
    },

    /// A time zone that the server does not know.
    #[error(
        "the server knows no time zone {}: `pg_timezone_names` has those that it knows",
        Quoted(name)
    )]
    #[non_exhaustive]
    UnknownTimeZone {
        /// The name in question.
        name: String,
    },

    /// A window that ends before it starts.
    #[error("the window ends before it starts: from {start} to {end}; give the earlier time first")]
    #[non_exhaustive]
    WindowEndsBeforeStart {
        /// Its start.
        start: DateTime<Utc>,
        /// Its end.
        end: DateTime<Utc>,
    },

    /// Stretches of minutes that do not make an hour.
    #[error(
        "an hour has no stretches of {minutes} minutes: ask for 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30"
    )]
    #[non_exhaustive]
    InvalidMinutes {
        /// How many minutes were asked for.
        minutes: u8,
    },

    /// The name of a stretch of time that there is not.
    #[error("there is no {}: use one of {}", Quoted(bucket), known.join(", "))]
    #[non_exhaustive]
    UnknownBucket {
        /// What the request said.
        bucket: String,
        /// The names that there are.
        known: &'static [&'static str],
    },

    /// More rows, groups or bins than the host allows.
    #[error(
        "{what}: {asked} were asked for, the limit is {limit}: ask for less, or raise the limit with `{raise}`"
    )]
    #[non_exhaustive]
    TooMany {
        /// What there would be too many of.
        what: &'static str,
        /// How many were asked for, at least.
        asked: u64,
        /// How many there may be.
        limit: u64,
        /// What raises the limit.
        raise: &'static str,
    },

    /// The name of a strategy that there is not.
    #[error(
        "there is no strategy {}: use \"optimized\" or \"legacy\"",
        Quoted(name)
    )]
    #[non_exhaustive]
    UnknownStrategy {
        /// What was given.
        name: String,
    },

    /// Something that an aggregate needs was not said.
    #[error("{what}: say it with `{with}`")]
    #[non_exhaustive]
    Incomplete {
        /// What was not said.
        what: &'static str,
        /// What says it.
        with: &'static str,
    },

    /// A number over other rows than those that are grouped.
    #[error(
        "the number {number:?} is computed over other rows than are grouped here: make it of the same `Rows`, by `only` of them"
    )]
    #[non_exhaustive]
    OtherRows {
        /// The number's name.
        number: Cow<'static, str>,
    },

    /// An array in a part of a batch, which would be an array of arrays.
    #[error("{name:?} is an array, which is not put into a batch: run that part alone")]
    #[non_exhaustive]
    NestedArray {
        /// The output's name.
        name: Cow<'static, str>,
    },

    /// A series over related rows that its rows need not have.
    #[error(
        "the series follows related rows that its rows {rows:?} are not limited to: make them `with_any` of the same relation"
    )]
    #[non_exhaustive]
    OtherRelation {
        /// What the rows are called.
        rows: Cow<'static, str>,
    },

    /// Rows are to be grouped by a value of another table's rows.
    #[error(
        "{name:?} is a value of {table:?}, the rows are those of {rows:?}: group them by a value of their own"
    )]
    #[non_exhaustive]
    OtherTable {
        /// The value's name.
        name: Cow<'static, str>,
        /// The table whose rows have it.
        table: &'static str,
        /// The table whose rows are grouped.
        rows: &'static str,
    },

    /// A value that cannot be kept by triggers.
    #[error("the counter {counter:?} cannot keep {value:?}: {reason}")]
    #[non_exhaustive]
    NotKept {
        /// The counter's name.
        counter: Cow<'static, str>,
        /// The value's name.
        value: Cow<'static, str>,
        /// What it would have to be.
        reason: &'static str,
    },

    /// A kept value that is called as something else is.
    #[error(
        "the counter {counter:?} cannot call a column {column:?}: {taken_by}; rename the value, or choose another prefix"
    )]
    #[non_exhaustive]
    KeptNameTaken {
        /// The counter's name.
        counter: Cow<'static, str>,
        /// The name in question.
        column: String,
        /// What is called so already.
        taken_by: &'static str,
    },

    /// An index would have to look at other rows than the one that is in it.
    #[error(
        "an index of {table:?} cannot hold {what}: PostgreSQL computes it from the row alone; index a column that keeps it"
    )]
    #[non_exhaustive]
    NotIndexable {
        /// The table.
        table: &'static str,
        /// What was to be in the index.
        what: &'static str,
    },

    /// A change of the schema that was not made, or not to its end.
    #[error(transparent)]
    Migration(#[from] crate::ddl::MigrationError),

    /// A part of a request's filters cannot be taken.
    #[error(transparent)]
    Filter(#[from] crate::filter::FilterError),

    /// A materialized view cannot be declared, refreshed or read like this.
    #[error(transparent)]
    MaterializedView(#[from] crate::ddl::materialized_view::MaterializedViewError),

    /// A result that the cache cannot keep.
    #[cfg(feature = "cache")]
    #[error("the result {key:?} cannot be kept: {reason}")]
    #[non_exhaustive]
    CacheValue {
        /// The text of its key.
        key: String,
        /// What cannot be kept.
        reason: String,
    },

    /// A result that was not computed anew, and of which nothing is there that could be given.
    #[cfg(all(
        feature = "cache",
        any(feature = "postgres", feature = "tokio-postgres")
    ))]
    #[error(transparent)]
    CacheRefresh(#[from] crate::cache::RefreshError),

    /// A value was read that the statement does not return.
    #[error("the statement returns no {name:?}: add it to `.show(..)`")]
    #[non_exhaustive]
    NotShown {
        /// The name that was read.
        name: Cow<'static, str>,
    },

    /// A value was read by a handle that is not the one that was shown under its name.
    #[error(
        "the statement returns another value as {name:?} than the one that is read: read it by what was given to \
         `.show(..)`, or by its name with `get_named`"
    )]
    #[non_exhaustive]
    OtherShown {
        /// The name that was read.
        name: Cow<'static, str>,
    },

    /// Content types that the database does not know.
    #[error(
        "the database has no content type {}: check the application and model, or run the migrations that create it",
        names.join(", ")
    )]
    #[non_exhaustive]
    UnknownContentTypes {
        /// Each as `app_label.model`.
        names: Vec<String>,
    },

    /// The server's answer is not what the statement asks for.
    #[error("the answer to the statement cannot be read: {reason}")]
    #[non_exhaustive]
    UnexpectedAnswer {
        /// What was unexpected.
        reason: String,
    },

    /// The driver or the server refused.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    #[error("the database refused{}: {}", context.as_deref().map(|c| format!(" ({c})")).unwrap_or_default(), reason(source))]
    #[non_exhaustive]
    Database {
        /// What was being read or run.
        context: Option<String>,
        /// The driver's error.
        source: crate::driver::wire::Error,
    },
}

/// The driver's own message only says where it happened ("db error"); its cause says what.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
fn reason(error: &crate::driver::wire::Error) -> String {
    use std::error::Error;
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => error.to_string(),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl From<crate::driver::wire::Error> for Error {
    fn from(source: crate::driver::wire::Error) -> Self {
        Self::Database {
            context: None,
            source,
        }
    }
}

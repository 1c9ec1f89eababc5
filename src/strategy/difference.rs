//! What two answers show differently: [`Difference`], and several of them.

use std::borrow::Cow;
use std::fmt;

use sea_query::Value;

use crate::listing::TotalCount;
use crate::render::bound;
use crate::statement::write_expression;

/// Something that the answers of the two strategies show differently. A [`Value`](Self::Value) holds what is in the rows, and
/// `Display` and `Debug` print it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// A table that only one has: `true` for that.
    #[non_exhaustive]
    Table {
        /// Its name.
        table: Cow<'static, str>,
        /// Whether `Legacy` has it.
        legacy: bool,
        /// Whether `Optimized` has it.
        optimized: bool,
    },
    /// Other columns. No values are compared then.
    #[non_exhaustive]
    Columns {
        /// The table's name.
        table: Cow<'static, str>,
        /// Those of `Legacy`.
        legacy: Vec<Cow<'static, str>>,
        /// Those of `Optimized`.
        optimized: Vec<Cow<'static, str>>,
    },
    /// More rows, or fewer. Those that both have are compared.
    #[non_exhaustive]
    Rows {
        /// The table's name.
        table: Cow<'static, str>,
        /// How many `Legacy` has.
        legacy: usize,
        /// How many `Optimized` has.
        optimized: usize,
    },
    /// Another value. A long text is cut to what is around the first difference.
    #[non_exhaustive]
    Value {
        /// The table's name.
        table: Cow<'static, str>,
        /// The row's place, from 0.
        row: usize,
        /// The column's name.
        column: Cow<'static, str>,
        /// Which element of an array, from 0: the first that differs.
        element: Option<usize>,
        /// That of `Legacy`.
        legacy: Value,
        /// That of `Optimized`.
        optimized: Value,
    },
    /// Another length of an array.
    #[non_exhaustive]
    Length {
        /// The table's name.
        table: Cow<'static, str>,
        /// The row's place, from 0.
        row: usize,
        /// The column's name.
        column: Cow<'static, str>,
        /// How many elements `Legacy` has; `None` if it is NULL.
        legacy: Option<usize>,
        /// How many elements `Optimized` has; `None` if it is NULL.
        optimized: Option<usize>,
    },
    /// Another total.
    #[non_exhaustive]
    Total {
        /// The table's name.
        table: Cow<'static, str>,
        /// That of `Legacy`.
        legacy: Option<TotalCount>,
        /// That of `Optimized`.
        optimized: Option<TotalCount>,
    },
    /// Only one says that there is a page after it.
    #[non_exhaustive]
    Next {
        /// The table's name.
        table: Cow<'static, str>,
        /// Whether `Legacy` says so.
        legacy: bool,
        /// Whether `Optimized` says so.
        optimized: bool,
    },
    /// Only one says that there is a page before it.
    #[non_exhaustive]
    Previous {
        /// The table's name.
        table: Cow<'static, str>,
        /// Whether `Legacy` says so.
        legacy: bool,
        /// Whether `Optimized` says so.
        optimized: bool,
    },
}

/// What two answers show differently: the first few, and how many there are.
///
/// They hold values of the rows, and `Display` and `Debug` print them, texts cut to what is around the first difference: a
/// log with them is as private as the rows. [`count`](Self::count) and what a [`Difference`] says of tables and columns are not
/// values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences {
    listed: Vec<Difference>,
    count: u64,
    limit: usize,
}

impl Differences {
    /// So many are listed, if nothing is said.
    pub const LISTED: usize = 20;

    pub(super) fn up_to(limit: usize) -> Self {
        Self {
            listed: Vec::new(),
            count: 0,
            limit,
        }
    }

    /// It is made only if it is listed.
    pub(super) fn add(&mut self, difference: impl FnOnce() -> Difference) {
        self.count += 1;
        if self.listed.len() < self.limit {
            self.listed.push(difference());
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first of them.
    #[must_use]
    pub fn listed(&self) -> &[Difference] {
        &self.listed
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, difference) in self.listed.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            difference.fmt(f)?;
        }
        match self.count - self.listed.len() as u64 {
            0 => Ok(()),
            more if self.listed.is_empty() => write!(f, "{more} differences"),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table {
                table,
                legacy,
                optimized,
            } => write!(
                f,
                "{table}: legacy has it: {legacy}, optimized: {optimized}"
            ),
            Self::Columns {
                table,
                legacy,
                optimized,
            } => write!(
                f,
                "{table}: columns of legacy {legacy:?}, optimized {optimized:?}"
            ),
            Self::Rows {
                table,
                legacy,
                optimized,
            } => write!(f, "{table}: legacy {legacy} rows, optimized {optimized}"),
            Self::Value {
                table,
                row,
                column,
                element,
                legacy,
                optimized,
            } => {
                write!(f, "{table}, row {}, {column:?}", row + 1)?;
                if let Some(element) = element {
                    write!(f, ", element {}", element + 1)?;
                }
                let (legacy, optimized) = (words(legacy), words(optimized));
                write!(f, ": legacy {legacy}, optimized {optimized}")
            }
            Self::Length {
                table,
                row,
                column,
                legacy,
                optimized,
            } => {
                write!(f, "{table}, row {}, {column:?}: ", row + 1)?;
                let length = |length: &Option<usize>| match length {
                    Some(length) => format!("{length} elements"),
                    None => "NULL".to_owned(),
                };
                write!(
                    f,
                    "legacy {}, optimized {}",
                    length(legacy),
                    length(optimized)
                )
            }
            Self::Total {
                table,
                legacy,
                optimized,
            } => write!(
                f,
                "{table}: total of legacy {legacy:?}, optimized {optimized:?}"
            ),
            Self::Next {
                table,
                legacy,
                optimized,
            } => write!(
                f,
                "{table}: a page after it: legacy {legacy}, optimized {optimized}"
            ),
            Self::Previous {
                table,
                legacy,
                optimized,
            } => write!(
                f,
                "{table}: a page before it: legacy {legacy}, optimized {optimized}"
            ),
        }
    }
}

/// A value as it is read by people: as in SQL, numbers without their types.
fn words(value: &Value) -> String {
    match value {
        Value::Double(Some(number)) => number.to_string(),
        Value::Float(Some(number)) => number.to_string(),
        value => write_expression(bound(value.clone())),
    }
}

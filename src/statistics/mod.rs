//! What PostgreSQL knows of the tables, and what can be guessed from it: [`Statistics`].
//!
//! PostgreSQL keeps, for its own planner, how many rows a table has and, of each column, its most common values, a
//! histogram, and how much of it is NULL. The same numbers tell which of several forms of a statement is the fast one,
//! and in which order conditions are best tested. They are guesses: where they are missing or old, statements are
//! slower, and their rows the same.
//!
//! This module owns reading the numbers and estimating from them. What is decided by an estimate is decided where the
//! statement is built, and said in its [`Report`](crate::report::Report).

mod cache;
mod column;
mod datum;
mod estimate;
mod evaluate;
mod found;
mod labels;
mod model;
mod pattern;
mod pointing;
mod range;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod read;
mod row;
mod selectivity;
mod statement;
mod table_set;
#[cfg(test)]
mod tests;
mod value;

pub use cache::StatisticsCache;
pub(crate) use datum::Datum;
pub(crate) use found::catalog;
pub use model::Statistics;
pub(crate) use pointing::MOST_OF_ALL;
pub use row::StatisticsRow;
pub use table_set::TableSet;

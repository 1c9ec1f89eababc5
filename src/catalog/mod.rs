//! What PostgreSQL's catalog says of the tables: their indexes and, with [`Statistics`](crate::Statistics), how many
//! rows they have and how much of a column is NULL; together a [`Catalog`].
//!
//! There are several ways to an order or to a related value, and which one is fast depends on the indexes that exist. A
//! builder that is given a catalog takes the way that an index serves. Without one it takes the way that is never far too
//! slow; with one that is wrong or old it may take a slower one. The rows are the same.
//!
//! This module owns reading the indexes and the question which of them serves. What is done about it is decided where the
//! statement is built, and said in its [`Report`](crate::report::Report).

mod cache;
mod compare;
mod index;
mod model;
mod order_fit;
mod prefix;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod read;
mod row;
mod sql_text;
mod statement;
#[cfg(test)]
mod tests;

pub use cache::CatalogCache;
pub use index::{Index, IndexKey};
pub use model::Catalog;
pub(crate) use order_fit::Fit;
pub use row::CatalogRow;

//! Running statements and reading rows, a thin layer over a driver.
//!
//! | feature | module | run a page |
//! |---|---|---|
//! | `postgres` (default) | `driver::postgres` | `page.fetch(&mut client)?` |
//! | `tokio-postgres` | `driver::tokio_postgres` | `page.fetch_async(&client).await?` |
//!
//! Both drivers give the same [`Row`] and [`PageRows`]. With neither feature, statements are still built, and
//! their text and parameters are there for any other driver.
//!
//! A pooled client is passed as what it stands for: `&**client` of deadpool and bb8, `&mut *client` of r2d2.
//!
//! A plain client sends a statement with the types of its parameters in one round trip, parsed and planned anew
//! each time. A [`StatementCache`] keeps the most used texts prepared.

#[cfg(any(feature = "monitor", feature = "postgres", feature = "tokio-postgres"))]
pub(crate) mod housekeeping;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) mod message;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod page_rows;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod parameters;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod row;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) mod session;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod statement_cache;
#[cfg(feature = "tokio-postgres")]
pub mod tokio_postgres;

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use page_rows::PageRows;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use page_rows::estimated_rows;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use row::Row;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use row::{Anything, value};
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use statement_cache::StatementCache;

/// The types that both drivers have in common: `postgres` is made of `tokio-postgres`.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) mod wire {
    #[cfg(not(feature = "tokio-postgres"))]
    pub use ::postgres::{Error, Row, Statement, error, types};
    #[cfg(feature = "tokio-postgres")]
    pub use ::tokio_postgres::{Error, Row, Statement, error, types};
}

//! What the server has counted: `pg_stat_statements`, with the names of the statements.

mod error;
mod model;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod read;
mod statement;

pub use error::ServerStatementsError;
pub use model::{NamedNumbers, ServerStatement, ServerStatementRow, ServerStatements};

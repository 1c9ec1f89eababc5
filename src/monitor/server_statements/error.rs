//! Why there is nothing to read: [`ServerStatementsError`].

use crate::error::Error;

/// The server's statements could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerStatementsError {
    /// The database has no `pg_stat_statements`.
    #[error(
        "the extension pg_stat_statements is not in this database, or not in a schema of the search_path: \
         `CREATE EXTENSION pg_stat_statements`"
    )]
    NoExtension,

    /// The server does not count.
    #[error(
        "the server was started without pg_stat_statements: put it into `shared_preload_libraries`, and start the server anew"
    )]
    NotPreloaded,

    /// The driver or the server refused otherwise.
    #[error(transparent)]
    Statement(#[from] Error),
}

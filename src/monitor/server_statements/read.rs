//! Reading the server's statements through a driver.

use super::error::ServerStatementsError;
use super::model::{ServerStatementRow, ServerStatements};
use crate::driver::wire::Row;
use crate::driver::wire::error::SqlState;
use crate::error::Error;

impl ServerStatements {
    /// Reads so many statements of this database, those that took longest together.
    ///
    /// # Errors
    ///
    /// * [`ServerStatementsError::NoExtension`] if the database has no `pg_stat_statements`;
    /// * [`ServerStatementsError::NotPreloaded`] if the server was started without it;
    /// * [`ServerStatementsError::Statement`] if the driver or the server refuses otherwise.
    #[cfg(feature = "postgres")]
    pub fn read(
        client: &mut impl crate::driver::postgres::Execute,
        limit: u32,
    ) -> Result<Self, ServerStatementsError> {
        Self::of_answer(Self::statement(limit).query(client))
    }

    /// As `read`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As `read`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn read_async(
        client: &impl crate::driver::tokio_postgres::Execute,
        limit: u32,
    ) -> Result<Self, ServerStatementsError> {
        Self::of_answer(Self::statement(limit).query_async(client).await)
    }

    fn of_answer(answer: Result<Vec<Row>, Error>) -> Result<Self, ServerStatementsError> {
        let rows = answer.map_err(explained)?;
        let rows = rows.iter().map(|row| {
            Ok(ServerStatementRow {
                query_id: row.try_get(0)?,
                text: row.try_get(1)?,
                calls: row.try_get(2)?,
                total_milliseconds: row.try_get(3)?,
                most_milliseconds: row.try_get(4)?,
                planning_milliseconds: row.try_get(5)?,
                rows: row.try_get(6)?,
                blocks_hit: row.try_get(7)?,
                blocks_read: row.try_get(8)?,
                temporary_blocks_written: row.try_get(9)?,
            })
        });
        Ok(Self::from_rows(rows.collect::<Result<Vec<_>, Error>>()?))
    }
}

fn explained(error: Error) -> ServerStatementsError {
    let code = match &error {
        Error::Database { source, .. } => source.code().cloned(),
        _ => None,
    };
    match code {
        Some(code) if code == SqlState::UNDEFINED_TABLE => ServerStatementsError::NoExtension,
        Some(code) if code == SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE => {
            ServerStatementsError::NotPreloaded
        }
        _ => ServerStatementsError::Statement(error),
    }
}

//! Reading statistics through a driver.

use super::model::Statistics;
use super::row::StatisticsRow;
use super::table_set::TableSet;
use crate::driver::wire::Row;
use crate::error::Error;

impl Statistics {
    /// Reads what is known of the tables, and then, if the set asks for names, those: two statements at most.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn read(
        client: &mut impl crate::driver::postgres::Execute,
        tables: &TableSet,
    ) -> Result<Self, Error> {
        let statistics = of_answer(&Self::statement(tables).query(client)?)?;
        match statistics.label_statement(tables) {
            Some(statement) => labelled(statistics, tables, &statement.query(client)?),
            None => Ok(statistics),
        }
    }

    /// As `read`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "tokio-postgres")]
    pub async fn read_async(
        client: &impl crate::driver::tokio_postgres::Execute,
        tables: &TableSet,
    ) -> Result<Self, Error> {
        let statistics = of_answer(&Self::statement(tables).query_async(client).await?)?;
        match statistics.label_statement(tables) {
            Some(statement) => labelled(statistics, tables, &statement.query_async(client).await?),
            None => Ok(statistics),
        }
    }
}

fn of_answer(rows: &[Row]) -> Result<Statistics, Error> {
    let rows = rows.iter().map(|row| {
        Ok(StatisticsRow {
            schema_name: row.try_get(0)?,
            table_name: row.try_get(1)?,
            row_count: row.try_get(2)?,
            column_name: row.try_get(3)?,
            inherited: row.try_get(4)?,
            null_fraction: row.try_get(5)?,
            distinct_values: row.try_get(6)?,
            common_values: row.try_get(7)?,
            common_frequencies: row.try_get(8)?,
            histogram_bounds: row.try_get(9)?,
            correlation: row.try_get(10)?,
            common_elements: row.try_get(11)?,
            element_frequencies: row.try_get(12)?,
        })
    });
    Ok(Statistics::from_rows(
        rows.collect::<Result<Vec<_>, Error>>()?,
    ))
}

fn labelled(statistics: Statistics, tables: &TableSet, rows: &[Row]) -> Result<Statistics, Error> {
    let answer = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)));
    Ok(statistics.with_labels(tables, answer.collect::<Result<Vec<_>, Error>>()?))
}

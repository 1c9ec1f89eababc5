//! Reading the catalog through a driver.

use super::model::Catalog;
use super::row::CatalogRow;
use crate::driver::wire::Row;
use crate::error::Error;
use crate::statistics::{Statistics, TableSet};

impl Catalog {
    /// Reads what the catalog says of the tables, and their statistics: three statements at most.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    #[cfg(feature = "postgres")]
    pub fn read(
        client: &mut impl crate::driver::postgres::Execute,
        tables: &TableSet,
    ) -> Result<Self, Error> {
        let catalog = Self::of_answer(&Self::statement(tables).query(client)?)?;
        Ok(catalog.with_statistics(Statistics::read(client, tables)?))
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
        let catalog = Self::of_answer(&Self::statement(tables).query_async(client).await?)?;
        Ok(catalog.with_statistics(Statistics::read_async(client, tables).await?))
    }

    /// The catalog that the driver's rows of the answer hold.
    pub(crate) fn of_answer(rows: &[Row]) -> Result<Self, Error> {
        let rows = rows.iter().map(|row| {
            Ok(CatalogRow {
                server_version: row.try_get(0)?,
                schema_name: row.try_get(1)?,
                table_name: row.try_get(2)?,
                index_schema: row.try_get(3)?,
                index_name: row.try_get(4)?,
                method: row.try_get(5)?,
                key_columns: row.try_get(6)?,
                key_texts: row.try_get(7)?,
                descending: row.try_get(8)?,
                nulls_first: row.try_get(9)?,
                operator_classes: row.try_get(10)?,
                collations: row.try_get(11)?,
                included_columns: row.try_get(12)?,
                predicate: row.try_get(13)?,
                is_unique: row.try_get(14)?,
                nulls_not_distinct: row.try_get(15)?,
                is_primary: row.try_get(16)?,
                constraint_name: row.try_get(17)?,
                is_valid: row.try_get(18)?,
                is_ready: row.try_get(19)?,
                definition: row.try_get(20)?,
            })
        });
        Ok(Catalog::from_rows(rows.collect::<Result<Vec<_>, Error>>()?))
    }
}

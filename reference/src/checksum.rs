//! Whether two databases hold the same rows.

use postgres::Client;

use crate::error::Error;
use crate::schema::TABLES;

/// A checksum of each table of [`TABLES`]: the same rows give the same text, whatever their order, server or version.
///
/// Reads every row; about as slow as counting them ten times over.
///
/// # Errors
///
/// The connection is gone or a table is missing.
pub fn checksums(client: &mut Client) -> Result<Vec<(&'static str, String)>, Error> {
    let failed = |source| Error::Query {
        purpose: "compute checksums",
        source,
    };
    let mut transaction = client.transaction().map_err(failed)?;
    // A row's text depends on these settings; they end with the transaction.
    transaction
        .batch_execute(
            "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'; \
             SET LOCAL extra_float_digits = 1; SET LOCAL IntervalStyle = 'postgres'",
        )
        .map_err(failed)?;
    let mut sums = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let text = format!(
            "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text COLLATE \"C\", 0)::numeric), 0) FROM {table} AS t"
        );
        sums.push((
            table,
            transaction.query_one(&text, &[]).map_err(failed)?.get(0),
        ));
    }
    transaction.commit().map_err(failed)?;
    Ok(sums)
}

//! The column that the application keeps, as if it kept the last message.

use postgres::Client;

use crate::by_hand::sql;
use crate::index_sets::Indexes;
use crate::report::Fallible;
use crate::report::job::text;

/// Makes `last_activity_at` the time of the last message, unless it was done.
pub fn last_message(client: &mut Client) -> Fallible<()> {
    let changed = client.execute(&text(sql!("keep_last_message")), &[])?;
    if changed > 0 {
        // As if it had always been kept: neither the table nor its indexes have room for what was there before. All that
        // are made anew are shown.
        eprintln!("keeping the last message of {changed} sessions");
        client.batch_execute("VACUUM FULL experiments_experimentsession")?;
        client.batch_execute("VACUUM ANALYZE experiments_experimentsession")?;
    }
    Indexes::Origin.show(client)
}

//! The same data with a longer past.

use postgres::Client;

use crate::asked::sql;
use crate::report::Fallible;

/// Adds as much as there is, before everything that there is, unless it was done.
pub fn double(client: &mut Client) -> Fallible<()> {
    let row = client.query_one("SELECT max(id) > 1000000000 FROM chat_chat", &[])?;
    if !row.get::<_, bool>(0) {
        eprintln!("adding older chats, sessions and messages");
        client.batch_execute(sql!("older_history"))?;
        client.batch_execute("VACUUM ANALYZE")?;
    }
    Ok(())
}

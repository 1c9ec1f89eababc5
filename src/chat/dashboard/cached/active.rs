//! Teams in which something happens: [`active_teams_statement`].

use std::time::Duration;

use crate::cache::LONGEST;
use crate::statement::Command;

/// The statement that finds the teams with messages of participants or chatbots in the last so long, the busiest first: a row
/// for each, with its `team_id`.
///
/// It reads the messages of that time, by the origin's index on `created_at`, and their chats. What happens is what
/// dashboards are looked at for: that somebody has logged in is no sign of it.
///
/// ```
/// use std::time::Duration;
/// use pagewise::chat::dashboard::cached::active_teams_statement;
///
/// let statement = active_teams_statement(Duration::from_secs(24 * 60 * 60));
/// assert_eq!(
///     statement.text(),
///     "SELECT chat.team_id FROM chat_chatmessage AS message INNER JOIN chat_chat AS chat ON chat.id = message.chat_id \
///      WHERE message.created_at >= statement_timestamp() - $1 * interval '1 second' \
///      AND message.message_type IN ('human', 'ai') GROUP BY chat.team_id ORDER BY count(*) DESC, chat.team_id"
/// );
/// ```
#[must_use]
pub fn active_teams_statement(within: Duration) -> Command {
    Command::new(
        "SELECT chat.team_id FROM chat_chatmessage AS message INNER JOIN chat_chat AS chat ON chat.id = message.chat_id \
         WHERE message.created_at >= statement_timestamp() - $1 * interval '1 second' \
         AND message.message_type IN ('human', 'ai') GROUP BY chat.team_id ORDER BY count(*) DESC, chat.team_id",
        vec![within.min(LONGEST).as_secs_f64().into()],
    )
}

/// The teams with messages of participants or chatbots in the last so long, the busiest first; see
/// [`active_teams_statement`].
///
/// # Errors
///
/// [`Error::Database`](crate::Error::Database).
#[cfg(feature = "postgres")]
pub fn active_teams(
    client: &mut impl crate::driver::postgres::Execute,
    within: Duration,
) -> Result<Vec<i64>, crate::error::Error> {
    let statement = active_teams_statement(within);
    let rows = client.run(statement.text(), statement.parameters())?;
    let teams = rows.iter().map(|row| Ok(row.try_get(0)?));
    teams.collect()
}

/// The same through an asynchronous client; see [`active_teams_statement`].
///
/// # Errors
///
/// [`Error::Database`](crate::Error::Database).
#[cfg(feature = "tokio-postgres")]
pub async fn active_teams_async(
    client: &impl crate::driver::tokio_postgres::Execute,
    within: Duration,
) -> Result<Vec<i64>, crate::error::Error> {
    let statement = active_teams_statement(within);
    let rows = client.run(statement.text(), statement.parameters()).await?;
    let teams = rows.iter().map(|row| Ok(row.try_get(0)?));
    teams.collect()
}

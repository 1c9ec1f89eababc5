//! Counters of the tables: what lists show of sessions and chatbots, kept for each.

use super::{Experiment, Session, chatbot_numbers, message_timestamps};
use crate::ddl::Counter;
use crate::error::Error;

/// First and last message of each session, and how many there are: [`message_timestamps`], kept; sorted by the last.
///
/// What the design document's 5.2 wants, made right: messages that are deleted, moved, or written with a time of their own
/// are counted as they are, and 0 and `None` are kept of sessions without any.
///
/// # Errors
///
/// None that this declaration can meet; see [`CounterDeclaration::build`](crate::ddl::CounterDeclaration::build).
///
/// # Example
///
/// ```
/// let counter = pagewise::chat::session_messages()?;
/// assert!(counter.table().starts_with("session_messages_"));
/// # Ok::<(), pagewise::Error>(())
/// ```
pub fn session_messages() -> Result<Counter<Session>, Error> {
    let messages = message_timestamps();
    Counter::of("session_messages", &messages)
        .sorted_by(&messages.last)
        .build()
}

/// How many sessions each chatbot has, and when a participant was last active in one, evaluations apart: two of
/// [`chatbot_numbers`], kept; sorted by the latter.
///
/// Last activity is the participant's, not the creation of a session. Chatbots and their versions each have their own; a
/// version that is made of a chatbot begins with none. The number of participants is not kept: how many different ones there
/// are does not follow from what was added or removed.
///
/// # Errors
///
/// None that this declaration can meet; see [`CounterDeclaration::build`](crate::ddl::CounterDeclaration::build).
pub fn chatbot_sessions() -> Result<Counter<Experiment>, Error> {
    let numbers = chatbot_numbers();
    Counter::of(
        "chatbot_sessions",
        (&numbers.sessions, &numbers.last_activity),
    )
    .sorted_by(&numbers.last_activity)
    .build()
}

//! Whose changes outdate the dashboard: [`cache_sources`].

use super::{Channel, Chat, Experiment, Message, Participant, Session, Tag, TaggedItem, Trace};
use crate::cache::{Source, Sources};

/// The tables of which the [dashboard](crate::chat::dashboard)'s panels are made, with the columns that they read: what they
/// count, filter and sort by, and the names that they show.
///
/// Other columns are written without a note: that a session was active just now, the text of a message.
///
/// A session is of the team of its chat, as the application keeps it: where a host's are not, messages would be noted for the
/// team of the chat alone.
///
/// Which panel is made of which of them, [`Panel::sources`](crate::chat::dashboard::Panel::sources) says.
///
/// ```
/// use pagewise::chat;
/// use pagewise::ddl::Migration;
///
/// let sources = chat::cache_sources();
/// assert!(!sources.columns("experiments_experimentsession").unwrap().contains(&"last_activity_at"));
/// let migration = Migration::new()
///     .phase("cache", pagewise::cache::steps())
///     .phase("notes", sources.steps()?);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn cache_sources() -> Sources {
    let channels = Source::of(Channel)
        .reads(Channel::EXPERIMENT_ID)
        .reads(Channel::DELETED)
        .reads(Channel::PLATFORM);
    let chats = Source::of(Chat).reads(Chat::ID);
    let experiments = Source::of(Experiment)
        .reads(Experiment::NAME)
        .reads(Experiment::IS_ARCHIVED)
        .reads(Experiment::WORKING_VERSION_ID);
    let messages = Source::of(Message)
        .reads(Message::CREATED_AT)
        .reads(Message::MESSAGE_TYPE);
    let participants = Source::of(Participant)
        .reads(Participant::NAME)
        .reads(Participant::IDENTIFIER)
        .reads(Participant::PLATFORM);
    let sessions = Source::of(Session)
        .reads(Session::CREATED_AT)
        .reads(Session::ENDED_AT)
        .reads(Session::STATUS)
        .reads(Session::PLATFORM)
        .reads(Session::EXPERIMENT_ID)
        .reads(Session::PARTICIPANT_ID)
        .reads(Session::CHAT_ID);
    let tags = Source::of(Tag).reads(Tag::NAME).reads(Tag::CATEGORY);
    let tagged_items = Source::of(TaggedItem)
        .reads(TaggedItem::CONTENT_TYPE_ID)
        .reads(TaggedItem::OBJECT_ID)
        .reads(TaggedItem::TAG_ID);
    let traces = Source::of(Trace)
        .reads(Trace::SESSION_ID)
        .reads(Trace::EXPERIMENT_ID)
        .reads(Trace::TIMESTAMP)
        .reads(Trace::DURATION)
        .reads(Trace::STATUS);
    Sources::new()
        .source(channels)
        .source(chats)
        .source(experiments)
        .source(messages)
        .source(participants)
        .source(sessions)
        .source(tags)
        .source(tagged_items)
        .source(traces)
}

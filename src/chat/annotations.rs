//! The values that lists show.

use chrono::{DateTime, Utc};

use super::{Message, Session, Tag, TaggableIds, VERSION_CATEGORY};
use crate::annotation::{Annotation, TextOrder};
use crate::listing::{Selection, Shows};
use crate::schema::Relation;

/// When the messages of a session were written, and how many there are; from one sub-select.
///
/// Shown one by one, or all at once: `.show(&timestamps)`.
#[derive(Clone, Debug)]
pub struct MessageTimestamps {
    /// When the first was written; `None` without messages.
    pub first: Annotation<Session, Option<DateTime<Utc>>>,
    /// When the last was written; `None` without messages.
    pub last: Annotation<Session, Option<DateTime<Utc>>>,
    /// How many there are; 0 without messages.
    pub count: Annotation<Session, i64>,
}

impl Selection<Session> for &MessageTimestamps {
    fn add_to(self, shows: &mut Shows<'_, Session>) {
        shows.add((&self.first, &self.last, &self.count));
    }
}

/// First, last and number of a session's messages of every type, system messages included.
///
/// Outputs `first_message_at`, `last_message_at`, `message_count`. They are computed from the messages, unlike
/// the columns [`Session::FIRST_ACTIVITY_AT`] and [`Session::LAST_ACTIVITY_AT`], which the application keeps and
/// which mean the participant's activity.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::{Listing, Page};
///
/// let messages = chat::message_timestamps();
/// let page = Listing::of(Session)
///     .tenant(7)
///     .order_by(Session::CREATED_AT.desc())
///     .show(&messages)
///     .page(Page::first(25))
///     .build()?;
/// assert_eq!(page.text().matches("LATERAL").count(), 1);      // the three share one sub-select
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn message_timestamps() -> MessageTimestamps {
    let messages = Session::messages();
    MessageTimestamps {
        first: messages.min(Message::CREATED_AT).named("first_message_at"),
        last: messages.max(Message::CREATED_AT).named("last_message_at"),
        count: messages.count().named("message_count"),
    }
}

/// First, last and number of the messages that the participant wrote.
///
/// Outputs `first_human_message_at`, `last_human_message_at`, `human_message_count`.
#[must_use]
pub fn human_message_timestamps() -> MessageTimestamps {
    let messages = Session::messages()
        .filter(Message::MESSAGE_TYPE.eq("human"))
        .named("human_messages");
    MessageTimestamps {
        first: messages
            .min(Message::CREATED_AT)
            .named("first_human_message_at"),
        last: messages
            .max(Message::CREATED_AT)
            .named("last_human_message_at"),
        count: messages.count().named("human_message_count"),
    }
}

/// The versions of the chatbot that answered in a session, as its messages' tags say: `"v1, v2, v10"`; `''` if
/// none does.
///
/// Output `version_tags`. Each name once, sorted by the first number in it (`v3` before `v3-unreleased`). Only
/// tags of the category `experiment_version` count, and only if link and tag belong to the team. It is computed from
/// the tags, unlike the column [`Session::EXPERIMENT_VERSIONS`], which the application keeps and which leaves out
/// unreleased versions.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::{ContentTypeId, Listing, Page};
///
/// // In a service: `ContentTypes::resolve(client, &chat::TAGGABLE)?`.
/// let ids = chat::TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let versions = chat::version_tags(&ids);
/// let page = Listing::of(Session).tenant(7).show(&versions).page(Page::first(25)).build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn version_tags(ids: &TaggableIds) -> Annotation<Session, String> {
    Session::message_tags(ids)
        .filter(Tag::CATEGORY.eq(VERSION_CATEGORY))
        .named("version_tags")
        .string_agg_distinct(Tag::NAME, ", ", TextOrder::Natural)
        .named("version_tags")
}

/// The names of the tags on a session's chat itself, sorted: `"rare, urgent"`; `''` if there are none.
///
/// Output `chat_tags`. Each name once; tags on messages do not count. Only if link and tag belong to the team.
#[must_use]
pub fn chat_tags(ids: &TaggableIds) -> Annotation<Session, String> {
    let tags: Relation<Session, Tag> = Session::chat_tags(ids);
    tags.string_agg_distinct(Tag::NAME, ", ", TextOrder::Text)
        .named("chat_tags")
}

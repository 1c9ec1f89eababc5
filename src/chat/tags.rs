//! Conditions on tags: [`tagged`], [`version_tagged`].

use super::{
    Chat, Experiment, Message, Participant, Session, Tag, TaggableIds, TaggedItem, Trace,
    VERSION_CATEGORY,
};
use crate::predicate::Predicate;
use crate::schema::{Column, Entity, IntoSql, Links, Relation, SqlType};

/// What can be filtered by tags.
///
/// | row | is tagged by links on |
/// |---|---|
/// | [`Session`] | its chat, and each message of it |
/// | [`Chat`] | itself, and each message of it |
/// | [`Message`] | itself |
/// | [`Trace`] | its input message and its output message |
/// | [`Experiment`] | the chat, and each message, of any of its sessions |
/// | [`Participant`] | the chat, and each message, of any of their sessions |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be filtered by tags",
    label = "wanted: what is tagged, as `Session` and `Message` are"
)]
pub trait Tagged: Entity {
    /// The tags of a row. A link counts if it and its tag belong to the team; it is never looked up by the number of an
    /// object alone, which chats and messages share.
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag>;
}

/// The links on a chat whose number a column holds.
fn on_chat<E: Entity>(
    chat: Column<E, impl SqlType<Base = i64>>,
    ids: &TaggableIds,
) -> Relation<E, TaggedItem> {
    Relation::generic_of(
        "chat_tags",
        chat,
        TaggedItem::CONTENT_TYPE_ID,
        TaggedItem::OBJECT_ID,
        ids.chat,
    )
}

/// The links on a message whose number a column holds.
fn on_message<E: Entity>(
    message: Column<E, impl SqlType<Base = i64>>,
    ids: &TaggableIds,
) -> Relation<E, TaggedItem> {
    Relation::generic_of(
        "message_tags",
        message,
        TaggedItem::CONTENT_TYPE_ID,
        TaggedItem::OBJECT_ID,
        ids.message,
    )
}

fn on_session(ids: &TaggableIds) -> [Relation<Session, TaggedItem>; 2] {
    [
        on_chat(Session::CHAT_ID, ids),
        Session::messages().then(on_message(Message::ID, ids)),
    ]
}

fn tags<E: Entity>(way: Relation<E, TaggedItem>) -> Links<E, TaggedItem, Tag> {
    Links::new(way, TaggedItem::TAG_ID, Tag)
}

impl Tagged for Session {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        let [chat, messages] = on_session(ids);
        tags(chat).or(messages)
    }
}

impl Tagged for Chat {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        tags(on_chat(Chat::ID, ids)).or(Chat::messages().then(on_message(Message::ID, ids)))
    }
}

impl Tagged for Message {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        tags(on_message(Message::ID, ids))
    }
}

impl Tagged for Trace {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        tags(on_message(Trace::INPUT_MESSAGE_ID, ids)).or(on_message(Trace::OUTPUT_MESSAGE_ID, ids))
    }
}

impl Tagged for Experiment {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        let [chat, messages] = on_session(ids);
        tags(Experiment::sessions().then(chat)).or(Experiment::sessions().then(messages))
    }
}

impl Tagged for Participant {
    fn tag_links(ids: &TaggableIds) -> Links<Self, TaggedItem, Tag> {
        let [chat, messages] = on_session(ids);
        tags(Participant::sessions().then(chat)).or(Participant::sessions().then(messages))
    }
}

/// Tags that are looked for, by number or by name, and how many of them must be there.
///
/// ```
/// use pagewise::chat::Match;
///
/// let by_name = Match::any_of(["rare", "urgent"]);
/// let by_number = Match::all_of([12, 13]);
/// let without = Match::none_of(["spam".to_owned()]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Match<K> {
    /// At least one of them; none is there if there are none.
    AnyOf(Vec<K>),
    /// Each of them, wherever it hangs; all are there if there are none.
    AllOf(Vec<K>),
    /// Not one of them: so also what has no tags.
    NoneOf(Vec<K>),
}

impl<K: TagKey> Match<K> {
    /// At least one of the tags. A name may be that of several tags, each of which will do; an unknown one is nowhere.
    #[must_use]
    pub fn any_of(tags: impl IntoIterator<Item = K>) -> Self {
        Self::AnyOf(tags.into_iter().collect())
    }

    /// Each of the tags: on the same object or on several, one on the chat and one on a message for example.
    #[must_use]
    pub fn all_of(tags: impl IntoIterator<Item = K>) -> Self {
        Self::AllOf(tags.into_iter().collect())
    }

    /// None of the tags, anywhere. What has no tags is kept.
    #[must_use]
    pub fn none_of(tags: impl IntoIterator<Item = K>) -> Self {
        Self::NoneOf(tags.into_iter().collect())
    }

    fn of<E: Entity>(self, links: &Links<E, TaggedItem, Tag>) -> Predicate<E> {
        match self {
            Self::AnyOf(tags) => links.any_of(K::COLUMN, tags),
            Self::AllOf(tags) => links.all_of(K::COLUMN, tags),
            Self::NoneOf(tags) => links.none_of(K::COLUMN, tags),
        }
    }
}

/// What a tag may be called by: its number (`i64`, `i32`) or its name (`&str`, `String`).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not call a tag",
    label = "wanted: the number of a tag or its name"
)]
pub trait TagKey: IntoSql<<Self::Type as SqlType>::Base> {
    /// The type of the column.
    type Type: SqlType;
    /// The column that it is a value of.
    const COLUMN: Column<Tag, Self::Type>;
}

macro_rules! tag_keys {
    ($($key:ty => $type:ty, $column:ident;)*) => {$(
        impl TagKey for $key {
            type Type = $type;
            const COLUMN: Column<Tag, $type> = Tag::$column;
        }
    )*};
}

tag_keys! {
    i64 => i64, ID;
    i32 => i64, ID;
    &str => String, NAME;
    String => String, NAME;
}

/// True of rows that have such tags; which rows have which is said by [`Tagged`].
///
/// Tags of the team, and links of the team, count alone. The listing writes it in the form that suits its page and its
/// total; see [`Links`].
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Match, Session};
/// use pagewise::{ContentTypeId, Listing, Page};
///
/// // In a service: `ContentTypes::resolve(client, &chat::TAGGABLE)?`.
/// let ids = chat::TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let page = Listing::of(Session)
///     .tenant(7)
///     .filter(chat::tagged(&ids, Match::any_of(["rare", "urgent"])))
///     .filter(chat::tagged(&ids, Match::none_of(["spam"])))
///     .page(Page::first(25))
///     .build()?;
/// println!("{page:#}\n{}", page.report());
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn tagged<E: Tagged, K: TagKey>(ids: &TaggableIds, tags: Match<K>) -> Predicate<E> {
    tags.of(&E::tag_links(ids))
}

/// True of rows that have such version tags: tags of the category `experiment_version`, called `v3` or `v3-unreleased`,
/// which the application hangs on answers.
///
/// Computed from the tags, unlike [`Session::EXPERIMENT_VERSIONS`], which the application keeps.
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Match, Message};
/// use pagewise::{ContentTypeId, Listing, Page};
///
/// # let ids = chat::TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let page = Listing::of(Message)
///     .tenant(7)
///     .filter(chat::version_tagged(&ids, Match::any_of(["v3", "v3-unreleased"])))
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn version_tagged<E: Tagged, K: TagKey>(ids: &TaggableIds, tags: Match<K>) -> Predicate<E> {
    tags.of(&E::tag_links(ids).among(Tag::CATEGORY.eq(VERSION_CATEGORY)))
}

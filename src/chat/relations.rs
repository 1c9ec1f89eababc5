//! The ways between the tables.

use super::{
    AnnotationItem, Channel, Chat, EvaluationDatasetMessage, EvaluationMessage, Experiment,
    Message, Participant, Session, Tag, TaggableIds, TaggedItem, Trace, User,
};
use crate::schema::{Relation, ToOne};

impl Session {
    /// The chat of a session.
    #[must_use]
    pub fn chat() -> ToOne<Session, Chat> {
        ToOne::new("chat", Session::CHAT_ID)
    }

    /// The chatbot of a session.
    #[must_use]
    pub fn experiment() -> ToOne<Session, Experiment> {
        ToOne::new("experiment", Session::EXPERIMENT_ID)
    }

    /// The participant of a session.
    #[must_use]
    pub fn participant() -> ToOne<Session, Participant> {
        ToOne::new("participant", Session::PARTICIPANT_ID)
    }

    /// The messages of a session's chat, of every type.
    #[must_use]
    pub fn messages() -> Relation<Session, Message> {
        Relation::many("messages", Session::CHAT_ID, Message::CHAT_ID)
    }

    /// The traces of a session.
    #[must_use]
    pub fn traces() -> Relation<Session, Trace> {
        Relation::many("traces", Session::ID, Trace::SESSION_ID)
    }

    /// The evaluation messages that were taken from a session.
    #[must_use]
    pub fn evaluation_messages() -> Relation<Session, EvaluationMessage> {
        Relation::many(
            "evaluation_messages",
            Session::ID,
            EvaluationMessage::SESSION_ID,
        )
    }

    /// The items of annotation queues that are a session.
    #[must_use]
    pub fn annotation_items() -> Relation<Session, AnnotationItem> {
        Relation::many("annotation_items", Session::ID, AnnotationItem::SESSION_ID)
    }

    /// The tags on a session's chat itself.
    #[must_use]
    pub fn chat_tags(ids: &TaggableIds) -> Relation<Session, Tag> {
        Session::chat().then_many(Chat::tags(ids))
    }

    /// The tags on the messages of a session; a tag that several messages have is there several times.
    #[must_use]
    pub fn message_tags(ids: &TaggableIds) -> Relation<Session, Tag> {
        Session::messages().then(Message::tags(ids))
    }
}

impl Chat {
    /// The session of a chat, if it has one.
    #[must_use]
    pub fn session() -> ToOne<Chat, Session> {
        ToOne::unique("session", Chat::ID, Session::CHAT_ID)
    }

    /// The messages of a chat.
    #[must_use]
    pub fn messages() -> Relation<Chat, Message> {
        Relation::many("messages", Chat::ID, Message::CHAT_ID)
    }

    /// The tags on a chat itself.
    #[must_use]
    pub fn tags(ids: &TaggableIds) -> Relation<Chat, Tag> {
        let items = Relation::generic(
            "tagged_items",
            TaggedItem::CONTENT_TYPE_ID,
            TaggedItem::OBJECT_ID,
            ids.chat,
        );
        items.then(TaggedItem::tag()).named("chat_tags")
    }
}

impl Message {
    /// The chat of a message.
    #[must_use]
    pub fn chat() -> ToOne<Message, Chat> {
        ToOne::new("chat", Message::CHAT_ID)
    }

    /// The tags on a message.
    #[must_use]
    pub fn tags(ids: &TaggableIds) -> Relation<Message, Tag> {
        let items = Relation::generic(
            "tagged_items",
            TaggedItem::CONTENT_TYPE_ID,
            TaggedItem::OBJECT_ID,
            ids.message,
        );
        items.then(TaggedItem::tag()).named("message_tags")
    }
}

impl Trace {
    /// The session of a trace, if it is still there.
    #[must_use]
    pub fn session() -> ToOne<Trace, Session> {
        ToOne::new("session", Trace::SESSION_ID)
    }

    /// The chatbot of a trace, if it is still there.
    #[must_use]
    pub fn experiment() -> ToOne<Trace, Experiment> {
        ToOne::new("experiment", Trace::EXPERIMENT_ID)
    }

    /// The participant of a trace, if they are still there.
    #[must_use]
    pub fn participant() -> ToOne<Trace, Participant> {
        ToOne::new("participant", Trace::PARTICIPANT_ID)
    }
}

impl TaggedItem {
    /// The message that a link is on, of links on messages: their content type is tested by itself.
    #[must_use]
    pub fn message() -> ToOne<TaggedItem, Message> {
        ToOne::generic("message", TaggedItem::OBJECT_ID)
    }

    /// The tag of a link.
    #[must_use]
    pub fn tag() -> ToOne<TaggedItem, Tag> {
        ToOne::new("tag", TaggedItem::TAG_ID)
    }
}

impl EvaluationMessage {
    /// In which datasets a message is.
    #[must_use]
    pub fn datasets() -> Relation<EvaluationMessage, EvaluationDatasetMessage> {
        Relation::many(
            "datasets",
            EvaluationMessage::ID,
            EvaluationDatasetMessage::EVALUATIONMESSAGE_ID,
        )
    }
}

impl Experiment {
    /// The sessions of a chatbot.
    #[must_use]
    pub fn sessions() -> Relation<Experiment, Session> {
        Relation::many("sessions", Experiment::ID, Session::EXPERIMENT_ID)
    }

    /// The traces of a chatbot.
    #[must_use]
    pub fn traces() -> Relation<Experiment, Trace> {
        Relation::many("traces", Experiment::ID, Trace::EXPERIMENT_ID)
    }

    /// A chatbot and its versions; of a version, it alone.
    ///
    /// ```
    /// use pagewise::chat::{Experiment, Trace};
    /// use pagewise::{Listing, Page};
    ///
    /// // Traces of a chatbot, also those that still point at one of its versions.
    /// let failed = Experiment::family().then(Experiment::traces()).filter(Trace::STATUS.eq("error")).count();
    /// let page = Listing::of(Experiment).tenant(7).show(&failed).page(Page::first(25)).build()?;
    /// # Ok::<(), pagewise::Error>(())
    /// ```
    #[must_use]
    pub fn family() -> Relation<Experiment, Experiment> {
        Relation::many_by_either(
            "family",
            Experiment::ID,
            Experiment::ID,
            Experiment::WORKING_VERSION_ID,
        )
    }

    /// The versions of a chatbot; it is none of them itself.
    #[must_use]
    pub fn versions() -> Relation<Experiment, Experiment> {
        Relation::many("versions", Experiment::ID, Experiment::WORKING_VERSION_ID)
    }

    /// The channels of a chatbot, those that were deleted too.
    #[must_use]
    pub fn channels() -> Relation<Experiment, Channel> {
        Relation::many("channels", Experiment::ID, Channel::EXPERIMENT_ID)
    }

    /// The user who owns a chatbot.
    #[must_use]
    pub fn owner() -> ToOne<Experiment, User> {
        ToOne::new("owner", Experiment::OWNER_ID)
    }
}

impl Participant {
    /// The sessions of a participant.
    #[must_use]
    pub fn sessions() -> Relation<Participant, Session> {
        Relation::many("sessions", Participant::ID, Session::PARTICIPANT_ID)
    }
}

//! The page: what a host writes once for a list of its own.

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Experiment, MessageTimestamps, Participant, Session, TaggableIds};
use pagewise::driver::Row;
use pagewise::{Annotation, Error, Listing};

/// The largest team of the reference data: 40 % of it.
pub const TEAM: i64 = 1;

/// The list of a team's sessions, newest first.
pub struct SessionPage {
    chatbot: Annotation<Session, Option<String>>,
    participant: Annotation<Session, Option<String>>,
    messages: MessageTimestamps,
    versions: Annotation<Session, String>,
    tags: Annotation<Session, String>,
}

impl SessionPage {
    /// Declares what the list shows.
    pub fn new(ids: &TaggableIds) -> SessionPage {
        SessionPage {
            chatbot: Session::experiment()
                .value(Experiment::NAME)
                .named("chatbot"),
            participant: Session::participant()
                .value(Participant::IDENTIFIER)
                .named("participant"),
            messages: chat::message_timestamps(),
            versions: chat::version_tags(ids),
            tags: chat::chat_tags(ids),
        }
    }

    /// Whose rows, which, in what order, and what of them.
    pub fn listing(&self) -> Listing<Session> {
        Listing::of(Session)
            .tenant(TEAM)
            .filter(Session::PLATFORM.is_distinct_from("evaluations"))
            .filter(Session::STATUS.ne("setup"))
            .order_by(Session::CREATED_AT.desc())
            .show((&self.chatbot, &self.participant, Session::STATUS))
            .show((&self.messages, &self.versions, &self.tags))
    }

    /// A row as a value of the host's own.
    pub fn read(&self, row: &Row<Session>) -> Result<SessionLine, Error> {
        Ok(SessionLine {
            id: row.get(Session::ID)?,
            chatbot: row.get(&self.chatbot)?,
            participant: row.get(&self.participant)?,
            status: row.get(Session::STATUS)?,
            first_message_at: row.get(&self.messages.first)?,
            last_message_at: row.get(&self.messages.last)?,
            message_count: row.get(&self.messages.count)?,
            version_tags: row.get(&self.versions)?,
            chat_tags: row.get(&self.tags)?,
        })
    }
}

/// A line of the list.
#[derive(Debug, PartialEq)]
pub struct SessionLine {
    pub id: i64,
    pub chatbot: Option<String>,
    pub participant: Option<String>,
    pub status: String,
    pub first_message_at: Option<DateTime<Utc>>,
    pub last_message_at: Option<DateTime<Utc>>,
    pub message_count: i64,
    pub version_tags: String,
    pub chat_tags: String,
}

//! Random data: [`World`], the rows of a small database, as plain Rust and in PostgreSQL.
//!
//! Made to be awkward: few distinct instants and texts, so that sort keys are equal; NULL wherever a column allows
//! it; three teams whose links, tags and traces point at each other's rows, with tags of the same names; one id for a
//! chat and a message.

mod generate;
mod insert;

use chrono::{DateTime, TimeDelta, Utc};

pub use generate::{PLATFORMS, TEXTS, bare_world, busy_world, linked_world, world};

/// The content type of chats; not its place in any list, so that a mistaken literal does not work.
pub const CHAT_TYPE: i32 = 41;
/// The content type of messages.
pub const MESSAGE_TYPE: i32 = 12;
/// The content type of something else that tags hang on.
pub const OTHER_TYPE: i32 = 9;
/// The teams.
pub const TEAMS: std::ops::RangeInclusive<i64> = 1..=3;

/// The rows of a database.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub users: Vec<User>,
    pub participants: Vec<Participant>,
    pub experiments: Vec<Experiment>,
    pub chats: Vec<Chat>,
    pub sessions: Vec<Session>,
    pub messages: Vec<Message>,
    pub tags: Vec<Tag>,
    pub items: Vec<TaggedItem>,
    pub traces: Vec<Trace>,
    pub channels: Vec<Channel>,
    pub datasets: Vec<Dataset>,
    pub evaluation_messages: Vec<EvaluationMessage>,
    pub dataset_messages: Vec<DatasetMessage>,
    pub annotation_items: Vec<AnnotationItem>,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: i64,
    pub username: String,
    pub language: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Participant {
    pub id: i64,
    pub team: i64,
    pub name: String,
    pub identifier: String,
    pub user: Option<i64>,
    pub platform: String,
    pub remote_id: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Experiment {
    pub id: i64,
    pub team: i64,
    pub owner: i64,
    pub name: String,
    pub description: Option<String>,
    pub pipeline: Option<i64>,
    pub working_version: Option<i64>,
    pub version_number: i32,
    pub allowlist: Vec<String>,
    pub is_archived: bool,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Chat {
    pub id: i64,
    pub team: i64,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Session {
    pub id: i64,
    pub team: i64,
    pub created_at: DateTime<Utc>,
    pub external_id: String,
    pub token_required: bool,
    pub participant: i64,
    pub experiment: i64,
    pub chat: i64,
    pub status: String,
    pub ended_at: Option<DateTime<Utc>>,
    pub last_activity_at: Option<DateTime<Utc>>,
    pub first_activity_at: Option<DateTime<Utc>>,
    pub platform: Option<String>,
    pub versions: Option<Vec<i32>>,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: i64,
    pub chat: i64,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub content: String,
    pub summary: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Tag {
    pub id: i64,
    pub team: i64,
    pub name: String,
    pub category: String,
    pub is_system: bool,
    pub created_by: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct TaggedItem {
    pub id: i64,
    pub team: i64,
    pub content_type: i32,
    pub object: i32,
    pub tag: i64,
}

#[derive(Clone, Debug)]
pub struct Trace {
    pub id: i64,
    pub team: Option<i64>,
    pub timestamp: DateTime<Utc>,
    pub status: String,
    pub experiment: Option<i64>,
    pub session: Option<i64>,
    pub participant: Option<i64>,
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub version: Option<i32>,
    pub duration: i32,
    pub turns: Option<i32>,
}

#[derive(Clone, Debug)]
pub struct Channel {
    pub id: i64,
    pub team: i64,
    pub experiment: Option<i64>,
    pub platform: String,
    pub deleted: bool,
}

/// A set of messages to evaluate chatbots with.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub id: i64,
    pub team: i64,
}

#[derive(Clone, Debug)]
pub struct EvaluationMessage {
    pub id: i64,
    pub session: Option<i64>,
}

/// That a message is in a dataset.
#[derive(Clone, Debug)]
pub struct DatasetMessage {
    pub id: i64,
    pub dataset: i64,
    pub message: i64,
}

#[derive(Clone, Debug)]
pub struct AnnotationItem {
    pub id: i64,
    pub team: i64,
    pub queue: i64,
    pub session: Option<i64>,
    pub message: Option<i64>,
}

/// One of the few instants at which things happen; the odd ones differ by microseconds only.
pub fn instant(at: u8) -> DateTime<Utc> {
    let base = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap_or_default();
    base + TimeDelta::hours(i64::from(at / 2)) + TimeDelta::microseconds(i64::from(at % 2))
}

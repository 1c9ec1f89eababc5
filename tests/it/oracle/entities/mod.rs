//! The reference domain's tables, columns and relations, each paired with what it is in memory.

mod chat;
mod experiment;
mod message;
mod people;
mod session;
mod tag;
mod trace;

use pagewise::ContentTypeId;
use pagewise::chat::TaggableIds;

use super::View;
use crate::world::{
    CHAT_TYPE, Chat, Experiment, MESSAGE_TYPE, Message, Participant, Session, Tag, User,
};

pub const CHAT: &str = "chat_chat";
pub const EXPERIMENT: &str = "experiments_experiment";
pub const ITEM: &str = "annotations_customtaggeditem";
pub const MESSAGE: &str = "chat_chatmessage";
pub const PARTICIPANT: &str = "experiments_participant";
pub const SESSION: &str = "experiments_experimentsession";
pub const TAG: &str = "annotations_tag";
pub const TRACE: &str = "trace_trace";
pub const USER: &str = "users_customuser";

/// The world's content types.
pub const IDS: TaggableIds = TaggableIds {
    chat: ContentTypeId::new(CHAT_TYPE),
    message: ContentTypeId::new(MESSAGE_TYPE),
};

/// What the team may see of each table.
impl View {
    fn own<T: Clone>(&self, rows: &[T], of: impl Fn(&T) -> bool) -> Vec<T> {
        rows.iter().filter(|row| of(row)).cloned().collect()
    }

    pub fn sessions(&self) -> Vec<Session> {
        self.own(&self.world.sessions, |row| row.team == self.tenant)
    }

    pub fn experiments(&self) -> Vec<Experiment> {
        self.own(&self.world.experiments, |row| row.team == self.tenant)
    }

    pub fn participants(&self) -> Vec<Participant> {
        self.own(&self.world.participants, |row| row.team == self.tenant)
    }

    pub fn chats(&self) -> Vec<Chat> {
        self.own(&self.world.chats, |row| row.team == self.tenant)
    }

    pub fn messages_of(&self, chat: i64) -> Vec<Message> {
        self.own(&self.world.messages, |row| row.chat == chat)
    }

    pub fn experiment(&self, id: i64) -> Option<Experiment> {
        self.experiments().into_iter().find(|row| row.id == id)
    }

    pub fn participant(&self, id: i64) -> Option<Participant> {
        self.participants().into_iter().find(|row| row.id == id)
    }

    pub fn chat(&self, id: i64) -> Option<Chat> {
        self.chats().into_iter().find(|row| row.id == id)
    }

    /// Users belong to nobody.
    pub fn user(&self, id: i64) -> Option<User> {
        self.world.users.iter().find(|row| row.id == id).cloned()
    }

    /// The tags on an object: link and tag are both the team's.
    pub fn tags_on(&self, content_type: i32, object: i64) -> Vec<Tag> {
        let links = self.world.items.iter().filter(|item| {
            item.team == self.tenant
                && item.content_type == content_type
                && i64::from(item.object) == object
        });
        links
            .filter_map(|item| {
                let tag = self.world.tags.iter().find(|tag| tag.id == item.tag)?;
                (tag.team == self.tenant).then(|| tag.clone())
            })
            .collect()
    }

    pub fn message_tags(&self, chat: i64) -> Vec<Tag> {
        let messages = self.messages_of(chat);
        messages
            .iter()
            .flat_map(|message| self.tags_on(MESSAGE_TYPE, message.id))
            .collect()
    }
}

//! Which rows count, by plain loops over a [`World`].

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::request::Filters;
use crate::world::{
    CHAT_TYPE, Experiment, MESSAGE_TYPE, Message, Participant, Session, Tag, TaggedItem, World,
};

/// The platforms that every chatbot has, whether it has a channel or not.
const GLOBAL_PLATFORMS: [&str; 3] = ["api", "web", "evaluations"];

/// What one team counts of a world.
pub struct Oracle<'w> {
    pub world: &'w World,
    pub tenant: i64,
    pub filters: &'w Filters,
}

/// Whether a list lets a value pass; no list lets everything.
fn passes<T: PartialEq>(list: &Option<Vec<T>>, value: Option<&T>) -> bool {
    match (list, value) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(list), Some(value)) => list.contains(value),
    }
}

/// Of a person or a chatbot, not of the system.
pub fn is_turn(message: &Message) -> bool {
    message.kind == "human" || message.kind == "ai"
}

pub fn is_human(message: &Message) -> bool {
    message.kind == "human"
}

impl<'w> Oracle<'w> {
    pub fn in_window(&self, instant: DateTime<Utc>) -> bool {
        self.filters.start <= instant && instant < self.filters.end
    }

    /// The team's session of a chat.
    pub fn session_of(&self, chat: i64) -> Option<&'w Session> {
        let mut sessions = self.world.sessions.iter();
        sessions.find(|session| session.chat == chat && session.team == self.tenant)
    }

    fn messages_of(&self, chat: i64) -> impl Iterator<Item = &'w Message> {
        let messages = self.world.messages.iter();
        messages.filter(move |message| message.chat == chat)
    }

    /// A link with its tag, if both are the team's.
    pub fn tag_of(&self, link: &TaggedItem) -> Option<&'w Tag> {
        let tag = self.world.tags.iter().find(|tag| tag.id == link.tag)?;
        (link.team == self.tenant && tag.team == self.tenant).then_some(tag)
    }

    fn is_tagged(&self, content_type: i32, object: i64, tags: &[i64]) -> bool {
        self.world.items.iter().any(|link| {
            link.content_type == content_type
                && i64::from(link.object) == object
                && tags.contains(&link.tag)
                && self.tag_of(link).is_some()
        })
    }

    /// Whether a chat or any of its messages, whenever that was written, has one of the tags.
    fn conversation_passes(&self, chat: i64) -> bool {
        let Some(tags) = &self.filters.tags else {
            return true;
        };
        self.is_tagged(CHAT_TYPE, chat, tags)
            || self
                .messages_of(chat)
                .any(|message| self.is_tagged(MESSAGE_TYPE, message.id, tags))
    }

    /// Whether the session is one of the filters' chatbots, platforms and participants.
    fn session_passes(&self, session: Option<&Session>) -> bool {
        let filters = self.filters;
        let platform = session.and_then(|s| s.platform.as_ref());
        passes(&filters.experiments, session.map(|s| &s.experiment))
            && passes(&filters.platforms, platform)
            && passes(&filters.participants, session.map(|s| &s.participant))
    }

    /// The team's sessions, of whatever time and kind.
    fn any_sessions(&self) -> impl Iterator<Item = &'w Session> {
        let tenant = self.tenant;
        let sessions = self.world.sessions.iter();
        sessions.filter(move |session| session.team == tenant)
    }

    /// Chatbots, not their versions.
    pub fn experiments(&self) -> Vec<&'w Experiment> {
        let filters = self.filters;
        let on_a_platform = |bot: &Experiment| match &filters.platforms {
            None => true,
            Some(list)
                if list
                    .iter()
                    .any(|on| GLOBAL_PLATFORMS.contains(&on.as_str())) =>
            {
                true
            }
            Some(list) => self.world.channels.iter().any(|channel| {
                channel.team == self.tenant
                    && channel.experiment == Some(bot.id)
                    && !channel.deleted
                    && list.contains(&channel.platform)
            }),
        };
        let talks_to = |bot: &Experiment| match &filters.participants {
            None => true,
            Some(list) => self
                .any_sessions()
                .any(|s| s.experiment == bot.id && list.contains(&s.participant)),
        };
        let is_tagged = |bot: &Experiment| {
            filters.tags.is_none()
                || self
                    .any_sessions()
                    .any(|s| s.experiment == bot.id && self.conversation_passes(s.chat))
        };
        let bots = self.world.experiments.iter();
        bots.filter(|bot| {
            bot.team == self.tenant
                && bot.working_version.is_none()
                && (filters.include_archived || !bot.is_archived)
                && passes(&filters.experiments, Some(&bot.id))
                && on_a_platform(bot)
                && talks_to(bot)
                && is_tagged(bot)
        })
        .collect()
    }

    /// Sessions in which something was said in the window, whenever they began.
    pub fn sessions(&self) -> Vec<&'w Session> {
        self.any_sessions()
            .filter(|session| {
                session.platform.as_deref() != Some("evaluations")
                    && session.status != "setup"
                    && self
                        .messages_of(session.chat)
                        .any(|message| is_turn(message) && self.in_window(message.created_at))
                    && self.session_passes(Some(session))
                    && self.conversation_passes(session.chat)
            })
            .collect()
    }

    /// Messages of the window, of every kind, with their sessions if they have any.
    pub fn messages(&self) -> Vec<(&'w Message, Option<&'w Session>)> {
        let is_own = |message: &Message| {
            let mut chats = self.world.chats.iter();
            chats.any(|chat| chat.id == message.chat && chat.team == self.tenant)
        };
        let messages = self.world.messages.iter();
        messages
            .filter(|message| is_own(message) && self.in_window(message.created_at))
            .map(|message| (message, self.session_of(message.chat)))
            .filter(|(message, session)| {
                session.is_none_or(|session| {
                    session.platform.as_deref() != Some("evaluations") && session.status != "setup"
                }) && self.session_passes(*session)
                    && self.conversation_passes(message.chat)
            })
            .collect()
    }

    /// Those of people and chatbots that a session has in the window.
    pub fn turns_of(&self, session: &Session) -> usize {
        let messages = self.messages_of(session.chat);
        messages
            .filter(|message| is_turn(message) && self.in_window(message.created_at))
            .count()
    }

    /// Participants, active or not.
    pub fn participants(&self) -> Vec<&'w Participant> {
        let filters = self.filters;
        let of = |person: i64| self.any_sessions().filter(move |s| s.participant == person);
        let talks_to = |person: &Participant| match &filters.experiments {
            None => true,
            Some(list) => of(person.id).any(|s| list.contains(&s.experiment)),
        };
        let is_tagged = |person: &Participant| {
            filters.tags.is_none() || of(person.id).any(|s| self.conversation_passes(s.chat))
        };
        let people = self.world.participants.iter();
        people
            .filter(|person| {
                person.team == self.tenant
                    && person.platform != "evaluations"
                    && talks_to(person)
                    && passes(&filters.platforms, Some(&person.platform))
                    && passes(&filters.participants, Some(&person.id))
                    && is_tagged(person)
            })
            .collect()
    }

    /// The platforms of the team's channels.
    pub fn platforms(&self) -> BTreeSet<&'w str> {
        let channels = self.world.channels.iter();
        channels
            .filter(|channel| channel.team == self.tenant && !channel.deleted)
            .map(|channel| channel.platform.as_str())
            .collect()
    }
}

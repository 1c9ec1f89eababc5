//! What happened in the window: numbers over conversations, and over their messages.

use chrono::{DateTime, Utc};

use super::super::{Chat, Message, Session, TaggableIds};
use super::conversations::Conversation;
use super::request::Filters;
use super::sets::{is_ai, is_counted, is_counted_chat, is_human, is_turn};
use crate::aggregate::{Groups, Histogram, Number, Rows, Series, Values};
use crate::expression::minutes_between;

/// The numbers of a window. They mean the same over the whole of it, for each stretch of time, for each chatbot.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub sessions: Number<i64>,
    /// The same where they are counted by their messages.
    pub sessions_of_messages: Number<i64>,
    pub completed_sessions: Number<i64>,
    /// Participants who wrote.
    pub authors: Number<i64>,
    /// Participants of the sessions, whether they wrote or not.
    pub participants: Number<i64>,
    pub messages: Number<i64>,
    pub human_messages: Number<i64>,
    pub ai_messages: Number<i64>,
    pub duration: Number<f64>,
    /// Sessions in which a participant wrote.
    pub sessions_written_in: Number<i64>,
    pub last_activity: Number<Option<DateTime<Utc>>>,
    /// The chatbots of the sessions.
    pub bots: Values<i64>,
    /// The chatbots that the messages were written to.
    pub bots_of_messages: Values<i64>,
    pub by_author: Values<i64>,
    pub session_ids: Values<i64>,
    /// By the times of the messages: for the participants who wrote, for sessions, and for messages.
    pub series: Series,
    pub durations: Histogram,
    pub platforms: Groups,
}

impl Activity {
    /// Conversations with messages in the window: each is read once, with what is counted of its messages.
    pub fn of<E: Conversation>(filters: &Filters, ids: &TaggableIds, bins: u16) -> Self {
        let turns = E::messages()
            .filter(Message::CREATED_AT.within(filters.window.range()))
            .filter(is_turn());
        let human = turns.clone().filter(is_human()).named("human_messages");
        let ai = turns.clone().filter(is_ai()).named("ai_messages");
        let turn_count = turns.count();
        let human_count = human.count();
        let active = Rows::of(E::ROW)
            .named("active_conversations")
            .filter(is_counted(filters, ids))
            .with_any(&turns);
        // Messages of a chat without a session count, but it is no session.
        let sessions = match E::IS_SESSION {
            true => active.clone(),
            false => active.only(E::of_session(Session::ID).is_not_null()),
        };
        let written_in = active.only(human_count.gt(0));
        let minutes = minutes_between(E::of_session(Session::CREATED_AT), E::ended_at());
        Self {
            sessions: sessions.count().named("sessions"),
            sessions_of_messages: sessions.count().named("sessions"),
            completed_sessions: active
                .only(E::ended_at().is_not_null())
                .count()
                .named("completed_sessions"),
            authors: written_in
                .count_distinct(E::participant())
                .named("active_participants"),
            participants: active
                .count_distinct(E::participant())
                .named("participants"),
            messages: active.sum(&turn_count).named("messages"),
            human_messages: active.sum(&human_count).named("human_messages"),
            ai_messages: active.sum(ai.count()).named("ai_messages"),
            duration: active.avg(&minutes).named("avg_session_duration").or(0.0),
            sessions_written_in: written_in.count().named("sessions_written_in"),
            last_activity: active
                .max(human.max(Message::CREATED_AT))
                .named("last_activity"),
            bots: active.values(E::experiment()),
            bots_of_messages: active.values(E::experiment()),
            by_author: written_in.values(E::participant()),
            session_ids: active.values(E::of_session(Session::ID)),
            series: Series::of_related(&active, &turns, Message::CREATED_AT),
            durations: Histogram::of(&active, &minutes, bins),
            platforms: Groups::of(&active).by(E::platform()),
        }
    }
}

impl Activity {
    /// The same, as the application asks for it: sessions by a look at their messages, and messages by a look at their sessions.
    pub fn by_messages(filters: &Filters, ids: &TaggableIds, bins: u16) -> Self {
        let in_window = || Message::CREATED_AT.within(filters.window.range());
        let turns = Session::messages().filter(in_window().and(is_turn()));
        let sessions = Rows::of(Session)
            .filter(is_counted(filters, ids))
            .filter(turns.exists());
        let counted = Message::chat()
            .filter(is_counted_chat(filters, ids))
            .exists();
        let messages = Rows::of(Message)
            .filter(in_window())
            .filter(is_turn())
            .filter(counted);
        let human = messages.only(is_human());
        let session = || Message::chat().then(Chat::session());
        let minutes = minutes_between(Session::CREATED_AT, Session::ENDED_AT);
        let series = Series::of(&messages, Message::CREATED_AT);
        Self {
            sessions: sessions.count().named("sessions"),
            completed_sessions: sessions
                .only(Session::ENDED_AT.is_not_null())
                .count()
                .named("completed_sessions"),
            authors: human
                .count_distinct(session().value(Session::PARTICIPANT_ID))
                .named("active_participants"),
            participants: sessions
                .count_distinct(Session::PARTICIPANT_ID)
                .named("participants"),
            messages: messages.count().named("messages"),
            human_messages: human.count().named("human_messages"),
            ai_messages: messages.only(is_ai()).count().named("ai_messages"),
            duration: sessions.avg(&minutes).named("avg_session_duration").or(0.0),
            sessions_written_in: human
                .count_distinct(session().value(Session::ID))
                .named("sessions_written_in"),
            sessions_of_messages: messages
                .count_distinct(session().value(Session::ID))
                .named("sessions"),
            last_activity: human.max(Message::CREATED_AT).named("last_activity"),
            bots: sessions.values(Session::EXPERIMENT_ID),
            bots_of_messages: messages.values(session().value(Session::EXPERIMENT_ID)),
            by_author: human.values(session().value(Session::PARTICIPANT_ID)),
            session_ids: sessions.values(Session::ID),
            series,
            durations: Histogram::of(&sessions, &minutes, bins),
            platforms: Groups::of(&sessions).by(Session::PLATFORM),
        }
    }
}

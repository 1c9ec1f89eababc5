//! Numbers of each team, day and chatbot, kept in materialized views.

use chrono::NaiveDate;

use super::{EVALUATIONS, Message, Session};
use crate::aggregate::Rows;
use crate::annotation::Annotation;
use crate::ddl::materialized_view::{
    DistinctCount, MaterializedView, Measure, count, count_distinct, local_day, sum,
};
use crate::expression::Expression;
use crate::schema::ToOne;
use crate::time_zone::TimeZone;

const SETUP: &str = "setup";
const HUMAN: &str = "human";
const AI: &str = "ai";

/// What became of the sessions that began on a day; made by [`session_metrics`].
#[derive(Clone, Debug)]
pub struct SessionMetrics {
    /// The view: by [`day`](Self::day) and [`Session::EXPERIMENT_ID`].
    pub view: MaterializedView<Session>,
    /// The day on which sessions began.
    pub day: Expression<Session, NaiveDate>,
    /// How many sessions began.
    pub sessions: Measure<i64>,
    /// How many of them have ended since.
    pub completed: Measure<i64>,
    /// How many messages people and chatbots have written in them since, on whatever day.
    pub messages: Measure<i64>,
    /// How many people they are of; the same person may be one of several days and chatbots.
    pub participants: DistinctCount,
}

/// The view `pagewise_session_metrics`: sessions, completed sessions, their messages and participants, for each team, day on
/// which sessions began, and chatbot.
///
/// What the design document's `dashboard_team_metrics` means to be, with these differences: the day is that of the zone, and
/// not of the session of whoever refreshes the view; sessions in setup and those of evaluations do not count, nor do messages of
/// the system; participants do not add up. Sessions of chatbots that were archived go on counting. A session that points
/// at a version of a chatbot counts for the version.
///
/// These are numbers of the sessions that began on a day. What was written on a day is [`message_metrics`].
///
/// ```
/// use pagewise::chat::{self, Session};
/// use pagewise::TimeZone;
///
/// let metrics = chat::session_metrics(&TimeZone::UTC);
/// let by_chatbot = metrics
///     .view
///     .rollup()
///     .tenant(7)
///     .by(Session::EXPERIMENT_ID)
///     .measures((&metrics.sessions, &metrics.messages))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn session_metrics(zone: &TimeZone) -> SessionMetrics {
    let rows = Rows::of(Session)
        .filter(Session::PLATFORM.is_distinct_from(EVALUATIONS))
        .filter(Session::STATUS.ne(SETUP));
    let day = local_day(Session::CREATED_AT, zone);
    let turns = Session::messages().filter(Message::MESSAGE_TYPE.any_of([HUMAN, AI]));
    let sessions = count(&rows).named("sessions");
    let completed = count(&rows.only(Session::ENDED_AT.is_not_null())).named("completed");
    let messages = sum(&rows, turns.count()).named("messages");
    let participants = count_distinct(&rows, Session::PARTICIPANT_ID).named("participants");
    SessionMetrics {
        view: MaterializedView::of("pagewise_session_metrics", &rows)
            .by(&day)
            .by(Session::EXPERIMENT_ID)
            .measures((&sessions, &completed, &messages, &participants)),
        day,
        sessions,
        completed,
        messages,
        participants,
    }
}

/// What was written on a day; made by [`message_metrics`].
#[derive(Clone, Debug)]
pub struct MessageMetrics {
    /// The view: by [`day`](Self::day) and [`chatbot`](Self::chatbot).
    pub view: MaterializedView<Message>,
    /// The day on which messages were written.
    pub day: Expression<Message, NaiveDate>,
    /// The chatbot of their sessions; `None` of chats without a session.
    pub chatbot: Annotation<Message, Option<i64>>,
    /// How many messages people and chatbots wrote.
    pub messages: Measure<i64>,
    /// How many of them people wrote.
    pub human_messages: Measure<i64>,
    /// How many of them chatbots wrote.
    pub ai_messages: Measure<i64>,
    /// In how many sessions; the same session may be one of several days.
    pub active_sessions: DistinctCount,
    /// How many people wrote; the same person may be one of several days and chatbots.
    pub active_participants: DistinctCount,
}

/// The view `pagewise_message_metrics`: what people and chatbots wrote, for each team, day on which it was written, and
/// chatbot.
///
/// Sessions in setup and those of evaluations do not count; messages of chats without a session do, as in the dashboard. The
/// day is that of the zone.
///
/// ```
/// use pagewise::chat;
/// use pagewise::ddl::materialized_view::month_of;
/// use pagewise::TimeZone;
///
/// let metrics = chat::message_metrics(&TimeZone::UTC);
/// let monthly = metrics
///     .view
///     .rollup()
///     .tenant(7)
///     .by(month_of(&metrics.day))
///     .measures((&metrics.human_messages, &metrics.ai_messages))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn message_metrics(zone: &TimeZone) -> MessageMetrics {
    // One look at the session, and none at the chat: both know it.
    let session: ToOne<Message, Session> =
        ToOne::unique("session", Message::CHAT_ID, Session::CHAT_ID);
    let rows = Rows::of(Message)
        .filter(Message::MESSAGE_TYPE.any_of([HUMAN, AI]))
        .filter(
            session
                .value(Session::PLATFORM)
                .is_distinct_from(EVALUATIONS),
        )
        .filter(session.value(Session::STATUS).is_distinct_from(SETUP));
    let day = local_day(Message::CREATED_AT, zone);
    let chatbot = session.value(Session::EXPERIMENT_ID).named("experiment_id");
    let of_people = rows.only(Message::MESSAGE_TYPE.eq(HUMAN));
    let messages = count(&rows).named("messages");
    let human_messages = count(&of_people).named("human_messages");
    let ai_messages = count(&rows.only(Message::MESSAGE_TYPE.eq(AI))).named("ai_messages");
    let active_sessions =
        count_distinct(&rows, session.value(Session::ID)).named("active_sessions");
    let active_participants = count_distinct(&of_people, session.value(Session::PARTICIPANT_ID))
        .named("active_participants");
    MessageMetrics {
        view: MaterializedView::of("pagewise_message_metrics", &rows)
            .by(&day)
            .by(&chatbot)
            .measures((&messages, &human_messages, &ai_messages))
            .measures((&active_sessions, &active_participants)),
        day,
        chatbot,
        messages,
        human_messages,
        ai_messages,
        active_sessions,
        active_participants,
    }
}

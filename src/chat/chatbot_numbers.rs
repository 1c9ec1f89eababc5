//! What the list of chatbots says of each: how much it is used, and when it last was.

use chrono::{DateTime, Utc};

use super::{EVALUATIONS, Experiment, Session, Trace};
use crate::annotation::Annotation;
use crate::listing::{Selection, Shows};

/// How much a chatbot is used, evaluations apart.
///
/// Shown one by one, or all at once: `.show(&numbers)`.
#[derive(Clone, Debug)]
pub struct ChatbotNumbers {
    /// How many people had a session with it; 0 without sessions.
    pub participants: Annotation<Experiment, i64>,
    /// How many sessions it had, those in setup too; 0 without sessions.
    pub sessions: Annotation<Experiment, i64>,
    /// How often it ran, whatever came of it; 0 if it never did.
    pub interactions: Annotation<Experiment, i64>,
    /// When a participant was last active in one of its sessions; `None` if none was.
    pub last_activity: Annotation<Experiment, Option<DateTime<Utc>>>,
}

impl Selection<Experiment> for &ChatbotNumbers {
    fn add_to(self, shows: &mut Shows<'_, Experiment>) {
        shows.add((&self.participants, &self.sessions));
        shows.add((&self.interactions, &self.last_activity));
    }
}

/// Participants, sessions, interactions and last activity of a chatbot, as the origin counts them today.
///
/// Outputs `participant_count`, `session_count`, `interaction_count`, `last_activity`. Sessions are those whose platform is
/// not that of evaluations, or is NULL; those, their participants and their `last_activity_at` are found in one sub-select.
/// Interactions are traces: all but those whose session is one of evaluations, so also those without a session, and those
/// that are pending or failed.
///
/// What belongs to a version of the chatbot counts for the version. What the list showed before is
/// [`chatbot_trace_numbers`].
///
/// # Example
///
/// ```
/// use pagewise::chat::{self, Experiment};
/// use pagewise::{Listing, Page};
///
/// let numbers = chat::chatbot_numbers();
/// let page = chat::chatbots()
///     .tenant(7)
///     .order_by(Experiment::NAME.asc())
///     .show(&numbers)
///     .page(Page::first(25))
///     .build()?;
/// assert_eq!(page.text().matches("LATERAL").count(), 1);      // what is told of sessions is found together
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbot_numbers() -> ChatbotNumbers {
    let sessions = Experiment::sessions().filter(Session::PLATFORM.is_distinct_from(EVALUATIONS));
    let evaluation = Trace::session().filter(Session::PLATFORM.eq(EVALUATIONS));
    ChatbotNumbers {
        participants: sessions
            .count_distinct(Session::PARTICIPANT_ID)
            .named("participant_count"),
        sessions: sessions.count().named("session_count"),
        interactions: Experiment::traces()
            .count_except(evaluation.exists())
            .named("interaction_count"),
        last_activity: sessions
            .max(Session::LAST_ACTIVITY_AT)
            .named("last_activity"),
    }
}

/// How much a chatbot is used, evaluations included, told by its traces.
///
/// Shown one by one, or all at once: `.show(&numbers)`.
#[derive(Clone, Debug)]
pub struct ChatbotTraceNumbers {
    /// How many people had a session with it, in evaluations too; 0 without sessions.
    pub all_participants: Annotation<Experiment, i64>,
    /// How many sessions it had, those of evaluations too; 0 without sessions.
    pub all_sessions: Annotation<Experiment, i64>,
    /// How many traces it has, of whatever status; 0 without traces.
    pub traces: Annotation<Experiment, i64>,
    /// When its last trace began, of whatever status; `None` without traces.
    pub last_trace: Annotation<Experiment, Option<DateTime<Utc>>>,
}

impl Selection<Experiment> for &ChatbotTraceNumbers {
    fn add_to(self, shows: &mut Shows<'_, Experiment>) {
        shows.add((&self.all_participants, &self.all_sessions));
        shows.add((&self.traces, &self.last_trace));
    }
}

/// Participants, sessions, traces and last trace of a chatbot, with evaluations: what the list showed in 2025, before
/// sessions knew when they were last active. Today it shows [`chatbot_numbers`].
///
/// Outputs `all_participant_count`, `all_session_count`, `trace_count`, `last_trace_at`. A trace that points at a version
/// of the chatbot, as those before October 2025 may, counts for the version.
///
/// # Example
///
/// ```
/// use pagewise::chat;
/// use pagewise::Page;
///
/// let numbers = chat::chatbot_trace_numbers();
/// let page = chat::chatbots()
///     .tenant(7)
///     .order_by(numbers.last_trace.desc())
///     .show(&numbers)
///     .page(Page::first(25))
///     .build()?;
/// # Ok::<(), pagewise::Error>(())
/// ```
#[must_use]
pub fn chatbot_trace_numbers() -> ChatbotTraceNumbers {
    let (sessions, traces) = (Experiment::sessions(), Experiment::traces());
    ChatbotTraceNumbers {
        all_participants: sessions
            .count_distinct(Session::PARTICIPANT_ID)
            .named("all_participant_count"),
        all_sessions: sessions.count().named("all_session_count"),
        traces: traces.count().named("trace_count"),
        last_trace: traces.max(Trace::TIMESTAMP).named("last_trace_at"),
    }
}

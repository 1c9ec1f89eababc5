//! The answer of a dashboard.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::aggregate::Bin;

/// What a dashboard shows: the panels that are visible.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct DashboardData {
    /// [`Panel::Overview`](super::Panel::Overview)
    pub overview: Option<Overview>,
    /// [`Panel::ActiveParticipants`](super::Panel::ActiveParticipants): how many participants wrote.
    pub active_participants: Option<Vec<Point<i64>>>,
    /// [`Panel::SessionAnalytics`](super::Panel::SessionAnalytics)
    pub session_analytics: Option<Vec<Point<SessionAnalytics>>>,
    /// [`Panel::MessageVolume`](super::Panel::MessageVolume)
    pub message_volume: Option<Vec<Point<MessageVolume>>>,
    /// [`Panel::BotPerformance`](super::Panel::BotPerformance)
    pub bot_performance: Option<BotPerformance>,
    /// [`Panel::UserEngagement`](super::Panel::UserEngagement)
    pub user_engagement: Option<UserEngagement>,
    /// [`Panel::ChannelBreakdown`](super::Panel::ChannelBreakdown)
    pub channel_breakdown: Option<ChannelBreakdown>,
    /// [`Panel::TagAnalytics`](super::Panel::TagAnalytics)
    pub tag_analytics: Option<TagAnalytics>,
    /// [`Panel::ResponseTime`](super::Panel::ResponseTime): seconds, rounded to hundredths. Of all runs of the sessions
    /// that are active in the window, whenever they were; stretches without runs are left out.
    pub response_time: Option<Vec<Point<f64>>>,
    /// [`Panel::Trends`](super::Panel::Trends): one for each chatbot.
    pub trends: Option<Vec<Trend>>,
}

/// A point of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Point<T> {
    /// When the stretch of time begins that it stands for.
    pub start: DateTime<Utc>,
    /// What the clock of the zone shows then.
    pub local_start: NaiveDateTime,
    /// What is shown.
    pub value: T,
}

/// The numbers at the top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Overview {
    /// The chatbots that there are.
    pub total_experiments: i64,
    /// The participants that there are, whether they wrote in the window or not.
    pub total_participants: i64,
    /// The sessions that are active in the window.
    pub total_sessions: i64,
    /// The messages of participants and chatbots in the window, those of chats without a session too.
    pub total_messages: i64,
    /// The chatbots of `total_experiments` that have one of the active sessions.
    pub active_experiments: i64,
    /// The participants who wrote in the window.
    pub active_participants: i64,
    /// The active sessions that have ended, whenever that was.
    pub completed_sessions: i64,
    /// `completed_sessions` of 100 `total_sessions`; 0 if there are none.
    pub completion_rate: f64,
    /// `total_messages` for each of `total_sessions`; 0 if there are none.
    pub avg_messages_per_session: f64,
    /// `total_sessions` for each of `active_participants`; 0 if there are none.
    pub avg_sessions_per_participant: f64,
}

/// A stretch of time in the chart of sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionAnalytics {
    /// The sessions with a message of a participant or a chatbot in it.
    pub sessions: i64,
    /// The participants who wrote in it.
    pub participants: i64,
}

/// A stretch of time in the chart of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MessageVolume {
    /// Messages of participants.
    pub human: i64,
    /// Messages of chatbots.
    pub ai: i64,
    /// Both.
    pub total: i64,
}

/// A page of the table of chatbots.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BotPerformance {
    /// The chatbots of the page.
    pub bots: Vec<Bot>,
    /// How many chatbots there are altogether.
    pub total: u64,
}

/// A chatbot with its numbers, over its sessions that are active in the window.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bot {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The participants of the sessions, whether they wrote or not.
    pub participants: i64,
    /// The sessions.
    pub sessions: i64,
    /// The messages of participants and of the chatbot in the window.
    pub messages: i64,
    /// The sessions that have ended.
    pub completed_sessions: i64,
    /// The part of the sessions that has ended, from 0 to 1; 0 without sessions.
    pub completion_rate: f64,
    /// The mean duration of sessions that have ended, in minutes; 0 if none has.
    pub avg_session_duration: f64,
    /// Messages for each session; 0 without sessions.
    pub avg_messages_per_session: f64,
}

/// Who is active, and for how long.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UserEngagement {
    /// The participants with the most messages.
    pub most_active: Vec<ActiveParticipant>,
    /// How long the active sessions took that have ended, in minutes.
    pub session_durations: Vec<Bin>,
}

/// A participant with the messages that they wrote in the window.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ActiveParticipant {
    /// Their number.
    pub id: i64,
    /// Their name; `''` if unknown.
    pub name: String,
    /// Their identifier.
    pub identifier: String,
    /// How many messages they wrote.
    pub messages: i64,
    /// In how many sessions.
    pub sessions: i64,
    /// When they wrote the last.
    pub last_activity: DateTime<Utc>,
}

/// Active sessions by platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChannelBreakdown {
    /// The platforms of which the team has a channel that is not deleted, in their order, each with its sessions.
    pub platforms: Vec<(String, i64)>,
    /// The sessions of these platforms.
    pub total: i64,
}

/// Tags on the messages of the window, those of the system included, without tags that name a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TagAnalytics {
    /// Categories (`''` for tags of users) and names in their order.
    pub tags: Vec<TagCount>,
    /// How many links there are.
    pub total: i64,
}

/// How often a tag hangs on messages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TagCount {
    /// Its category.
    pub category: String,
    /// Its name.
    pub name: String,
    /// How often.
    pub count: i64,
}

/// The runs of a chatbot and its versions in the last 24 hours, by hours in UTC: 25 of them, of which the first is cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Trend {
    /// The chatbot's number.
    pub id: i64,
    /// When the first hour begins.
    pub start: DateTime<Utc>,
    /// How many runs succeeded in each hour.
    pub success: Vec<i64>,
    /// How many failed in each hour.
    pub error: Vec<i64>,
}

//! What a panel is called where its result is kept, and which tables it is made of.
//!
//! Which columns of them matter is said in [`cache_sources`](crate::chat::cache_sources). Both have all that the statements read,
//! with any filters; a test reads them.

use super::panel::Panel;

const CHANNELS: &str = "channels_experimentchannel";
const CHATS: &str = "chat_chat";
const EXPERIMENTS: &str = "experiments_experiment";
const MESSAGES: &str = "chat_chatmessage";
const PARTICIPANTS: &str = "experiments_participant";
const SESSIONS: &str = "experiments_experimentsession";
const TAGS: &str = "annotations_tag";
const TAGGED_ITEMS: &str = "annotations_customtaggeditem";
const TRACES: &str = "trace_trace";

impl Panel {
    /// The name of the results' kind: that of the application's cache.
    ///
    /// ```
    /// use pagewise::chat::dashboard::Panel;
    ///
    /// assert_eq!(Panel::Overview.kind(), "overview_stats");
    /// assert_eq!(Panel::ResponseTime.kind(), "average_response_time");
    /// ```
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Overview => "overview_stats",
            Self::ActiveParticipants => "active_participants",
            Self::SessionAnalytics => "session_analytics",
            Self::MessageVolume => "message_volume",
            Self::BotPerformance => "bot_performance",
            Self::UserEngagement => "user_engagement",
            Self::ChannelBreakdown => "channel_breakdown",
            Self::TagAnalytics => "tag_analytics",
            Self::ResponseTime => "average_response_time",
            Self::Trends => "trends",
        }
    }

    /// The tables whose changes may change the panel, with whatever filters: its numbers, which rows count, and the names that
    /// are shown.
    ///
    /// ```
    /// use pagewise::chat::dashboard::Panel;
    ///
    /// let tables = Panel::TagAnalytics.sources();
    /// assert!(tables.contains(&"annotations_tag") && tables.contains(&"chat_chatmessage"));
    /// assert!(!tables.contains(&"trace_trace"));
    /// ```
    #[must_use]
    pub const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Overview => &[
                CHANNELS,
                CHATS,
                EXPERIMENTS,
                MESSAGES,
                PARTICIPANTS,
                SESSIONS,
                TAGS,
                TAGGED_ITEMS,
            ],
            Self::ActiveParticipants
            | Self::SessionAnalytics
            | Self::MessageVolume
            | Self::TagAnalytics => &[CHATS, MESSAGES, SESSIONS, TAGS, TAGGED_ITEMS],
            Self::BotPerformance => &[
                CHANNELS,
                CHATS,
                EXPERIMENTS,
                MESSAGES,
                SESSIONS,
                TAGS,
                TAGGED_ITEMS,
            ],
            Self::UserEngagement => &[CHATS, MESSAGES, PARTICIPANTS, SESSIONS, TAGS, TAGGED_ITEMS],
            Self::ChannelBreakdown => &[CHANNELS, CHATS, MESSAGES, SESSIONS, TAGS, TAGGED_ITEMS],
            Self::ResponseTime => &[CHATS, MESSAGES, SESSIONS, TAGS, TAGGED_ITEMS, TRACES],
            Self::Trends => &[
                CHANNELS,
                EXPERIMENTS,
                MESSAGES,
                SESSIONS,
                TAGS,
                TAGGED_ITEMS,
                TRACES,
            ],
        }
    }
}

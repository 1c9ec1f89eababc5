//! The parts of a dashboard that people see.

/// A panel of a dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Panel {
    /// Seven numbers and three ratios: `Overview`.
    Overview,
    /// How many participants wrote in each stretch of time.
    ActiveParticipants,
    /// How many sessions were active in each stretch of time, and how many participants wrote.
    SessionAnalytics,
    /// How many messages were written in each stretch of time.
    MessageVolume,
    /// The chatbots, each with its numbers: `BotPerformance`.
    BotPerformance,
    /// The most active participants, and how long sessions took: `UserEngagement`.
    UserEngagement,
    /// How many sessions there were on each platform: `ChannelBreakdown`.
    ChannelBreakdown,
    /// How often each tag hangs on messages: `TagAnalytics`.
    TagAnalytics,
    /// How long answers took in each stretch of time.
    ResponseTime,
    /// The chatbots' runs of the last 24 hours: `Trend`.
    Trends,
}

impl Panel {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Overview,
        Self::ActiveParticipants,
        Self::SessionAnalytics,
        Self::MessageVolume,
        Self::BotPerformance,
        Self::UserEngagement,
        Self::ChannelBreakdown,
        Self::TagAnalytics,
        Self::ResponseTime,
        Self::Trends,
    ];
}

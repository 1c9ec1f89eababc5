//! The kinds of results that panels are.
//!
//! Another type or meaning of a panel's values is another version here: what was kept before is then not read any more.

use super::super::data::{
    BotPerformance, ChannelBreakdown, MessageVolume, Overview, Point, SessionAnalytics,
    TagAnalytics, Trend, UserEngagement,
};
use super::super::panel::Panel;
use crate::cache::{CacheKind, Tier};

const fn kind<T>(panel: Panel, tier: Tier) -> CacheKind<T> {
    CacheKind::new(panel.kind(), tier, panel.sources())
}

/// [`Panel::Overview`]
pub const OVERVIEW: CacheKind<Overview> = kind(Panel::Overview, Tier::OVERVIEW);
/// [`Panel::ActiveParticipants`]
pub const ACTIVE_PARTICIPANTS: CacheKind<Vec<Point<i64>>> =
    kind(Panel::ActiveParticipants, Tier::HISTORICAL);
/// [`Panel::SessionAnalytics`]
pub const SESSION_ANALYTICS: CacheKind<Vec<Point<SessionAnalytics>>> =
    kind(Panel::SessionAnalytics, Tier::HISTORICAL);
/// [`Panel::MessageVolume`]
pub const MESSAGE_VOLUME: CacheKind<Vec<Point<MessageVolume>>> =
    kind(Panel::MessageVolume, Tier::HISTORICAL);
/// [`Panel::BotPerformance`]
pub const BOT_PERFORMANCE: CacheKind<BotPerformance> =
    kind(Panel::BotPerformance, Tier::HISTORICAL);
/// [`Panel::UserEngagement`]
pub const USER_ENGAGEMENT: CacheKind<UserEngagement> =
    kind(Panel::UserEngagement, Tier::ENGAGEMENT);
/// [`Panel::ChannelBreakdown`]
pub const CHANNEL_BREAKDOWN: CacheKind<ChannelBreakdown> =
    kind(Panel::ChannelBreakdown, Tier::HISTORICAL);
/// [`Panel::TagAnalytics`]
pub const TAG_ANALYTICS: CacheKind<TagAnalytics> = kind(Panel::TagAnalytics, Tier::HISTORICAL);
/// [`Panel::ResponseTime`]
pub const RESPONSE_TIME: CacheKind<Vec<Point<f64>>> = kind(Panel::ResponseTime, Tier::HISTORICAL);
/// [`Panel::Trends`]
pub const TRENDS: CacheKind<Vec<Trend>> = kind(Panel::Trends, Tier::TREND);

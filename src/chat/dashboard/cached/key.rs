//! What a panel depends on.

use super::super::panel::Panel;
use super::super::request::{BotPage, Dashboard, Filters};
use super::dashboard::CachedDashboard;
use crate::cache::{CacheKey, CacheKind, KeyValue, TimeRange};
use crate::order::Direction;
use crate::strategy::Strategy;

/// The key of a panel: the settings that change what it shows.
pub(super) fn key<T>(
    dashboard: &CachedDashboard,
    panel: Panel,
    strategy: Strategy,
    kind: CacheKind<T>,
) -> CacheKey<T> {
    // Without `..`: a new setting has to be put into the keys.
    let Dashboard {
        tenant: _,
        choice: _,
        // A fact of the database, and no setting.
        ids: _,
        filters:
            Filters {
                window: _,
                experiments,
                platforms,
                participants,
                tags,
                include_archived,
            },
        zone,
        bucket,
        is_sparse,
        panels: _,
        bots:
            BotPage {
                order,
                direction,
                limit,
                offset,
            },
        participants: most_active,
        bins,
        trends_until,
    } = &dashboard.request;

    let mut key = kind.key(dashboard.team);
    if strategy == Strategy::Legacy {
        // Who goes back to it does not want what the other way has computed.
        key = key.parameter("strategy", "legacy");
    }
    key = filter(key, "experiments", experiments.as_deref());
    key = filter(key, "platforms", platforms.as_deref());
    key = filter(key, "participants", participants.as_deref());
    key = filter(key, "tags", tags.as_deref());
    // It changes only which chatbots are listed.
    if matches!(
        panel,
        Panel::Overview | Panel::BotPerformance | Panel::Trends
    ) {
        key = key.parameter("include_archived", *include_archived);
    }
    match panel {
        Panel::Trends => {
            let end = match dashboard.range {
                TimeRange::Between(window) => Some(window.end()),
                TimeRange::Last(_) => None,
            };
            return key.parameter("until", trends_until.or(end));
        }
        Panel::ActiveParticipants | Panel::SessionAnalytics | Panel::MessageVolume => {
            key = key.every(*bucket, zone).parameter("sparse", *is_sparse);
        }
        Panel::ResponseTime => key = key.every(*bucket, zone),
        Panel::BotPerformance => {
            key = key
                .parameter("order", order.name())
                .parameter("descending", *direction == Direction::Descending)
                .parameter("limit", *limit)
                .parameter("offset", offset.to_string());
        }
        Panel::UserEngagement => {
            key = key
                .parameter("most_active", *most_active)
                .parameter("bins", u32::from(*bins));
        }
        Panel::Overview | Panel::ChannelBreakdown | Panel::TagAnalytics => {}
    }
    key.range(dashboard.range)
}

fn filter<T, V: Clone + Into<KeyValue>>(
    key: CacheKey<T>,
    name: &str,
    values: Option<&[V]>,
) -> CacheKey<T> {
    match values {
        Some(values) => key.filter(name, values.iter().cloned()),
        None => key,
    }
}

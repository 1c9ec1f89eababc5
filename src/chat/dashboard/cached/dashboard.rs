//! What a dashboard is asked for, as it was asked: [`CachedDashboard`].

use chrono::{DateTime, Utc};

use super::super::super::TaggableIds;
use super::super::data::{
    BotPerformance, ChannelBreakdown, MessageVolume, Overview, Point, SessionAnalytics,
    TagAnalytics, Trend, UserEngagement,
};
use super::super::panel::Panel;
use super::super::request::Dashboard;
use super::kind;
use super::panel::CachedPanel;
use crate::aggregate::Window;
use crate::cache::TimeRange;
use crate::error::Error;

/// A team's dashboard whose panels are kept, each as a result of its own.
///
/// It holds the request as it was asked, "the last 30 days" for example, and gives both from one definition: the keys of its
/// panels, and, when one is computed, the [`Dashboard`] of that moment. A panel's key has those settings that change what it
/// shows, and no others: all dashboards of a team over the last 30 days have one overview, whatever charts they show.
///
/// # Example
///
/// ```
/// use chrono::TimeDelta;
/// use pagewise::aggregate::Bucket;
/// use pagewise::cache::{Definition, TimeRange};
/// use pagewise::chat::dashboard::cached::CachedDashboard;
/// use pagewise::{ContentTypeId, chat};
///
/// // In a service: `ContentTypes::resolve(client, &chat::TAGGABLE)?`.
/// let ids = chat::TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let month = TimeRange::Last(TimeDelta::days(30));
/// let zone = "Africa/Johannesburg".parse()?;
/// let daily = CachedDashboard::new(7, month, &ids).with(|dashboard| dashboard.in_zone(&zone));
/// let weekly = daily.clone().with(|dashboard| dashboard.every(Bucket::Week));
/// assert_eq!(daily.overview().key(), weekly.overview().key());
/// assert_ne!(daily.message_volume().key(), weekly.message_volume().key());
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     daily: CachedDashboard,
/// # ) -> Result<(), pagewise::Error> {
/// # let cache = pagewise::cache::ResultCache::new();
/// let overview = cache.get(client, &daily.overview())?;
/// println!("{} sessions, as of {}", overview.value.total_sessions, overview.computed_at);
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CachedDashboard {
    pub(super) team: i64,
    pub(super) range: TimeRange,
    pub(super) request: Dashboard,
}

impl CachedDashboard {
    /// Everything that there is to show of a stretch of time.
    #[must_use]
    pub fn new(team: i64, range: impl Into<TimeRange>, ids: &TaggableIds) -> Self {
        let range = range.into();
        let window = match range {
            TimeRange::Between(window) => window,
            // Another one takes its place whenever it is computed.
            TimeRange::Last(_) => Window::up_to(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH),
        };
        Self {
            team,
            range,
            request: Dashboard::new(window, ids),
        }
    }

    /// With settings of [`Dashboard`]: filters, zone, stretches of time, order.
    ///
    /// Its team, its window and its visible panels are not taken from there.
    #[must_use]
    pub fn with(self, settings: impl FnOnce(Dashboard) -> Dashboard) -> Self {
        Self {
            request: settings(self.request),
            ..self
        }
    }

    /// The dashboard at an instant, with one visible panel.
    ///
    /// # Errors
    ///
    /// [`Error::WindowEndsBeforeStart`] if there can be no such stretch of time.
    pub fn at(&self, panel: Panel, now: DateTime<Utc>) -> Result<Dashboard, Error> {
        let mut request = self.request.clone().tenant(self.team).visible([panel]);
        request.filters.window = self.range.at(now)?;
        Ok(request)
    }

    /// [`Panel::Overview`], to be read from the cache.
    #[must_use]
    pub fn overview(&self) -> CachedPanel<Overview> {
        CachedPanel::new(self, Panel::Overview, kind::OVERVIEW, |data| data.overview)
    }

    /// [`Panel::ActiveParticipants`], to be read from the cache.
    #[must_use]
    pub fn active_participants(&self) -> CachedPanel<Vec<Point<i64>>> {
        let kind = kind::ACTIVE_PARTICIPANTS;
        CachedPanel::new(self, Panel::ActiveParticipants, kind, |data| {
            data.active_participants
        })
    }

    /// [`Panel::SessionAnalytics`], to be read from the cache.
    #[must_use]
    pub fn session_analytics(&self) -> CachedPanel<Vec<Point<SessionAnalytics>>> {
        let kind = kind::SESSION_ANALYTICS;
        CachedPanel::new(self, Panel::SessionAnalytics, kind, |data| {
            data.session_analytics
        })
    }

    /// [`Panel::MessageVolume`], to be read from the cache.
    #[must_use]
    pub fn message_volume(&self) -> CachedPanel<Vec<Point<MessageVolume>>> {
        let kind = kind::MESSAGE_VOLUME;
        CachedPanel::new(self, Panel::MessageVolume, kind, |data| data.message_volume)
    }

    /// [`Panel::BotPerformance`], to be read from the cache.
    #[must_use]
    pub fn bot_performance(&self) -> CachedPanel<BotPerformance> {
        let kind = kind::BOT_PERFORMANCE;
        CachedPanel::new(self, Panel::BotPerformance, kind, |data| {
            data.bot_performance
        })
    }

    /// [`Panel::UserEngagement`], to be read from the cache.
    #[must_use]
    pub fn user_engagement(&self) -> CachedPanel<UserEngagement> {
        let kind = kind::USER_ENGAGEMENT;
        CachedPanel::new(self, Panel::UserEngagement, kind, |data| {
            data.user_engagement
        })
    }

    /// [`Panel::ChannelBreakdown`], to be read from the cache.
    #[must_use]
    pub fn channel_breakdown(&self) -> CachedPanel<ChannelBreakdown> {
        let kind = kind::CHANNEL_BREAKDOWN;
        CachedPanel::new(self, Panel::ChannelBreakdown, kind, |data| {
            data.channel_breakdown
        })
    }

    /// [`Panel::TagAnalytics`], to be read from the cache.
    #[must_use]
    pub fn tag_analytics(&self) -> CachedPanel<TagAnalytics> {
        let kind = kind::TAG_ANALYTICS;
        CachedPanel::new(self, Panel::TagAnalytics, kind, |data| data.tag_analytics)
    }

    /// [`Panel::ResponseTime`], to be read from the cache.
    #[must_use]
    pub fn response_time(&self) -> CachedPanel<Vec<Point<f64>>> {
        let kind = kind::RESPONSE_TIME;
        CachedPanel::new(self, Panel::ResponseTime, kind, |data| data.response_time)
    }

    /// [`Panel::Trends`], to be read from the cache.
    #[must_use]
    pub fn trends(&self) -> CachedPanel<Vec<Trend>> {
        CachedPanel::new(self, Panel::Trends, kind::TRENDS, |data| data.trends)
    }
}

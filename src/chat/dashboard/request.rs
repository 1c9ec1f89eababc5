//! What a dashboard is asked for.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::super::TaggableIds;
use super::panel::Panel;
use super::plan::Plan;
use super::statement::DashboardStatement;
use crate::aggregate::{Bucket, Window};
use crate::error::Error;
use crate::order::Direction;
use crate::schema::Tenant;
use crate::strategy::{Choice, Strategy, SwitchHandle};
use crate::time_zone::TimeZone;

/// So many chatbots the table of a dashboard shows at most.
const MAX_PAGE: u32 = 1_000;
/// So many points a chart has at most.
const MAX_BUCKETS: u32 = 10_000;

/// A team's dashboard: its numbers, charts and tables over a window, in one statement.
///
/// * What is counted: see the [module](crate::chat::dashboard).
/// * A filter that is not set filters nothing. One that is set to an empty list matches nothing: "of any of these
///   chatbots", of which there are none.
/// * Panels that are not [`visible`](Self::visible) are not in the SQL. One panel alone is a dashboard with one visible
///   panel.
/// * [`Strategy::Legacy`] asks for each number and each panel by a statement of its own, as the application did.
///
/// # Example
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::aggregate::{Bucket, Window};
/// use pagewise::chat::dashboard::{Dashboard, Panel};
/// use pagewise::{ContentTypeId, chat};
///
/// // In a service: `ContentTypes::resolve(client, &chat::TAGGABLE)?`.
/// let ids = chat::TaggableIds { chat: ContentTypeId::new(7), message: ContentTypeId::new(8) };
/// let dashboard = Dashboard::new(Window::before(Utc::now(), TimeDelta::days(30))?, &ids)
///     .tenant(7)
///     .platforms(Some(vec!["web".to_owned(), "telegram".to_owned()]))
///     .in_zone(&"Africa/Johannesburg".parse()?)
///     .every(Bucket::Day)
///     .visible([Panel::Overview, Panel::MessageVolume])
///     .build()?;
/// println!("{dashboard:#}");
/// # fn example(
/// #     client: &mut postgres::Client,
/// #     dashboard: pagewise::chat::dashboard::DashboardStatement,
/// # ) -> Result<(), pagewise::Error> {
/// let data = dashboard.fetch(client)?;
/// if let Some(overview) = &data.overview {
///     println!("{} sessions, {:.0} % completed", overview.total_sessions, overview.completion_rate);
/// }
/// for point in data.message_volume.unwrap_or_default() {
///     println!("{}: {}", point.local_start.date(), point.value.total);
/// }
/// # Ok(())
/// # }
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub(super) tenant: Option<Tenant>,
    pub(super) choice: Choice,
    pub(super) ids: TaggableIds,
    pub(super) filters: Filters,
    pub(super) zone: TimeZone,
    pub(super) bucket: Bucket,
    pub(super) is_sparse: bool,
    pub(super) panels: Vec<Panel>,
    pub(super) bots: BotPage,
    pub(super) participants: u32,
    pub(super) bins: u16,
    /// `None`: the window's end.
    pub(super) trends_until: Option<DateTime<Utc>>,
}

/// Which rows a dashboard is about.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    pub window: Window,
    pub experiments: Option<Vec<i64>>,
    pub platforms: Option<Vec<String>>,
    pub participants: Option<Vec<i64>>,
    pub tags: Option<Vec<i64>>,
    pub include_archived: bool,
}

impl Filters {
    /// Whether only what belongs to a session is counted.
    pub fn wants_session(&self) -> bool {
        self.experiments.is_some() || self.platforms.is_some() || self.participants.is_some()
    }
}

/// Which chatbots the table shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct BotPage {
    pub order: BotOrder,
    pub direction: Direction,
    pub limit: u32,
    pub offset: u64,
}

/// By what the table of chatbots is sorted.
///
/// Read from a request, it is the name of the value in lower case: `messages`, `avg_session_duration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BotOrder {
    /// The chatbot's name.
    Name,
    /// How many participants.
    Participants,
    /// How many sessions.
    Sessions,
    /// How many messages.
    #[default]
    Messages,
    /// How many sessions have ended.
    CompletedSessions,
    /// The part of the sessions that has ended.
    CompletionRate,
    /// How long a session that has ended took.
    AverageSessionDuration,
    /// How many messages a session has.
    AverageMessagesPerSession,
}

const ORDERS: &[(&str, BotOrder)] = &[
    ("name", BotOrder::Name),
    ("participants", BotOrder::Participants),
    ("sessions", BotOrder::Sessions),
    ("messages", BotOrder::Messages),
    ("completed_sessions", BotOrder::CompletedSessions),
    ("completion_rate", BotOrder::CompletionRate),
    ("avg_session_duration", BotOrder::AverageSessionDuration),
    (
        "avg_messages_per_session",
        BotOrder::AverageMessagesPerSession,
    ),
];

impl BotOrder {
    /// The name by which it is read.
    #[cfg(all(
        feature = "cache",
        any(feature = "postgres", feature = "tokio-postgres")
    ))]
    pub(super) fn name(self) -> &'static str {
        let known = ORDERS.iter().find(|(_, known)| *known == self);
        known.map_or("", |(name, _)| name)
    }
}

impl FromStr for BotOrder {
    type Err = Error;

    /// # Errors
    ///
    /// [`Error::UnknownSortField`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let known = ORDERS.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, order)| *order)
            .ok_or_else(|| Error::UnknownSortField {
                field: name.to_owned(),
                known: ORDERS.iter().map(|(known, _)| *known).collect(),
            })
    }
}

impl Dashboard {
    /// Everything that there is to show of a window, all panels visible.
    #[must_use]
    pub fn new(window: Window, ids: &TaggableIds) -> Self {
        Self {
            tenant: None,
            choice: Choice::default(),
            ids: *ids,
            filters: Filters {
                window,
                experiments: None,
                platforms: None,
                participants: None,
                tags: None,
                include_archived: false,
            },
            zone: TimeZone::UTC,
            bucket: Bucket::Day,
            is_sparse: false,
            panels: Panel::ALL.to_vec(),
            bots: BotPage {
                order: BotOrder::default(),
                direction: Direction::Descending,
                limit: 10,
                offset: 0,
            },
            participants: 10,
            bins: 10,
            trends_until: None,
        }
    }

    /// Whose dashboard it is.
    #[must_use]
    pub fn tenant(mut self, team: impl Into<Tenant>) -> Self {
        self.tenant = Some(team.into());
        self
    }

    /// Which way to the numbers.
    #[must_use]
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.choice.set(strategy);
        self
    }

    /// Which way, as a switch says when the statement is built, if [`strategy`](Self::strategy) does not.
    #[must_use]
    pub fn switch(mut self, switch: impl Into<SwitchHandle>) -> Self {
        self.choice.follow(switch.into());
        self
    }

    /// Only of these chatbots.
    #[must_use]
    pub fn experiments(mut self, ids: Option<Vec<i64>>) -> Self {
        self.filters.experiments = ids;
        self
    }

    /// Only on these platforms. Chatbots are narrowed by their channels, unless one of the platforms is one that every
    /// chatbot has: `api`, `web`, `evaluations`.
    #[must_use]
    pub fn platforms(mut self, platforms: Option<Vec<String>>) -> Self {
        self.filters.platforms = platforms;
        self
    }

    /// Only of these participants.
    #[must_use]
    pub fn participants(mut self, ids: Option<Vec<i64>>) -> Self {
        self.filters.participants = ids;
        self
    }

    /// Only conversations that have one of these tags: the chat, or any of its messages, at whatever time.
    #[must_use]
    pub fn tags(mut self, ids: Option<Vec<i64>>) -> Self {
        self.filters.tags = ids;
        self
    }

    /// Lists archived chatbots, too. What happened in them counts either way.
    #[must_use]
    pub fn include_archived(mut self, include: bool) -> Self {
        self.filters.include_archived = include;
        self
    }

    /// The zone whose calendar the charts follow; UTC, if nothing is said.
    #[must_use]
    pub fn in_zone(mut self, zone: &TimeZone) -> Self {
        self.zone = zone.clone();
        self
    }

    /// What the points of the charts stand for; days, if nothing is said.
    #[must_use]
    pub fn every(mut self, bucket: Bucket) -> Self {
        self.bucket = bucket;
        self
    }

    /// Leaves points without messages out of the charts, which otherwise have one for each stretch of the window.
    #[must_use]
    pub fn sparse(mut self) -> Self {
        self.is_sparse = true;
        self
    }

    /// Which panels are computed; all, if nothing is said.
    #[must_use]
    pub fn visible(mut self, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.panels = panels.into_iter().collect();
        self
    }

    /// By what the table of chatbots is sorted, over all of them: by messages, largest first, if nothing is said; then by
    /// their numbers.
    #[must_use]
    pub fn order_bots_by(mut self, order: BotOrder, direction: Direction) -> Self {
        self.bots.order = order;
        self.bots.direction = direction;
        self
    }

    /// Which chatbots of the table are shown: so many after the first so many; the first 10, if nothing is said.
    #[must_use]
    pub fn bot_page(mut self, limit: u32, offset: u64) -> Self {
        self.bots.limit = limit;
        self.bots.offset = offset;
        self
    }

    /// How many of the most active participants are shown; 10, if nothing is said.
    #[must_use]
    pub fn most_active(mut self, participants: u32) -> Self {
        self.participants = participants;
        self
    }

    /// How many bins the histogram of sessions' durations has, at most 100; 10, if nothing is said.
    #[must_use]
    pub fn duration_bins(mut self, bins: u16) -> Self {
        self.bins = bins;
        self
    }

    /// The end of the 24 hours of the trends; that of the window, if nothing is said.
    #[must_use]
    pub fn trends_until(mut self, now: DateTime<Utc>) -> Self {
        self.trends_until = Some(now);
        self
    }

    /// Makes the statement.
    ///
    /// # Errors
    ///
    /// * [`Error::TenantRequired`], [`Error::TenantType`] if the team is missing or of another type;
    /// * [`Error::Incomplete`] if no panel is visible;
    /// * [`Error::TooMany`] if there would be too many points, bins or rows;
    /// * [`Error::PageEmpty`], [`Error::OffsetTooLarge`] if there can be no such chatbots;
    /// * [`Error::InvalidMinutes`] if there are no such stretches of time;
    /// * [`Error::NulInText`] if a platform cannot be one.
    pub fn build(&self) -> Result<DashboardStatement, Error> {
        self.build_as(self.choice.strategy())
    }

    /// As [`build`](Self::build), this way, whatever the builder and its switch say.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_as(&self, strategy: Strategy) -> Result<DashboardStatement, Error> {
        if self.panels.is_empty() {
            return Err(Error::Incomplete {
                what: "no panel is visible",
                with: ".visible([Panel::Overview])",
            });
        }
        for (what, asked) in [
            ("chatbots of a dashboard", self.bots.limit),
            ("participants of a dashboard", self.participants),
        ] {
            if asked > MAX_PAGE {
                return Err(Error::TooMany {
                    what,
                    asked: asked.into(),
                    limit: MAX_PAGE.into(),
                    raise: "GroupedListing",
                });
            }
        }
        // Sorted and cut after it was fetched, the table of `Legacy` is asked for as a whole.
        if self.panels.contains(&Panel::BotPerformance) {
            if self.bots.limit == 0 {
                return Err(Error::PageEmpty);
            }
            if i64::try_from(self.bots.offset).is_err() {
                return Err(Error::OffsetTooLarge {
                    offset: self.bots.offset,
                });
            }
        }
        let is_chart = |panel: &Panel| {
            matches!(
                panel,
                Panel::ActiveParticipants | Panel::SessionAnalytics | Panel::MessageVolume
            )
        };
        if !self.is_sparse && self.panels.iter().any(is_chart) {
            self.bucket
                .check(&self.filters.window, MAX_BUCKETS, ".max_buckets(..)")?;
        }
        DashboardStatement::new(Plan::new(self, strategy), self, strategy)
    }
}

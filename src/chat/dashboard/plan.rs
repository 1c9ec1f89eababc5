//! Which parts a dashboard is made of, and where the answer of each is found.

#![cfg_attr(
    not(any(feature = "postgres", feature = "tokio-postgres")),
    expect(dead_code, reason = "answers are read by the drivers")
)]

use chrono::{DateTime, Utc};

use super::super::trends::last_day;
use super::super::{
    Channel, Chat, Experiment, Message, Participant, Session, Tag, TaggedItem, Trace,
    VERSION_CATEGORY,
};
use super::activity::Activity;
use super::panel::Panel;
use super::request::{BotOrder, Dashboard};
use super::sets::{experiments, is_counted_chat, participants};
use crate::aggregate::{
    Batch, Bucket, CombinedAggregate, GroupedListing, Groups, Handle, Histogram, Number,
    NumberOrder, Part, Rows, Series, bucket_start,
};
use crate::error::Error;
use crate::expression::{Expression, coalesce};
use crate::order::Direction;
use crate::strategy::Strategy;
use crate::time_zone::TimeZone;

/// The parts of a dashboard.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    strategy: Strategy,
    pub batches: Vec<Batch>,
    pub overview: Option<OverviewPart>,
    pub active_participants: Option<(Located<Series>, Number<i64>)>,
    pub session_analytics: Option<(Located<Series>, [Number<i64>; 2])>,
    pub message_volume: Option<(Located<Series>, [Number<i64>; 3])>,
    pub bots: Option<BotsPart>,
    pub engagement: Option<EngagementPart>,
    pub channels: Option<(Located<Groups>, Number<i64>)>,
    pub tags: Option<(Located<Groups>, Number<i64>)>,
    pub response_time: Option<(Located<Series>, Number<Option<f64>>)>,
    pub trends: Option<TrendsPart>,
}

/// A part, and in which statement it is.
#[derive(Clone, Debug)]
pub(super) struct Located<P> {
    pub batch: usize,
    pub handle: Handle<P>,
}

#[derive(Clone, Debug)]
pub(super) struct OverviewPart {
    /// The numbers of the overview, in its order.
    pub numbers: Vec<(Located<CombinedAggregate>, Number<i64>)>,
}

#[derive(Clone, Debug)]
pub(super) struct BotsPart {
    pub listing: Located<GroupedListing<Experiment>>,
    pub activity: Activity,
    /// All rows are there, and not sorted yet, unless it is by their names.
    pub is_whole: bool,
}

#[derive(Clone, Debug)]
pub(super) struct EngagementPart {
    pub listing: Located<GroupedListing<Participant>>,
    pub activity: Activity,
    pub durations: Located<Histogram>,
}

#[derive(Clone, Debug)]
pub(super) struct TrendsPart {
    pub bots: Located<Groups>,
    pub runs: Located<Groups>,
    pub bot: Expression<Trace, Option<i64>>,
    pub hour: Expression<Trace, Option<DateTime<Utc>>>,
    pub success: Number<i64>,
    pub error: Number<i64>,
    pub start: DateTime<Utc>,
}

impl Plan {
    pub fn new(request: &Dashboard, strategy: Strategy) -> Result<Self, Error> {
        let filters = &request.filters;
        let activity = match (strategy, filters.wants_session()) {
            (Strategy::Legacy, _) => Activity::by_messages(filters, &request.ids, request.bins),
            (_, true) => Activity::of::<Session>(filters, &request.ids, request.bins),
            (_, false) => Activity::of::<Chat>(filters, &request.ids, request.bins),
        };
        let mut plan = Self {
            strategy,
            batches: Vec::new(),
            overview: None,
            active_participants: None,
            session_analytics: None,
            message_volume: None,
            bots: None,
            engagement: None,
            channels: None,
            tags: None,
            response_time: None,
            trends: None,
        };
        let is_visible = |panel| request.panels.contains(&panel);
        if is_visible(Panel::Overview) {
            plan.overview = Some(plan.overview(request, &activity));
        }
        plan.charts(request, &activity);
        if is_visible(Panel::BotPerformance) {
            plan.bots = Some(plan.bots(request, &activity));
        }
        if is_visible(Panel::UserEngagement) {
            plan.engagement = Some(plan.engagement(request, &activity));
        }
        if is_visible(Panel::ChannelBreakdown) {
            plan.channels = Some(plan.channels(&activity));
        }
        if is_visible(Panel::TagAnalytics) {
            plan.tags = Some(plan.tags(request));
        }
        if is_visible(Panel::ResponseTime) {
            plan.response_time = Some(plan.response_time(request, &activity));
        }
        if is_visible(Panel::Trends) {
            plan.trends = Some(plan.trends(request)?);
        }
        Ok(plan)
    }

    /// Puts a part beside the others, or alone.
    fn put<P: Part + Send + Sync + 'static>(&mut self, part: P) -> Located<P> {
        if self.batches.is_empty() || self.strategy == Strategy::Legacy {
            self.batches.push(Batch::new().strategy(self.strategy));
        }
        let batch = self.batches.len() - 1;
        Located {
            batch,
            handle: self.batches[batch].add(part),
        }
    }

    fn overview(&mut self, request: &Dashboard, activity: &Activity) -> OverviewPart {
        let (filters, ids) = (&request.filters, &request.ids);
        let bots = Rows::of(Experiment)
            .named("chatbots")
            .filter(experiments(filters, ids));
        let is_active = Experiment::ID.is_in(&activity.bots);
        let active_bots = match self.strategy {
            Strategy::Optimized => bots.only(is_active),
            Strategy::Legacy => bots.clone().filter(is_active),
        };
        let people = Rows::of(Participant)
            .named("people")
            .filter(participants(filters, ids));
        let numbers = [
            bots.count().named("total_experiments"),
            people.count().named("total_participants"),
            activity.sessions.clone().named("total_sessions"),
            activity.messages.clone().named("total_messages"),
            active_bots.count().named("active_experiments"),
            activity.authors.clone(),
            activity.completed_sessions.clone(),
        ];
        let numbers = match self.strategy {
            Strategy::Optimized => {
                let all = self.put(CombinedAggregate::new().numbers(numbers.clone()));
                numbers.map(|number| (all.clone(), number)).to_vec()
            }
            Strategy::Legacy => numbers
                .into_iter()
                .map(|number| (self.put(CombinedAggregate::new().numbers(&number)), number))
                .collect(),
        };
        OverviewPart { numbers }
    }

    /// The three charts over messages, from one series.
    fn charts(&mut self, request: &Dashboard, activity: &Activity) {
        let is_visible = |panel| request.panels.contains(&panel);
        let authors = &activity.authors;
        let sessions = &activity.sessions_of_messages;
        let (human, ai, all) = (
            &activity.human_messages,
            &activity.ai_messages,
            &activity.messages,
        );
        let mut wanted = Vec::new();
        if is_visible(Panel::ActiveParticipants) {
            wanted.push(vec![authors]);
        }
        if is_visible(Panel::SessionAnalytics) {
            wanted.push(vec![sessions, authors]);
        }
        if is_visible(Panel::MessageVolume) {
            wanted.push(vec![human, ai, all]);
        }
        if self.strategy == Strategy::Optimized {
            let mut together: Vec<&Number<i64>> = Vec::new();
            for number in wanted.drain(..).flatten() {
                if !together.iter().any(|known| known.name() == number.name()) {
                    together.push(number);
                }
            }
            if !together.is_empty() {
                wanted.push(together);
            }
        }
        let located: Vec<_> = wanted
            .into_iter()
            .map(|numbers| self.put(charted(request, activity.series.clone().numbers(numbers))))
            .collect();
        let mut one_by_one = located.iter();
        let mut next = || match self.strategy {
            Strategy::Optimized => located.first().cloned(),
            Strategy::Legacy => one_by_one.next().cloned(),
        };
        if is_visible(Panel::ActiveParticipants) {
            self.active_participants = next().map(|series| (series, authors.clone()));
        }
        if is_visible(Panel::SessionAnalytics) {
            self.session_analytics =
                next().map(|series| (series, [sessions.clone(), authors.clone()]));
        }
        if is_visible(Panel::MessageVolume) {
            self.message_volume =
                next().map(|series| (series, [human.clone(), ai.clone(), all.clone()]));
        }
    }

    fn bots(&mut self, request: &Dashboard, activity: &Activity) -> BotsPart {
        let listing = GroupedListing::of(Experiment)
            .filter(experiments(&request.filters, &request.ids))
            .show(Experiment::NAME)
            .with_total();
        let of_sessions = (
            &activity.participants,
            &activity.sessions,
            &activity.completed_sessions,
            &activity.duration,
        );
        // Both are over the same rows, or each over its own: an order by both is only possible there.
        let is_whole = self.strategy == Strategy::Legacy;
        let listing = match is_whole {
            // Which name comes first, only the server knows.
            true if request.bots.order == BotOrder::Name => sorted(request, activity, listing)
                .numbers_by(&activity.bots, of_sessions)
                .numbers_by(&activity.bots_of_messages, &activity.messages)
                .limit(u32::MAX),
            true => listing
                .numbers_by(&activity.bots, of_sessions)
                .numbers_by(&activity.bots_of_messages, &activity.messages)
                .limit(u32::MAX),
            false => sorted(request, activity, listing)
                .numbers_by(&activity.bots, (of_sessions, &activity.messages))
                .limit(request.bots.limit)
                .offset(request.bots.offset),
        };
        BotsPart {
            listing: self.put(listing),
            activity: activity.clone(),
            is_whole,
        }
    }

    fn engagement(&mut self, request: &Dashboard, activity: &Activity) -> EngagementPart {
        let numbers = (
            &activity.human_messages,
            &activity.sessions_written_in,
            &activity.last_activity,
        );
        let listing = GroupedListing::of(Participant)
            .show((Participant::NAME, Participant::IDENTIFIER))
            .numbers_by(&activity.by_author, numbers)
            .only_with_rows()
            .order_by_number(activity.human_messages.desc())
            .limit(request.participants);
        EngagementPart {
            listing: self.put(listing),
            activity: activity.clone(),
            durations: self.put(activity.durations.clone()),
        }
    }

    fn channels(&mut self, activity: &Activity) -> (Located<Groups>, Number<i64>) {
        let channels = Rows::of(Channel)
            .named("channels")
            .filter(Channel::DELETED.eq(false));
        let groups = activity
            .platforms
            .clone()
            .each_of(&channels.values(Channel::PLATFORM))
            .numbers(&activity.sessions);
        (self.put(groups), activity.sessions.clone())
    }

    fn tags(&mut self, request: &Dashboard) -> (Located<Groups>, Number<i64>) {
        let messages = TaggedItem::message()
            .filter(Message::CREATED_AT.within(request.filters.window.range()))
            .then(Message::chat())
            .filter(is_counted_chat(&request.filters, &request.ids));
        let category = || TaggedItem::tag().value(Tag::CATEGORY);
        let links = Rows::of(TaggedItem)
            .named("links")
            .filter(TaggedItem::CONTENT_TYPE_ID.eq(request.ids.message.value()))
            // Another team's tag is not joined, and has no category.
            .filter(category().ne(VERSION_CATEGORY))
            .with_any(&messages);
        let count = links.count().named("links");
        let groups = Groups::of(&links)
            .by(category().named("category"))
            .by(TaggedItem::tag().value(Tag::NAME).named("name"))
            .numbers(&count)
            .limit(u32::MAX);
        (self.put(groups), count)
    }

    fn response_time(
        &mut self,
        request: &Dashboard,
        activity: &Activity,
    ) -> (Located<Series>, Number<Option<f64>>) {
        let runs = Rows::of(Trace)
            .named("runs")
            .filter(Trace::SESSION_ID.is_in(&activity.session_ids));
        let duration = runs.avg(Trace::DURATION).named("milliseconds");
        let series = Series::of(&runs, Trace::TIMESTAMP)
            .every(request.bucket)
            .in_zone(&request.zone)
            .numbers(&duration);
        (self.put(series), duration)
    }

    fn trends(&mut self, request: &Dashboard) -> Result<TrendsPart, Error> {
        let bots = Rows::of(Experiment)
            .named("chatbots")
            .filter(experiments(&request.filters, &request.ids));
        let listed = Groups::of(&bots)
            .by(Experiment::ID)
            .numbers(bots.count())
            .limit(u32::MAX);
        let (start, window) =
            last_day(request.trends_until.unwrap_or(request.filters.window.end()));
        // Runs may still be those of a version.
        let bot = coalesce(
            Trace::experiment().value(Experiment::WORKING_VERSION_ID),
            Trace::EXPERIMENT_ID,
        )
        .named("bot");
        let hour = bucket_start(Trace::TIMESTAMP, Bucket::Hour, &TimeZone::UTC)?;
        let runs = Rows::of(Trace)
            .named("recent_runs")
            .filter(Trace::TIMESTAMP.ge(window.start()))
            .filter(Trace::TIMESTAMP.lt(window.end()))
            .filter(Trace::STATUS.any_of(["success", "error"]))
            .filter(bot.is_in(&bots.values(Experiment::ID)));
        let success = runs
            .only(Trace::STATUS.eq("success"))
            .count()
            .named("success");
        let error = runs.only(Trace::STATUS.eq("error")).count().named("error");
        let counted = Groups::of(&runs)
            .by(&bot)
            .by(&hour)
            .numbers((&success, &error))
            .limit(u32::MAX);
        Ok(TrendsPart {
            bots: self.put(listed),
            runs: self.put(counted),
            bot,
            hour,
            success,
            error,
            start,
        })
    }
}

/// A chart of the window.
fn charted(request: &Dashboard, series: Series) -> Series {
    let series = series.every(request.bucket).in_zone(&request.zone);
    match request.is_sparse {
        true => series,
        false => series.zero_filled(&request.filters.window),
    }
}

/// The list of chatbots in the order that was asked for.
fn sorted(
    request: &Dashboard,
    activity: &Activity,
    listing: GroupedListing<Experiment>,
) -> GroupedListing<Experiment> {
    let direction = request.bots.direction;
    let by = |number: &Number<i64>| directed(number.asc(), number.desc(), direction);
    let by_ratio = |number: &Number<f64>| directed(number.asc(), number.desc(), direction);
    let number = match request.bots.order {
        BotOrder::Name => {
            return listing.order_by(match direction {
                Direction::Ascending => Experiment::NAME.asc(),
                Direction::Descending => Experiment::NAME.desc(),
            });
        }
        BotOrder::Participants => by(&activity.participants),
        BotOrder::Sessions => by(&activity.sessions),
        BotOrder::Messages => by(&activity.messages),
        BotOrder::CompletedSessions => by(&activity.completed_sessions),
        BotOrder::AverageSessionDuration => by_ratio(&activity.duration),
        BotOrder::CompletionRate => {
            by_ratio(&activity.completed_sessions.per(&activity.sessions, 0.0))
        }
        BotOrder::AverageMessagesPerSession => {
            by_ratio(&activity.messages.per(&activity.sessions, 0.0))
        }
    };
    listing.order_by_number(number)
}

fn directed(ascending: NumberOrder, descending: NumberOrder, direction: Direction) -> NumberOrder {
    match direction {
        Direction::Ascending => ascending,
        Direction::Descending => descending,
    }
}

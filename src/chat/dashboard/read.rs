//! From answers to what a dashboard shows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::trends::TREND_HOURS;
use super::super::{Experiment, Participant, Tag, TaggedItem};
use super::data::{
    ActiveParticipant, Bot, BotPerformance, ChannelBreakdown, DashboardData, MessageVolume,
    Overview, Point, SessionAnalytics, TagAnalytics, TagCount, Trend, UserEngagement,
};
use super::plan::{BotsPart, EngagementPart, Located, OverviewPart, Plan, TrendsPart};
use super::request::{BotOrder, BotPage};
use crate::aggregate::{AggregateRow, BatchAnswer, Part, Series, SeriesRow};
use crate::error::Error;
use crate::order::Direction;

/// The answers, one for each statement.
struct Answers<'a>(&'a [BatchAnswer]);

impl Answers<'_> {
    fn get<P: Part>(&self, part: &Located<P>) -> Result<P::Answer, Error> {
        let answer = self.0.get(part.batch);
        let answer = answer.ok_or_else(|| Error::UnexpectedAnswer {
            reason: "a statement of the dashboard has no answer".to_owned(),
        })?;
        answer.get(&part.handle)
    }

    fn points<T>(
        &self,
        series: &Located<Series>,
        read: impl Fn(&SeriesRow) -> Result<T, Error>,
    ) -> Result<Vec<Point<T>>, Error> {
        let points = self.get(series)?;
        let points = points.iter().map(|point| {
            Ok(Point {
                start: point.start()?,
                local_start: point.local_start()?,
                value: read(point)?,
            })
        });
        points.collect()
    }
}

/// What the dashboard shows.
pub(super) fn data(
    plan: &Plan,
    page: &BotPage,
    answers: &[BatchAnswer],
) -> Result<DashboardData, Error> {
    let answers = Answers(answers);
    let mut data = DashboardData::default();
    if let Some(part) = &plan.overview {
        data.overview = Some(overview(&answers, part)?);
    }
    if let Some((series, authors)) = &plan.active_participants {
        data.active_participants = Some(answers.points(series, |point| point.get(authors))?);
    }
    if let Some((series, [sessions, authors])) = &plan.session_analytics {
        data.session_analytics = Some(answers.points(series, |point| {
            Ok(SessionAnalytics {
                sessions: point.get(sessions)?,
                participants: point.get(authors)?,
            })
        })?);
    }
    if let Some((series, [human, ai, total])) = &plan.message_volume {
        data.message_volume = Some(answers.points(series, |point| {
            Ok(MessageVolume {
                human: point.get(human)?,
                ai: point.get(ai)?,
                total: point.get(total)?,
            })
        })?);
    }
    if let Some(part) = &plan.bots {
        data.bot_performance = Some(bots(&answers, part, page)?);
    }
    if let Some(part) = &plan.engagement {
        data.user_engagement = Some(engagement(&answers, part)?);
    }
    if let Some((groups, count)) = &plan.channels {
        let platforms = answers.get(groups)?;
        let platforms = platforms
            .iter()
            .map(|group| Ok((group.get_at(0)?, group.get(count)?)));
        let platforms: Vec<(String, i64)> = platforms.collect::<Result<_, Error>>()?;
        data.channel_breakdown = Some(ChannelBreakdown {
            total: platforms.iter().map(|(_, sessions)| sessions).sum(),
            platforms,
        });
    }
    if let Some((groups, count)) = &plan.tags {
        let tags = answers.get(groups)?;
        let tags = tags.iter().map(|group| {
            let category = TaggedItem::tag().value(Tag::CATEGORY).named("category");
            let name = TaggedItem::tag().value(Tag::NAME).named("name");
            Ok(TagCount {
                category: group.get_value(&category)?.unwrap_or_default(),
                name: group.get_value(&name)?.unwrap_or_default(),
                count: group.get(count)?,
            })
        });
        let tags: Vec<_> = tags.collect::<Result<_, Error>>()?;
        data.tag_analytics = Some(TagAnalytics {
            total: tags.iter().map(|tag| tag.count).sum(),
            tags,
        });
    }
    if let Some((series, milliseconds)) = &plan.response_time {
        data.response_time = Some(answers.points(series, |point| {
            let milliseconds: Option<f64> = point.get(milliseconds)?;
            Ok((milliseconds.unwrap_or_default() / 10.0).round() / 100.0)
        })?);
    }
    if let Some(part) = &plan.trends {
        data.trends = Some(trends(&answers, part)?);
    }
    Ok(data)
}

fn overview(answers: &Answers<'_>, part: &OverviewPart) -> Result<Overview, Error> {
    let mut numbers = part.numbers.iter();
    let mut next = || match numbers.next() {
        Some((part, number)) => answers.get(part)?.get(number),
        None => Ok(0),
    };
    let (total_experiments, total_participants) = (next()?, next()?);
    let (total_sessions, total_messages) = (next()?, next()?);
    let (active_experiments, active_participants) = (next()?, next()?);
    let completed_sessions = next()?;
    Ok(Overview {
        total_experiments,
        total_participants,
        total_sessions,
        total_messages,
        active_experiments,
        active_participants,
        completed_sessions,
        completion_rate: ratio(completed_sessions, total_sessions) * 100.0,
        avg_messages_per_session: ratio(total_messages, total_sessions),
        avg_sessions_per_participant: ratio(total_sessions, active_participants),
    })
}

/// One divided by another; 0 if that is 0.
#[expect(
    clippy::cast_precision_loss,
    reason = "no count is so large that a ratio would show it"
)]
fn ratio(dividend: i64, divisor: i64) -> f64 {
    match divisor {
        0 => 0.0,
        divisor => dividend as f64 / divisor as f64,
    }
}

fn bots(answers: &Answers<'_>, part: &BotsPart, page: &BotPage) -> Result<BotPerformance, Error> {
    let rows = answers.get(&part.listing)?;
    let numbers = &part.activity;
    let bot = |row: &AggregateRow| {
        let sessions = row.get(&numbers.sessions)?;
        let messages = row.get(&numbers.messages)?;
        let completed_sessions = row.get(&numbers.completed_sessions)?;
        Ok(Bot {
            id: row.get_value(Experiment::ID)?,
            name: row.get_value(Experiment::NAME)?,
            participants: row.get(&numbers.participants)?,
            sessions,
            messages,
            completed_sessions,
            completion_rate: ratio(completed_sessions, sessions),
            avg_session_duration: row.get(&numbers.duration)?,
            avg_messages_per_session: ratio(messages, sessions),
        })
    };
    let mut bots = rows.iter().map(bot).collect::<Result<Vec<_>, Error>>()?;
    if part.is_whole {
        if page.order != BotOrder::Name {
            bots.sort_by(|left, right| compare(left, right, page));
        }
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
        bots = bots
            .into_iter()
            .skip(offset)
            .take(page.limit as usize)
            .collect();
    }
    Ok(BotPerformance {
        bots,
        total: rows.total().unwrap_or_default(),
    })
}

/// The order of the table, as the server would sort it; by names, it has.
fn compare(left: &Bot, right: &Bot, page: &BotPage) -> Ordering {
    let order = match page.order {
        BotOrder::Name => Ordering::Equal,
        BotOrder::Participants => left.participants.cmp(&right.participants),
        BotOrder::Sessions => left.sessions.cmp(&right.sessions),
        BotOrder::Messages => left.messages.cmp(&right.messages),
        BotOrder::CompletedSessions => left.completed_sessions.cmp(&right.completed_sessions),
        BotOrder::CompletionRate => left.completion_rate.total_cmp(&right.completion_rate),
        BotOrder::AverageSessionDuration => left
            .avg_session_duration
            .total_cmp(&right.avg_session_duration),
        BotOrder::AverageMessagesPerSession => left
            .avg_messages_per_session
            .total_cmp(&right.avg_messages_per_session),
    };
    let order = match page.direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    };
    order.then(left.id.cmp(&right.id))
}

fn engagement(answers: &Answers<'_>, part: &EngagementPart) -> Result<UserEngagement, Error> {
    let numbers = &part.activity;
    let rows = answers.get(&part.listing)?;
    let participants = rows.iter().map(|row| {
        Ok(ActiveParticipant {
            id: row.get_value(Participant::ID)?,
            name: row.get_value(Participant::NAME)?,
            identifier: row.get_value(Participant::IDENTIFIER)?,
            messages: row.get(&numbers.human_messages)?,
            sessions: row.get(&numbers.sessions_written_in)?,
            // Only those are here who wrote.
            last_activity: row.get(&numbers.last_activity)?.unwrap_or_default(),
        })
    });
    Ok(UserEngagement {
        most_active: participants.collect::<Result<_, Error>>()?,
        session_durations: answers.get(&part.durations)?,
    })
}

fn trends(answers: &Answers<'_>, part: &TrendsPart) -> Result<Vec<Trend>, Error> {
    let mut trends = BTreeMap::new();
    for bot in &answers.get(&part.bots)? {
        let id: i64 = bot.get_value(Experiment::ID)?;
        trends.insert(
            id,
            Trend {
                id,
                start: part.start,
                success: vec![0; TREND_HOURS],
                error: vec![0; TREND_HOURS],
            },
        );
    }
    for run in &answers.get(&part.runs)? {
        let bot: Option<i64> = run.get_value(&part.bot)?;
        let hour: Option<DateTime<Utc>> = run.get_value(&part.hour)?;
        let trend = bot.and_then(|bot| trends.get_mut(&bot));
        let (Some(trend), Some(hour)) = (trend, hour) else {
            continue;
        };
        let at = usize::try_from((hour - part.start).num_hours()).ok();
        if let Some(at) = at.filter(|at| *at < TREND_HOURS) {
            trend.success[at] = run.get(&part.success)?;
            trend.error[at] = run.get(&part.error)?;
        }
    }
    Ok(trends.into_values().collect())
}

//! What the dashboard says beside what the oracle says.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDateTime, Utc};
use pagewise::aggregate::Window;
use pagewise::chat::dashboard::{BotOrder, Dashboard, DashboardData, Panel, Point};
use pagewise::order::Direction;

use super::numbers;
use super::oracle::Oracle;
use super::request::{Asked, Part, Rank};
use crate::aggregate::bucket;
use crate::aggregate::histogram::Bin;
use crate::oracle::entities::IDS;

pub fn panel(part: Part) -> Panel {
    match part {
        Part::Overview => Panel::Overview,
        Part::ActiveParticipants => Panel::ActiveParticipants,
        Part::SessionAnalytics => Panel::SessionAnalytics,
        Part::MessageVolume => Panel::MessageVolume,
        Part::BotPerformance => Panel::BotPerformance,
        Part::UserEngagement => Panel::UserEngagement,
        Part::ChannelBreakdown => Panel::ChannelBreakdown,
        Part::TagAnalytics => Panel::TagAnalytics,
        Part::AverageResponseTime => Panel::ResponseTime,
        Part::Trends => Panel::Trends,
    }
}

fn order(rank: Rank) -> BotOrder {
    match rank {
        Rank::Name => BotOrder::Name,
        Rank::Participants => BotOrder::Participants,
        Rank::Sessions => BotOrder::Sessions,
        Rank::Messages => BotOrder::Messages,
        Rank::CompletedSessions => BotOrder::CompletedSessions,
        Rank::CompletionRate => BotOrder::CompletionRate,
        Rank::SessionDuration => BotOrder::AverageSessionDuration,
        Rank::MessagesPerSession => BotOrder::AverageMessagesPerSession,
    }
}

impl Asked {
    /// The request as a host makes it.
    pub fn dashboard(&self) -> Dashboard {
        let filters = self.filters.clone();
        let window = Window::new(filters.start, filters.end).expect("a window");
        let direction = match self.bots.descending {
            true => Direction::Descending,
            false => Direction::Ascending,
        };
        let number = |size: usize| u32::try_from(size).expect("a small number");
        let dashboard = Dashboard::new(window, &IDS)
            .tenant(self.tenant)
            .experiments(filters.experiments)
            .platforms(filters.platforms)
            .participants(filters.participants)
            .tags(filters.tags)
            .include_archived(filters.include_archived)
            .in_zone(&self.zone.name().parse().expect("a zone"))
            .every(bucket(self.every))
            .order_bots_by(order(self.bots.rank), direction)
            .bot_page(number(self.bots.size), number(self.bots.offset).into())
            .most_active(number(self.most))
            .trends_until(self.now)
            .visible(self.visible.iter().map(|part| panel(*part)));
        match self.sparse {
            true => dashboard.sparse(),
            false => dashboard,
        }
    }
}

fn same<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}\n   found {found:?}\nexpected {expected:?}")),
    }
}

/// Equal, but for the last digits that a division leaves.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(1.0)
}

fn all_near(what: &str, found: &[f64], expected: &[f64]) -> Result<(), String> {
    let is_same = found.len() == expected.len();
    match is_same && found.iter().zip(expected).all(|(a, b)| near(*a, *b)) {
        true => Ok(()),
        false => Err(format!("{what}\n   found {found:?}\nexpected {expected:?}")),
    }
}

type Start = (DateTime<Utc>, NaiveDateTime);

fn points<T: Copy, const N: usize>(
    what: &str,
    found: &[Point<T>],
    numbers: impl Fn(T) -> [i64; N],
    expected: &[numbers::Point<N>],
) -> Result<(), String> {
    let found = found.iter().map(|point| {
        let start: Start = (point.start, point.local_start);
        (start, numbers(point.value))
    });
    let expected = expected.iter().map(|point| {
        let start: Start = (point.start, point.local_start);
        (start, point.numbers)
    });
    same(what, found.collect::<Vec<_>>(), expected.collect())
}

#[expect(clippy::cast_precision_loss, reason = "less than a thousand years")]
fn minutes(bin_edge: i128) -> f64 {
    bin_edge as f64 / numbers::BINS as f64 / 60e6
}

/// Compares each panel that is visible, and fails if one is there that is not.
pub fn differences(data: &DashboardData, oracle: &Oracle<'_>, asked: &Asked) -> Result<(), String> {
    for part in super::request::PARTS {
        let is_there = match part {
            Part::Overview => data.overview.is_some(),
            Part::ActiveParticipants => data.active_participants.is_some(),
            Part::SessionAnalytics => data.session_analytics.is_some(),
            Part::MessageVolume => data.message_volume.is_some(),
            Part::BotPerformance => data.bot_performance.is_some(),
            Part::UserEngagement => data.user_engagement.is_some(),
            Part::ChannelBreakdown => data.channel_breakdown.is_some(),
            Part::TagAnalytics => data.tag_analytics.is_some(),
            Part::AverageResponseTime => data.response_time.is_some(),
            Part::Trends => data.trends.is_some(),
        };
        let is_visible = asked.visible.contains(&part);
        same(&format!("{part:?} is there"), is_there, is_visible)?;
    }
    overview(data, oracle)?;
    charts(data, oracle, asked)?;
    tables(data, oracle, asked)?;
    breakdowns(data, oracle, asked)
}

fn overview(data: &DashboardData, oracle: &Oracle<'_>) -> Result<(), String> {
    let Some(found) = &data.overview else {
        return Ok(());
    };
    let expected = oracle.overview();
    same(
        "total_experiments",
        found.total_experiments,
        expected.experiments,
    )?;
    same(
        "total_participants",
        found.total_participants,
        expected.participants,
    )?;
    same("total_sessions", found.total_sessions, expected.sessions)?;
    same("total_messages", found.total_messages, expected.messages)?;
    same(
        "active_experiments",
        found.active_experiments,
        expected.active_experiments,
    )?;
    same(
        "active_participants",
        found.active_participants,
        expected.active_participants,
    )?;
    same(
        "completed_sessions",
        found.completed_sessions,
        expected.completed_sessions,
    )?;
    all_near(
        "completion_rate, avg_messages_per_session, avg_sessions_per_participant",
        &[
            found.completion_rate,
            found.avg_messages_per_session,
            found.avg_sessions_per_participant,
        ],
        &[
            expected.completion_rate,
            expected.messages_per_session,
            expected.sessions_per_participant,
        ],
    )
}

fn charts(data: &DashboardData, oracle: &Oracle<'_>, asked: &Asked) -> Result<(), String> {
    if let Some(found) = &data.active_participants {
        let expected = oracle.active_participants(asked);
        points("active_participants", found, |authors| [authors], &expected)?;
    }
    if let Some(found) = &data.session_analytics {
        let expected = oracle.session_analytics(asked);
        let numbers = |value: pagewise::chat::dashboard::SessionAnalytics| {
            [value.sessions, value.participants]
        };
        points("session_analytics", found, numbers, &expected)?;
    }
    if let Some(found) = &data.message_volume {
        let expected = oracle.message_volume(asked);
        let numbers =
            |value: pagewise::chat::dashboard::MessageVolume| [value.human, value.ai, value.total];
        points("message_volume", found, numbers, &expected)?;
    }
    if let Some(found) = &data.response_time {
        // In hundredths of a second.
        let found = found.iter().map(|point| {
            let start: Start = (point.start, point.local_start);
            (start, format!("{:.2}", point.value))
        });
        let expected = oracle
            .response_times(asked)
            .into_iter()
            .map(|(slot, time)| {
                let start: Start = (slot.start, slot.local_start);
                (start, format!("{}.{:02}", time / 100, time % 100))
            });
        same(
            "response_time",
            found.collect::<Vec<_>>(),
            expected.collect(),
        )?;
    }
    Ok(())
}

fn tables(data: &DashboardData, oracle: &Oracle<'_>, asked: &Asked) -> Result<(), String> {
    if let Some(found) = &data.bot_performance {
        let (expected, total) = oracle.bots_page(asked);
        same("total of bot_performance", found.total, total as u64)?;
        let names = found.bots.iter().map(|bot| (bot.id, &bot.name));
        let expected_names = expected.iter().map(|bot| (bot.id, &bot.name));
        same(
            "bot_performance",
            names.collect::<Vec<_>>(),
            expected_names.collect(),
        )?;
        for (found, expected) in found.bots.iter().zip(&expected) {
            same(
                &format!(
                    "participants, sessions, messages, completed_sessions of {}",
                    found.id
                ),
                [
                    found.participants,
                    found.sessions,
                    found.messages,
                    found.completed_sessions,
                ],
                [
                    expected.participants,
                    expected.sessions,
                    expected.messages,
                    expected.completed_sessions,
                ],
            )?;
            all_near(
                &format!("completion_rate, duration, avg_messages of {}", found.id),
                &[
                    found.completion_rate,
                    found.avg_session_duration,
                    found.avg_messages_per_session,
                ],
                &[
                    expected.completion_rate,
                    expected.session_minutes,
                    expected.messages_per_session,
                ],
            )?;
        }
    }
    if let Some(found) = &data.user_engagement {
        let most = found.most_active.iter().map(|participant| numbers::Writer {
            id: participant.id,
            messages: participant.messages,
            sessions: participant.sessions,
            last_activity: participant.last_activity,
        });
        same(
            "most_active",
            most.collect::<Vec<_>>(),
            oracle.writers(asked),
        )?;
        let expected: Vec<Bin> = oracle.durations();
        let bins = &found.session_durations;
        let counts = bins.iter().map(|bin| bin.count).collect::<Vec<_>>();
        same(
            "session_durations",
            counts,
            expected.iter().map(|bin| bin.count).collect(),
        )?;
        let edges = |bin: &Bin| [minutes(bin.start), minutes(bin.end)];
        all_near(
            "bins of session_durations",
            &bins
                .iter()
                .flat_map(|bin| [bin.start, bin.end])
                .collect::<Vec<_>>(),
            &expected.iter().flat_map(edges).collect::<Vec<_>>(),
        )?;
    }
    Ok(())
}

fn breakdowns(data: &DashboardData, oracle: &Oracle<'_>, asked: &Asked) -> Result<(), String> {
    if let Some(found) = &data.channel_breakdown {
        let (platforms, total) = oracle.channels();
        same("channel_breakdown", &found.platforms, &platforms)?;
        same("total of channel_breakdown", found.total, total)?;
    }
    if let Some(found) = &data.tag_analytics {
        let (expected, total) = oracle.tags();
        let tags = found.tags.iter().map(|tag| numbers::TagCount {
            category: tag.category.clone(),
            tag: tag.name.clone(),
            count: tag.count,
        });
        same("tag_analytics", tags.collect::<Vec<_>>(), expected)?;
        same("total of tag_analytics", found.total, total)?;
    }
    if let Some(found) = &data.trends {
        let mut hours = Vec::new();
        for trend in found {
            let counts = trend.success.iter().zip(&trend.error).zip(0..);
            for ((success, error), after) in counts {
                hours.push(numbers::Hour {
                    experiment: trend.id,
                    start: trend.start + chrono::TimeDelta::hours(after),
                    success: *success,
                    error: *error,
                });
            }
            same("hours of a trend", trend.success.len(), 25)?;
        }
        let mut expected = oracle.trends(asked);
        expected.sort_by_key(|hour| hour.experiment);
        same("trends", hours, expected)?;
    }
    Ok(())
}

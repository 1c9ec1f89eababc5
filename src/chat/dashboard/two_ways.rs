//! A dashboard in both ways, and what it shows.

use std::borrow::Cow;

use sea_query::Value;

use super::data::{
    ActiveParticipant, Bot, BotPerformance, ChannelBreakdown, DashboardData, MessageVolume,
    Overview, Point, SessionAnalytics, TagAnalytics, TagCount, Trend, UserEngagement,
};
use super::request::Dashboard;
use super::statement::DashboardStatement;
use crate::aggregate::Bin;
use crate::driver::wire::Row;
use crate::error::Error;
use crate::listing::TotalCount;
use crate::strategy::two_ways::{Runs, TwoWays, sealed};
use crate::strategy::{Shown, ShownTable, Strategy};

impl sealed::Sealed for Dashboard {}

impl TwoWays for Dashboard {
    type Answer = DashboardData;
    type Statement = DashboardStatement;

    fn chosen(&self) -> Strategy {
        self.choice.strategy()
    }

    fn one_way(&self, strategy: Strategy) -> Result<DashboardStatement, Error> {
        self.build_as(strategy)
    }
}

impl Runs for DashboardStatement {
    type Answer = DashboardData;

    fn queries(&self) -> Vec<(Cow<'_, str>, &[Value])> {
        self.statements()
            .map(|statement| (statement.text().into(), statement.parameters()))
            .collect()
    }

    fn read(&self, answers: Vec<Vec<Row>>) -> Result<DashboardData, Error> {
        self.read_all(answers)
    }

    fn read_shown(
        &self,
        answers: Vec<Vec<Row>>,
    ) -> Result<(DashboardData, Result<Shown, Error>), Error> {
        let data = self.read_all(answers)?;
        let shown = shown(&data);
        Ok((data, Ok(shown)))
    }

    fn explain(&self, error: Error) -> Error {
        self.explained(error)
    }
}

impl DashboardData {
    /// What it shows, panel by panel, to be compared with what another shows.
    #[must_use]
    pub fn shown(&self) -> Shown {
        shown(self)
    }
}

/// The panels' tables: each value of each. Fields are named, so that a new one cannot be left out.
fn shown(data: &DashboardData) -> Shown {
    let DashboardData {
        overview,
        active_participants,
        session_analytics,
        message_volume,
        bot_performance,
        user_engagement,
        channel_breakdown,
        tag_analytics,
        response_time,
        trends,
    } = data;
    let mut tables = Vec::new();
    tables.extend(overview.as_ref().map(of_overview));
    tables.extend(active_participants.as_ref().map(|points| {
        chart("active_participants", ["participants"], points, |count| {
            [(*count).into()]
        })
    }));
    tables.extend(session_analytics.as_ref().map(|points| {
        let columns = ["sessions", "participants"];
        chart("session_analytics", columns, points, |value| {
            let SessionAnalytics {
                sessions,
                participants,
            } = *value;
            [sessions.into(), participants.into()]
        })
    }));
    tables.extend(message_volume.as_ref().map(|points| {
        let columns = ["human", "ai", "total"];
        chart("message_volume", columns, points, |value| {
            let MessageVolume { human, ai, total } = *value;
            [human.into(), ai.into(), total.into()]
        })
    }));
    tables.extend(bot_performance.as_ref().map(of_bots));
    if let Some(UserEngagement {
        most_active,
        session_durations,
    }) = user_engagement
    {
        tables.push(of_participants(most_active));
        tables.push(of_durations(session_durations));
    }
    if let Some(ChannelBreakdown { platforms, total }) = channel_breakdown {
        let rows = platforms
            .iter()
            .map(|(platform, sessions)| vec![platform.clone().into(), (*sessions).into()]);
        let table = ShownTable::new("channel_breakdown", ["platform", "sessions"]).rows(rows);
        tables.push(table.total(counted(*total)));
    }
    if let Some(TagAnalytics { tags, total }) = tag_analytics {
        let rows = tags.iter().map(|tag| {
            let TagCount {
                category,
                name,
                count,
            } = tag;
            vec![
                category.clone().into(),
                name.clone().into(),
                (*count).into(),
            ]
        });
        let table = ShownTable::new("tag_analytics", ["category", "name", "count"]).rows(rows);
        tables.push(table.total(counted(*total)));
    }
    tables.extend(response_time.as_ref().map(|points| {
        chart("response_time", ["seconds"], points, |seconds| {
            [(*seconds).into()]
        })
    }));
    tables.extend(trends.as_deref().map(of_trends));
    Shown::new(tables)
}

/// A sum that is shown beside its parts is never negative.
fn counted(total: i64) -> Option<TotalCount> {
    u64::try_from(total).ok().map(TotalCount::Exact)
}

fn chart<T, const N: usize>(
    name: &'static str,
    columns: [&'static str; N],
    points: &[Point<T>],
    values: impl Fn(&T) -> [Value; N],
) -> ShownTable {
    let rows = points.iter().map(|point| {
        let Point {
            start,
            local_start,
            value,
        } = point;
        let of_point = [Value::from(*start), Value::from(*local_start)];
        of_point.into_iter().chain(values(value)).collect()
    });
    let columns = ["start", "local_start"].into_iter().chain(columns);
    ShownTable::new(name, columns).rows(rows)
}

fn of_overview(overview: &Overview) -> ShownTable {
    let Overview {
        total_experiments,
        total_participants,
        total_sessions,
        total_messages,
        active_experiments,
        active_participants,
        completed_sessions,
        completion_rate,
        avg_messages_per_session,
        avg_sessions_per_participant,
    } = *overview;
    let numbers = [
        ("total_experiments", Value::from(total_experiments)),
        ("total_participants", total_participants.into()),
        ("total_sessions", total_sessions.into()),
        ("total_messages", total_messages.into()),
        ("active_experiments", active_experiments.into()),
        ("active_participants", active_participants.into()),
        ("completed_sessions", completed_sessions.into()),
        ("completion_rate", completion_rate.into()),
        ("avg_messages_per_session", avg_messages_per_session.into()),
        (
            "avg_sessions_per_participant",
            avg_sessions_per_participant.into(),
        ),
    ];
    let columns = numbers.iter().map(|(name, _)| *name);
    let table = ShownTable::new("overview", columns);
    table.rows([numbers.into_iter().map(|(_, value)| value).collect()])
}

fn of_bots(performance: &BotPerformance) -> ShownTable {
    let BotPerformance { bots, total } = performance;
    let rows = bots.iter().map(|bot| {
        let Bot {
            id,
            name,
            participants,
            sessions,
            messages,
            completed_sessions,
            completion_rate,
            avg_session_duration,
            avg_messages_per_session,
        } = bot;
        vec![
            (*id).into(),
            name.clone().into(),
            (*participants).into(),
            (*sessions).into(),
            (*messages).into(),
            (*completed_sessions).into(),
            (*completion_rate).into(),
            (*avg_session_duration).into(),
            (*avg_messages_per_session).into(),
        ]
    });
    let columns = [
        "id",
        "name",
        "participants",
        "sessions",
        "messages",
        "completed_sessions",
        "completion_rate",
        "avg_session_duration",
        "avg_messages_per_session",
    ];
    ShownTable::new("bot_performance", columns)
        .rows(rows)
        .total(Some(TotalCount::Exact(*total)))
}

fn of_participants(participants: &[ActiveParticipant]) -> ShownTable {
    let rows = participants.iter().map(|participant| {
        let ActiveParticipant {
            id,
            name,
            identifier,
            messages,
            sessions,
            last_activity,
        } = participant;
        vec![
            (*id).into(),
            name.clone().into(),
            identifier.clone().into(),
            (*messages).into(),
            (*sessions).into(),
            (*last_activity).into(),
        ]
    });
    let columns = [
        "id",
        "name",
        "identifier",
        "messages",
        "sessions",
        "last_activity",
    ];
    ShownTable::new("user_engagement.most_active", columns).rows(rows)
}

fn of_durations(bins: &[Bin]) -> ShownTable {
    let rows = bins.iter().map(|bin| {
        let Bin { start, end, count } = *bin;
        vec![start.into(), end.into(), count.into()]
    });
    let columns = ["start", "end", "count"];
    ShownTable::new("user_engagement.session_durations", columns).rows(rows)
}

fn of_trends(trends: &[Trend]) -> ShownTable {
    let rows = trends.iter().map(|trend| {
        let Trend {
            id,
            start,
            success,
            error,
        } = trend;
        vec![
            (*id).into(),
            (*start).into(),
            success.clone().into(),
            error.clone().into(),
        ]
    });
    ShownTable::new("trends", ["id", "start", "success", "error"]).rows(rows)
}

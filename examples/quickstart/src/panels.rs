//! The panels of the dashboard, in a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::NaiveDateTime;
use indicatif::HumanCount;
use pagewise::aggregate::Bucket;
use pagewise::chat::dashboard::{
    BotPerformance, ChannelBreakdown, DashboardData, Overview, Point, TagAnalytics, Trend,
    UserEngagement,
};

use crate::bars::{bar, sparkline};
use crate::dashboard::Picked;
use crate::dashboard_cost::Way;
use crate::report::{heading, time};
use crate::table::Table;

/// How many tags are printed, the most used of them.
const TAGS: usize = 8;
/// How wide bars are.
const BAR: usize = 24;

/// Everything that the dashboard shows.
pub fn dashboard(out: &mut impl Write, data: &DashboardData, picked: &Picked) -> io::Result<()> {
    let (days, bucket) = (picked.days, picked.bucket());
    writeln!(
        out,
        "The largest team in {days} {}; charts by the {bucket}, in {}.\n",
        if days == 1 { "day" } else { "days" },
        picked.zone,
    )?;
    if let Some(numbers) = &data.overview {
        overview(out, numbers)?;
    }
    charts(out, data, bucket)?;
    if let Some(table) = &data.bot_performance {
        heading(out, "Its chatbots")?;
        bots(out, table, data.trends.as_deref().unwrap_or_default())?;
    }
    if let Some(panel) = &data.user_engagement {
        heading(out, "Its participants")?;
        engagement(out, panel)?;
    }
    if let Some(panel) = &data.channel_breakdown {
        heading(out, "Its channels")?;
        channels(out, panel)?;
    }
    if let Some(panel) = &data.tag_analytics {
        heading(out, "Its tags, on messages")?;
        tags(out, panel)?;
    }
    Ok(())
}

fn overview(out: &mut impl Write, numbers: &Overview) -> io::Result<()> {
    let mut table = Table::new(["", ">active", ">in all", ""]);
    let mut row = |name: &str, active, all, more| {
        table.row([name.to_owned(), active, all, more]);
    };
    let sessions = format!("{:.1} sessions each", numbers.avg_sessions_per_participant);
    let completed = format!(
        "{} completed, {:.1} %",
        count(numbers.completed_sessions),
        numbers.completion_rate
    );
    let messages = format!("{:.1} in each session", numbers.avg_messages_per_session);
    row(
        "chatbots",
        count(numbers.active_experiments),
        count(numbers.total_experiments),
        String::new(),
    );
    row(
        "participants",
        count(numbers.active_participants),
        count(numbers.total_participants),
        sessions,
    );
    row(
        "sessions",
        count(numbers.total_sessions),
        String::new(),
        completed,
    );
    row(
        "messages",
        count(numbers.total_messages),
        String::new(),
        messages,
    );
    write!(out, "{table}")
}

/// The charts, one below the other: each stretch of time is a column.
fn charts(out: &mut impl Write, data: &DashboardData, bucket: Bucket) -> io::Result<()> {
    let Some(volume) = &data.message_volume else {
        return Ok(());
    };
    let when = |point: &NaiveDateTime| {
        let format = match bucket {
            Bucket::Hour => "%m-%d %H:%M",
            _ => "%m-%d",
        };
        point.format(format).to_string()
    };
    let starts: Vec<_> = volume.iter().map(|point| point.local_start).collect();
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
        return Ok(());
    };
    let axis = format!("{} to {}", when(first), when(last));
    let mut table = Table::new(["", &axis, ">most", ">when"]);
    let mut row = |name: &str, values: &[Option<f64>], decimals: usize| {
        let present = values.iter().zip(&starts);
        let most = present
            .filter_map(|(value, start)| Some((((*value)?), start)))
            .reduce(|most, next| if next.0 > most.0 { next } else { most });
        let (most, start) = most.map_or_else(Default::default, |(most, start)| {
            (format!("{most:.decimals$}"), when(start))
        });
        table.row([
            name.to_owned(),
            sparkline(values.iter().copied()),
            most,
            start,
        ]);
    };
    row("messages", &heights(volume, |volume| volume.total), 0);
    row(
        "  of participants",
        &heights(volume, |volume| volume.human),
        0,
    );
    row("  of chatbots", &heights(volume, |volume| volume.ai), 0);
    if let Some(points) = &data.session_analytics {
        row(
            "sessions",
            &heights(points, |analytics| analytics.sessions),
            0,
        );
    }
    if let Some(points) = &data.active_participants {
        row(
            "participants",
            &heights(points, |participants| *participants),
            0,
        );
    }
    if let Some(measured) = &data.response_time {
        // There is no point where there is nothing to measure, and there may be some before the window.
        let seconds: BTreeMap<_, _> = measured
            .iter()
            .map(|point| (point.start, point.value))
            .collect();
        let aligned: Vec<_> = volume
            .iter()
            .map(|point| seconds.get(&point.start).copied())
            .collect();
        row("seconds to answer", &aligned, 2);
    }
    writeln!(
        out,
        "\n{table}\nOf sessions and participants, those in whose session somebody wrote at that time."
    )
}

fn heights<T>(points: &[Point<T>], of: fn(&T) -> i64) -> Vec<Option<f64>> {
    let height = |point: &Point<T>| Some(of(&point.value) as f64);
    points.iter().map(height).collect()
}

fn bots(out: &mut impl Write, panel: &BotPerformance, trends: &[Trend]) -> io::Result<()> {
    let mut table = Table::new([
        ">id",
        "name",
        ">people",
        ">sessions",
        ">msgs",
        ">done",
        ">minutes",
        "runs, by the hour",
    ]);
    for bot in &panel.bots {
        let runs = trends.iter().find(|trend| trend.id == bot.id);
        let runs = runs.map(|trend| {
            let all = trend.success.iter().zip(&trend.error);
            sparkline(all.map(|(success, error)| Some((success + error) as f64)))
        });
        table.row([
            bot.id.to_string(),
            bot.name.clone(),
            count(bot.participants),
            count(bot.sessions),
            count(bot.messages),
            format!("{:.0} %", bot.completion_rate * 100.0),
            format!("{:.0}", bot.avg_session_duration),
            runs.unwrap_or_default(),
        ]);
    }
    let sum = |of: fn(&Trend) -> &Vec<i64>| trends.iter().flat_map(of).sum::<i64>();
    writeln!(
        out,
        "{table}
The first {} of {}, by messages. In the last 24 hours, {} runs of all chatbots succeeded, {} failed.",
        panel.bots.len(),
        panel.total,
        count(sum(|trend| &trend.success)),
        count(sum(|trend| &trend.error)),
    )
}

fn engagement(out: &mut impl Write, panel: &UserEngagement) -> io::Result<()> {
    let mut table = Table::new([">id", "participant", ">sessions", "last", ">messages", ""]);
    let most = panel.most_active.iter().map(|person| person.messages).max();
    for person in &panel.most_active {
        table.row([
            person.id.to_string(),
            person.identifier.clone(),
            count(person.sessions),
            time(Some(person.last_activity)),
            count(person.messages),
            bar(person.messages, most.unwrap_or_default(), BAR),
        ]);
    }
    writeln!(out, "{table}")?;

    let mut table = Table::new([">from", ">to minutes", ">sessions", ""]);
    let most = panel.session_durations.iter().map(|bin| bin.count).max();
    for bin in &panel.session_durations {
        table.row([
            format!("{:.0}", bin.start),
            format!("{:.0}", bin.end),
            count(bin.count),
            bar(bin.count, most.unwrap_or_default(), BAR),
        ]);
    }
    writeln!(
        out,
        "{table}\nHow long sessions took that have ended. The bins are PostgreSQL's work: no session is fetched."
    )
}

fn channels(out: &mut impl Write, panel: &ChannelBreakdown) -> io::Result<()> {
    let mut table = Table::new(["platform", ">sessions", ""]);
    let most = panel.platforms.iter().map(|(_, sessions)| *sessions).max();
    for (platform, sessions) in &panel.platforms {
        table.row([
            platform.clone(),
            count(*sessions),
            bar(*sessions, most.unwrap_or_default(), BAR),
        ]);
    }
    write!(out, "{table}")
}

fn tags(out: &mut impl Write, panel: &TagAnalytics) -> io::Result<()> {
    let mut most_used: Vec<_> = panel.tags.iter().collect();
    most_used.sort_by_key(|tag| std::cmp::Reverse(tag.count));
    let most = most_used.first().map(|tag| tag.count);
    let mut table = Table::new(["tag", "category", ">messages", ""]);
    for tag in most_used.iter().take(TAGS) {
        table.row([
            tag.name.clone(),
            tag.category.clone(),
            count(tag.count),
            bar(tag.count, most.unwrap_or_default(), BAR),
        ]);
    }
    writeln!(
        out,
        "{table}\nThe {} most used of {}, which {} links have.",
        most_used.len().min(TAGS),
        most_used.len(),
        count(panel.total),
    )
}

/// What each way to the dashboard costs.
pub fn costs(out: &mut impl Write, ways: &[Way]) -> io::Result<()> {
    let mut table = Table::new([
        "way",
        ">statements",
        ">planning ms",
        ">execution ms",
        ">buffers",
    ]);
    for Way {
        name,
        statements,
        cost,
    } in ways
    {
        table.row([
            (*name).to_owned(),
            statements.to_string(),
            format!("{:.1}", cost.planning),
            format!("{:.1}", cost.execution),
            HumanCount(cost.buffers).to_string(),
        ]);
    }
    writeln!(
        out,
        "{table}
All three give the same. The first shares nothing, not even between the numbers of a chart
(Strategy::Legacy). In the last, the sessions with their messages are found once for all panels.
Each was run once, after one that warms the cache; a statement that is kept prepared is not planned again."
    )
}

fn count(number: i64) -> String {
    HumanCount(number.unsigned_abs()).to_string()
}

//! The origin's panels: its statements, and what its application makes of their answers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use pagewise::chat::dashboard::Panel;
use pagewise::driver::postgres::Execute;
use postgres::{Client, Row};

use crate::asked::{Asked, sql};
use crate::facts::{Facts, Minutes, Overview, day, fact, rounded, run_hour};
use crate::report::Fallible;
use crate::report::job::{Candidate, Query, Way};

/// How many chatbots are on a page, how many participants are shown, and how many bins the histogram has.
const PAGE: usize = 10;
const BINS: usize = 10;

/// What the answers to a panel's statements say.
type Read = fn(&[Vec<Row>]) -> Fallible<Facts>;

/// The statements of one panel, and how their answers are read.
struct Part {
    queries: Vec<Query>,
    read: Read,
}

/// The panels, one after the other.
pub fn candidate(client: &mut Client, asked: &Asked<'_>, panels: &[Panel]) -> Fallible<Candidate> {
    let mut queries = Vec::new();
    let mut readings = Vec::new();
    for panel in panels {
        let part = part(client, asked, *panel)?;
        readings.push((part.queries.len(), part.read));
        queries.extend(part.queries);
    }
    let mut candidate = Candidate::new(Way::Today, queries);
    candidate.reading = Some(Box::new(move |answers| {
        let mut answers = answers.as_slice();
        let mut facts = Facts::new();
        for (count, read) in &readings {
            let (own, rest) = answers.split_at(*count);
            facts.extend(read(own)?);
            answers = rest;
        }
        Ok(facts)
    }));
    Ok(candidate)
}

fn part(client: &mut Client, asked: &Asked<'_>, panel: Panel) -> Fallible<Part> {
    let (files, read): (&[&str], Read) = match panel {
        Panel::Overview => (
            &[
                sql!("today_total_experiments"),
                sql!("today_total_participants"),
                sql!("today_total_sessions"),
                sql!("today_total_messages"),
                sql!("today_active_experiments"),
                sql!("today_active_participants"),
                sql!("today_completed_sessions"),
            ],
            overview,
        ),
        Panel::ActiveParticipants => (&[sql!("today_active_participants_chart")], |answers| {
            days("active participants", answers)
        }),
        Panel::SessionAnalytics => (&[sql!("today_session_analytics_chart")], |answers| {
            days("session analytics", answers)
        }),
        Panel::MessageVolume => (&[sql!("today_message_volume_chart")], |answers| {
            days("message volume", answers)
        }),
        Panel::BotPerformance => (
            &[
                sql!("today_bot_activity"),
                sql!("today_bot_durations"),
                sql!("today_bots"),
            ],
            bot_performance,
        ),
        Panel::UserEngagement => {
            return Ok(Part {
                queries: user_engagement_queries(client, asked)?,
                read: user_engagement,
            });
        }
        Panel::ChannelBreakdown => (
            &[sql!("today_platforms"), sql!("today_platform_sessions")],
            channel_breakdown,
        ),
        Panel::TagAnalytics => (&[sql!("today_tagged_messages")], tag_analytics),
        Panel::ResponseTime => (&[sql!("today_response_time")], response_time),
        Panel::Trends => {
            return Ok(Part {
                queries: vec![trends_query(client, asked)?],
                read: trends,
            });
        }
        panel => return Err(format!("{panel:?} has no old way").into()),
    };
    Ok(Part {
        queries: files.iter().map(|source| asked.query(source)).collect(),
        read,
    })
}

fn overview(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let number = |at: usize| -> Fallible<i64> { Ok(one(answers, at)?.try_get(0)?) };
    Ok(Overview {
        experiments: number(0)?,
        participants: number(1)?,
        sessions: number(2)?,
        messages: number(3)?,
        active_experiments: number(4)?,
        active_participants: number(5)?,
        completed_sessions: number(6)?,
    }
    .facts())
}

/// A chart: the day, and its numbers.
fn days(chart: &str, answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut facts = Facts::new();
    for row in rows(answers, 0)? {
        let numbers = (1..row.len()).map(|at| row.try_get(at));
        let numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
        facts.extend(day(chart, row.try_get(0)?, &numbers));
    }
    Ok(facts)
}

fn bot_performance(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut activity = BTreeMap::new();
    for row in rows(answers, 0)? {
        let numbers: [i64; 3] = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?];
        activity.insert(row.try_get::<_, i64>(0)?, numbers);
    }
    let mut durations = BTreeMap::new();
    for row in rows(answers, 1)? {
        let Minutes(mean) = row.try_get(2)?;
        durations.insert(row.try_get::<_, i64>(0)?, (row.try_get::<_, i64>(1)?, mean));
    }
    let mut bots = Vec::new();
    for row in rows(answers, 2)? {
        let (id, name): (i64, String) = (row.try_get("id")?, row.try_get("name")?);
        let [participants, sessions, messages] = activity.get(&id).copied().unwrap_or_default();
        let (completed, minutes) = durations.get(&id).copied().unwrap_or_default();
        let per_session = |number: i64| match sessions {
            0 => 0.0,
            sessions => number as f64 / sessions as f64,
        };
        let cells = [
            id.to_string(),
            name,
            participants.to_string(),
            sessions.to_string(),
            messages.to_string(),
            completed.to_string(),
            rounded(per_session(completed)),
            rounded(minutes),
            rounded(per_session(messages)),
        ];
        bots.push((-messages, id, cells));
    }
    bots.sort();
    let total = fact("bot performance", ["chatbots", &bots.len().to_string()]);
    let page = bots.into_iter().take(PAGE);
    let page = page.map(|(_, _, cells)| fact("bot performance", cells));
    Ok(page.chain([total]).collect())
}

/// The keys that a statement finds, for the text of another one.
fn keys(client: &mut Client, query: &Query) -> Fallible<String> {
    let found = Execute::run(client, &query.text, &query.parameters)?;
    let ids = found.iter().map(|row| row.try_get::<_, i64>(0));
    let mut ids = ids.collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() {
        // For none the ORM runs no statement; one that finds nothing stands for it.
        ids.push(-1);
    }
    let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
    Ok(ids.join(", "))
}

/// The second statement has the keys in it that the first one found.
fn user_engagement_queries(client: &mut Client, asked: &Asked<'_>) -> Fallible<Vec<Query>> {
    let most_active = asked.query(sql!("today_most_active"));
    let ids = keys(client, &most_active)?;
    let names = sql!("today_most_active_names").replace("{participants}", &ids);
    Ok(vec![
        most_active,
        asked.query(&names),
        asked.query(sql!("today_session_lengths")),
    ])
}

fn user_engagement(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut names = BTreeMap::new();
    for row in rows(answers, 1)? {
        let name: String = row.try_get("name")?;
        let name = match name.as_str() {
            "" => row.try_get("identifier")?,
            _ => name,
        };
        names.insert(row.try_get::<_, i64>("id")?, name);
    }
    let mut facts = Facts::new();
    for row in rows(answers, 0)? {
        let id: i64 = row.try_get(0)?;
        let Some(name) = names.get(&id) else { continue };
        let (messages, sessions): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let last: DateTime<Utc> = row.try_get(3)?;
        facts.push(fact(
            "user engagement",
            [
                id.to_string(),
                name.clone(),
                messages.to_string(),
                sessions.to_string(),
                last.to_string(),
            ],
        ));
    }
    let mut lengths = Vec::new();
    for row in rows(answers, 2)? {
        let Minutes(length) = row.try_get(0)?;
        lengths.push(length);
    }
    facts.extend(histogram(&lengths));
    Ok(facts)
}

fn histogram(lengths: &[f64]) -> Facts {
    if lengths.is_empty() {
        return Facts::new();
    }
    let least = lengths.iter().copied().fold(f64::MAX, f64::min);
    let greatest = lengths.iter().copied().fold(f64::MIN, f64::max);
    let width = (greatest - least) / BINS as f64;
    let bins = (0..BINS).map(|bin| {
        let start = least + bin as f64 * width;
        let end = start + width;
        let inside = lengths.iter().filter(|length| {
            (start <= **length && **length < end) || (bin == BINS - 1 && **length >= end)
        });
        fact(
            "session lengths",
            [rounded(start), rounded(end), inside.count().to_string()],
        )
    });
    bins.collect()
}

fn channel_breakdown(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut sessions = BTreeMap::new();
    for row in rows(answers, 1)? {
        sessions.insert(
            row.try_get::<_, Option<String>>(0)?,
            row.try_get::<_, i64>(1)?,
        );
    }
    let mut platforms = BTreeMap::new();
    for row in rows(answers, 0)? {
        let platform: String = row.try_get(0)?;
        let count = sessions.get(&Some(platform.clone()));
        platforms.insert(platform, count.copied().unwrap_or(0));
    }
    let total: i64 = platforms.values().sum();
    let platforms = platforms
        .iter()
        .map(|(platform, count)| fact("channels", [platform, &count.to_string()]));
    Ok(platforms
        .chain([fact("channels", ["", &total.to_string()])])
        .collect())
}

fn tag_analytics(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut tags: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in rows(answers, 0)? {
        let tag = (row.try_get("category")?, row.try_get("name")?);
        *tags.entry(tag).or_default() += 1;
    }
    let total: i64 = tags.values().sum();
    let tags = tags
        .iter()
        .map(|((category, name), count)| fact("tags", [category, name, &count.to_string()]));
    Ok(tags
        .chain([fact("tags", ["", "", &total.to_string()])])
        .collect())
}

fn response_time(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut facts = Facts::new();
    for row in rows(answers, 0)? {
        let day: NaiveDate = row.try_get(0)?;
        let milliseconds: f64 = row.try_get(1)?;
        // Half a hundredth is rounded up: as seconds it would be a little less or more.
        let seconds = format!("{:.2}", (milliseconds / 10.0).round() / 100.0);
        facts.push(fact("response time", [day.to_string(), seconds]));
    }
    Ok(facts)
}

fn trends_query(client: &mut Client, asked: &Asked<'_>) -> Fallible<Query> {
    let bots = keys(client, &asked.query(sql!("today_bots")))?;
    Ok(asked.query(&sql!("today_trends").replace("{bots}", &bots)))
}

fn trends(answers: &[Vec<Row>]) -> Fallible<Facts> {
    let mut hours = Vec::new();
    for row in rows(answers, 0)? {
        let (bot, hour): (i64, NaiveDateTime) = (row.try_get(0)?, row.try_get(1)?);
        hours.push((bot, hour.and_utc(), row.try_get(3)?, row.try_get(2)?));
    }
    hours.sort();
    let hours = hours.into_iter();
    Ok(hours
        .filter_map(|(bot, hour, success, error)| run_hour(bot, hour, success, error))
        .collect())
}

fn rows(answers: &[Vec<Row>], at: usize) -> Fallible<&[Row]> {
    let rows = answers.get(at).ok_or("a statement is missing")?;
    Ok(rows.as_slice())
}

fn one(answers: &[Vec<Row>], at: usize) -> Fallible<&Row> {
    Ok(rows(answers, at)?.first().ok_or("a count has a row")?)
}

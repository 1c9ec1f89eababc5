//! pagewise's dashboards.

use std::vec::IntoIter;

use pagewise::Strategy;
use pagewise::aggregate::Window;
use pagewise::chat::dashboard::{
    Dashboard, DashboardData, DashboardStatement, Overview, Panel, Point, UserEngagement,
};
use pagewise::driver::postgres::Execute;
use postgres::{Error, Row};
use sea_query::Value;

use crate::asked::{Asked, Bots};
use crate::facts::{self, Facts, day, fact, rounded, run_hour};
use crate::place::ZONE;
use crate::report::Fallible;
use crate::report::job::{Candidate, Query, Way};

/// The old strategy, all panels in one statement and, where there are several, each in its own.
pub fn candidates(asked: &Asked<'_>, panels: &[Panel]) -> Fallible<Vec<Candidate>> {
    let dashboard = dashboard(asked)?;
    let together = dashboard.clone().visible(panels.iter().copied());
    let mut candidates = vec![
        candidate(
            Way::Legacy,
            vec![together.clone().strategy(Strategy::Legacy).build()?],
        ),
        candidate(Way::Pagewise, vec![together.build()?]),
    ];
    if panels.len() > 1 {
        let apart = panels
            .iter()
            .map(|panel| dashboard.clone().visible([*panel]).build());
        candidates.push(candidate(Way::OneByOne, apart.collect::<Result<_, _>>()?));
    }
    Ok(candidates)
}

fn dashboard(asked: &Asked<'_>) -> Fallible<Dashboard> {
    let window = Window::new(asked.window.start, asked.window.end)?;
    let bots = match asked.bots {
        Bots::All => None,
        Bots::One => Some(vec![asked.team.bot]),
    };
    Ok(Dashboard::new(window, &asked.place.ids)
        .tenant(asked.team.id)
        .experiments(bots)
        .in_zone(&ZONE.parse()?))
}

fn candidate(way: Way, statements: Vec<DashboardStatement>) -> Candidate {
    let all = statements.iter().flat_map(DashboardStatement::statements);
    let mut candidate = Candidate::new(way, all.map(Query::of).collect::<Vec<_>>());
    candidate.reading = Some(Box::new(move |answers| {
        let mut answers = Answers(answers.into_iter());
        let mut facts = Facts::new();
        for statement in &statements {
            facts.extend(read(&statement.fetch(&mut answers)?));
        }
        Ok(facts)
    }));
    candidate
}

/// What the server answered, to be read once more.
struct Answers(IntoIter<Vec<Row>>);

impl Execute for Answers {
    fn run(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, Error> {
        Ok(self.0.next().unwrap_or_default())
    }
}

fn read(data: &DashboardData) -> Facts {
    let mut facts = Facts::new();
    facts.extend(data.overview.as_ref().map(overview).unwrap_or_default());
    facts.extend(chart(
        "active participants",
        &data.active_participants,
        |authors| vec![*authors],
    ));
    facts.extend(chart(
        "session analytics",
        &data.session_analytics,
        |point| vec![point.sessions, point.participants],
    ));
    facts.extend(chart("message volume", &data.message_volume, |point| {
        vec![point.human, point.ai, point.total]
    }));
    if let Some(table) = &data.bot_performance {
        facts.extend(table.bots.iter().map(|bot| {
            let cells = [
                bot.id.to_string(),
                bot.name.clone(),
                bot.participants.to_string(),
                bot.sessions.to_string(),
                bot.messages.to_string(),
                bot.completed_sessions.to_string(),
                rounded(bot.completion_rate),
                rounded(bot.avg_session_duration),
                rounded(bot.avg_messages_per_session),
            ];
            fact("bot performance", cells)
        }));
        facts.push(fact(
            "bot performance",
            ["chatbots", &table.total.to_string()],
        ));
    }
    facts.extend(
        data.user_engagement
            .as_ref()
            .map(engagement)
            .unwrap_or_default(),
    );
    if let Some(channels) = &data.channel_breakdown {
        let platforms = channels.platforms.iter();
        facts.extend(
            platforms.map(|(platform, count)| fact("channels", [platform, &count.to_string()])),
        );
        facts.push(fact("channels", ["", &channels.total.to_string()]));
    }
    if let Some(tags) = &data.tag_analytics {
        facts.extend(
            tags.tags
                .iter()
                .map(|tag| fact("tags", [&tag.category, &tag.name, &tag.count.to_string()])),
        );
        facts.push(fact("tags", ["", "", &tags.total.to_string()]));
    }
    for point in data.response_time.iter().flatten() {
        let day = point.local_start.date().to_string();
        facts.push(fact("response time", [day, format!("{:.2}", point.value)]));
    }
    for trend in data.trends.iter().flatten() {
        let hours = trend.success.iter().zip(&trend.error).enumerate();
        facts.extend(hours.filter_map(|(hour, (success, error))| {
            let hour = trend.start + chrono::TimeDelta::hours(hour as i64);
            run_hour(trend.id, hour, *success, *error)
        }));
    }
    facts
}

fn overview(data: &Overview) -> Facts {
    let numbers = facts::Overview {
        experiments: data.total_experiments,
        participants: data.total_participants,
        sessions: data.total_sessions,
        messages: data.total_messages,
        active_experiments: data.active_experiments,
        active_participants: data.active_participants,
        completed_sessions: data.completed_sessions,
    };
    numbers.facts_with([
        data.completion_rate,
        data.avg_messages_per_session,
        data.avg_sessions_per_participant,
    ])
}

fn chart<T>(name: &str, points: &Option<Vec<Point<T>>>, numbers: impl Fn(&T) -> Vec<i64>) -> Facts {
    let points = points.iter().flatten();
    points
        .filter_map(|point| day(name, point.local_start.date(), &numbers(&point.value)))
        .collect()
}

fn engagement(data: &UserEngagement) -> Facts {
    let people = data.most_active.iter().map(|person| {
        let name = match person.name.as_str() {
            "" => &person.identifier,
            name => name,
        };
        let cells = [
            person.id.to_string(),
            name.to_owned(),
            person.messages.to_string(),
            person.sessions.to_string(),
            person.last_activity.to_string(),
        ];
        fact("user engagement", cells)
    });
    let bins = data.session_durations.iter().map(|bin| {
        let cells = [rounded(bin.start), rounded(bin.end), bin.count.to_string()];
        fact("session lengths", cells)
    });
    people.chain(bins).collect()
}

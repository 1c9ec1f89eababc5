//! What is asked for.

use pagewise::chat::dashboard::Panel;
use postgres::Client;

use crate::asked::{Asked, Bots};
use crate::best;
use crate::history;
use crate::ours;
use crate::place::{Place, Team, Window};
use crate::report::Fallible;
use crate::report::job::{Candidate, Job, Jobs};
use crate::today;

const BOTS: [Bots; 2] = [Bots::All, Bots::One];

/// Panels that are asked for alone: their key and title.
const SINGLE: [(&str, &str, Panel); 6] = [
    ("bots", "bot performance", Panel::BotPerformance),
    ("users", "user engagement", Panel::UserEngagement),
    ("channels", "channel breakdown", Panel::ChannelBreakdown),
    ("tags", "tag analytics", Panel::TagAnalytics),
    ("response", "average response time", Panel::ResponseTime),
    ("trends", "trends", Panel::Trends),
];

/// The panels that are charts over messages.
const CHARTS: [Panel; 3] = [
    Panel::ActiveParticipants,
    Panel::SessionAnalytics,
    Panel::MessageVolume,
];

/// All jobs.
pub fn at(client: &mut Client, _: f64) -> Fallible<Jobs> {
    let place = &Place::find(client)?;
    let [large, middle, small] = place.teams;
    let [_, month, _, _] = place.windows;
    let asked = |team, window, bots| Asked {
        place,
        team,
        window,
        bots,
    };
    let everybody = |window: Window| {
        let teams = [large, middle, small].into_iter();
        teams.flat_map(move |team: Team| BOTS.map(|bots| asked(team, window, bots)))
    };
    let mut jobs = Vec::new();
    for window in place.windows {
        for asked in everybody(window) {
            jobs.push(overview(client, &asked)?);
        }
    }
    for asked in everybody(month) {
        jobs.push(charts(client, &asked)?);
    }
    for (key, title, panel) in SINGLE {
        for (team, bots) in [(large, Bots::All), (large, Bots::One), (small, Bots::All)] {
            let asked = asked(team, month, bots);
            jobs.push(job(client, key, title, &asked, &[panel], Vec::new())?);
        }
    }
    for asked in everybody(month) {
        let title = "all panels";
        jobs.push(job(
            client,
            "panels",
            title,
            &asked,
            &Panel::ALL,
            Vec::new(),
        )?);
    }
    // Last: the data stays so.
    for bots in BOTS {
        let job = overview(client, &asked(large, month, bots))?;
        jobs.push(Job {
            key: format!("older_{}", job.key),
            title: format!("{}, twice the history", job.title),
            before: Some(history::double),
            ..job
        });
    }
    Ok(Jobs {
        sessions: place.sessions,
        jobs,
    })
}

fn overview(client: &mut Client, asked: &Asked<'_>) -> Fallible<Job> {
    let by_hand = best::overview(asked);
    job(
        client,
        "overview",
        "overview",
        asked,
        &[Panel::Overview],
        by_hand,
    )
}

fn charts(client: &mut Client, asked: &Asked<'_>) -> Fallible<Job> {
    let by_hand = best::charts(asked);
    job(client, "charts", "three charts", asked, &CHARTS, by_hand)
}

fn job(
    client: &mut Client,
    key: &str,
    title: &str,
    asked: &Asked<'_>,
    panels: &[Panel],
    by_hand: Vec<Candidate>,
) -> Fallible<Job> {
    let mut candidates = vec![today::candidate(client, asked, panels)?];
    candidates.extend(ours::candidates(asked, panels)?);
    candidates.extend(by_hand);
    Ok(Job {
        key: format!("{key}_{}", asked.key()),
        title: format!("{title} {}", asked.name()),
        candidates,
        counted: Some(asked.messages(client)?),
        ..Job::default()
    })
}

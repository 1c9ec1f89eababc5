//! A dashboard that is computed once and read until it is outdated: by one of those who ask, or before anybody does.
//!
//! ```text
//! cargo run --features cache --example cached_dashboard
//! ```
//!
//! With `DATABASE_URL`, it makes the cache's tables there and keeps a few results, in a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use pagewise::aggregate::{Bucket, Window};
use pagewise::cache::{
    self, Definition, ResultCache, Tier, TimeRange, WarmOutcome, WarmTask, Warming,
};
use pagewise::chat::dashboard::cached::{CachedDashboard, OVERVIEW, active_teams};
use pagewise::chat::{self, TaggableIds};
use pagewise::ddl::{Migration, RunOptions};
use pagewise::{ContentTypeId, ContentTypes};
use postgres::{Client, NoTls};

/// The end of the reference data. What is asked for by a service follows the clock: `TimeRange::Last`.
const NOW: &str = "2026-11-01T00:00:00Z";

fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("DATABASE_URL").ok();
    let mut client = match &url {
        Some(url) => Some(Client::connect(url, NoTls)?),
        None => None,
    };
    let ids = match &mut client {
        Some(client) => ContentTypes::default().resolve(client, &chat::TAGGABLE)?,
        None => TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        },
    };

    let month = TimeRange::Last(TimeDelta::days(30));
    let zone = "Africa/Johannesburg".parse()?;
    let daily = CachedDashboard::new(1, month, &ids)
        .with(|dashboard| dashboard.in_zone(&zone).experiments(Some(vec![3, 1])));
    let weekly = daily
        .clone()
        .with(|dashboard| dashboard.every(Bucket::Week));
    println!("-- What a panel is kept by is what changes its numbers, and nothing else:\n");
    for (which, dashboard) in [("daily", &daily), ("weekly", &weekly)] {
        println!("{which}:  {}", dashboard.overview().key().text());
        println!("{which}:  {}", dashboard.message_volume().key().text());
    }
    println!("\n{}\n", weekly.message_volume().key().canonical());
    println!(
        "-- Looking for it: one statement that locks nothing, and says whether it is outdated:\n\n{};\n",
        daily.overview().key().lookup()
    );

    let (Some(url), Some(client)) = (&url, &mut client) else {
        return Ok(());
    };
    Migration::new()
        .phase("cache", cache::steps())
        // Who writes leaves a note, which outdates what was computed before.
        .phase("notes", chat::cache_sources().steps()?)
        .run(client, &RunOptions::default())?;

    // Half a minute behind the data, and an old one rather than none, for ten minutes.
    let busy = Tier::OVERVIEW
        .tolerate_changes(Duration::from_secs(30))
        .stale_for(Duration::from_secs(600));
    let results = ResultCache::new().tier(OVERVIEW, busy);
    let window = Window::before(NOW.parse()?, TimeDelta::days(30))?;
    let of_team = |team| CachedDashboard::new(team, window, &ids);
    for _ in 0..2 {
        let began = Instant::now();
        let overview = results.get(client, &of_team(1).overview())?;
        println!(
            "{} sessions and {} messages: {:?}, in {:?}",
            overview.value.total_sessions,
            overview.value.total_messages,
            overview.origin,
            began.elapsed(),
        );
        if let Some(failure) = overview.failure {
            println!("it could not be computed anew: {failure}");
        }
    }

    let mut teams = active_teams(client, Duration::from_secs(24 * 60 * 60))?;
    println!("\n{} teams were active in the last day", teams.len());
    if teams.is_empty() {
        // The reference data ends in November 2026: that may be long ago.
        teams = vec![1, 2, 3, 4];
    }
    let warming = Warming::new(teams);
    let mut clients = [Client::connect(url, NoTls)?, Client::connect(url, NoTls)?];
    thread::scope(|scope| {
        for client in &mut clients {
            scope.spawn(|| {
                warming.run(&results, client, |team| {
                    let dashboard = of_team(team);
                    vec![
                        WarmTask::new(dashboard.overview()),
                        WarmTask::new(dashboard.message_volume()),
                    ]
                });
            });
        }
    });
    let report = warming.report();
    println!("{report}");
    println!(
        "{} computed, by two clients",
        report.count(|outcome| *outcome == WarmOutcome::Computed)
    );

    results.flush_counts(client)?;
    println!("\nTeam 1: {}", results.statistics(client, 1)?);
    Ok(())
}

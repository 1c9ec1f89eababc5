//! The dashboard of a team: all of it in one statement, and one panel alone, narrowed by what its viewer picks.
//!
//! ```text
//! cargo run --example dashboard
//! ```
//!
//! With `DATABASE_URL`, its numbers too, from a database that was filled by
//! `cargo run -p pagewise-reference --example load -- $DATABASE_URL 0.01`.

use std::env;
use std::error::Error;

use chrono::TimeDelta;
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::dashboard::{BotOrder, Dashboard, DashboardData, Panel, Trend};
use pagewise::chat::{self, TaggableIds};
use pagewise::order::Direction;
use pagewise::{ContentTypeId, ContentTypes, Strategy};
use postgres::{Client, NoTls};

/// The end of the reference data. A service takes the time at which it is asked.
const NOW: &str = "2026-11-01T00:00:00Z";

fn main() -> Result<(), Box<dyn Error>> {
    let mut client = match env::var("DATABASE_URL") {
        Ok(url) => Some(Client::connect(&url, NoTls)?),
        Err(_) => None,
    };
    // Tags hang on chats and messages by a content type and an id: see the example `version_tags`.
    let ids = match &mut client {
        Some(client) => ContentTypes::default().resolve(client, &chat::TAGGABLE)?,
        None => TaggableIds {
            chat: ContentTypeId::new(7),
            message: ContentTypeId::new(8),
        },
    };
    let window = Window::before(NOW.parse()?, TimeDelta::days(30))?;
    let dashboard = Dashboard::new(window, &ids)
        .tenant(1)
        .in_zone(&"Africa/Johannesburg".parse()?)
        .every(Bucket::Week);

    let whole = dashboard.build()?;
    println!(
        "-- The whole dashboard: one statement of one row, in which each column of each panel is an array. What several\n\
         -- panels count is found once. A service keeps it prepared (`StatementCache`):\n\n{whole:#};\n"
    );
    let volume = dashboard.clone().visible([Panel::MessageVolume]).build()?;
    println!("-- One panel alone; what the others would need is not in it:\n\n{volume:#};\n");

    let narrowed = dashboard
        .clone()
        .platforms(Some(vec!["telegram".to_owned(), "whatsapp".to_owned()]))
        .visible([Panel::BotPerformance])
        .order_bots_by(BotOrder::CompletionRate, Direction::Descending)
        .bot_page(5, 0);
    println!(
        "-- Another panel, of some platforms only: filters limit what is counted, and which chatbots are listed:\n\n{:#};\n",
        narrowed.build()?
    );
    let legacy = dashboard.clone().strategy(Strategy::Legacy).build()?;
    println!(
        "-- The old way is a statement for each number at the top and for each panel: {} of them.\n",
        legacy.statements().len()
    );

    let Some(client) = &mut client else {
        return Ok(());
    };
    let data = whole.fetch(client)?;
    let same = legacy.fetch(client)?;
    // Means of the same values may differ in their last digit, by the order in which they are added up.
    assert_eq!(data.overview, same.overview, "both ways count the same");
    assert_eq!(data.message_volume, same.message_volume);
    assert_eq!(data.tag_analytics, same.tag_analytics);
    println!("Both ways give the same:\n");
    print_data(&data);

    println!("The chatbots on Telegram and WhatsApp, by their completion rate there:\n");
    print_data(&narrowed.build()?.fetch(client)?);

    // What somebody picked from a list. Nothing picked is no filter; a list of nothing is one that nothing meets.
    let overview = dashboard.visible([Panel::Overview]);
    for (picked, bots) in [
        ("nothing is picked", None),
        ("none is left of what was picked", Some(Vec::new())),
        (
            "the most written to is picked",
            Some(most_written_to(&data)),
        ),
    ] {
        let data = overview.clone().experiments(bots).build()?.fetch(client)?;
        println!("Where {picked}:\n");
        print_data(&data);
    }
    Ok(())
}

fn most_written_to(data: &DashboardData) -> Vec<i64> {
    let table = data.bot_performance.iter();
    table
        .flat_map(|table| table.bots.first())
        .map(|bot| bot.id)
        .collect()
}

/// The panels that were asked for; the others are `None`.
fn print_data(data: &DashboardData) {
    if let Some(overview) = &data.overview {
        println!(
            "{} of {} chatbots and {} of {} participants active; {} messages in {} sessions, {:.1} in each,\n\
             {:.1} % of the sessions completed, {:.1} for each active participant\n",
            overview.active_experiments,
            overview.total_experiments,
            overview.active_participants,
            overview.total_participants,
            overview.total_messages,
            overview.total_sessions,
            overview.avg_messages_per_session,
            overview.completion_rate,
            overview.avg_sessions_per_participant,
        );
    }
    if let (Some(sessions), Some(messages)) = (&data.session_analytics, &data.message_volume) {
        for (point, volume) in sessions.iter().zip(messages) {
            println!(
                "week of {}  {:>6} sessions  {:>6} participants  {:>6} messages, {} of them by chatbots",
                point.local_start.date(),
                point.value.sessions,
                point.value.participants,
                volume.value.total,
                volume.value.ai,
            );
        }
        println!();
    }
    if let Some(table) = &data.bot_performance {
        for bot in &table.bots {
            println!(
                "{:>8}  {:>6} sessions  {:>6} messages  {:>5.1} % completed  {}",
                bot.id,
                bot.sessions,
                bot.messages,
                bot.completion_rate * 100.0,
                bot.name,
            );
        }
        println!("of {} chatbots\n", table.total);
    }
    if let Some(engagement) = &data.user_engagement {
        for person in &engagement.most_active {
            println!(
                "{:>8}  {:>6} messages in {:>3} sessions, the last on {}",
                person.id,
                person.messages,
                person.sessions,
                person.last_activity.date_naive(),
            );
        }
        println!();
        for bin in &engagement.session_durations {
            println!(
                "{:>7.1} to {:>7.1} minutes  {:>6} sessions",
                bin.start, bin.end, bin.count
            );
        }
        println!();
    }
    if let Some(channels) = &data.channel_breakdown {
        for (platform, sessions) in &channels.platforms {
            println!("{platform:<12}  {sessions:>6} sessions");
        }
        println!();
    }
    if let Some(tags) = &data.tag_analytics {
        println!(
            "{} tags on messages, {} of them different",
            tags.total,
            tags.tags.len()
        );
    }
    if let Some(weeks) = &data.response_time {
        let seconds = weeks.iter().map(|week| week.value).fold(0.0, f64::max);
        println!("{seconds} s for an answer in the slowest week");
    }
    if let Some(trends) = &data.trends {
        let runs = |of: fn(&Trend) -> &Vec<i64>| trends.iter().flat_map(of).sum::<i64>();
        println!(
            "{} runs of the last 24 hours succeeded, {} failed\n",
            runs(|trend| &trend.success),
            runs(|trend| &trend.error),
        );
    }
}

//! The emitted SQL of dashboards, word for word.

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use pagewise::Strategy::Legacy;
use pagewise::aggregate::Window;
use pagewise::chat::dashboard::{Dashboard, Panel};

use crate::support::{TEAM, reader, run, taggable};

fn dashboard() -> Dashboard {
    let end = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("an instant");
    let window = Window::before(end, TimeDelta::days(30)).expect("a window");
    Dashboard::new(window, &taggable(&mut reader()))
        .tenant(TEAM)
        .in_zone(&"Africa/Johannesburg".parse().expect("a zone"))
}

/// The texts, after they have run.
fn texts(dashboard: &Dashboard) -> String {
    let statement = dashboard.build().expect("a dashboard");
    for statement in statement.statements() {
        run(&mut reader(), statement);
    }
    format!("{statement:#}")
}

#[test]
fn the_whole_dashboard() {
    assert_snapshot!("whole", texts(&dashboard()));
}

#[test]
fn the_overview() {
    let overview = dashboard().visible([Panel::Overview]);
    assert_snapshot!("overview", texts(&overview));
    let filtered = overview
        .experiments(Some(vec![1, 2]))
        .platforms(Some(vec!["telegram".to_owned()]))
        .tags(Some(vec![3]));
    assert_snapshot!("overview_filtered", texts(&filtered));
}

#[test]
fn what_the_application_asks() {
    let some = [
        Panel::Overview,
        Panel::MessageVolume,
        Panel::ChannelBreakdown,
    ];
    assert_snapshot!("legacy", texts(&dashboard().visible(some).strategy(Legacy)));
}

#[test]
fn a_panel_alone() {
    let alone = |panel| texts(&dashboard().visible([panel]));
    assert_snapshot!("message_volume", alone(Panel::MessageVolume));
    assert_snapshot!("bot_performance", alone(Panel::BotPerformance));
    assert_snapshot!("user_engagement", alone(Panel::UserEngagement));
    assert_snapshot!("tag_analytics", alone(Panel::TagAnalytics));
    assert_snapshot!("response_time", alone(Panel::ResponseTime));
    assert_snapshot!("trends", alone(Panel::Trends));
}

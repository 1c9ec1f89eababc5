//! Dashboards that cannot be: typed errors, both ways.

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::{Bucket, Window};
use pagewise::chat::dashboard::{BotOrder, Dashboard, Panel};
use pagewise::{Error, order::Direction};

use crate::oracle::entities::IDS;
use crate::support::{TEAM, reader, taggable};

fn dashboard() -> Dashboard {
    let end = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
    let window = Window::before(end, TimeDelta::days(30)).expect("a window");
    Dashboard::new(window, &IDS).tenant(TEAM)
}

fn refused(dashboard: &Dashboard) -> Error {
    let optimized = dashboard.clone().strategy(Optimized).build().unwrap_err();
    let legacy = dashboard.clone().strategy(Legacy).build().unwrap_err();
    assert_eq!(optimized.to_string(), legacy.to_string());
    optimized
}

#[test]
fn dashboards_that_are_none() {
    let end = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
    let years = Window::before(end, TimeDelta::days(3_650)).expect("a window");
    let errors = [
        refused(&dashboard().visible([])),
        refused(&Dashboard::new(years, &IDS)),
        refused(&dashboard().tenant("seven")),
        refused(&dashboard().duration_bins(0)),
        refused(&dashboard().duration_bins(1_000)),
        // A million points.
        refused(
            &Dashboard::new(years, &IDS)
                .tenant(TEAM)
                .every(Bucket::Minutes(5)),
        ),
        refused(&dashboard().every(Bucket::Minutes(7))),
        refused(&dashboard().bot_page(0, 0)),
        refused(&dashboard().bot_page(5_000, 0)),
        refused(&dashboard().bot_page(10, u64::MAX)),
        refused(&dashboard().most_active(0)),
        refused(&dashboard().most_active(5_000)),
        refused(&dashboard().platforms(Some(vec!["web\0".to_owned()]))),
        "turnover".parse::<BotOrder>().unwrap_err(),
    ];
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_snapshot!("dashboards", lines.join("\n"));
}

#[test]
fn a_zone_that_the_server_does_not_know() {
    let zone = "Mars/Olympus_Mons".parse().expect("a name");
    for strategy in [Optimized, Legacy] {
        let statement = dashboard().in_zone(&zone).strategy(strategy).build();
        let error = statement
            .expect("a dashboard")
            .fetch(&mut reader())
            .unwrap_err();
        assert!(matches!(error, Error::UnknownTimeZone { .. }), "{error:?}");
    }
}

#[test]
fn what_is_large_or_odd_and_can_be() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let window = Window::before(
        DateTime::from_timestamp(1_790_000_000, 0).expect("an instant"),
        TimeDelta::days(3_650),
    );
    let window = window.expect("a window");
    let dashboard = || Dashboard::new(window, &ids).tenant(TEAM);
    for request in [
        dashboard().most_active(1),
        dashboard().most_active(1_000),
        dashboard().bot_page(1_000, 1 << 40),
        dashboard().duration_bins(100),
        dashboard().visible([Panel::Trends, Panel::Trends]),
        dashboard().experiments(Some((0..5_000).collect())),
        dashboard().platforms(Some(vec!["it's \"$1\" ? \\ --".to_owned()])),
        dashboard().order_bots_by(BotOrder::Name, Direction::Ascending),
        dashboard()
            .trends_until(DateTime::<Utc>::MIN_UTC)
            .visible([Panel::Trends]),
        dashboard()
            .trends_until(DateTime::<Utc>::MAX_UTC)
            .visible([Panel::Trends]),
    ] {
        for strategy in [Optimized, Legacy] {
            let statement = request.clone().strategy(strategy).build();
            // An error is one, too; a panic is not.
            let answer = statement.map(|statement| statement.fetch(&mut client));
            if !format!("{request:?}").contains("262") {
                answer.expect("a dashboard").expect("an answer");
            }
        }
    }
}

//! The laws that are about texts: of the whole dashboard, and of each panel alone.

use std::cell::RefCell;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;
use pagewise::Statement;
use pagewise::Strategy::{self, Legacy, Optimized};
use pagewise::sea_query::Value;
use proptest::collection::vec;
use proptest::strategy::Strategy as _;
use proptest::test_runner::TestCaseError;

use super::data;
use super::parity::on_requests;
use super::request::{Asked, Filters, Part, Plan, plan};
use super::traps::{asked, by_hand};
use crate::laws::{Connection, Counting, Outcome, Parsed, check, deep, is_bound, without_bindings};
use crate::oracle::entities::{CHAT, EXPERIMENT, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG, TRACE};
use crate::scene::at_a_scene;
use crate::world::World;

const CHANNEL: &str = "channels_experimentchannel";

/// Runs a property on requests, without a database.
fn on_texts(cases: u32, test: impl Fn(&Asked) -> Outcome + Send) {
    deep(move || {
        let cases_at = at_a_scene(|scene| (data::world(scene), vec(plan(scene), 1..4)));
        let cases_at = cases_at.prop_map(|(_, case)| case);
        check(cases, &cases_at, |(world, plans): (World, Vec<Plan>)| {
            plans.iter().try_for_each(|plan| test(&plan.of(&world)))
        });
    });
}

fn statements(asked: &Asked, strategy: Strategy) -> Vec<Statement> {
    let dashboard = asked.dashboard().strategy(strategy).build();
    let dashboard = dashboard.unwrap_or_else(|error| panic!("{error}: {error:?}\n{asked:#?}"));
    dashboard.statements().cloned().collect()
}

fn failed(why: &str, asked: &Asked, statement: &Statement) -> TestCaseError {
    let parameters = statement.parameters();
    TestCaseError::fail(format!(
        "{why}\n\n{asked:#?}\n\n{statement:#}\n{parameters:?}"
    ))
}

/// Law 5.
#[test]
fn every_table_is_bound_to_the_team() {
    on_texts(40, |asked| {
        for strategy in [Optimized, Legacy] {
            for statement in statements(asked, strategy) {
                is_bound(statement.text(), statement.parameters(), asked.tenant)
                    .map_err(|why| failed(&why, asked, &statement))?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_check_sees_a_missing_binding() {
    on_texts(8, |asked| {
        for strategy in [Optimized, Legacy] {
            for statement in statements(asked, strategy) {
                let unbound = without_bindings(statement.text());
                let is_seen =
                    |text: &String| is_bound(text, statement.parameters(), asked.tenant).is_err();
                if unbound.is_empty() || !unbound.iter().all(is_seen) {
                    return Err(failed("a missing binding was not seen", asked, &statement));
                }
            }
        }
        Ok(())
    });
}

/// Laws 6 and 7: the text does not depend on whose dashboard it is, on the window, the zone, or on what and how much the
/// filters list.
#[test]
fn the_text_depends_on_the_shape_only() {
    on_texts(30, |asked| {
        // Which of the platforms every chatbot has is part of the shape.
        let mut asked = asked.clone();
        if let Some(platforms) = &mut asked.filters.platforms {
            *platforms = vec!["telegram".to_owned()];
        }
        for (length, tenant) in [(0, 98_710_001), (1, 2), (300, 3)] {
            let other = elsewhere(&asked, length, tenant);
            for strategy in [Optimized, Legacy] {
                let (ours, theirs) = (statements(&asked, strategy), statements(&other, strategy));
                if ours.len() != theirs.len() {
                    return Err(failed("more statements", &other, &ours[0]));
                }
                for (ours, theirs) in ours.iter().zip(&theirs) {
                    let types = |statement: &Statement| -> Vec<_> {
                        let parameters = statement.parameters().iter();
                        parameters.map(std::mem::discriminant).collect()
                    };
                    if ours.text() != theirs.text() || types(ours) != types(theirs) {
                        let why = format!("another text\n{theirs:#}");
                        return Err(failed(&why, &asked, ours));
                    }
                    if theirs.text().contains("98710") || theirs.text().contains("zqx") {
                        return Err(failed("a value got into the text", &other, theirs));
                    }
                    if !theirs.parameters().contains(&Value::BigInt(Some(tenant))) {
                        return Err(failed("no team", &other, theirs));
                    }
                }
            }
        }
        Ok(())
    });
}

/// The same request of others.
fn elsewhere(asked: &Asked, length: i64, tenant: i64) -> Asked {
    let ids = |list: &Option<Vec<i64>>| {
        let ids = (0..length).map(|at| 98_710_000 + at).collect();
        list.as_ref().map(|_| ids)
    };
    let filters = &asked.filters;
    let later = TimeDelta::days(1_234);
    Asked {
        tenant,
        filters: Filters {
            start: filters.start + later,
            end: filters.end + later,
            experiments: ids(&filters.experiments),
            platforms: filters.platforms.as_ref().map(|_| {
                let names = (0..length).map(|at| format!("zqx'\"; -- {at}"));
                names.collect()
            }),
            participants: ids(&filters.participants),
            tags: ids(&filters.tags),
            include_archived: filters.include_archived,
        },
        zone: Tz::Pacific__Chatham,
        now: asked.now + later,
        ..asked.clone()
    }
}

/// The tables that have to be read for a panel.
fn tables(part: Part, filters: &Filters) -> BTreeSet<&'static str> {
    let mut tables: BTreeSet<&str> = match part {
        Part::Overview => [EXPERIMENT, PARTICIPANT].into(),
        Part::ActiveParticipants | Part::SessionAnalytics | Part::MessageVolume => [].into(),
        Part::BotPerformance => [EXPERIMENT].into(),
        Part::UserEngagement => [PARTICIPANT].into(),
        Part::ChannelBreakdown => [CHANNEL].into(),
        Part::TagAnalytics => [ITEM, TAG, CHAT].into(),
        Part::AverageResponseTime => [TRACE].into(),
        Part::Trends => [EXPERIMENT, TRACE].into(),
    };
    if part != Part::Trends {
        tables.extend([MESSAGE, SESSION]);
        // Chats without a session count, unless something is asked of the session.
        let is_of_sessions = filters.experiments.is_some()
            || filters.platforms.is_some()
            || filters.participants.is_some();
        if !is_of_sessions {
            tables.insert(CHAT);
        }
    }
    if matches!(part, Part::Overview | Part::BotPerformance | Part::Trends) {
        let is_global = |on: &String| ["api", "web", "evaluations"].contains(&on.as_str());
        if filters
            .platforms
            .as_ref()
            .is_some_and(|on| !on.iter().any(is_global))
        {
            tables.insert(CHANNEL);
        }
        if filters.participants.is_some() || filters.tags.is_some() {
            tables.insert(SESSION);
        }
    }
    if filters.tags.is_some() {
        tables.extend([MESSAGE, ITEM, TAG]);
    }
    tables
}

/// Law 8: what no visible panel needs is not in the text.
#[test]
fn only_visible_panels_are_in_the_text() {
    on_texts(60, |asked| {
        let statements = statements(asked, Optimized);
        let [statement] = statements.as_slice() else {
            return Err(TestCaseError::fail("not one statement"));
        };
        let parsed = Parsed::new(statement).map_err(|why| failed(&why, asked, statement))?;
        let expected = asked
            .visible
            .iter()
            .flat_map(|part| tables(*part, &asked.filters));
        let expected: BTreeSet<String> = expected.map(str::to_owned).collect();
        let found = parsed.tables();
        if found != expected {
            let why = format!("tables\n   found {found:?}\nexpected {expected:?}");
            return Err(failed(&why, asked, statement));
        }
        Ok(())
    });
}

/// Law 9: the whole dashboard is one statement.
#[test]
fn a_dashboard_is_one_statement() {
    on_requests(8, |transaction, _, asked| {
        let dashboard = asked.dashboard().build().expect("a dashboard");
        let mut client = Counting::new(transaction);
        dashboard.fetch(&mut client).expect("an answer");
        let texts = client.texts;
        let text = dashboard.statements().next().expect("a statement").text();
        match texts.as_slice() {
            [sent] if sent == text => Ok(()),
            _ => Err(TestCaseError::fail(format!("{} statements", texts.len()))),
        }
    });
}

/// Law 10: of nothing, counts and ratios are 0, charts have their points, and tables have no rows.
#[test]
fn of_nothing_there_is_zero() {
    let connection = RefCell::new(Connection::open());
    let asked = asked();
    for strategy in [Optimized, Legacy] {
        let data = connection
            .borrow_mut()
            .with(&World::default(), |transaction| {
                let dashboard = asked.dashboard().strategy(strategy).build();
                dashboard
                    .expect("a dashboard")
                    .fetch(transaction)
                    .expect("an answer")
            });
        assert_eq!(data.overview, Some(Default::default()));
        assert_eq!(data.bot_performance, Some(Default::default()));
        assert_eq!(data.user_engagement, Some(Default::default()));
        assert_eq!(data.channel_breakdown, Some(Default::default()));
        assert_eq!(data.tag_analytics, Some(Default::default()));
        assert_eq!(data.response_time, Some(Vec::new()));
        assert_eq!(data.trends, Some(Vec::new()));
        let volume = data.message_volume.expect("a chart");
        assert_eq!(volume.len(), 2, "two days, in Johannesburg");
        assert!(volume.iter().all(|point| point.value == Default::default()));
    }
}

/// What is counted by hand, the database counts alike.
#[test]
fn the_world_that_is_counted_by_hand() {
    let mut connection = Connection::open();
    let (world, asked) = (by_hand(), asked());
    connection.with(&world, |transaction| {
        for strategy in [Optimized, Legacy] {
            let dashboard = asked.dashboard().strategy(strategy).build();
            let data = dashboard
                .expect("a dashboard")
                .fetch(transaction)
                .expect("an answer");
            let overview = data.overview.expect("numbers");
            assert_eq!(
                (overview.total_experiments, overview.total_participants),
                (2, 2)
            );
            assert_eq!((overview.total_sessions, overview.total_messages), (3, 6));
            assert_eq!(
                (overview.active_experiments, overview.active_participants),
                (1, 2)
            );
            assert_eq!(overview.completed_sessions, 1);
            let bots = data.bot_performance.expect("a table").bots;
            let numbers =
                |bot: &pagewise::chat::dashboard::Bot| (bot.id, bot.sessions, bot.messages);
            assert_eq!(
                bots.iter().map(numbers).collect::<Vec<_>>(),
                [(11, 2, 4), (13, 0, 0)]
            );
        }
    });
}

//! Panels that are kept: what they show is in their keys, and what was kept is what was computed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Debug;

use chrono::{TimeDelta, Utc};
use pagewise::aggregate::{Bucket, Window};
use pagewise::cache::{self, Definition, Freshness, Origin, ResultCache, TimeRange};
use pagewise::chat::dashboard::cached::CachedDashboard;
use pagewise::chat::dashboard::{DashboardData, Panel};
use pagewise::ddl::{Migration, RunOptions};
use postgres::Transaction;
use proptest::collection::vec;
use proptest::strategy::Strategy as _;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use super::data;
use super::request::{Asked, PARTS, Plan, plan};
use super::traps::{asked, by_hand};
use crate::laws::{Connection, check};
use crate::oracle::entities::IDS;
use crate::scene::at_a_scene;
use crate::support::empty;
use crate::world::World;

impl Asked {
    /// The same, to be kept.
    fn cached(&self) -> CachedDashboard {
        let window = Window::new(self.filters.start, self.filters.end).expect("a window");
        CachedDashboard::new(self.tenant, window, &IDS).with(|_| self.dashboard())
    }
}

/// The key of each panel, and what it shows as JSON.
fn panels(transaction: &mut Transaction<'_>, asked: &Asked) -> Vec<(Panel, String, Value)> {
    let cached = asked.cached();
    let data = cached.at(Panel::Overview, Utc::now()).expect("a window");
    let data = data.visible(Panel::ALL).build().expect("a dashboard");
    let data = data.fetch(transaction).expect("its numbers");
    macro_rules! shown {
        ($($panel:ident $name:ident),*) => {
            vec![$((
                Panel::$panel,
                cached.$name().key().canonical(),
                json(data.$name.as_ref().expect("a visible panel")),
            )),*]
        };
    }
    shown!(
        Overview overview,
        ActiveParticipants active_participants,
        SessionAnalytics session_analytics,
        MessageVolume message_volume,
        BotPerformance bot_performance,
        UserEngagement user_engagement,
        ChannelBreakdown channel_breakdown,
        TagAnalytics tag_analytics,
        ResponseTime response_time,
        Trends trends
    )
}

/// As it is kept; and what is read is what was written.
fn json<T>(value: &T) -> Value
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let text = serde_json::to_string(value).expect("JSON");
    let read: T = serde_json::from_str(&text).expect("the same type");
    assert_eq!(&read, value);
    rounded(serde_json::from_str(&text).expect("JSON"))
}

/// Means of the same values may differ in their last digits, by the order in which they are added up.
fn rounded(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, rounded(value)))
            .collect(),
        Value::Number(number) if number.is_f64() => {
            format!("{:.6}", number.as_f64().unwrap_or_default()).into()
        }
        other => other,
    }
}

type Change = fn(&mut Asked, &Asked);

/// Each setting of a dashboard, to be taken from another request.
const SETTINGS: [(&str, Change); 14] = [
    ("start", |to, from| {
        to.filters.start = from.filters.start.min(to.filters.end)
    }),
    ("end", |to, from| {
        to.filters.end = from.filters.end.max(to.filters.start)
    }),
    ("experiments", |to, from| {
        to.filters.experiments.clone_from(&from.filters.experiments)
    }),
    ("platforms", |to, from| {
        to.filters.platforms.clone_from(&from.filters.platforms)
    }),
    ("participants", |to, from| {
        to.filters
            .participants
            .clone_from(&from.filters.participants)
    }),
    ("tags", |to, from| {
        to.filters.tags.clone_from(&from.filters.tags)
    }),
    ("include_archived", |to, _| {
        to.filters.include_archived ^= true
    }),
    ("zone", |to, from| to.zone = from.zone),
    ("every", |to, from| to.every = from.every),
    ("sparse", |to, _| to.sparse ^= true),
    ("rank", |to, from| to.bots.rank = from.bots.rank),
    ("direction", |to, _| to.bots.descending ^= true),
    ("page", |to, from| {
        (to.bots.offset, to.bots.size) = (from.bots.offset, from.bots.size)
    }),
    ("most, and the trends' end", |to, from| {
        (to.most, to.now) = (from.most, from.now)
    }),
];

/// What shows something else has another key, whichever setting it is.
#[test]
fn what_differs_has_another_key() {
    let connection = RefCell::new(Connection::open());
    let seen = RefCell::new(BTreeSet::new());
    let cases = at_a_scene(|scene| (data::world(scene), vec(plan(scene), 2..=2)));
    let cases = cases.prop_map(|(_, case)| case);
    // So many at least, and then until each setting has once changed what is shown.
    let left = Cell::new(25_u32);
    check(250, &cases, |(world, plans): (World, Vec<Plan>)| {
        if left.get() == 0 && seen.borrow().len() == SETTINGS.len() {
            return Ok(());
        }
        left.set(left.get().saturating_sub(1));
        let [mut one, mut other] = [plans[0].of(&world), plans[1].of(&world)];
        (one.tenant, other.tenant) = (1, 1);
        other.filters.experiments.get_or_insert_default();
        other.filters.tags.get_or_insert_default();
        connection.borrow_mut().with(&world, |transaction| {
            let before = panels(transaction, &one);
            for (setting, change) in SETTINGS {
                let mut changed = one.clone();
                change(&mut changed, &other);
                let after = panels(transaction, &changed);
                for ((panel, key, shown), (_, other_key, other_shown)) in before.iter().zip(&after) {
                    if shown == other_shown {
                        continue;
                    }
                    seen.borrow_mut().insert(setting);
                    if key == other_key {
                        return Err(TestCaseError::fail(format!(
                            "{panel:?} has the same key with another {setting}: {key}\n\n{one:#?}\n{changed:#?}"
                        )));
                    }
                }
            }
            Ok(())
        })
    });
    let unseen: Vec<_> = SETTINGS
        .iter()
        .filter(|(name, _)| !seen.borrow().contains(name))
        .collect();
    assert!(
        unseen.is_empty(),
        "no panel ever showed anything else: {unseen:?}"
    );
}

fn keys(cached: &CachedDashboard) -> [String; 10] {
    [
        cached.overview().key().text(),
        cached.active_participants().key().text(),
        cached.session_analytics().key().text(),
        cached.message_volume().key().text(),
        cached.bot_performance().key().text(),
        cached.user_engagement().key().text(),
        cached.channel_breakdown().key().text(),
        cached.tag_analytics().key().text(),
        cached.response_time().key().text(),
        cached.trends().key().text(),
    ]
}

#[test]
fn equal_requests_have_equal_keys() {
    let mut one = asked();
    one.filters.experiments = Some(vec![11, 12]);
    one.filters.platforms = Some(vec!["web".to_owned(), "telegram".to_owned()]);
    one.filters.participants = Some(vec![71, 72]);
    one.filters.tags = Some(vec![1, 2]);
    let mut other = one.clone();
    other.filters.experiments = Some(vec![12, 11, 12]);
    other.filters.platforms = Some(vec!["telegram".to_owned(), "web".to_owned()]);
    other.filters.participants = Some(vec![72, 71]);
    other.filters.tags = Some(vec![2, 1, 1]);
    // Which panels a page shows is no matter of theirs.
    other.visible = vec![PARTS[0]];
    assert_eq!(keys(&one.cached()), keys(&other.cached()));
    let distinct: BTreeSet<_> = keys(&one.cached()).into_iter().collect();
    assert_eq!(distinct.len(), 10);
}

/// A panel that follows the clock has one key; the settings of other panels are not in it.
#[test]
fn what_a_panel_does_not_show_is_not_in_its_key() {
    let month = TimeRange::Last(TimeDelta::days(30));
    let one = CachedDashboard::new(7, month, &IDS);
    let [week, other] = [
        one.clone().with(|dashboard| dashboard.every(Bucket::Week)),
        one.clone()
            .with(|dashboard| dashboard.most_active(3).bot_page(5, 5)),
    ]
    .map(|dashboard| keys(&dashboard));
    let one = keys(&one);
    let differ = |other: &[String; 10]| -> Vec<usize> {
        (0..10).filter(|at| one[*at] != other[*at]).collect()
    };
    assert_eq!(differ(&week), [1, 2, 3, 8]);
    assert_eq!(differ(&other), [4, 5]);
    let year = CachedDashboard::new(7, TimeRange::Last(TimeDelta::days(365)), &IDS);
    // Trends are of the last day in any case.
    assert_eq!(differ(&keys(&year)), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    let others = CachedDashboard::new(8, month, &IDS);
    assert_ne!(
        others.overview().key(),
        CachedDashboard::new(7, month, &IDS).overview().key()
    );
    let legacy = CachedDashboard::new(7, month, &IDS)
        .with(|dashboard| dashboard.strategy(pagewise::Strategy::Legacy));
    assert_eq!(differ(&keys(&legacy)).len(), 10);
}

#[test]
fn what_was_kept_is_what_is_computed() {
    let (_database, mut client) = empty();
    Migration::new()
        .phase("cache", cache::steps())
        .run(&mut client, &RunOptions::default())
        .unwrap();
    let mut transaction = client.transaction().unwrap();
    by_hand().insert(&mut transaction).unwrap();
    transaction.commit().unwrap();
    let asked = asked();
    let data: DashboardData = asked
        .dashboard()
        .build()
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    let (cache, cached) = (ResultCache::new(), asked.cached());
    macro_rules! compare {
        ($($name:ident),*) => {$(
            let panel = cached.$name();
            let computed = cache.get(&mut client, &panel).unwrap();
            assert!(computed.is_computed(), "{computed:?}");
            let kept = cache.get(&mut client, &panel).unwrap();
            assert_eq!(kept.origin, Origin::Kept(Freshness::Fresh));
            assert_eq!(Some(&computed.value), data.$name.as_ref());
            assert_eq!(kept.value, computed.value);
        )*};
    }
    compare!(
        overview,
        active_participants,
        session_analytics,
        message_volume,
        bot_performance,
        user_engagement,
        channel_breakdown,
        tag_analytics,
        response_time,
        trends
    );
    let statistics = cache.pending_counts(1, pagewise::chat::dashboard::cached::OVERVIEW);
    assert_eq!((statistics.hits, statistics.misses), (1, 1));
}

/// "The last day" is up to when it is computed, by the server's clock.
#[test]
fn what_follows_the_clock_is_computed_at_its_moment() {
    let day = CachedDashboard::new(1, TimeRange::Last(TimeDelta::days(1)), &IDS);
    let now = Utc::now();
    let volume = day.message_volume().statement(now).unwrap();
    let window = Window::before(now, TimeDelta::days(1)).unwrap();
    let same = CachedDashboard::new(1, window, &IDS).message_volume();
    assert_eq!(
        volume.to_string(),
        same.statement(Utc::now()).unwrap().to_string()
    );
    let parameters = |statement: &pagewise::chat::dashboard::DashboardStatement| -> Vec<_> {
        statement
            .statements()
            .map(|s| s.parameters().to_vec())
            .collect()
    };
    assert_eq!(
        parameters(&volume),
        parameters(&same.statement(now).unwrap())
    );
    let later = day
        .message_volume()
        .statement(now + TimeDelta::hours(1))
        .unwrap();
    assert_ne!(parameters(&volume), parameters(&later));
}

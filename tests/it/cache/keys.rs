//! Equal requests have equal keys, different ones different keys.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::TimeZone;
use pagewise::aggregate::{Bucket, Window};
use pagewise::cache::{CacheKey, CacheKind, KeyValue, Tier, TimeRange};
use proptest::prelude::*;
use proptest::sample::select;

const KINDS: [CacheKind<i64>; 4] = [
    CacheKind::new("count", Tier::OVERVIEW, &[]),
    CacheKind::new("count", Tier::OVERVIEW, &[]).version(2),
    CacheKind::new("count:day", Tier::TREND, &[]),
    CacheKind::new("count%3Aday", Tier::TREND, &["a"]),
];

/// What a request says, in the order in which it says it.
#[derive(Clone, Debug)]
enum Part {
    Range(TimeRange),
    Every(Bucket, &'static str),
    Zone(&'static str),
    Filter(&'static str, Vec<KeyValue>),
    Parameter(&'static str, KeyValue),
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn value() -> impl proptest::strategy::Strategy<Value = KeyValue> {
    prop_oneof![
        (0_i64..3).prop_map(KeyValue::from),
        select(vec!["0", "1", "", "a,b", "a", "\"]"]).prop_map(KeyValue::from),
        any::<bool>().prop_map(KeyValue::from),
        Just(KeyValue::Null),
        (0_i64..2).prop_map(|seconds| KeyValue::from(instant(seconds))),
        (0_i64..2).prop_map(|seconds| KeyValue::from(instant(seconds).date_naive())),
    ]
}

fn part() -> impl proptest::strategy::Strategy<Value = Part> {
    let zones = || select(vec!["UTC", "Africa/Johannesburg"]);
    let names = || select(vec!["a", "b", "a\",\"b"]);
    prop_oneof![
        (0_i64..3).prop_map(|days| Part::Range(TimeRange::Last(TimeDelta::days(days)))),
        (0_i64..2).prop_map(|seconds| {
            let window = Window::new(instant(0), instant(seconds)).unwrap();
            Part::Range(window.into())
        }),
        (
            select(vec![Bucket::Day, Bucket::Hour, Bucket::Minutes(5)]),
            zones()
        )
            .prop_map(|(bucket, zone)| Part::Every(bucket, zone)),
        zones().prop_map(Part::Zone),
        (names(), proptest::collection::vec(value(), 0..3))
            .prop_map(|(name, values)| Part::Filter(name, values)),
        (names(), value()).prop_map(|(name, value)| Part::Parameter(name, value)),
    ]
}

fn key(kind: usize, team: i64, parts: &[Part]) -> CacheKey<i64> {
    let zone = |name: &str| name.parse::<TimeZone>().unwrap();
    parts
        .iter()
        .cloned()
        .fold(KINDS[kind].key(team), |key, part| match part {
            Part::Range(range) => key.range(range),
            Part::Every(bucket, name) => key.every(bucket, &zone(name)),
            Part::Zone(name) => key.in_zone(&zone(name)),
            Part::Filter(name, values) => key.filter(name, values),
            Part::Parameter(name, value) => key.parameter(name, value),
        })
}

/// What the request means, in plain words: the last of what can be said once, and filters as sets.
fn meaning(kind: usize, parts: &[Part]) -> String {
    let mut range = String::new();
    let mut bucket = String::new();
    let mut zone = String::new();
    let mut filters = Vec::new();
    let mut parameters = HashMap::new();
    for part in parts {
        match part {
            Part::Range(said) => range = format!("{said:?}"),
            Part::Every(said, name) => {
                bucket = format!("{said:?}");
                zone = (*name).to_owned();
            }
            Part::Zone(name) => zone = (*name).to_owned(),
            Part::Filter(name, values) => {
                let mut values: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
                values.sort();
                values.dedup();
                filters.push(format!("{name:?} {values:?}"));
            }
            Part::Parameter(name, value) => {
                parameters.insert(*name, format!("{value:?}"));
            }
        }
    }
    filters.sort();
    filters.dedup();
    let mut parameters: Vec<_> = parameters.into_iter().collect();
    parameters.sort();
    format!("{kind} {range} {bucket} {zone} {filters:?} {parameters:?}")
}

#[test]
fn keys_are_equal_where_requests_are() {
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 4000,
        failure_persistence: None,
        ..Default::default()
    });
    let request = || (0..KINDS.len(), proptest::collection::vec(part(), 0..4));
    let pair = (request(), request(), any::<bool>());
    let outcome = runner.run(&pair, |((kind, parts), (other_kind, mut other), turned)| {
        if turned {
            // The same in another order, as far as the order means nothing.
            other = parts.iter().rev().cloned().collect();
        }
        let other_kind = if turned { kind } else { other_kind };
        let (one, two) = (key(kind, 7, &parts), key(other_kind, 7, &other));
        let is_same = meaning(kind, &parts) == meaning(other_kind, &other);
        prop_assert_eq!(one.text() == two.text(), is_same, "{:?} {:?}", &one, &two);
        prop_assert_eq!(one == two, is_same);
        prop_assert!(one.text().chars().count() <= 255);
        prop_assert!(one != key(kind, 8, &parts), "another team's");
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn the_text_of_a_key_stays() {
    // What is kept is found after an update of the crate: a change of the form is a decision.
    let key = KINDS[0]
        .key(7)
        .range(TimeRange::Last(TimeDelta::days(30)))
        .every(Bucket::Day, &TimeZone::UTC)
        .filter("experiments", [3_i64, 1])
        .parameter("limit", 10_i64);
    assert_eq!(
        key.canonical(),
        r#"["1",["count",1],"day","UTC",["last","2592000","0"],{"experiments":[[["i","1"],["i","3"]]]},{"limit":["i","10"]}]"#
    );
    insta::assert_snapshot!(key.text());
}

#[test]
fn a_long_name_leaves_room() {
    let name: &'static str = Box::leak("a:".repeat(200).into_boxed_str());
    let longer: &'static str = Box::leak("a:".repeat(201).into_boxed_str());
    let text = |name| CacheKind::<i64>::new(name, Tier::TREND, &[]).key(1).text();
    assert!(text(name).len() <= 255);
    assert_ne!(text(name), text(longer));
}

#[test]
fn no_kinds_keys_begin_as_anothers() {
    let texts: Vec<_> = KINDS.iter().map(|kind| kind.key(1).text()).collect();
    let begin = |at: usize| texts[at].split(":v").next().unwrap().to_owned();
    assert_eq!(begin(0), begin(1));
    assert_ne!(begin(2), begin(3));
    assert!(!texts[2].starts_with("count:"), "{}", texts[2]);
}

//! What is asked for and cannot be: typed errors, whose messages say what to do; never a panic, never broken SQL.

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use pagewise::aggregate::{
    Batch, Bucket, CombinedAggregate, GroupedListing, Groups, Histogram, Number, Rows, Series, Top,
    Window,
};
use pagewise::chat::{Experiment, Message, Session};
use pagewise::{Error, TimeZone};

use crate::support::{TEAM, reader};

fn at(text: &str) -> DateTime<Utc> {
    let instant = DateTime::parse_from_rfc3339(text).expect("an instant");
    instant.with_timezone(&Utc)
}

fn lines(errors: &[Error]) -> String {
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn september() -> Window {
    Window::new(at("2026-09-01T00:00:00Z"), at("2026-10-01T00:00:00Z")).expect("a window")
}

#[test]
fn windows_that_are_none() {
    let (start, end) = (
        at("2026-09-01T00:00:00Z"),
        at("2026-08-31T23:59:59.999999Z"),
    );
    let errors = [
        Window::new(start, end).unwrap_err(),
        Window::before(start, TimeDelta::seconds(-1)).unwrap_err(),
        Window::before(start, TimeDelta::MAX).unwrap_err(),
    ];
    assert!(
        errors
            .iter()
            .all(|error| matches!(error, Error::WindowEndsBeforeStart { .. }))
    );
    assert_snapshot!("windows", lines(&errors));
    assert!(Window::new(start, start).is_ok(), "an empty one is one");
}

#[test]
fn buckets_that_are_none() {
    let sessions = Rows::of(Session);
    let series = |bucket| {
        Series::of(&sessions, Session::CREATED_AT)
            .tenant(TEAM)
            .numbers(sessions.count())
            .every(bucket)
    };
    let years = Window::before(september().end(), TimeDelta::days(3_650)).expect("a window");
    let all = Window::new(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC).expect("a window");
    let errors = [
        series(Bucket::Minutes(0)).build().unwrap_err(),
        series(Bucket::Minutes(7)).build().unwrap_err(),
        series(Bucket::Minutes(60)).build().unwrap_err(),
        series(Bucket::Minutes(7))
            .zero_filled(&september())
            .build()
            .unwrap_err(),
        // A million, and more.
        series(Bucket::Minutes(5))
            .zero_filled(&years)
            .build()
            .unwrap_err(),
        series(Bucket::Hour).zero_filled(&all).build().unwrap_err(),
        series(Bucket::Month).zero_filled(&all).build().unwrap_err(),
        series(Bucket::Day)
            .zero_filled(&september())
            .max_buckets(3)
            .build()
            .unwrap_err(),
        series(Bucket::Day)
            .split_by(Session::PLATFORM, Top(1_000))
            .build()
            .unwrap_err(),
        "decade".parse::<Bucket>().unwrap_err(),
        "".parse::<Bucket>().unwrap_err(),
    ];
    assert_snapshot!("buckets", lines(&errors));
    assert!(
        series(Bucket::Minutes(5)).build().is_ok(),
        "sparse, it has what there is"
    );
}

#[test]
fn zones_that_are_none() {
    let sessions = Rows::of(Session);
    let mut client = reader();
    let mut errors = vec![
        "".parse::<TimeZone>().unwrap_err(),
        "Mars; DROP TABLE x".parse::<TimeZone>().unwrap_err(),
    ];
    for filled in [false, true] {
        for bucket in [Bucket::Hour, Bucket::Minutes(5), Bucket::Month] {
            let mut series = Series::of(&sessions, Session::CREATED_AT)
                .tenant(TEAM)
                .in_zone(&"Mars/Olympus_Mons".parse().expect("a name"))
                .every(bucket)
                .numbers(sessions.count());
            if filled {
                series = series.zero_filled(&september());
            }
            let statement = series.build().expect("a series");
            errors.push(statement.fetch(&mut client).unwrap_err());
        }
    }
    let unknown = |error: &&Error| matches!(error, Error::UnknownTimeZone { .. });
    assert_eq!(errors.iter().filter(unknown).count(), 6, "{errors:?}");
    assert_snapshot!("zones", lines(&errors[..3]));
}

#[test]
fn bins_that_are_none() {
    let sessions = Rows::of(Session);
    let histogram = |bins| {
        Histogram::of(&sessions, Session::ID, bins)
            .tenant(TEAM)
            .build()
    };
    let errors = [
        histogram(0).unwrap_err(),
        histogram(101).unwrap_err(),
        histogram(1_000).unwrap_err(),
        histogram(u16::MAX).unwrap_err(),
    ];
    assert_snapshot!("bins", lines(&errors));
    assert_eq!(
        histogram(100)
            .expect("bins")
            .fetch(&mut reader())
            .expect("an answer")
            .len(),
        100
    );
}

#[test]
fn statements_without_a_tenant() {
    let sessions = Rows::of(Session);
    let count = sessions.count();
    let mut batch = Batch::new();
    batch.add(CombinedAggregate::new().tenant(TEAM).numbers(&count));
    let errors = [
        CombinedAggregate::new()
            .numbers(&count)
            .build()
            .unwrap_err(),
        // A message is of the team of its chat.
        CombinedAggregate::new()
            .numbers(Rows::of(Message).count())
            .build()
            .unwrap_err(),
        Series::of(&sessions, Session::CREATED_AT)
            .numbers(&count)
            .build()
            .unwrap_err(),
        Groups::of(&sessions)
            .by(Session::STATUS)
            .numbers(&count)
            .build()
            .unwrap_err(),
        Histogram::of(&sessions, Session::ID, 3)
            .build()
            .unwrap_err(),
        GroupedListing::of(Experiment)
            .numbers_by(&sessions.values(Session::EXPERIMENT_ID), &count)
            .build()
            .unwrap_err(),
        // What a part says of itself is not the batch's.
        batch.build().unwrap_err(),
        CombinedAggregate::new()
            .tenant("7")
            .numbers(&count)
            .build()
            .unwrap_err(),
    ];
    assert_snapshot!("aggregate_tenants", lines(&errors));
}

#[test]
fn statements_of_nothing() {
    let sessions = Rows::of(Session);
    let count = || sessions.count();
    let bots = sessions.values(Session::EXPERIMENT_ID);
    let listing = || GroupedListing::of(Experiment).tenant(TEAM);
    let platforms = sessions.values(Session::PLATFORM);
    let errors = [
        CombinedAggregate::new().tenant(TEAM).build().unwrap_err(),
        Series::of(&sessions, Session::CREATED_AT)
            .tenant(TEAM)
            .build()
            .unwrap_err(),
        Groups::of(&sessions)
            .tenant(TEAM)
            .by(Session::STATUS)
            .build()
            .unwrap_err(),
        Groups::of(&sessions)
            .tenant(TEAM)
            .numbers(count())
            .build()
            .unwrap_err(),
        Groups::of(&sessions)
            .tenant(TEAM)
            .by(Session::PLATFORM)
            .by(Session::STATUS)
            .each_of(&platforms)
            .numbers(count())
            .build()
            .unwrap_err(),
        listing().build().unwrap_err(),
        listing()
            .numbers_by(&bots, count())
            .limit(0)
            .build()
            .unwrap_err(),
        listing()
            .numbers_by(&bots, count())
            .offset(u64::MAX)
            .build()
            .unwrap_err(),
        Batch::new().tenant(TEAM).build().unwrap_err(),
    ];
    assert_snapshot!("nothing", lines(&errors));
}

#[test]
fn numbers_of_other_rows() {
    let sessions = Rows::of(Session);
    let ended = sessions.clone().filter(Session::ENDED_AT.is_not_null());
    let messages = Session::messages();
    let bots = sessions.values(Session::EXPERIMENT_ID);
    let errors = [
        Series::of(&sessions, Session::CREATED_AT)
            .tenant(TEAM)
            .numbers(ended.count())
            .build()
            .unwrap_err(),
        Groups::of(&sessions)
            .tenant(TEAM)
            .by(Session::STATUS)
            .numbers(sessions.count().per(&ended.count(), 0.0))
            .build()
            .unwrap_err(),
        GroupedListing::of(Experiment)
            .tenant(TEAM)
            .numbers_by(&bots, ended.count())
            .build()
            .unwrap_err(),
        GroupedListing::of(Experiment)
            .tenant(TEAM)
            .numbers_by(&bots, sessions.count())
            .order_by_number(ended.count().desc())
            .build()
            .unwrap_err(),
        // The rows are not limited to those with a message.
        Series::of_related(&sessions, &messages, Message::CREATED_AT)
            .tenant(TEAM)
            .numbers(sessions.count())
            .build()
            .unwrap_err(),
    ];
    assert_snapshot!("other_rows", lines(&errors));
}

#[test]
fn names_that_cannot_be() {
    let sessions = Rows::of(Session);
    let count = || sessions.count().named("count");
    let combined = |numbers: Vec<Number<i64>>| {
        CombinedAggregate::new()
            .tenant(TEAM)
            .numbers(numbers)
            .build()
    };
    let errors = [
        combined(vec![count(), count()]).unwrap_err(),
        combined(vec![
            count(),
            sessions.count_distinct(Session::ID).named("count"),
        ])
        .unwrap_err(),
        combined(vec![count().named("")]).unwrap_err(),
        combined(vec![count().named("a\0b")]).unwrap_err(),
        combined(vec![count().named("x".repeat(64))]).unwrap_err(),
        Groups::of(&sessions)
            .tenant(TEAM)
            .by(Session::STATUS)
            .numbers(count().named("status"))
            .build()
            .unwrap_err(),
        Series::of(&sessions, Session::CREATED_AT)
            .tenant(TEAM)
            .numbers(count().named("start"))
            .build()
            .unwrap_err(),
    ];
    assert_snapshot!("aggregate_names", lines(&errors));

    // Names that need care between quotes, and those of what else is in the text.
    let names = [
        "with \"quotes\"",
        "it's $1 ?",
        "SELECT",
        "session_rows",
        "of_session_rows",
        "rows",
    ];
    for name in names {
        let sessions = sessions.clone().named(name);
        let number = sessions.count().named(name);
        let statement = CombinedAggregate::new().tenant(TEAM).numbers(&number);
        let answer = statement.build().expect(name).fetch(&mut reader());
        assert!(answer.expect(name).get(&number).expect(name) > 0);
    }
}

#[test]
fn what_is_read_and_was_not_asked_for() {
    let mut client = reader();
    let sessions = Rows::of(Session);
    let count = sessions.count().named("count");
    let ended = sessions.only(Session::ENDED_AT.is_not_null()).count();
    let statement = CombinedAggregate::new()
        .tenant(TEAM)
        .numbers(&count)
        .build();
    let row = statement
        .expect("numbers")
        .fetch(&mut client)
        .expect("an answer");
    let mut batch = Batch::new().tenant(TEAM);
    batch.add(CombinedAggregate::new().numbers(&count));
    let mut other = Batch::new().tenant(TEAM);
    other.add(CombinedAggregate::new().numbers(&count));
    let second = other.add(CombinedAggregate::new().numbers(&count));
    let answer = batch
        .build()
        .expect("a batch")
        .fetch(&mut client)
        .expect("an answer");
    let mut arrays = Batch::new().tenant(TEAM);
    arrays.add(
        Groups::of(&sessions)
            .by(Session::EXPERIMENT_VERSIONS)
            .numbers(&count),
    );
    let errors = [
        row.get(&ended.clone().named("ended")).unwrap_err(),
        // Another number of the same name.
        row.get(&ended.named("count")).unwrap_err(),
        row.get_named::<String>("count").unwrap_err(),
        row.get_value(Session::STATUS).unwrap_err(),
        answer.get(&second).unwrap_err(),
        arrays.build().unwrap_err(),
    ];
    assert_snapshot!("not_asked_for", lines(&errors));
}

#[test]
fn at_the_ends_of_time() {
    let mut client = reader();
    let sessions = Rows::of(Session);
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for (start, end) in [(first, last), (first, first), (last, last)] {
        let window = Window::new(start, end).expect("a window");
        let within = sessions
            .clone()
            .filter(Session::CREATED_AT.within(window.range()));
        let count = within.count();
        let statement = CombinedAggregate::new()
            .tenant(TEAM)
            .numbers(&count)
            .build();
        // The server has no such instants.
        let answer = statement.expect("numbers").fetch(&mut client);
        assert!(answer.is_err() || answer.is_ok_and(|row| row.get(&count).is_ok()));
        let series = Series::of(&within, Session::CREATED_AT)
            .tenant(TEAM)
            .every(Bucket::Month)
            .max_buckets(u32::MAX)
            .zero_filled(&Window::new(start, start).expect("a window"))
            .numbers(&count);
        let _ = series.build().expect("a series").fetch(&mut client);
    }
}

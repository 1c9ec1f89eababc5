//! The emitted SQL of the main shapes, word for word. Every text also runs, see [`support::run`](crate::support::run).

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use pagewise::Statement;
use pagewise::aggregate::{
    Batch, Bucket, CombinedAggregate, GroupedListing, Groups, Histogram, Number, Rows, Series, Top,
    Window,
};
use pagewise::chat::{Experiment, Message, Participant, Session};
use pagewise::expression::minutes_between;
use pagewise::{Relation, TimeZone};

use crate::support::{TEAM, reader, run};

/// Compares the text, after it has run.
macro_rules! snapshot {
    ($name:literal, $statement:expr) => {
        let statement: &Statement = &$statement;
        run(&mut reader(), statement);
        assert_snapshot!($name, format!("{statement:#}"));
    };
}

fn window() -> Window {
    let end = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("an instant");
    Window::before(end, TimeDelta::days(30)).expect("a window")
}

fn zone() -> TimeZone {
    "Africa/Johannesburg".parse().expect("a zone")
}

fn turns() -> Relation<Session, Message> {
    Session::messages()
        .filter(Message::CREATED_AT.within(window().range()))
        .filter(Message::MESSAGE_TYPE.any_of(["human", "ai"]))
}

/// Sessions with a message in the window.
fn active() -> Rows<Session> {
    Rows::of(Session)
        .named("active_sessions")
        .filter(Session::PLATFORM.is_distinct_from("evaluations"))
        .with_any(&turns())
}

fn numbers(active: &Rows<Session>) -> [Number<i64>; 3] {
    let ended = active.only(Session::ENDED_AT.is_not_null());
    [
        active.count().named("sessions"),
        ended.count().named("ended"),
        active.sum(turns().count()).named("messages"),
    ]
}

#[test]
fn one_set() {
    let sessions = Rows::of(Session);
    let statement = CombinedAggregate::new().tenant(TEAM).numbers((
        sessions.count().named("sessions"),
        sessions
            .only(Session::STATUS.eq("active"))
            .count()
            .named("active"),
        sessions
            .count_distinct(Session::PARTICIPANT_ID)
            .named("participants"),
        sessions.max(Session::CREATED_AT).named("newest"),
    ));
    snapshot!("one_set", statement.build().expect("numbers"));
}

#[test]
fn sets_that_build_on_each_other() {
    let active = active();
    let [sessions, ended, messages] = numbers(&active);
    let bots = Rows::of(Experiment).named("chatbots");
    let used = Experiment::ID.is_in(&active.values(Session::EXPERIMENT_ID));
    let statement = CombinedAggregate::new().tenant(TEAM).numbers((
        &sessions,
        ended
            .per(&sessions, 0.0)
            .times(100.0)
            .named("completion_rate"),
        &messages,
        bots.count().named("chatbots"),
        bots.only(used).count().named("used_chatbots"),
        Rows::of(Participant).count().named("participants"),
    ));
    let legacy = statement.clone().strategy(pagewise::Strategy::Legacy);
    snapshot!("sets", statement.build().expect("numbers"));
    snapshot!("sets_legacy", legacy.build().expect("numbers"));
}

#[test]
fn series() {
    let sessions = Rows::of(Session);
    let series = |bucket| {
        Series::of(&sessions, Session::CREATED_AT)
            .tenant(TEAM)
            .every(bucket)
            .in_zone(&zone())
            .numbers(sessions.count().named("sessions"))
    };
    snapshot!(
        "series_by_day",
        series(Bucket::Day).build().expect("a series")
    );
    let filled = series(Bucket::Minutes(15)).zero_filled(&window());
    snapshot!(
        "series_by_quarter_filled",
        filled.build().expect("a series")
    );
    let split = series(Bucket::Month)
        .zero_filled(&window())
        .split_by(Session::PLATFORM, Top(2));
    snapshot!("series_split", split.build().expect("a series"));
}

#[test]
fn a_series_by_related_times() {
    let active = active();
    let series = Series::of_related(&active, &turns(), Message::CREATED_AT)
        .tenant(TEAM)
        .in_zone(&zone())
        .zero_filled(&window())
        .numbers(numbers(&active));
    snapshot!("series_related", series.build().expect("a series"));
}

#[test]
fn groups() {
    let active = active();
    let [sessions, _, messages] = numbers(&active);
    let statement = Groups::of(&active)
        .tenant(TEAM)
        .by(Session::PLATFORM)
        .numbers((&sessions, &messages))
        .order_by(messages.desc());
    snapshot!("groups", statement.build().expect("groups"));
}

#[test]
fn a_listing() {
    let active = active();
    let [sessions, ended, messages] = numbers(&active);
    let statement = GroupedListing::of(Experiment)
        .tenant(TEAM)
        .filter(Experiment::WORKING_VERSION_ID.is_null())
        .show(Experiment::NAME)
        .numbers_by(
            &active.values(Session::EXPERIMENT_ID),
            (&sessions, &ended, &messages),
        )
        .order_by_number(messages.desc())
        .limit(10)
        .offset(10)
        .with_total();
    snapshot!("grouped_listing", statement.build().expect("a list"));
}

#[test]
fn a_histogram() {
    let minutes = minutes_between(Session::CREATED_AT, Session::ENDED_AT);
    let statement = Histogram::of(&Rows::of(Session), minutes, 10).tenant(TEAM);
    snapshot!("histogram", statement.build().expect("bins"));
}

#[test]
fn a_batch_reads_a_set_once() {
    let active = active();
    let [sessions, _, messages] = numbers(&active);
    let mut batch = Batch::new().tenant(TEAM);
    batch.add(CombinedAggregate::new().numbers((&sessions, &messages)));
    batch.add(
        Series::of_related(&active, &turns(), Message::CREATED_AT).numbers((&sessions, &messages)),
    );
    batch.add(Groups::of(&active).by(Session::PLATFORM).numbers(&sessions));
    let statement = batch.build().expect("a batch");
    assert_eq!(statement.text().matches("chat_chatmessage").count(), 1);
    snapshot!("batch", statement);
}

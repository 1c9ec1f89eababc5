//! Names that two things have, times and values that are none, and requests that no statement is made of: on a host's own
//! tables.

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::aggregate::{
    AggregateStatement, Batch, Bucket, CombinedAggregate, GroupedListing, Groups, Histogram, Part,
    Rows, Series, Top, Window,
};
use pagewise::{Error, Listing, Page, Relation, Strategy, TimeZone, entity};
use pagewise_reference::Database;
use postgres::Client;

use crate::support::empty;

entity! {
    Team = "teams" as "team" {
        key ID: i64 = "id";
        shared;
        NAME: String = "name";
    }
}

entity! {
    Event = "events" as "event" {
        key ID: i64 = "id";
        shared;
        HOME_ID: i64 = "home_id";
        AWAY_ID: i64 = "away_id";
        START: Option<DateTime<Utc>> = "start";
        KIND: String = "kind";
        VALUE: f64 = "value";
    }
}

entity! {
    Note = "notes" as "note" {
        key ID: i64 = "id";
        shared;
        EVENT_ID: i64 = "event_id";
        AT: Option<DateTime<Utc>> = "at";
    }
}

const STRATEGIES: [Strategy; 2] = [Strategy::Optimized, Strategy::Legacy];

fn notes() -> Relation<Event, Note> {
    Relation::many("notes", Event::ID, Note::EVENT_ID)
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Team 1 is at home three times and away never; 2 is away twice, 3 once.
fn season() -> (Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE teams (id bigint PRIMARY KEY, name text NOT NULL);
             CREATE TABLE events (id bigint PRIMARY KEY, home_id bigint NOT NULL, away_id bigint NOT NULL,
                 start timestamptz, kind text NOT NULL, value double precision NOT NULL);
             CREATE TABLE notes (id bigint PRIMARY KEY, event_id bigint NOT NULL, at timestamptz);
             INSERT INTO teams VALUES (1, 'one'), (2, 'two'), (3, 'three');
             INSERT INTO events VALUES
                 (1, 1, 2, '2024-05-01 10:00Z', 'cup', 1),
                 (2, 1, 2, '2024-05-02 10:00Z', 'cup', 2),
                 (3, 1, 3, NULL, 'league', 'NaN');
             INSERT INTO notes VALUES
                 (1, 1, '2024-05-01 11:00Z'), (2, 1, NULL), (3, 2, '2024-05-02 11:00Z'), (4, 3, NULL)",
        )
        .expect("tables");
    (database, client)
}

fn fetch<P: Part>(
    client: &mut Client,
    statement: Result<AggregateStatement<P>, Error>,
) -> P::Answer {
    let statement = statement.expect("a statement");
    statement
        .fetch(client)
        .unwrap_or_else(|error| panic!("{error}\n{statement:#}"))
}

#[test]
fn rows_without_a_time_are_in_no_stretch_of_related_ones() {
    let (_database, mut client) = season();
    let events = Rows::of(Event).with_any(&notes());
    let count = events.count().named("events");
    let all = events.sum(notes().count()).named("notes");
    let window = Window::new(
        instant("2024-05-01T00:00:00Z"),
        instant("2024-05-04T00:00:00Z"),
    )
    .expect("a window");
    for strategy in STRATEGIES {
        let series = || {
            Series::of_related(&events, &notes(), Note::AT)
                .strategy(strategy)
                .numbers(&count)
        };
        for (series, expected) in [
            (series(), vec![1, 1]),
            (series().zero_filled(&window), vec![1, 1, 0]),
        ] {
            // The same rows, put together again, still have the notes without a time.
            let mut batch = Batch::new().strategy(strategy);
            let series = batch.add(series);
            let whole = batch.add(CombinedAggregate::new().numbers((&count, &all)));
            let answer = fetch(&mut client, batch.build());
            let points = answer.get(&series).expect("the series");
            for point in &points {
                point.start().expect("when it starts");
            }
            let counts = points.iter().map(|point| point.get(&count));
            assert_eq!(counts.collect::<Result<Vec<_>, _>>().unwrap(), expected);
            let whole = answer.get(&whole).expect("the numbers");
            assert_eq!(
                (whole.get(&count).unwrap(), whole.get(&all).unwrap()),
                (3, 4)
            );
        }
    }
}

#[test]
fn half_an_hour_that_comes_twice() {
    let (_database, mut client) = season();
    // At 15:00Z the clock is put back from two to half past one.
    let zone: TimeZone = "Australia/Lord_Howe".parse().expect("a zone");
    let of = |start, end| Window::new(instant(start), instant(end)).expect("a window");
    let second = of("2026-04-04T15:00:00Z", "2026-04-04T15:58:59Z");
    let both = of("2026-04-04T14:30:00Z", "2026-04-04T15:58:59Z");
    let none = Rows::of(Event).filter(Event::KIND.eq("friendly"));
    let count = none.count().named("events");
    let at_home = Relation::many("at_home", Team::ID, Event::HOME_ID);
    for (window, starts) in [
        (
            second,
            &["2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"][..],
        ),
        (
            both,
            &[
                "2026-04-04T14:00:00Z",
                "2026-04-04T15:00:00Z",
                "2026-04-04T15:30:00Z",
            ],
        ),
    ] {
        let counts = at_home.counts_over_time(Event::START, Bucket::Hour, &window, &zone);
        let counts = counts.named("counts");
        for strategy in STRATEGIES {
            let series = Series::of(&none, Event::START)
                .every(Bucket::Hour)
                .in_zone(&zone)
                .zero_filled(&window)
                .strategy(strategy)
                .numbers(&count);
            let points = fetch(&mut client, series.build());
            let found: Vec<_> = points.iter().map(|point| point.start().unwrap()).collect();
            let expected: Vec<_> = starts.iter().map(|start| instant(start)).collect();
            assert_eq!(found, expected, "{strategy:?}");

            let page = Listing::of(Team).strategy(strategy).show(&counts);
            let page = page.page(Page::first(1)).build().expect("a page");
            let rows = page.fetch(&mut client).expect("rows");
            let found = rows.decode(|row| row.get(&counts)).expect("counts");
            assert_eq!(found, [vec![0; starts.len()]], "{strategy:?}\n{page:#}");
        }
    }
}

#[test]
fn a_column_may_be_called_start() {
    let (_database, mut client) = season();
    let events = Rows::of(Event).with_any(&notes());
    let starts = events.count_distinct(Event::START).named("starts");
    for strategy in STRATEGIES {
        let series = Series::of_related(&events, &notes(), Note::AT)
            .strategy(strategy)
            .numbers(&starts);
        let points = fetch(&mut client, series.build());
        let counts = points.iter().map(|point| point.get(&starts).unwrap());
        assert_eq!(counts.collect::<Vec<_>>(), [1, 1]);
    }
}

#[test]
fn an_annotation_may_be_called_like_a_column() {
    let (_database, mut client) = season();
    for events in [Rows::of(Event), Rows::of(Event).with_any(&notes())] {
        let noted = events.max(notes().count().named("home_id")).named("noted");
        let home = events.min(Event::HOME_ID).named("home");
        let away = events.max(Event::AWAY_ID).named("away");
        for strategy in STRATEGIES {
            let combined = CombinedAggregate::new().strategy(strategy);
            let combined = combined.numbers((&noted, &home, &away)).build();
            let row = fetch(&mut client, combined);
            assert_eq!(row.get(&noted).unwrap(), Some(2));
            assert_eq!(row.get(&home).unwrap(), Some(1));
            assert_eq!(row.get(&away).unwrap(), Some(3));
        }
    }
}

#[test]
fn a_list_is_sorted_by_the_number_of_the_group_that_computes_it() {
    let (_database, mut client) = season();
    let events = Rows::of(Event);
    let (home, away) = (events.count().named("home"), events.count().named("away"));
    let doubled = away.per(&events.count().named("away"), 0.0);
    for strategy in STRATEGIES {
        let list = |order| {
            GroupedListing::of(Team)
                .strategy(strategy)
                .numbers_by(&events.values(Event::HOME_ID), &home)
                .numbers_by(&events.values(Event::AWAY_ID), &away)
                .order_by_number(order)
        };
        for (order, expected) in [
            (home.desc(), [1, 2, 3]),
            (away.desc(), [2, 3, 1]),
            (doubled.desc(), [2, 3, 1]),
        ] {
            let rows = fetch(&mut client, list(order).build());
            let ids = rows.iter().map(|row| row.get_value(Team::ID).unwrap());
            assert_eq!(ids.collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn a_number_may_be_called_like_a_sort_key() {
    let (_database, mut client) = season();
    let events = Rows::of(Event);
    let first = events.count().named("order_1");
    let second = events.max(Event::ID).named("sort_order_1");
    let list = GroupedListing::of(Team)
        .numbers_by(&events.values(Event::AWAY_ID), (&first, &second))
        .order_by_number(first.desc())
        .with_total();
    let rows = fetch(&mut client, list.build());
    let counts = rows.iter().map(|row| row.get(&first).unwrap());
    assert_eq!(counts.collect::<Vec<_>>(), [2, 1, 0]);
}

#[test]
fn a_handle_reads_the_answer_of_its_own_batch() {
    let (_database, mut client) = season();
    let events = Rows::of(Event);
    let count = events.count().named("events");
    let by = |bucket| {
        Series::of(&events, Event::START)
            .every(bucket)
            .numbers(&count)
    };
    let mut monthly = Batch::new();
    let months = monthly.add(by(Bucket::Month));
    let mut daily = Batch::new();
    let days = daily.add(by(Bucket::Day));
    // What is added to a copy is not in the other.
    let mut more = monthly.clone();
    let hours = more.add(by(Bucket::Hour));

    let answer = fetch(&mut client, monthly.build());
    assert_eq!(answer.get(&months).unwrap().len(), 1);
    for other in [&days, &hours] {
        let refused = answer.get(other).unwrap_err();
        assert!(
            matches!(refused, Error::UnexpectedAnswer { .. }),
            "{refused}"
        );
    }
    let answer = fetch(&mut client, more.build());
    assert_eq!(answer.get(&months).unwrap().len(), 1);
    assert_eq!(answer.get(&hours).unwrap().len(), 2);
}

#[test]
fn what_is_no_number_is_in_no_bin() {
    let (_database, mut client) = season();
    client
        .batch_execute(
            "INSERT INTO events SELECT 10 + row_number() OVER (), 1, 2, NULL, 'cup', value
             FROM (VALUES ('Infinity'::double precision), ('-Infinity'), (5)) AS more (value)",
        )
        .expect("more events");
    for strategy in STRATEGIES {
        let histogram = Histogram::of(&Rows::of(Event), Event::VALUE, 2).strategy(strategy);
        let bins = fetch(&mut client, histogram.build());
        let bins = bins.iter().map(|bin| (bin.start, bin.end, bin.count));
        assert_eq!(bins.collect::<Vec<_>>(), [(1.0, 3.0, 2), (3.0, 5.0, 1)]);
    }
}

#[test]
fn a_condition_on_nan_is_still_the_same_condition() {
    let (_database, mut client) = season();
    let numbered = Rows::of(Event).only(Event::VALUE.ne(f64::NAN));
    let count = numbered.count().named("numbered");
    let share = count.per(&Rows::of(Event).count(), 0.0).named("share");
    for strategy in STRATEGIES {
        let combined = CombinedAggregate::new().strategy(strategy);
        let row = fetch(&mut client, combined.numbers((&count, &share)).build());
        assert_eq!(row.get(&count).unwrap(), 2);
        assert!((row.get(&share).unwrap() - 2.0 / 3.0).abs() < 1e-9);
    }
}

#[test]
fn rows_are_grouped_by_values_of_their_own() {
    let events = Rows::of(Event);
    let count = events.count().named("events");
    let refused = [
        Groups::of(&events)
            .by(Team::NAME)
            .numbers(&count)
            .build()
            .map(drop),
        Series::of(&events, Event::START)
            .numbers(&count)
            .split_by(Note::EVENT_ID, Top(3))
            .build()
            .map(drop),
    ];
    for refused in refused {
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, Error::OtherTable { rows: "events", .. }),
            "{refused}"
        );
    }
}

#[test]
fn as_many_stretches_as_there_are_may_be() {
    let count = Rows::of(Event).count().named("events");
    let end = instant("2024-05-31T00:00:00Z");
    let series = |days: i64, bucket, most| {
        let window = Window::before(end, TimeDelta::days(days)).expect("a window");
        let series = Series::of(&Rows::of(Event), Event::START).every(bucket);
        series
            .zero_filled(&window)
            .max_buckets(most)
            .numbers(&count)
            .build()
    };
    for (days, bucket, most) in [
        (30, Bucket::Day, 30),
        (365, Bucket::Day, 365),
        (70, Bucket::Week, 10),
        (1, Bucket::Hour, 24),
        (1, Bucket::Minutes(10), 144),
    ] {
        series(days, bucket, most).expect("a series");
        let refused = series(days, bucket, most - 1).unwrap_err();
        let Error::TooMany { asked, .. } = refused else {
            panic!("{refused}");
        };
        assert_eq!(asked, u64::from(most));
    }
}

#[test]
fn no_window_is_longer_than_time() {
    for end in [
        DateTime::<Utc>::MAX_UTC,
        DateTime::<Utc>::MIN_UTC,
        Utc::now(),
    ] {
        for length in [TimeDelta::MAX, TimeDelta::MIN] {
            let refused = Window::before(end, length).unwrap_err();
            assert!(
                matches!(refused, Error::WindowEndsBeforeStart { .. }),
                "{refused}"
            );
        }
    }
}

#[test]
fn sets_that_read_sets_are_not_read_for_ever() {
    let nested = |levels: usize| {
        (0..levels).fold(Rows::of(Event), |inner, _| {
            // Each reads the one before twice.
            Rows::of(Event)
                .filter(Event::ID.is_in(&inner.values(Event::ID)))
                .filter(Event::HOME_ID.is_in(&inner.values(Event::HOME_ID)))
        })
    };
    let build = |levels| {
        let rows = nested(levels);
        let numbers = (
            rows.count().named("events"),
            rows.max(Event::ID).named("last"),
        );
        CombinedAggregate::new().numbers(numbers).build()
    };
    build(16).expect("a statement");
    let refused = build(1_000).unwrap_err();
    assert!(matches!(refused, Error::TooDeep { .. }), "{refused}");
}

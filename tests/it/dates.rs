//! Calendar dates of instants: in zones whose clocks are changed, at the ends of time, and with an index.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use pagewise::chat::Session;
use pagewise::expression::local_date;
use pagewise::{Listing, Page, Predicate, TimeZone};
use postgres::Client;

use crate::support::{empty, run};

/// Zones with days that begin at one, that are left out, that there are twice; and what PostgreSQL takes for one.
const ZONES: &[&str] = &[
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Manila",
    "Atlantic/Azores",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "EST5EDT",
    "ABC+167",
    "ABC-160DEF",
];

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn ids(client: &mut Client, filter: Predicate<Session>) -> Vec<String> {
    let listing = Listing::of(Session).tenant(1).filter(filter);
    let page = listing.page(Page::first(1000)).build().expect("a page");
    run(client, &page)
}

/// Sessions of team 1 that began at these instants.
fn insert(client: &mut Client, instants: &[DateTime<Utc>]) {
    client
        .batch_execute("SET session_replication_role = replica")
        .expect("no foreign keys");
    for instant in instants {
        client
            .execute(
                "INSERT INTO experiments_experimentsession (team_id, participant_id, experiment_id, chat_id, created_at)
                 VALUES (1, 1, 1, (SELECT count(*) FROM experiments_experimentsession), $1)",
                &[instant],
            )
            .expect("a session");
    }
}

#[test]
fn the_range_of_instants_leaves_no_row_of_the_date_out() {
    let (_database, mut client) = empty();
    let days = [
        date(2011, 12, 30), // Samoa had none
        date(2013, 3, 10),  // Cuba's began at one
        date(1993, 8, 21),  // Kwajalein had none
        date(1844, 12, 31), // nor had Manila
        date(2023, 3, 26),
        date(2018, 11, 4),
    ];
    let mut instants = Vec::new();
    for day in days {
        let start = day.and_time(NaiveTime::MIN).and_utc();
        for hour in (-30..54).step_by(3) {
            let hour = start + chrono::TimeDelta::hours(hour);
            instants.extend([hour, hour - chrono::TimeDelta::microseconds(1)]);
        }
    }
    insert(&mut client, &instants);
    let created_at = Session::CREATED_AT;
    let mut found = 0;
    for zone in ZONES {
        let zone: TimeZone = zone.parse().expect("a zone");
        let local = local_date(created_at, &zone);
        for day in days {
            for day in [
                day - Days::new(1),
                day,
                day + Days::new(1),
                day + Days::new(7),
            ] {
                let on = ids(&mut client, created_at.on_date(day, &zone));
                found += on.len();
                assert_eq!(on, ids(&mut client, local.eq(day)), "{day} in {zone}");
                assert_eq!(
                    ids(&mut client, created_at.before_date(day, &zone)),
                    ids(&mut client, local.lt(day)),
                    "before {day} in {zone}"
                );
                assert_eq!(
                    ids(&mut client, created_at.after_date(day, &zone)),
                    ids(&mut client, local.gt(day)),
                    "after {day} in {zone}"
                );
            }
        }
    }
    assert!(found > 1000, "{found} rows are on the days");
}

#[test]
fn dates_at_the_ends_of_time() {
    let (_database, mut client) = empty();
    insert(&mut client, &[DateTime::default()]);
    let created_at = Session::CREATED_AT;
    let first = date(-4713, 11, 24);
    let check = |client: &mut Client, zone: &TimeZone, (day, before, on, after)| {
        let mut count = |filter| ids(client, filter).len();
        let found = (
            count(created_at.before_date(day, zone)),
            count(created_at.on_date(day, zone)),
            count(created_at.after_date(day, zone)),
        );
        assert_eq!(found, (before, on, after), "{day} in {zone}");
    };
    // Whatever a request asks for, the server takes.
    for zone in ["UTC", "Etc/GMT-1", "Etc/GMT+12", "ABC+167"] {
        let zone = zone.parse().expect("a zone");
        for day in [
            NaiveDate::MIN,
            first - Days::new(1),
            first,
            first + Days::new(1),
        ] {
            check(&mut client, &zone, (day, 0, 0, 1));
        }
        for days in [0, 1, 15, 16, 17] {
            let day = NaiveDate::MAX - Days::new(days);
            check(&mut client, &zone, (day, 1, 0, 0));
        }
    }
    // Rows at the ends are such only in UTC: nothing else can be said of them.
    client
        .batch_execute(
            "INSERT INTO experiments_experimentsession (team_id, participant_id, experiment_id, chat_id, created_at)
             SELECT 1, 1, 1, 10 + number, instant::timestamptz FROM unnest(ARRAY['-infinity', 'infinity',
             '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59+00']) WITH ORDINALITY AS _ (instant, number)",
        )
        .expect("sessions");
    for expected in [
        // Minus infinity is before any date, and no date is in between.
        (NaiveDate::MIN, 1, 0, 4),
        (first - Days::new(1), 1, 0, 4),
        (first, 1, 1, 3),
        (first + Days::new(1), 2, 0, 3),
        (date(1970, 1, 1), 2, 1, 2),
        (NaiveDate::MAX - Days::new(9), 3, 0, 2),
        (NaiveDate::MAX, 3, 0, 2),
    ] {
        check(&mut client, &TimeZone::UTC, expected);
    }
}

//! Where and when things happen that are counted by the clock: [`Scene`], places around days on which their clocks are
//! changed, and the calendar that says which bucket an instant is in.

pub mod clock;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;

use clock::{Every, slot};

/// A place, around one of its days.
#[derive(Debug)]
pub struct Scene {
    pub zone: Tz,
    /// What the day is remarkable for.
    pub at: DateTime<Utc>,
    /// The few instants at which things happen: so that several happen at once, on the ends of buckets and windows, and
    /// just before.
    pub moments: Vec<DateTime<Utc>>,
}

/// The zone, and the instant at which its clock is changed or its day begins.
const PLACES: [(&str, &str); 17] = [
    ("UTC", "2026-09-01T00:00:00Z"),
    ("Africa/Johannesburg", "2026-09-20T22:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    // By half an hour.
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    // A midnight is left out; the last hour of a day is there twice.
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("Asia/Beirut", "2022-03-26T22:00:00Z"),
    // Midnight is there twice.
    ("America/Havana", "2026-03-08T05:00:00Z"),
    ("America/Havana", "2026-11-01T05:00:00Z"),
    // A day is left out.
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    // A minute of a day comes before the last hour of the day before.
    ("America/St_Johns", "2010-11-07T02:31:00Z"),
    ("Asia/Kathmandu", "2026-09-20T18:15:00Z"),
    // The first of a month, in the west.
    ("America/Los_Angeles", "2026-07-01T07:00:00Z"),
];

static SCENES: LazyLock<Vec<Scene>> = LazyLock::new(|| {
    PLACES
        .iter()
        .map(|(zone, at)| {
            let zone = zone.parse().expect("a zone");
            let at = DateTime::parse_from_rfc3339(at).expect("an instant");
            Scene::new(zone, at.with_timezone(&Utc))
        })
        .collect()
});

impl Scene {
    fn new(zone: Tz, at: DateTime<Utc>) -> Self {
        let hours = [-24 * 33, -24 * 8, -25, -2, -1, 0, 1, 2, 23, 24 * 7, 24 * 31];
        let mut moments: BTreeSet<_> = hours.map(|hours| at + TimeDelta::hours(hours)).into();
        moments.insert(at - TimeDelta::minutes(30));
        moments.insert(at + TimeDelta::minutes(59));
        for every in [Every::Day, Every::Week, Every::Month] {
            moments.insert(slot(at, zone, every).start);
        }
        moments.insert(slot(at + TimeDelta::hours(30), zone, Every::Day).start);
        moments.insert(slot(at + TimeDelta::days(9), zone, Every::Week).start);
        // A microsecond is the least that PostgreSQL tells apart.
        let before: Vec<_> = moments
            .iter()
            .filter(|moment| (at - **moment).abs() < TimeDelta::days(9))
            .map(|moment| *moment - TimeDelta::microseconds(1))
            .collect();
        moments.extend(before);
        Self {
            zone,
            at,
            moments: moments.into_iter().collect(),
        }
    }

    /// A half-open stretch of time, as long as such stretches are and however they come.
    pub fn window(&'static self) -> impl Strategy<Value = (DateTime<Utc>, DateTime<Utc>)> {
        let at = self.at;
        let around = |days: i64| (at - TimeDelta::days(days), at + TimeDelta::days(days));
        let some = (select(&*self.moments), select(&*self.moments))
            .prop_map(|(a, b)| (a.min(b), a.max(b)));
        prop_oneof![
            2 => Just(around(1)),
            2 => Just(around(7)),
            1 => Just((at - TimeDelta::days(30), at)),
            4 => some,
        ]
    }
}

/// Something that happens there.
pub fn at_a_scene<S>(
    of: impl Fn(&'static Scene) -> S + Copy + 'static,
) -> impl Strategy<Value = (&'static Scene, S::Value)>
where
    S: Strategy + 'static,
    S::Value: 'static,
{
    // A union, not a flat map: what was found at one place is made smaller at that place.
    let scenes = SCENES.iter();
    proptest::strategy::Union::new(scenes.map(|scene| (Just(scene), of(scene)).boxed()))
}

/// A window, and how long its buckets are: not so short that there are very many.
pub fn buckets(
    scene: &'static Scene,
) -> impl Strategy<Value = ((DateTime<Utc>, DateTime<Utc>), Every)> {
    let every = prop_oneof![
        2 => select(&[1_u32, 5, 15, 20, 30][..]).prop_map(Every::Minutes),
        3 => Just(Every::Hour),
        5 => Just(Every::Day),
        2 => Just(Every::Week),
        2 => Just(Every::Month),
    ];
    (scene.window(), every).prop_map(|((start, end), every)| {
        let hours = (end - start).num_hours();
        // Where the clock was put back a minute after midnight, that minute and the hour after it begin alike for
        // PostgreSQL.
        let every = match every {
            Every::Minutes(_) | Every::Hour if scene.zone == Tz::America__St_Johns => Every::Day,
            every => every,
        };
        let every = match every {
            Every::Minutes(minutes) if hours > 6 * i64::from(minutes) => Every::Hour,
            every => every,
        };
        let every = match every {
            Every::Hour if hours > 24 * 16 => Every::Day,
            every => every,
        };
        ((start, end), every)
    })
}

#[test]
fn things_happen_where_the_clock_is_changed() {
    for scene in SCENES.iter() {
        assert!(scene.moments.contains(&scene.at));
        assert!(scene.moments.len() < 48, "{}", scene.moments.len());
    }
    let changed = |scene: &&Scene| {
        let local = |instant: DateTime<Utc>| instant.with_timezone(&scene.zone).naive_local();
        let before = scene.at - TimeDelta::microseconds(1);
        local(scene.at) - local(before) != TimeDelta::microseconds(1)
    };
    assert_eq!(SCENES.iter().filter(changed).count(), 13);
}

//! The rows that a dashboard counts: a random [`World`] at a [`Scene`], with channels and with runs that take their time.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::scene::Scene;
use crate::world::{Channel, PLATFORMS, TEAMS, World, busy_world};

/// Platforms that no session is of: one that is every chatbot's, and one that is not.
const WITHOUT_SESSIONS: &[&str] = &["api", "slack"];

/// Milliseconds that are awkward to round to hundredths of a second.
const DURATIONS: &[i32] = &[0, 4, 5, 15, 1_004, 1_005, 2_675, 61_234];

/// All platforms that there are.
pub fn platforms() -> Vec<&'static str> {
    [PLATFORMS, WITHOUT_SESSIONS].concat()
}

type SomeChannel = (i64, Option<Index>, &'static str, bool);

fn channel() -> impl Strategy<Value = SomeChannel> {
    (
        prop_oneof![3 => Just(1), 1 => TEAMS],
        weighted(0.7, any::<Index>()),
        select(platforms()),
        prop::bool::weighted(0.3),
    )
}

/// Rows of several teams, at the moments of a scene.
pub fn world(scene: &'static Scene) -> impl Strategy<Value = World> {
    (
        busy_world(&scene.moments),
        vec(channel(), 0..9),
        vec(select(DURATIONS), 40),
    )
        .prop_map(|(mut world, channels, durations)| {
            for (at, (team, experiment, platform, deleted)) in channels.into_iter().enumerate() {
                world.channels.push(Channel {
                    id: i64::try_from(at).unwrap_or(0) + 9_001,
                    team,
                    // Also another team's, a version's, an archived one's.
                    experiment: experiment.map(|pick| pick.get(&world.experiments).id),
                    platform: platform.to_owned(),
                    deleted,
                });
            }
            for (trace, duration) in world.traces.iter_mut().zip(durations) {
                trace.duration = duration;
            }
            world
        })
}

//! The rows that a dashboard counts: a random [`World`] at a [`Scene`], with channels and with runs that take their time.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::scene::Scene;
use crate::world::{
    CHAT_TYPE, Channel, MESSAGE_TYPE, PLATFORMS, TEAMS, TaggedItem, World, busy_world,
};

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

type SomeLink = (i64, bool, Index, Index);

/// A link on a message or a chat that exists, of any team, to a tag of any team.
fn link() -> impl Strategy<Value = SomeLink> {
    (
        prop_oneof![2 => Just(1), 1 => TEAMS],
        prop::bool::weighted(0.7),
        any::<Index>(),
        any::<Index>(),
    )
}

fn add_links(world: &mut World, links: Vec<SomeLink>) {
    for (at, (team, is_on_message, object, tag)) in links.into_iter().enumerate() {
        let (content_type, object) = match is_on_message {
            true => (MESSAGE_TYPE, object.get(&world.messages).id),
            false => (CHAT_TYPE, object.get(&world.chats).id),
        };
        let object = i32::try_from(object).expect("a small number");
        let tag = tag.get(&world.tags).id;
        let is_there = world
            .items
            .iter()
            .any(|link| (link.content_type, link.object, link.tag) == (content_type, object, tag));
        if !is_there {
            world.items.push(TaggedItem {
                id: i64::try_from(at).unwrap_or(0) + 3_501,
                team,
                content_type,
                object,
                tag,
            });
        }
    }
}

/// Rows of several teams, at the moments of a scene.
pub fn world(scene: &'static Scene) -> impl Strategy<Value = World> {
    (
        busy_world(&scene.moments),
        vec(channel(), 0..9),
        vec(select(DURATIONS), 40),
        vec(link(), 0..12),
    )
        .prop_map(|(mut world, channels, durations, links)| {
            add_links(&mut world, links);
            for (at, (team, experiment, platform, deleted)) in channels.into_iter().enumerate() {
                // A team has one of these at most that is not deleted.
                let is_global = ["api", "web", "evaluations"].contains(&platform);
                let is_second = world.channels.iter().any(|other| {
                    other.team == team && other.platform == platform && !other.deleted
                });
                world.channels.push(Channel {
                    id: i64::try_from(at).unwrap_or(0) + 9_001,
                    team,
                    // Also another team's, a version's, an archived one's.
                    experiment: experiment.map(|pick| pick.get(&world.experiments).id),
                    platform: platform.to_owned(),
                    deleted: deleted || (is_global && is_second),
                });
            }
            for (trace, duration) in world.traces.iter_mut().zip(durations) {
                trace.duration = duration;
            }
            world
        })
}

//! The rows that the lists are made of: a random [`World`] at a [`Scene`], whose chatbots are called so that they are found,
//! and whose sessions are picked for datasets and queues.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::scene::Scene;
use crate::world::{
    AnnotationItem, Dataset, DatasetMessage, EvaluationMessage, TEAMS, World, busy_world,
};

/// What chatbots and their descriptions are called, and what they are searched by: more and less alike, some by a tenth.
pub const NAMES: &[&str] = &[
    "",
    "Support",
    "support bot",
    "SUPPORT-bot 10%",
    "sup",
    "Maternal health",
    "health_1",
    "health 1",
    "a",
    "bot bot bot",
    "abcd",
    "axyzw",
    "%",
];

/// Names of users, some of which are like those of chatbots.
const USERS: &[&str] = &["ada@example.org", "Support", "100%_bot", "\\root", "Ada"];

/// The queues that items are in.
pub const QUEUES: std::ops::Range<i64> = 1..4;

type Names = (&'static str, Option<&'static str>);
type Message = (Option<Index>, Vec<Index>);
type Item = (i64, i64, Option<Index>, Option<Index>);

fn names() -> impl Strategy<Value = Names> {
    (select(NAMES), weighted(0.7, select(NAMES)))
}

fn team() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(1), 1 => TEAMS]
}

fn message() -> impl Strategy<Value = Message> {
    (weighted(0.8, any::<Index>()), vec(any::<Index>(), 0..3))
}

fn item() -> impl Strategy<Value = Item> {
    (
        team(),
        QUEUES,
        weighted(0.8, any::<Index>()),
        weighted(0.4, any::<Index>()),
    )
}

fn id(table: i64, at: usize) -> i64 {
    table * 1_000 + i64::try_from(at).unwrap_or(0) + 1
}

/// Rows of several teams, at the moments of a scene.
pub fn world(scene: &'static Scene) -> impl Strategy<Value = World> {
    (
        busy_world(&scene.moments),
        vec(names(), 8),
        subsequence(USERS, 2),
        // All of one platform, or never active: everything is equal.
        prop::bool::weighted(0.1),
        (vec(team(), 1..4), vec(message(), 0..14), vec(item(), 0..14)),
    )
        .prop_map(|(mut world, names, users, is_bare, picked)| {
            for (experiment, (name, description)) in world.experiments.iter_mut().zip(names) {
                experiment.name = name.to_owned();
                experiment.description = description.map(str::to_owned);
            }
            for (user, name) in world.users.iter_mut().zip(users) {
                user.username = name.to_owned();
            }
            if is_bare {
                world.sessions.clear();
            }
            pick(&mut world, picked);
            world
        })
}

fn pick(world: &mut World, (datasets, messages, items): (Vec<i64>, Vec<Message>, Vec<Item>)) {
    for (at, team) in datasets.into_iter().enumerate() {
        world.datasets.push(Dataset {
            id: id(10, at),
            team,
        });
    }
    // A session that is gone, of any team.
    let sessions: Vec<i64> = world.sessions.iter().map(|s| s.id).chain([-1]).collect();
    for (at, (session, datasets)) in messages.into_iter().enumerate() {
        let message = id(11, at);
        world.evaluation_messages.push(EvaluationMessage {
            id: message,
            session: session.map(|session| *session.get(&sessions)),
        });
        let datasets = datasets.iter().map(|pick| pick.get(&world.datasets).id);
        for dataset in BTreeSet::from_iter(datasets) {
            let at = world.dataset_messages.len();
            world.dataset_messages.push(DatasetMessage {
                id: id(12, at),
                dataset,
                message,
            });
        }
    }
    for (at, (team, queue, session, message)) in items.into_iter().enumerate() {
        let session = session.map(|session| *session.get(&sessions));
        let message = message.map(|message| message.get(&world.messages).id);
        // A queue has each once.
        let is_there = world.annotation_items.iter().any(|item| {
            item.queue == queue
                && (session.is_some() && item.session == session
                    || message.is_some() && item.message == message)
        });
        if !is_there {
            world.annotation_items.push(AnnotationItem {
                id: id(13, at),
                team,
                queue,
                session,
                message,
            });
        }
    }
}

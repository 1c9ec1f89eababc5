//! That the random worlds have the traps in them, and that the oracle steps around them: by a world counted by hand, and
//! by how many of the random ones have which.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::strategy::Strategy;

use super::data;
use super::oracle::{Oracle, is_turn};
use super::request::{self, Asked, Filters, PARTS, Rank, Table};
use crate::laws::check;
use crate::scene::at_a_scene;
use crate::scene::clock::Every;
use crate::world::{
    CHAT_TYPE, Channel, Chat, Experiment, MESSAGE_TYPE, Message, Participant, Session, Tag,
    TaggedItem, Trace, World,
};

fn hours(after: i64) -> DateTime<Utc> {
    let noon = DateTime::from_timestamp(1_790_000_000 / 86_400 * 86_400 + 43_200, 0);
    noon.expect("an instant") + TimeDelta::hours(after)
}

/// From the first noon to the next.
pub fn asked() -> Asked {
    Asked {
        tenant: 1,
        filters: Filters {
            start: hours(0),
            end: hours(24),
            experiments: None,
            platforms: None,
            participants: None,
            tags: None,
            include_archived: false,
        },
        zone: Tz::Africa__Johannesburg,
        every: Every::Day,
        sparse: false,
        bots: Table {
            rank: Rank::Messages,
            descending: true,
            offset: 0,
            size: 10,
        },
        most: 10,
        now: hours(24),
        visible: PARTS.to_vec(),
    }
}

fn experiment(id: i64, team: i64, working_version: Option<i64>, is_archived: bool) -> Experiment {
    Experiment {
        id,
        team,
        owner: 1,
        name: format!("bot {id}"),
        description: None,
        pipeline: None,
        working_version,
        version_number: 1,
        allowlist: Vec::new(),
        is_archived,
        created_at: hours(-1000),
    }
}

fn session(
    id: i64,
    experiment: i64,
    participant: i64,
    (platform, status): (&str, &str),
) -> Session {
    Session {
        id,
        team: 1,
        created_at: hours(-100),
        external_id: id.to_string(),
        token_required: false,
        participant,
        experiment,
        chat: id,
        status: status.to_owned(),
        ended_at: None,
        last_activity_at: None,
        first_activity_at: None,
        platform: (!platform.is_empty()).then(|| platform.to_owned()),
        versions: None,
    }
}

fn message(id: i64, chat: i64, kind: &str, after: i64) -> Message {
    Message {
        id,
        chat,
        created_at: hours(after),
        kind: kind.to_owned(),
        content: String::new(),
        summary: None,
    }
}

fn link(id: i64, team: i64, (content_type, object): (i32, i32), tag: i64) -> TaggedItem {
    TaggedItem {
        id,
        team,
        content_type,
        object,
        tag,
    }
}

/// A world small enough to be counted by hand.
pub fn by_hand() -> World {
    let mut world = World {
        experiments: vec![
            experiment(11, 1, None, false),
            experiment(12, 1, None, true),
            // Without sessions.
            experiment(13, 1, None, false),
            experiment(14, 1, Some(11), false),
            experiment(21, 2, None, false),
        ],
        sessions: vec![
            // Began before the window, and has ended.
            session(1, 11, 71, ("web", "complete")),
            session(2, 11, 71, ("", "active")),
            session(3, 12, 72, ("telegram", "active")),
            session(4, 11, 72, ("evaluations", "active")),
            session(5, 11, 72, ("web", "setup")),
            // With a message at the window's end, and one of the system's.
            session(6, 11, 72, ("web", "active")),
        ],
        ..World::default()
    };
    world.sessions[0].ended_at = Some(hours(-98));
    for (id, team, platform) in [
        (71, 1, "web"),
        (72, 1, "telegram"),
        (73, 1, "evaluations"),
        (74, 2, "web"),
    ] {
        world.participants.push(Participant {
            id,
            team,
            name: String::new(),
            identifier: id.to_string(),
            user: None,
            platform: platform.to_owned(),
            remote_id: String::new(),
            created_at: hours(0),
        });
    }
    for (id, team) in [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (8, 2),
    ] {
        world.chats.push(Chat {
            id,
            team,
            name: String::new(),
        });
    }
    world.messages = vec![
        message(1, 1, "human", 0),
        message(2, 1, "ai", 1),
        message(3, 1, "human", 11),
        message(4, 1, "system", 1),
        message(5, 2, "ai", 2),
        message(6, 3, "human", 3),
        message(7, 4, "human", 3),
        message(8, 5, "human", 3),
        message(9, 6, "human", 24),
        message(10, 6, "system", 3),
        // Of a chat without a session; of another team's.
        message(11, 7, "human", 23),
        message(12, 8, "human", 3),
    ];
    for (id, team, name, category) in [
        (41, 1, "rare", ""),
        (42, 1, "v1", "experiment_version"),
        (43, 2, "rare", ""),
    ] {
        world.tags.push(Tag {
            id,
            team,
            name: name.to_owned(),
            category: category.to_owned(),
            is_system: false,
            created_by: None,
        });
    }
    world.items = vec![
        // On a message of the chat 1 and, by the same number, the chat 4, which is an evaluation's.
        link(31, 1, (MESSAGE_TYPE, 4), 41),
        link(32, 1, (CHAT_TYPE, 4), 41),
        link(33, 1, (MESSAGE_TYPE, 1), 42),
        // The tag another team's, the link another team's, the object gone.
        link(34, 1, (MESSAGE_TYPE, 5), 43),
        link(35, 2, (MESSAGE_TYPE, 6), 41),
        link(36, 1, (MESSAGE_TYPE, 99), 41),
        link(37, 1, (MESSAGE_TYPE, 11), 41),
    ];
    for (id, experiment, session, status, after) in [
        (51, 11, Some(1), "success", 23),
        (52, 14, Some(1), "error", 0),
        (53, 11, Some(4), "success", 24),
        (54, 11, None, "pending", 23),
        (55, 11, Some(2), "success", -1),
    ] {
        world.traces.push(Trace {
            id,
            team: Some(1),
            timestamp: hours(after),
            status: status.to_owned(),
            experiment: Some(experiment),
            session,
            participant: None,
            input: None,
            output: None,
            version: None,
            duration: 1_005,
            turns: None,
        });
    }
    for (id, team, platform, deleted) in [
        (91, 1, "web", false),
        (92, 1, "web", true),
        (93, 1, "slack", false),
        (94, 1, "email", true),
        (95, 2, "whatsapp", false),
    ] {
        world.channels.push(Channel {
            id,
            team,
            experiment: Some(11),
            platform: platform.to_owned(),
            deleted,
        });
    }
    world
}

#[test]
fn counted_by_hand() {
    let world = by_hand();
    let asked = asked();
    let all = oracle(&world, &asked);

    let overview = all.overview();
    // The sessions 1, 2 and 3; the messages 1, 2, 3, 5, 6 and 11; the participants 71 and 72 twice over.
    assert_eq!((overview.experiments, overview.participants), (2, 2));
    assert_eq!((overview.sessions, overview.messages), (3, 6));
    // An archived chatbot is not listed, but what is said with it counts.
    assert_eq!(
        (overview.active_experiments, overview.active_participants),
        (1, 2)
    );
    assert_eq!(overview.completed_sessions, 1);
    assert!((overview.completion_rate - 100.0 / 3.0).abs() < 1e-9);
    assert_eq!(
        (
            overview.messages_per_session,
            overview.sessions_per_participant
        ),
        (2.0, 1.5)
    );

    // In Johannesburg the day changes ten hours after noon in UTC.
    let days = |points: &[super::numbers::Point<3>]| -> Vec<[i64; 3]> {
        points.iter().map(|point| point.numbers).collect()
    };
    assert_eq!(days(&all.message_volume(&asked)), [[2, 2, 4], [2, 0, 2]]);
    let sessions: Vec<_> = all
        .session_analytics(&asked)
        .iter()
        .map(|p| p.numbers)
        .collect();
    assert_eq!(sessions, [[3, 2], [1, 1]]);
    let active: Vec<_> = all
        .active_participants(&asked)
        .iter()
        .map(|p| p.numbers)
        .collect();
    assert_eq!(active, [[2], [1]]);

    let bots = all.bots(&asked);
    assert_eq!(bots.iter().map(|bot| bot.id).collect::<Vec<_>>(), [11, 13]);
    assert_eq!(
        (bots[0].participants, bots[0].sessions, bots[0].messages),
        (1, 2, 4)
    );
    assert_eq!(
        (bots[0].completion_rate, bots[0].session_minutes),
        (0.5, 120.0)
    );
    assert_eq!((bots[1].sessions, bots[1].session_minutes), (0, 0.0));

    let writers = all.writers(&asked);
    let writers: Vec<_> = writers
        .iter()
        .map(|w| (w.id, w.messages, w.sessions))
        .collect();
    assert_eq!(writers, [(71, 2, 1), (72, 1, 1)]);
    assert_eq!(all.durations().last().expect("bins").count, 1);
    let channels = [("slack".to_owned(), 0), ("web".to_owned(), 1)];
    assert_eq!(all.channels(), (channels.into(), 1));
    let (tags, total) = all.tags();
    assert_eq!((tags.len(), tags[0].count, total), (1, 2, 2));
    // 1.005 seconds, of three runs in two days, one of them before the window.
    let times = all.response_times(&asked);
    assert_eq!(
        times.iter().map(|(_, time)| *time).collect::<Vec<_>>(),
        [101, 101]
    );
    let trends = all.trends(&asked);
    assert_eq!(trends.len(), 50);
    let (first, last) = (&trends[0], &trends[24]);
    assert_eq!((first.start, first.success, first.error), (hours(0), 0, 1));
    assert_eq!((last.start, last.success, last.error), (hours(24), 1, 0));

    let filtered = |change: fn(&mut Filters)| {
        let mut asked = asked.clone();
        change(&mut asked.filters);
        let overview = oracle(&world, &asked).overview();
        (
            overview.experiments,
            overview.participants,
            overview.sessions,
            overview.messages,
        )
    };
    assert_eq!(filtered(|f| f.include_archived = true), (3, 2, 3, 6));
    assert_eq!(filtered(|f| f.experiments = Some(vec![11])), (1, 2, 2, 4));
    assert_eq!(filtered(|f| f.experiments = Some(vec![])), (0, 0, 0, 0));
    // Every chatbot is on the web, and only one has a channel of slack.
    assert_eq!(
        filtered(|f| f.platforms = Some(vec!["web".to_owned()])),
        (2, 1, 1, 3)
    );
    assert_eq!(
        filtered(|f| f.platforms = Some(vec!["slack".to_owned()])),
        (1, 0, 0, 0)
    );
    assert_eq!(filtered(|f| f.platforms = Some(vec![])), (0, 0, 0, 0));
    assert_eq!(filtered(|f| f.participants = Some(vec![72])), (1, 1, 1, 1));
    // By a message of the chat 1; by the evaluation's chat; by a message without a session.
    assert_eq!(filtered(|f| f.tags = Some(vec![41])), (1, 2, 1, 4));
    assert_eq!(filtered(|f| f.tags = Some(vec![43])), (0, 0, 0, 0));
}

/// The traps, as questions to a world and a request of it.
type Trap = (&'static str, fn(&World, &Asked) -> bool);

const TRAPS: [Trap; 19] = [
    ("a message at the window's start counts", |world, asked| {
        seen(world, asked, |m, _| m.created_at == asked.filters.start)
    }),
    ("a message is at the window's end", |world, asked| {
        world
            .messages
            .iter()
            .any(|m| m.created_at == asked.filters.end)
    }),
    ("a message without a session counts", |world, asked| {
        seen(world, asked, |_, s| s.is_none())
    }),
    ("a session without a platform counts", |world, asked| {
        seen(world, asked, |_, s| s.is_some_and(|s| s.platform.is_none()))
    }),
    ("a session counts that began outside", |world, asked| {
        let is_in = |at| asked.filters.start <= at && at < asked.filters.end;
        seen(world, asked, |_, s| s.is_some_and(|s| !is_in(s.created_at)))
    }),
    ("a session has several messages", |world, asked| {
        let oracle = oracle(world, asked);
        oracle.sessions().iter().any(|s| oracle.turns_of(s) > 1)
    }),
    ("a chatbot has several sessions", |world, asked| {
        oracle(world, asked)
            .bots(asked)
            .iter()
            .any(|bot| bot.sessions > 1)
    }),
    ("a chatbot has none", |world, asked| {
        oracle(world, asked)
            .bots(asked)
            .iter()
            .any(|bot| bot.sessions == 0)
    }),
    ("a system's message counts", |world, asked| {
        seen(world, asked, |m, _| !is_turn(m))
    }),
    ("a filter lets something through", |world, asked| {
        let filters = &asked.filters;
        let is_one = filters.experiments.is_some() || filters.tags.is_some();
        is_one && oracle(world, asked).overview().sessions > 0
    }),
    ("tags are counted", |world, asked| {
        oracle(world, asked).tags().1 > 0
    }),
    (
        "another team's tag is on a message that counts",
        |world, asked| {
            linked(world, asked, |link, tag| {
                link.team == asked.tenant && tag.team != asked.tenant
            })
        },
    ),
    (
        "another team's link is on a message that counts",
        |world, asked| {
            linked(world, asked, |link, tag| {
                link.team != asked.tenant && tag.team == asked.tenant
            })
        },
    ),
    (
        "a chat that is tagged has the number of a message that counts",
        |world, asked| {
            let is_tagged = |id: i64| {
                let mut links = world.items.iter();
                links.any(|link| link.content_type == CHAT_TYPE && i64::from(link.object) == id)
            };
            seen(world, asked, |m, _| is_tagged(m.id))
        },
    ),
    ("durations differ", |world, asked| {
        oracle(world, asked)
            .durations()
            .iter()
            .filter(|bin| bin.count > 0)
            .count()
            > 2
    }),
    ("a version's runs are a trend", |world, asked| {
        oracle(world, asked)
            .trends(asked)
            .iter()
            .any(|hour| hour.success + hour.error > 0)
    }),
    ("a page of chatbots is not all of them", |world, asked| {
        let (page, total) = oracle(world, asked).bots_page(asked);
        !page.is_empty() && total > page.len()
    }),
    ("a part alone is visible", |_, asked| {
        asked.visible.len() == 1
    }),
    ("a channel has sessions", |world, asked| {
        oracle(world, asked).channels().1 > 0
    }),
];

fn oracle<'w>(world: &'w World, asked: &'w Asked) -> Oracle<'w> {
    Oracle {
        world,
        tenant: asked.tenant,
        filters: &asked.filters,
    }
}

fn seen(world: &World, asked: &Asked, is_so: impl Fn(&Message, Option<&Session>) -> bool) -> bool {
    let messages = oracle(world, asked).messages();
    messages
        .iter()
        .any(|(message, session)| is_so(message, *session))
}

fn linked(world: &World, asked: &Asked, is_so: impl Fn(&TaggedItem, &Tag) -> bool) -> bool {
    seen(world, asked, |message, _| {
        let links = world.items.iter().filter(|link| {
            link.content_type == MESSAGE_TYPE && i64::from(link.object) == message.id
        });
        let tag_of = |link: &TaggedItem| world.tags.iter().find(|tag| tag.id == link.tag);
        links
            .filter_map(|link| Some((link, tag_of(link)?)))
            .any(|(link, tag)| is_so(link, tag))
    })
}

#[test]
fn the_random_worlds_have_the_traps() {
    let found = RefCell::new(BTreeMap::<&str, u32>::new());
    let cases = at_a_scene(|scene| (data::world(scene), request::plan(scene)));
    let cases = cases.prop_map(|(_, (world, plan))| {
        let asked = plan.of(&world);
        (world, asked)
    });
    check(200, &cases, |(world, asked)| {
        for (trap, is_there) in TRAPS {
            *found.borrow_mut().entry(trap).or_default() += u32::from(is_there(&world, &asked));
        }
        Ok(())
    });
    let found = found.into_inner();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        assert!(found.values().all(|cases| *cases >= 5), "{found:#?}");
    }
}

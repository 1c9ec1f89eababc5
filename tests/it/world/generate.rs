//! How random data comes about.

use std::collections::HashSet;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::{
    CHAT_TYPE, Chat, Experiment, MESSAGE_TYPE, Message, OTHER_TYPE, Participant, Session, TEAMS,
    Tag, TaggedItem, Trace, User, World, instant,
};

/// Texts that sort and match awkwardly: equal but for case, wildcards, quotes, numbers.
pub const TEXTS: &[&str] = &[
    "", "a", "A", "ab", "aB", "a%b", "a_b", "a\\b", "axb", "b", "B%", "_", "10", "9", "it's", "é",
    "日本",
];
const STATUSES: &[&str] = &["active", "setup", "complete", "Active"];
/// Where people write; one of them is no platform of people, and one differs by its case only.
pub const PLATFORMS: &[&str] = &["web", "telegram", "evaluations", "Web"];
const KINDS: &[&str] = &["human", "human", "ai", "ai", "system"];
const TAGS: &[&str] = &[
    "v1",
    "v2",
    "v10",
    "v3",
    "v3-unreleased",
    "v02",
    "rare",
    "urgent",
    "b",
    "B",
    "",
];
const CATEGORIES: &[&str] = &[
    "",
    "experiment_version",
    "experiment_version",
    "bot_response",
];

fn text() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

fn team() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(1), 1 => TEAMS]
}

/// When things happen.
type Times = BoxedStrategy<Time>;

fn few_times() -> Times {
    (0u8..8).prop_map(instant).boxed()
}

/// A reference by number, to whichever row that is in the end.
type Pick = prop::sample::Index;

fn pick() -> impl Strategy<Value = Pick> {
    any::<Pick>()
}

/// Keys of one table, far from those of another except where they are meant to meet.
fn key(table: i64, at: usize) -> i64 {
    table * 1_000 + i64::try_from(at).unwrap_or(0) + 1
}

/// How many rows there are of each table.
struct Sizes {
    participants: Range<usize>,
    experiments: Range<usize>,
    chats: Range<usize>,
    messages: Range<usize>,
    tags: Range<usize>,
    /// And traces.
    links: Range<usize>,
}

impl Sizes {
    const FEW: Self = Self {
        participants: 1..4,
        experiments: 1..5,
        chats: 0..14,
        messages: 0..31,
        tags: 0..10,
        links: 0..21,
    };
}

/// Rows, some of each table.
pub fn world() -> impl Strategy<Value = World> {
    sized(&few_times(), Sizes::FEW)
}

/// Rows of which most belong to others, at such times.
pub fn busy_world(times: &'static [Time]) -> impl Strategy<Value = World> {
    let sizes = Sizes {
        participants: 2..7,
        experiments: 3..8,
        chats: 8..25,
        messages: 20..90,
        tags: 3..9,
        links: 10..40,
    };
    sized(&select(times).boxed(), sizes)
}

/// Many rows with many links, to few tags.
pub fn linked_world() -> impl Strategy<Value = World> {
    let sizes = Sizes {
        chats: 10..16,
        messages: 10..31,
        tags: 3..8,
        links: 30..70,
        ..Sizes::FEW
    };
    sized(&few_times(), sizes)
}

/// Sessions and chatbots to which nothing belongs.
pub fn bare_world() -> impl Strategy<Value = World> {
    let sizes = Sizes {
        chats: 0..6,
        messages: 0..1,
        links: 0..1,
        ..Sizes::FEW
    };
    sized(&few_times(), sizes).prop_map(|mut world| {
        world.items.clear();
        world.traces.clear();
        world
    })
}

fn sized(times: &Times, sizes: Sizes) -> impl Strategy<Value = World> + use<> {
    let people = (
        vec((one_of(TAGS), weighted(0.5, text())), 1..3),
        vec(participant(times), sizes.participants),
        vec(experiment(times), sizes.experiments),
    );
    let conversations = (
        vec((team(), text()), sizes.chats.clone()),
        vec(session(times), sizes.chats),
        vec(message(times), sizes.messages),
    );
    let beside = (
        vec(tag(), sizes.tags),
        vec(link(), sizes.links.clone()),
        vec(trace(times), sizes.links),
    );
    (people, conversations, beside).prop_map(|(people, conversations, beside)| {
        let mut world = World::default();
        add_people(&mut world, people);
        add_conversations(&mut world, conversations);
        add_beside(&mut world, beside);
        world
    })
}

type Time = chrono::DateTime<chrono::Utc>;
type SomeExperiment = (
    (i64, String, Option<String>, Vec<String>),
    (Option<Pick>, Pick, i32),
    (bool, Option<i64>, Time),
);
type SomeParticipant = (i64, String, Option<Pick>, String, String, Time);
type SomeSession = (
    (Pick, Pick, u8, bool),
    (String, Option<Time>, [Option<Time>; 2], Time),
    (Option<String>, Option<Vec<i32>>, String),
);
type SomeMessage = (Pick, Time, String, String, Option<String>);
type SomeTag = (i64, (String, Option<Pick>), String, bool, Option<Pick>);
type SomeLink = (i64, u8, Pick, Pick);
type SomeTrace = (
    (Option<i64>, Time, String),
    (Option<Pick>, Option<Pick>, Option<Pick>),
    (Option<Pick>, Option<Pick>),
    (Option<i32>, i32, Option<i32>),
);

fn participant(times: &Times) -> impl Strategy<Value = SomeParticipant> + use<> {
    (
        team(),
        text(),
        weighted(0.5, pick()),
        one_of(PLATFORMS),
        text(),
        times.clone(),
    )
}

fn experiment(times: &Times) -> impl Strategy<Value = SomeExperiment> + use<> {
    (
        (
            team(),
            text(),
            weighted(0.6, text()),
            vec(one_of(PLATFORMS), 0..3),
        ),
        (weighted(0.4, pick()), pick(), 0i32..4),
        (any::<bool>(), weighted(0.8, 1_i64..3), times.clone()),
    )
}

fn session(times: &Times) -> impl Strategy<Value = SomeSession> + use<> {
    (
        (pick(), pick(), 0u8..10, any::<bool>()),
        (
            one_of(STATUSES),
            weighted(0.5, times.clone()),
            [weighted(0.6, times.clone()), weighted(0.6, times.clone())],
            times.clone(),
        ),
        (
            weighted(0.6, one_of(PLATFORMS)),
            weighted(0.6, vec(0i32..4, 0..3)),
            text(),
        ),
    )
}

fn message(times: &Times) -> impl Strategy<Value = SomeMessage> + use<> {
    (
        pick(),
        times.clone(),
        one_of(KINDS),
        text(),
        weighted(0.5, text()),
    )
}

fn tag() -> impl Strategy<Value = SomeTag> {
    (
        team(),
        // Often the name of another: of another team's, of the system's, of another category.
        (one_of(TAGS), weighted(0.5, pick())),
        one_of(CATEGORIES),
        any::<bool>(),
        weighted(0.5, pick()),
    )
}

fn link() -> impl Strategy<Value = SomeLink> {
    // The objects are mostly the first team's, the links less so.
    (
        prop_oneof![1 => Just(1), 1 => TEAMS],
        0u8..12,
        pick(),
        pick(),
    )
}

fn trace(times: &Times) -> impl Strategy<Value = SomeTrace> + use<> {
    (
        (
            weighted(0.85, team()),
            times.clone(),
            one_of(&["success", "error", "pending"]),
        ),
        (
            weighted(0.7, pick()),
            weighted(0.85, pick()),
            weighted(0.7, pick()),
        ),
        (weighted(0.8, pick()), weighted(0.7, pick())),
        (weighted(0.5, 0i32..4), 0i32..5, weighted(0.5, -2i32..3)),
    )
}

type People = (
    Vec<(String, Option<String>)>,
    Vec<SomeParticipant>,
    Vec<SomeExperiment>,
);

fn add_people(world: &mut World, (users, participants, experiments): People) {
    for (at, (username, language)) in users.into_iter().enumerate() {
        world.users.push(User {
            id: key(8, at),
            username: format!("{username}{at}"),
            language,
        });
    }
    for (at, some) in participants.into_iter().enumerate() {
        let (team, name, user, platform, remote_id, created_at) = some;
        world.participants.push(Participant {
            id: key(7, at),
            team,
            name,
            identifier: format!("participant {at}"),
            user: user.map(|user| user.get(&world.users).id),
            platform,
            remote_id,
            created_at,
        });
    }
    for (at, some) in experiments.into_iter().enumerate() {
        let (
            (team, name, description, allowlist),
            (working, owner, number),
            (is_archived, pipeline, created_at),
        ) = some;
        let before = world.experiments.len();
        // Also another team's: a foreign key does not look at teams.
        let working_version = working
            .filter(|_| before > 0)
            .map(|working| key(6, working.index(before)));
        let at_number = i32::try_from(at).unwrap_or(0);
        world.experiments.push(Experiment {
            id: key(6, at),
            team,
            owner: owner.get(&world.users).id,
            name,
            description,
            pipeline,
            version_number: if working_version.is_some() {
                10 + at_number
            } else {
                number
            },
            working_version,
            allowlist,
            is_archived,
            created_at,
        });
    }
}

type Conversations = (Vec<(i64, String)>, Vec<SomeSession>, Vec<SomeMessage>);

fn add_conversations(world: &mut World, (chats, sessions, messages): Conversations) {
    for (at, (team, name)) in chats.into_iter().enumerate() {
        world.chats.push(Chat {
            id: key(0, at),
            team,
            name,
        });
    }
    // Chats have at most one session, and one in ten has none.
    for (at, (refers, (status, ended_at, activity, created_at), texts)) in
        sessions.into_iter().enumerate()
    {
        let (participant, experiment, without, token_required) = refers;
        let (platform, versions, external_id) = texts;
        let [first_activity_at, last_activity_at] = activity;
        // From the end, so that the keys of sessions and chats are not sorted alike.
        let Some(chat) = world.chats.iter().rev().nth(at) else {
            break;
        };
        if without == 0 {
            continue;
        }
        world.sessions.push(Session {
            id: key(5, at),
            team: chat.team,
            created_at,
            external_id: format!("{external_id}-{at}"),
            token_required,
            participant: participant.get(&world.participants).id,
            experiment: experiment.get(&world.experiments).id,
            chat: chat.id,
            status,
            ended_at,
            last_activity_at,
            first_activity_at,
            platform,
            versions,
        });
    }
    for (at, (chat, created_at, kind, content, summary)) in messages.into_iter().enumerate() {
        if world.chats.is_empty() {
            break;
        }
        world.messages.push(Message {
            // The keys of chats, too.
            id: key(0, at),
            chat: chat.get(&world.chats).id,
            created_at,
            kind,
            content,
            summary,
        });
    }
}

type Beside = (Vec<SomeTag>, Vec<SomeLink>, Vec<SomeTrace>);

fn add_beside(world: &mut World, (tags, links, traces): Beside) {
    let mut known = HashSet::new();
    for (at, (team, (name, like), category, is_system, created_by)) in tags.into_iter().enumerate()
    {
        let name = match (like, world.tags.is_empty()) {
            (Some(like), false) => like.get(&world.tags).name.clone(),
            _ => name,
        };
        if known.insert((team, name.clone(), category.clone(), is_system)) {
            world.tags.push(Tag {
                id: key(4, at),
                team,
                name,
                category,
                is_system,
                created_by: created_by.map(|user| user.get(&world.users).id),
            });
        }
    }
    let mut known = HashSet::new();
    for (at, (team, what, object, tag)) in links.into_iter().enumerate() {
        // Mostly messages and chats that exist; some that do not, and other things with the same key.
        let content_type = match what {
            0..=5 => MESSAGE_TYPE,
            6..=10 => CHAT_TYPE,
            _ => OTHER_TYPE,
        };
        let object =
            i32::try_from(1 + object.index(world.chats.len().max(world.messages.len()) + 2))
                .unwrap_or(1);
        // An own tag mostly, any in a third of the cases.
        let own: Vec<&Tag> = world.tags.iter().filter(|tag| tag.team == team).collect();
        let tag = match (own.is_empty() || what % 3 == 0, world.tags.is_empty()) {
            (_, true) => continue,
            (true, _) => tag.get(&world.tags).id,
            (false, _) => tag.get(&own).id,
        };
        if known.insert((content_type, object, tag)) {
            world.items.push(TaggedItem {
                id: key(3, at),
                team,
                content_type,
                object,
                tag,
            });
        }
    }
    for (at, (of, points, messages, numbers)) in traces.into_iter().enumerate() {
        let (team, timestamp, status) = of;
        let (experiment, session, participant) = points;
        let (input, output) = messages;
        let (version, duration, turns) = numbers;
        // Of any team: a foreign key does not look at teams.
        let message = |pick: Option<Pick>| {
            pick.filter(|_| !world.messages.is_empty())
                .map(|pick| pick.get(&world.messages).id)
        };
        let (input, output) = (message(input), message(output));
        world.traces.push(Trace {
            id: key(2, at),
            team,
            timestamp,
            status,
            experiment: experiment.map(|experiment| experiment.get(&world.experiments).id),
            session: session
                .filter(|_| !world.sessions.is_empty())
                .map(|session| session.get(&world.sessions).id),
            participant: participant.map(|participant| participant.get(&world.participants).id),
            input,
            output,
            version,
            duration,
            turns,
        });
    }
}

//! What is asked of a dashboard, as plain data.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::data::platforms;
use crate::scene::clock::Every;
use crate::scene::{self, Scene};
use crate::world::{TEAMS, World};

/// Which rows count. `None` is no filter; a list of nothing is one that nothing passes.
#[derive(Clone, Debug)]
pub struct Filters {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub experiments: Option<Vec<i64>>,
    pub platforms: Option<Vec<String>>,
    pub participants: Option<Vec<i64>>,
    pub tags: Option<Vec<i64>>,
    pub include_archived: bool,
}

/// A part of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Overview,
    ActiveParticipants,
    SessionAnalytics,
    MessageVolume,
    BotPerformance,
    UserEngagement,
    ChannelBreakdown,
    TagAnalytics,
    AverageResponseTime,
    Trends,
}

pub const PARTS: [Part; 10] = [
    Part::Overview,
    Part::ActiveParticipants,
    Part::SessionAnalytics,
    Part::MessageVolume,
    Part::BotPerformance,
    Part::UserEngagement,
    Part::ChannelBreakdown,
    Part::TagAnalytics,
    Part::AverageResponseTime,
    Part::Trends,
];

/// What bots are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Name,
    Participants,
    Sessions,
    Messages,
    CompletedSessions,
    CompletionRate,
    SessionDuration,
    MessagesPerSession,
}

const RANKS: [Rank; 8] = [
    Rank::Name,
    Rank::Participants,
    Rank::Sessions,
    Rank::Messages,
    Rank::CompletedSessions,
    Rank::CompletionRate,
    Rank::SessionDuration,
    Rank::MessagesPerSession,
];

/// A page of a table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub rank: Rank,
    pub descending: bool,
    pub offset: usize,
    pub size: usize,
}

/// A whole request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub tenant: i64,
    pub filters: Filters,
    pub zone: Tz,
    pub every: Every,
    pub sparse: bool,
    pub bots: Table,
    /// How many participants are ranked.
    pub most: usize,
    /// The end of the trends.
    pub now: DateTime<Utc>,
    pub visible: Vec<Part>,
}

type Picks = Option<Vec<Index>>;

/// No filter mostly.
fn picks() -> impl Strategy<Value = Picks> {
    weighted(0.15, vec(any::<Index>(), 0..5))
}

fn table() -> impl Strategy<Value = Table> {
    (
        select(&RANKS[..]),
        prop::bool::weighted(0.7),
        0_usize..4,
        1_usize..6,
    )
        .prop_map(|(rank, descending, offset, size)| Table {
            rank,
            descending,
            offset,
            size,
        })
}

fn visible() -> impl Strategy<Value = Vec<Part>> {
    prop_oneof![
        1 => Just(PARTS.to_vec()),
        2 => prop::sample::subsequence(&PARTS[..], 1..=PARTS.len()),
    ]
}

/// A request before it is known of which rows.
#[derive(Clone, Debug)]
pub struct Plan {
    lists: [Picks; 4],
    asked: Asked,
}

/// A request at a scene.
pub fn plan(scene: &'static Scene) -> impl Strategy<Value = Plan> {
    let whose = (
        prop_oneof![4 => Just(1), 1 => TEAMS],
        scene::buckets(scene),
        any::<bool>(),
    );
    let how = (
        prop_oneof![
            5 => Just(scene.zone),
            1 => select(&[Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__New_York][..])
        ],
        any::<bool>(),
    );
    let beside = (table(), 1_usize..4, select(&*scene.moments), visible());
    (whose, [picks(), picks(), picks(), picks()], how, beside).prop_map(
        |((tenant, ((start, end), every), include_archived), lists, (zone, sparse), beside)| {
            let (bots, most, now, visible) = beside;
            let filters = Filters {
                start,
                end,
                experiments: None,
                platforms: None,
                participants: None,
                tags: None,
                include_archived,
            };
            let asked = Asked {
                tenant,
                filters,
                zone,
                every,
                sparse,
                bots,
                most,
                now,
                visible,
            };
            Plan { lists, asked }
        },
    )
}

impl Plan {
    /// The request for a world: of its rows, those of other teams too, and of some that do not exist.
    pub fn of(&self, world: &World) -> Asked {
        fn some<T: Clone>(picks: &Picks, mut all: Vec<T>, none: T) -> Option<Vec<T>> {
            all.push(none);
            let picks = picks.as_ref()?;
            Some(picks.iter().map(|pick| pick.get(&all).clone()).collect())
        }
        let [experiments, participants, tags, on] = &self.lists;
        let mut asked = self.asked.clone();
        let filters = &mut asked.filters;
        filters.experiments = some(
            experiments,
            world.experiments.iter().map(|e| e.id).collect(),
            -1,
        );
        filters.participants = some(
            participants,
            world.participants.iter().map(|p| p.id).collect(),
            -1,
        );
        filters.tags = some(tags, world.tags.iter().map(|t| t.id).collect(), -1);
        let all = platforms().into_iter().map(str::to_owned).collect();
        filters.platforms = some(on, all, "unknown".to_owned());
        asked
    }
}

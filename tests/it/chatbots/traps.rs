//! That the random rows have the traps in them, and that the oracle steps around them: by rows counted by hand, and by how
//! many of the random ones have which.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use pagewise::Page;
use pagewise::chat::{self, Experiment, Message as ChatMessage};
use proptest::collection::vec;
use proptest::strategy::Strategy;

use super::oracle::Oracle;
use super::request::{Asked, FIELDS, NUMBERS, asked};
use super::{data, parity};
use crate::laws::{Connection, check};
use crate::oracle::datum::{Datum, Decoded};
use crate::scene::at_a_scene;
use crate::world::{self, Session, Trace, User, World};

/// Half past noon.
fn now() -> DateTime<Utc> {
    let noon = DateTime::from_timestamp(1_790_000_000 / 86_400 * 86_400 + 43_200, 0);
    noon.expect("an instant") + TimeDelta::minutes(30)
}

fn minutes(before: i64) -> DateTime<Utc> {
    now() - TimeDelta::minutes(before)
}

fn bot(id: i64, team: i64, working_version: Option<i64>) -> world::Experiment {
    world::Experiment {
        id,
        team,
        owner: 1,
        name: format!("bot {id}"),
        description: Some("answers".to_owned()),
        pipeline: Some(1),
        working_version,
        version_number: i32::try_from(id).expect("a small number"),
        allowlist: Vec::new(),
        is_archived: false,
        created_at: minutes(100_000),
    }
}

fn session(id: i64, experiment: i64, participant: i64, platform: Option<&str>) -> Session {
    Session {
        id,
        team: 1,
        created_at: minutes(50_000),
        external_id: id.to_string(),
        token_required: false,
        participant,
        experiment,
        chat: id,
        status: "active".to_owned(),
        ended_at: None,
        last_activity_at: None,
        first_activity_at: None,
        platform: platform.map(str::to_owned),
        versions: None,
    }
}

fn active(before: i64, session: Session) -> Session {
    Session {
        last_activity_at: Some(minutes(before)),
        ..session
    }
}

fn trace(id: i64, experiment: i64, session: Option<i64>, (status, before): (&str, i64)) -> Trace {
    Trace {
        id,
        team: Some(1),
        timestamp: minutes(before),
        status: status.to_owned(),
        experiment: Some(experiment),
        session,
        participant: None,
        input: None,
        output: None,
        version: None,
        duration: 0,
        turns: None,
    }
}

/// A world small enough to be counted by hand.
fn by_hand() -> World {
    let mut world = World {
        users: vec![User {
            id: 1,
            username: "100%_Ada".to_owned(),
            language: None,
        }],
        experiments: vec![
            bot(11, 1, None),
            // A version of it.
            bot(12, 1, Some(11)),
            // Without sessions.
            bot(13, 1, None),
            bot(14, 1, None),
            bot(15, 1, None),
            bot(16, 2, None),
            // Used as much as the first, and never active.
            bot(17, 1, None),
        ],
        sessions: vec![
            active(90, session(1, 11, 7, Some("web"))),
            active(30, session(2, 11, 7, Some("web"))),
            // Nobody knows where.
            active(60, session(3, 11, 8, None)),
            // The most recent, which does not count.
            active(1, session(4, 11, 9, Some("evaluations"))),
            // Of the version.
            active(2, session(5, 12, 9, Some("web"))),
            // Of another team.
            Session {
                team: 2,
                ..active(3, session(6, 11, 10, Some("web")))
            },
            session(7, 17, 7, Some("web")),
            session(8, 17, 8, Some("web")),
            session(9, 17, 8, Some("Evaluations")),
        ],
        traces: vec![
            trace(1, 11, Some(1), ("success", 10)),
            trace(2, 11, Some(3), ("error", 29)),
            trace(3, 11, None, ("pending", 31)),
            // Of evaluations: no interaction, but a success.
            trace(4, 11, Some(4), ("success", 40)),
            // Of the version.
            trace(5, 12, Some(1), ("success", 100)),
            // A session of another team's is none.
            trace(6, 11, Some(6), ("success", 24 * 60)),
            trace(7, 11, Some(2), ("success", 24 * 60 + 1)),
            Trace {
                team: None,
                ..trace(8, 11, Some(1), ("success", 5))
            },
        ],
        ..World::default()
    };
    world.experiments[3].pipeline = None;
    world.experiments[4].is_archived = true;
    world.experiments[2].description = None;
    world.experiments[2].name = "abcd".to_owned();
    world
}

fn asked_by_hand(sort: &[(&'static str, bool)]) -> Asked {
    Asked {
        tenant: 1,
        with_archived: false,
        search: None,
        sort: sort.to_vec(),
        shown: NUMBERS.to_vec(),
        now: now(),
        size: 2,
    }
}

fn counts(of: &[(usize, i64)]) -> Datum {
    let mut counts = vec![0; 25];
    for (at, count) in of {
        counts[*at] = *count;
    }
    counts.datum()
}

/// What was counted by hand is what the oracle says, and what the database says.
#[test]
fn counted_by_hand() {
    let world = by_hand();
    let oracle = Oracle {
        world: &world,
        tenant: 1,
    };
    let never = |sessions: i64, participants: i64| {
        vec![
            participants.datum(),
            sessions.datum(),
            0_i64.datum(),
            Datum::Null,
            counts(&[]),
            counts(&[]),
            participants.datum(),
            sessions.datum(),
            0_i64.datum(),
            Datum::Null,
        ]
    };
    let first = vec![
        2_i64.datum(),
        3_i64.datum(),
        // Of the six of the team and the chatbot, all but that of evaluations.
        5_i64.datum(),
        minutes(30).datum(),
        // In the hour of now, in that before, at ten, and at half past noon yesterday, exactly a day ago.
        counts(&[(24, 1), (23, 1), (22, 1), (0, 1)]),
        counts(&[(24, 1)]),
        3_i64.datum(),
        4_i64.datum(),
        6_i64.datum(),
        minutes(10).datum(),
    ];
    let expected = [
        (11, first),
        // Neither was ever active: by key.
        (17, never(3, 2)),
        (13, never(0, 0)),
    ];
    let asked = asked_by_hand(&[]);
    assert_eq!(asked.expected(&oracle), expected);

    let keys = |sort: &[(&'static str, bool)]| -> Vec<i64> {
        let lines = asked_by_hand(sort).expected(&oracle);
        lines.iter().map(|(id, _)| *id).collect()
    };
    // Equal numbers in both directions, and a chatbot without any.
    assert_eq!(keys(&[("session_count", true)]), [17, 11, 13]);
    assert_eq!(keys(&[("session_count", false)]), [13, 11, 17]);
    assert_eq!(keys(&[("last_activity", false)]), [11, 13, 17]);
    assert_eq!(
        keys(&[("interaction_count", true), ("name", false)]),
        [11, 13, 17]
    );

    let mut connection = Connection::with_extension("pg_trgm");
    connection.with(&world, |transaction| {
        let mut sorts = vec![vec![], vec![("interaction_count", true), ("name", false)]];
        sorts.extend(
            FIELDS
                .iter()
                .flat_map(|field| [vec![(*field, true)], vec![(*field, false)]]),
        );
        for sort in sorts {
            let asked = asked_by_hand(&sort);
            let (listing, expected) = (asked.listing(), asked.expected(&oracle));
            let read = |row: &pagewise::driver::Row<Experiment>| asked.line(row);
            parity::walks(transaction, &listing, 2, read, &expected).expect("the same rows");
        }
    });
}

/// What a search finds: by a tenth exactly, by the owner only without a description, by signs that are no wildcards.
#[test]
fn searches() {
    let mut world = by_hand();
    world.experiments[0].name = "abcd".to_owned();
    world.experiments[0].description = Some(String::new());
    let mut connection = Connection::with_extension("pg_trgm");
    connection.with(&world, |transaction| {
        let mut found = |text: &str| -> Vec<i64> {
            let listing = chat::chatbots()
                .tenant(1)
                .filter(chat::chatbot_search(text));
            let listing = listing.order_by(Experiment::ID.asc()).page(Page::first(10));
            let page = listing.build().expect("a page");
            let rows = page.fetch(transaction).expect("rows");
            rows.decode(|row| row.get(Experiment::ID)).expect("keys")
        };
        // "abcd" and "axyzw" have one in ten in common. The third has no description.
        assert_eq!(found("axyzw"), [11]);
        assert_eq!(found("ABCD"), [11]);
        assert_eq!(found("0%_a"), [11, 13, 17]);
        assert_eq!(found("0_%"), [] as [i64; 0]);
        assert_eq!(found(""), [11, 13, 17]);
        assert_eq!(found("answer"), [17]);
    });
}

/// A condition that is NULL of a row does not leave it out; of no rows there are none, and a limit is kept.
#[test]
fn counts_but_for_some() {
    let mut world = by_hand();
    for (at, (kind, summary)) in [("ai", Some("x")), ("ai", None), ("human", None)]
        .iter()
        .enumerate()
    {
        world.messages.push(world::Message {
            id: i64::try_from(at).expect("a small number") + 1,
            chat: 1,
            created_at: minutes(0),
            kind: (*kind).to_owned(),
            content: String::new(),
            summary: summary.map(str::to_owned),
        });
    }
    let messages = chat::Session::messages();
    let summarized = ChatMessage::SUMMARY.eq("x");
    let all = messages.count_except(summarized.clone()).named("all");
    let ai = messages.filter(ChatMessage::MESSAGE_TYPE.eq("ai"));
    let ai = ai.count_except(summarized).named("ai");
    let mut connection = Connection::open();
    connection.with(&world, |transaction| {
        for strategy in [pagewise::Strategy::Optimized, pagewise::Strategy::Legacy] {
            let listing = pagewise::Listing::of(chat::Session)
                .tenant(1)
                .strategy(strategy);
            let listing = listing.filter(chat::Session::ID.le(2)).show((&all, &ai));
            let page = listing
                .clone()
                .page(Page::first(5))
                .build()
                .expect("a page");
            let rows = page.fetch(transaction).expect("rows");
            let read = rows.decode(|row| Ok((row.get(&all)?, row.get(&ai)?)));
            assert_eq!(read.expect("counts"), [(2, 1), (0, 0)]);
            let more = listing
                .filter(all.gt(1))
                .order_by(ai.desc())
                .page(Page::first(5));
            let rows = more
                .build()
                .expect("a page")
                .fetch(transaction)
                .expect("rows");
            assert_eq!(rows.len(), 1);
        }
    });
}

/// How many of the random requests have which trap.
#[test]
fn the_traps_are_there() {
    let seen = RefCell::new(BTreeMap::<&str, u32>::new());
    let cases = at_a_scene(|scene| (data::world(scene), vec(asked(scene), 1..4)));
    let cases = cases.prop_map(|(_, case)| case);
    check(150, &cases, |(world, requests): (World, Vec<Asked>)| {
        let oracle = Oracle {
            world: &world,
            tenant: 1,
        };
        let see = |what: &'static str, is_there: bool| {
            *seen.borrow_mut().entry(what).or_default() += u32::from(is_there);
        };
        let listed = oracle.chatbots(false);
        let own = |id: i64| listed.iter().any(|bot| bot.id == id);
        let all = || world.experiments.iter().filter(|bot| bot.team == 1);
        see("a version", all().any(|bot| bot.working_version.is_some()));
        see("no pipeline", all().any(|bot| bot.pipeline.is_none()));
        see("archived", oracle.chatbots(true).len() > listed.len());
        see(
            "no description",
            listed.iter().any(|bot| bot.description.is_none()),
        );
        let sessions = || world.sessions.iter().filter(|s| own(s.experiment));
        see(
            "evaluations",
            sessions().any(|s| s.platform.as_deref() == Some("evaluations")),
        );
        see("no platform", sessions().any(|s| s.platform.is_none()));
        see("another team's session", sessions().any(|s| s.team != 1));
        see(
            "no sessions",
            listed
                .iter()
                .any(|bot| oracle.all_sessions(bot) == Datum::Int(0)),
        );
        let has_evaluations =
            |bot: &&world::Experiment| oracle.interactions(bot) != oracle.trace_count(bot);
        see("evaluations' traces", listed.iter().any(has_evaluations));
        let comes_back =
            |bot: &&world::Experiment| oracle.participants(bot) != oracle.session_count(bot);
        see("one participant twice", listed.iter().any(comes_back));
        let traces = || {
            world
                .traces
                .iter()
                .filter(|t| t.experiment.is_some_and(own))
        };
        see(
            "a trace without session",
            traces().any(|t| t.session.is_none()),
        );
        see("a pending trace", traces().any(|t| t.status == "pending"));
        let versions: Vec<i64> = all()
            .filter(|bot| bot.working_version.is_some_and(own))
            .map(|bot| bot.id)
            .collect();
        see(
            "a version's trace",
            world
                .traces
                .iter()
                .any(|t| t.experiment.is_some_and(|id| versions.contains(&id))),
        );
        for asked in &requests {
            let hits = |status| {
                listed.iter().any(|bot| {
                    let counts = oracle.trend(bot, asked.now, status);
                    counts
                        .elements()
                        .iter()
                        .any(|count| *count != Datum::Int(0))
                })
            };
            see("a trend", hits("success") || hits("error"));
            see(
                "a search that finds some",
                asked.search.is_some() && {
                    let found = asked.expected(&oracle).len();
                    0 < found && found < oracle.chatbots(asked.with_archived).len()
                },
            );
            let keys: Vec<_> = listed.iter().map(|bot| oracle.session_count(bot)).collect();
            let is_tie = |at: usize| keys[..at].contains(&keys[at]);
            see("a tie", (0..keys.len()).any(is_tie));
        }
        Ok(())
    });
    let seen = seen.into_inner();
    let missing: Vec<_> = seen.iter().filter(|(_, times)| **times < 5).collect();
    assert!(missing.is_empty() && seen.len() == 16, "{seen:#?}");
}

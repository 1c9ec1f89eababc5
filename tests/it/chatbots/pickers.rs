//! The pickers have the sessions that are not yet where they are to be put.

use std::cell::RefCell;

use pagewise::chat::{self, Session};
use pagewise::driver::Row;
use pagewise::{Error, Listing};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::data::{self, QUEUES};
use super::oracle::Oracle;
use super::parity::walks;
use crate::laws::{Connection, check};
use crate::oracle::datum::{Datum, Decoded};
use crate::scene::at_a_scene;
use crate::world::{self, TEAMS, World};

/// What is picked from, by whom.
#[derive(Clone, Debug)]
struct Asked {
    tenant: i64,
    dataset: Index,
    queue: i64,
    size: u32,
}

fn asked() -> impl Strategy<Value = Asked> {
    let tenant = prop_oneof![5 => Just(1), 1 => TEAMS];
    (tenant, any::<Index>(), QUEUES, select(&[1_u32, 2, 5][..])).prop_map(
        |(tenant, dataset, queue, size)| Asked {
            tenant,
            dataset,
            queue,
            size,
        },
    )
}

/// The session, its chatbot, when it was last active, and its messages.
type Line = (i64, Datum, Datum, i64);

fn read(row: &Row<Session>) -> Result<Line, Error> {
    let chatbot = Session::experiment().value(chat::Experiment::NAME);
    Ok((
        row.get(Session::ID)?,
        row.get(chatbot)?.datum(),
        row.get(Session::LAST_ACTIVITY_AT)?.datum(),
        row.get(&chat::message_timestamps().count)?,
    ))
}

fn shown(listing: Listing<Session>) -> Listing<Session> {
    let chatbot = Session::experiment().value(chat::Experiment::NAME);
    let messages = chat::message_timestamps();
    listing.show((&chatbot, Session::LAST_ACTIVITY_AT, &messages.count))
}

fn lines(oracle: &Oracle<'_>, sessions: &[&world::Session]) -> Vec<Line> {
    let line = |session: &&world::Session| {
        let messages = i64::try_from(oracle.message_count(session)).unwrap_or(0);
        let chatbot = oracle.chatbot(session);
        (
            session.id,
            chatbot,
            session.last_activity_at.datum(),
            messages,
        )
    };
    sessions.iter().map(line).collect()
}

/// Most recently active first, those that never were last, then by key.
fn by_activity(sessions: &mut [&world::Session]) {
    sessions.sort_by(|a, b| {
        let is_never = a
            .last_activity_at
            .is_none()
            .cmp(&b.last_activity_at.is_none());
        let newest = b.last_activity_at.cmp(&a.last_activity_at);
        is_never.then(newest).then(b.id.cmp(&a.id))
    });
}

#[test]
fn the_pickers_have_the_sessions_that_are_left() {
    let connection = RefCell::new(Connection::open());
    let cases = at_a_scene(|scene| (data::world(scene), asked())).prop_map(|(_, case)| case);
    check(60, &cases, |(world, asked): (World, Asked)| {
        let oracle = Oracle {
            world: &world,
            tenant: asked.tenant,
        };
        let dataset = asked.dataset.get(&world.datasets).id;
        connection.borrow_mut().with(&world, |transaction| {
            let mut sessions = oracle.dataset_sessions(dataset);
            sessions.sort_by(|a, b| {
                let (of_a, of_b) = (oracle.chatbot(a), oracle.chatbot(b));
                of_a.cmp(&of_b).then(a.id.cmp(&b.id))
            });
            let listing = shown(chat::dataset_sessions(dataset)).tenant(asked.tenant);
            let expected = lines(&oracle, &sessions);
            walks(transaction, &listing, asked.size, read, &expected)?;

            by_activity(&mut sessions);
            let listing = listing.order_by(Session::LAST_ACTIVITY_AT.desc());
            let expected = lines(&oracle, &sessions);
            walks(transaction, &listing, asked.size, read, &expected)?;

            let mut sessions = oracle.queue_sessions(asked.queue);
            by_activity(&mut sessions);
            let listing = shown(chat::annotation_queue_sessions(asked.queue)).tenant(asked.tenant);
            let expected = lines(&oracle, &sessions);
            walks(transaction, &listing, asked.size, read, &expected)
        })
    });
}

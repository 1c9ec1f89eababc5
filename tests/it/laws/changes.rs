//! What is promised of pages by cursor while rows change between them, in every form of a computed order: whatever keeps its
//! value is there exactly once and in order, and nothing that was before the cursor and went further up comes again.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pagewise::chat::{self, Session};
use pagewise::listing::OrderForm;
use pagewise::{Cursor, Listing, Page};
use postgres::Transaction;
use proptest::collection::vec;
use proptest::prelude::*;

use super::harness::{Connection, Outcome, check};
use crate::world::{World, instant, world};

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Change {
    /// A message is written in the chat of one of the sessions.
    Written(prop::sample::Index, u8),
    /// One of the messages is deleted.
    Deleted(prop::sample::Index),
    /// A session of another chat begins.
    Begun,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (any::<prop::sample::Index>(), 0_u8..12).prop_map(|(of, at)| Change::Written(of, at)),
        2 => any::<prop::sample::Index>().prop_map(Change::Deleted),
        1 => Just(Change::Begun),
    ]
}

const TEAM: i64 = 1;

/// By what a session is sorted: its last message, NULL last; the newest first, then by key.
type Place = (Option<DateTime<Utc>>, i64);

/// The sessions of the team, each at its place.
fn places(world: &World) -> BTreeMap<i64, Place> {
    let sessions = world.sessions.iter().filter(|session| session.team == TEAM);
    sessions
        .map(|session| {
            let messages = world.messages.iter();
            let own = messages.filter(|message| message.chat == session.chat);
            let last = own.map(|message| message.created_at).max();
            (session.id, (last, session.id))
        })
        .collect()
}

/// Whether the first place comes before the second.
fn is_before(first: Place, second: Place) -> bool {
    // None is less than any value, and the largest comes first.
    first > second
}

/// Makes the change in memory and in the database.
fn apply(
    world: &mut World,
    transaction: &mut Transaction<'_>,
    change: &Change,
    number: i64,
) -> Result<(), postgres::Error> {
    match change {
        Change::Written(of, at) if !world.sessions.is_empty() => {
            let chat = of.get(&world.sessions).chat;
            let message = crate::world::Message {
                id: 900_000 + number,
                chat,
                created_at: instant(*at),
                kind: "human".to_owned(),
                content: String::new(),
                summary: None,
            };
            transaction.execute(
                "INSERT INTO chat_chatmessage (id, chat_id, created_at, message_type, content) VALUES ($1, $2, $3, 'human', '')",
                &[&message.id, &message.chat, &message.created_at],
            )?;
            world.messages.push(message);
        }
        Change::Deleted(of) if !world.messages.is_empty() => {
            let at = of.index(world.messages.len());
            let message = world.messages.swap_remove(at);
            transaction.execute("DELETE FROM chat_chatmessage WHERE id = $1", &[&message.id])?;
        }
        Change::Begun => {
            let Some(like) = world.sessions.first().cloned() else {
                return Ok(());
            };
            let (id, chat) = (900_000 + number, 900_000 + number);
            transaction.execute(
                "INSERT INTO chat_chat (id, team_id, name) VALUES ($1, $2, '')",
                &[&chat, &TEAM],
            )?;
            transaction.execute(
                "INSERT INTO experiments_experimentsession (id, team_id, created_at, external_id, participant_id, experiment_id, chat_id, status)
                 VALUES ($1, $2, now(), $3, $4, $5, $6, 'active')",
                &[&id, &TEAM, &format!("begun {number}"), &like.participant, &like.experiment, &chat],
            )?;
            world.sessions.push(crate::world::Session {
                id,
                team: TEAM,
                chat,
                ..like
            });
        }
        Change::Written(..) | Change::Deleted(_) => {}
    }
    Ok(())
}

#[derive(Clone, Debug)]
struct Case {
    world: World,
    changes: Vec<Change>,
    form: OrderForm,
    limit: u32,
    is_backward: bool,
    size: u32,
}

fn case() -> impl Strategy<Value = Case> {
    let form = prop_oneof![
        Just(OrderForm::Probe),
        Just(OrderForm::Grouped),
        Just(OrderForm::Walk),
        Just(OrderForm::Walk)
    ];
    let limit = prop_oneof![Just(1_u32), Just(3), Just(8_192)];
    (
        world(),
        vec(change(), 0..12),
        form,
        limit,
        any::<bool>(),
        1_u32..3,
    )
        .prop_map(|(world, changes, form, limit, is_backward, size)| Case {
            world,
            changes,
            form,
            limit,
            is_backward,
            size,
        })
}

/// Walks through all pages while things change.
fn holds(transaction: &mut Transaction<'_>, case: Case) -> Outcome {
    let Case {
        mut world, form, ..
    } = case;
    let last = chat::message_timestamps().last;
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .order_by(last.desc())
        .order_form(form)
        .walk_limit(case.limit);
    let mut changes = case.changes.iter();
    let mut everywhere = vec![places(&world)];
    let mut seen: Vec<(i64, Place)> = Vec::new();
    let mut cursor: Option<Cursor> = None;
    for number in 0.. {
        let page = match (cursor.take(), case.is_backward) {
            (None, false) => Page::first(case.size),
            (None, true) => Page::last(case.size),
            (Some(cursor), false) => Page::after(cursor, case.size),
            (Some(cursor), true) => Page::before(cursor, case.size),
        };
        let fail = |error: &dyn std::fmt::Display| TestCaseError::fail(error.to_string());
        let page = listing
            .clone()
            .page(page)
            .build()
            .map_err(|error| fail(&error))?;
        let rows = page.fetch(transaction).map_err(|error| fail(&error))?;
        let mut of_page = Vec::new();
        for row in rows.iter() {
            let id = row.get(Session::ID).map_err(|error| fail(&error))?;
            let at = row.get(&last).map_err(|error| fail(&error))?;
            of_page.push((id, (at, id)));
        }
        if case.is_backward {
            of_page.reverse();
        }
        seen.extend(of_page);
        cursor = match case.is_backward {
            false => rows.next_cursor().cloned(),
            true => rows.previous_cursor().cloned(),
        };
        if cursor.is_none() {
            break;
        }
        if let Some(change) = changes.next() {
            apply(&mut world, transaction, change, number).map_err(|error| fail(&error))?;
            everywhere.push(places(&world));
        }
    }
    let words = format!("{form:?}, seen {seen:?}, places {everywhere:?}");
    // Each page goes on where the one before ended.
    for pair in seen.windows(2) {
        let [(_, first), (_, second)] = pair else {
            continue;
        };
        prop_assert!(
            is_before(*first, *second) != case.is_backward,
            "not in order: {words}"
        );
    }
    // What kept its place all the time is there once.
    let first = &everywhere[0];
    for (id, place) in first {
        if everywhere
            .iter()
            .all(|places| places.get(id) == Some(place))
        {
            let times = seen.iter().filter(|(of, _)| of == id).count();
            prop_assert_eq!(times, 1, "{} is there {} times: {}", id, times, words);
        }
    }
    // What is there was there at some time, with that value.
    for (id, place) in &seen {
        let was = everywhere
            .iter()
            .any(|places| places.get(id) == Some(place));
        prop_assert!(was, "{id} never was at {place:?}: {words}");
    }
    Ok(())
}

#[test]
fn what_keeps_its_value_is_there_once() {
    let connection = RefCell::new(Connection::open());
    check(150, &case(), |case| {
        let world = case.world.clone();
        connection
            .borrow_mut()
            .with(&world, |transaction| holds(transaction, case))
    });
}

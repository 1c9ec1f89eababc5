//! The metrics of Open Chat Studio, against plain loops over random rows.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use pagewise::TimeZone;
use pagewise::chat::{self, Session};
use pagewise::ddl::materialized_view::WhileRefreshed;
use postgres::Transaction;

use crate::laws::{Connection, check};
use crate::world::{self, TEAMS, World, world};

const ZONE: chrono_tz::Tz = chrono_tz::Tz::America__Los_Angeles;

fn counts(session: &world::Session) -> bool {
    session.platform.as_deref() != Some("evaluations") && session.status != "setup"
}

fn is_turn(message: &world::Message) -> bool {
    message.kind == "human" || message.kind == "ai"
}

fn of_sessions(transaction: &mut Transaction<'_>, world: &World, zone: &TimeZone) {
    let metrics = chat::session_metrics(zone);
    metrics.view.create(transaction).unwrap();
    metrics
        .view
        .refresh(transaction, WhileRefreshed::Skip)
        .unwrap();
    for tenant in TEAMS {
        let statement = metrics
            .view
            .rows()
            .tenant(tenant)
            .measures((&metrics.sessions, &metrics.completed, &metrics.messages))
            .measures(&metrics.participants)
            .build()
            .unwrap();
        let found: Vec<_> = statement
            .fetch(transaction)
            .unwrap()
            .iter()
            .map(|row| {
                (
                    (
                        row.get_value(&metrics.day).unwrap(),
                        row.get_value(Session::EXPERIMENT_ID).unwrap(),
                    ),
                    row.get(&metrics.sessions).unwrap(),
                    row.get(&metrics.completed).unwrap(),
                    row.get(&metrics.messages).unwrap(),
                    row.get(&metrics.participants).unwrap(),
                )
            })
            .collect();
        let mut groups: BTreeMap<(NaiveDate, i64), Vec<&world::Session>> = BTreeMap::new();
        for session in world
            .sessions
            .iter()
            .filter(|s| s.team == tenant && counts(s))
        {
            let day = session.created_at.with_timezone(&ZONE).date_naive();
            groups
                .entry((day, session.experiment))
                .or_default()
                .push(session);
        }
        let number = |n: usize| i64::try_from(n).expect("few");
        let expected: Vec<_> = groups
            .into_iter()
            .map(|(key, of)| {
                let turns = world.messages.iter().filter(|m| is_turn(m));
                let turns = turns.filter(|m| of.iter().any(|s| s.chat == m.chat));
                let people: BTreeSet<_> = of.iter().map(|s| s.participant).collect();
                let completed = of.iter().filter(|s| s.ended_at.is_some()).count();
                (
                    key,
                    number(of.len()),
                    number(completed),
                    number(turns.count()),
                    number(people.len()),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }
}

fn of_messages(transaction: &mut Transaction<'_>, world: &World, zone: &TimeZone) {
    let metrics = chat::message_metrics(zone);
    metrics.view.create(transaction).unwrap();
    metrics
        .view
        .refresh(transaction, WhileRefreshed::Skip)
        .unwrap();
    for tenant in TEAMS {
        let statement = metrics
            .view
            .rows()
            .tenant(tenant)
            .measures((
                &metrics.messages,
                &metrics.human_messages,
                &metrics.ai_messages,
            ))
            .measures((&metrics.active_sessions, &metrics.active_participants))
            .build()
            .unwrap();
        let rows = statement.fetch(transaction).unwrap();
        let found: BTreeMap<_, _> = rows
            .iter()
            .map(|row| {
                let numbers = [
                    row.get(&metrics.messages).unwrap(),
                    row.get(&metrics.human_messages).unwrap(),
                    row.get(&metrics.ai_messages).unwrap(),
                    row.get(&metrics.active_sessions).unwrap(),
                    row.get(&metrics.active_participants).unwrap(),
                ];
                let bot = row.get_value(&metrics.chatbot).unwrap();
                ((row.get_value(&metrics.day).unwrap(), bot), numbers)
            })
            .collect();
        assert_eq!(found.len(), rows.len());
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for message in world.messages.iter().filter(|m| is_turn(m)) {
            let chat = world
                .chats
                .iter()
                .find(|chat| chat.id == message.chat)
                .unwrap();
            let of = |s: &&world::Session| s.chat == chat.id && s.team == chat.team;
            let session = world.sessions.iter().find(of);
            if chat.team != tenant || session.is_some_and(|s| !counts(s)) {
                continue;
            }
            let day = message.created_at.with_timezone(&ZONE).date_naive();
            let key = (day, session.map(|s| s.experiment));
            groups.entry(key).or_default().push((message, session));
        }
        let number = |n: usize| i64::try_from(n).expect("few");
        let expected: BTreeMap<_, _> = groups
            .into_iter()
            .map(|(key, of)| {
                let of_kind = |kind: &str| of.iter().filter(|(m, _)| m.kind == kind).count();
                let sessions: BTreeSet<_> = of
                    .iter()
                    .filter_map(|(_, s)| Some(s.as_ref()?.id))
                    .collect();
                let people: BTreeSet<_> = of
                    .iter()
                    .filter(|(m, _)| m.kind == "human")
                    .filter_map(|(_, s)| Some(s.as_ref()?.participant))
                    .collect();
                let numbers = [
                    of.len(),
                    of_kind("human"),
                    of_kind("ai"),
                    sessions.len(),
                    people.len(),
                ];
                (key, numbers.map(number))
            })
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn metrics_are_what_the_rows_say() {
    let connection = RefCell::new(Connection::open());
    let zone: TimeZone = ZONE.name().parse().unwrap();
    check(30, &world(), |world| {
        connection.borrow_mut().with(&world, |transaction| {
            of_sessions(transaction, &world, &zone);
            of_messages(transaction, &world, &zone);
        });
        Ok(())
    });
}

//! Messages: of whose chat's team they are, no column says.

use pagewise::chat::{Chat, Message, Participant, Session, Tag};
use pagewise::{Links, Relation};

use super::{CHAT, IDS, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::datum::Decoded;
use crate::oracle::linking::{self, Linking};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, pointed_at, related};
use crate::oracle::value::{Value, column, computed};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::world::{self, MESSAGE_TYPE};

impl Modeled for Message {
    type Row = world::Message;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.chats()
            .iter()
            .flat_map(|chat| view.messages_of(chat.id))
            .collect()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![MESSAGE, CHAT]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |m: &world::Message| m.id).value(),
            column(Self::CREATED_AT, |m: &world::Message| m.created_at).time(),
            column(Self::CHAT_ID, |m: &world::Message| m.chat).value(),
            column(Self::MESSAGE_TYPE, |m: &world::Message| m.kind.clone()).text(),
            column(Self::CONTENT, |m: &world::Message| m.content.clone()).text(),
            column(Self::SUMMARY, |m: &world::Message| m.summary.clone()).text(),
            computed(
                "chat.name",
                Uses::tables(&[CHAT]),
                Self::chat().value(Chat::NAME),
                |view, m: &world::Message| view.chat(m.chat).map(|c| c.name).datum(),
            )
            .text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            related::<Self, Tag>("tags", &[ITEM, TAG], Self::tags(&IDS), |view, m| {
                view.tags_on(MESSAGE_TYPE, m.id)
            }),
            pointed_at("chat", CHAT, Self::chat(), |m| Some(m.chat)),
            related::<Self, Session>(
                "sessions of the chat",
                &[CHAT, SESSION],
                Relation::from(Self::chat()).then(Relation::many(
                    "sessions",
                    Chat::ID,
                    Session::CHAT_ID,
                )),
                |view, m| {
                    view.sessions()
                        .into_iter()
                        .filter(|s| s.chat == m.chat)
                        .collect()
                },
            ),
            related::<Self, Message>(
                "messages of the chat",
                &[CHAT, MESSAGE],
                Relation::from(Self::chat()).then(Chat::messages()),
                |view, m| {
                    view.chat(m.chat)
                        .map_or_else(Vec::new, |chat| view.messages_of(chat.id))
                },
            ),
        ]
    }

    fn linkings() -> Vec<Linking<Self>> {
        let mut linkings = linking::tags(&[ITEM, TAG], |view, m: &world::Message| {
            view.tags_on(MESSAGE_TYPE, m.id)
        });
        // Through a table that is read already.
        linkings.push(linking::linked(
            "participants of the chat's sessions by platform",
            &[CHAT, SESSION, PARTICIPANT],
            Links::new(
                Relation::from(Self::chat()).then(Relation::many(
                    "sessions",
                    Chat::ID,
                    Session::CHAT_ID,
                )),
                Session::PARTICIPANT_ID,
                Participant,
            ),
            Participant::PLATFORM,
            |p: &world::Participant| p.platform.clone(),
            |view, m: &world::Message| {
                let sessions = view.sessions().into_iter().filter(|s| s.chat == m.chat);
                sessions
                    .filter_map(|s| view.participant(s.participant))
                    .collect()
            },
        ));
        linkings
    }
}

impl Aggregated for Message {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 5 {
            0 => aggregate::of_instant(
                related,
                column(Self::CREATED_AT, |m: &world::Message| m.created_at),
                context,
                plan,
            ),
            1 => aggregate::of_text(
                related,
                column(Self::MESSAGE_TYPE, |m: &world::Message| m.kind.clone()),
                context,
                plan,
            ),
            2 => aggregate::of_text(
                related,
                column(Self::CONTENT, |m: &world::Message| m.content.clone()),
                context,
                plan,
            ),
            3 => aggregate::of_text(
                related,
                column(Self::SUMMARY, |m: &world::Message| m.summary.clone()),
                context,
                plan,
            ),
            _ => aggregate::of_ordered(
                related,
                column(Self::ID, |m: &world::Message| m.id),
                context,
                plan,
            ),
        }
    }
}

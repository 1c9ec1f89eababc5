//! Participants and users.

use pagewise::chat::{Experiment, Message, Participant, Session, Trace, User};
use pagewise::{Links, Relation, ToOne};

use super::{
    EXPERIMENT, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG, TRACE, USER, experiment, session,
};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::linking::{self, Linking};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, pointed_at, related};
use crate::oracle::value::{Value, column};
use crate::oracle::{Context, Modeled, View};
use crate::world;

impl Modeled for Participant {
    type Row = world::Participant;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.participants()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![PARTICIPANT]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |p: &world::Participant| p.id).value(),
            column(Self::NAME, |p: &world::Participant| p.name.clone()).text(),
            column(Self::IDENTIFIER, |p: &world::Participant| {
                p.identifier.clone()
            })
            .text(),
            column(Self::USER_ID, |p: &world::Participant| p.user).value(),
            column(Self::PLATFORM, |p: &world::Participant| p.platform.clone()).text(),
            column(Self::REMOTE_ID, |p: &world::Participant| {
                p.remote_id.clone()
            })
            .text(),
            column(Self::CREATED_AT, |p: &world::Participant| p.created_at).time(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            related::<Self, Session>("sessions", &[SESSION], Self::sessions(), |view, p| {
                sessions(view, p.id)
            }),
            related::<Self, Message>(
                "messages of the sessions",
                &[SESSION, MESSAGE],
                Self::sessions().then(Session::messages()),
                |view, p| {
                    let sessions = sessions(view, p.id);
                    sessions
                        .iter()
                        .flat_map(|s| view.messages_of(s.chat))
                        .collect()
                },
            ),
            related::<Self, Trace>(
                "traces",
                &[TRACE],
                Relation::many("traces", Self::ID, Trace::PARTICIPANT_ID),
                |view, p| {
                    let mut traces = Trace::rows(view);
                    traces.retain(|t| t.participant == Some(p.id));
                    traces
                },
            ),
            pointed_at(
                "user",
                USER,
                ToOne::<Self, User>::new("user", Self::USER_ID),
                |p| p.user,
            ),
        ]
    }

    fn linkings() -> Vec<Linking<Self>> {
        let mut linkings = linking::tags(&[SESSION, MESSAGE, ITEM, TAG], tags_of);
        linkings.push(linking::linked(
            "chatbots of active sessions by version",
            &[SESSION, EXPERIMENT],
            Links::new(
                Self::sessions().filter(Session::STATUS.eq("active")),
                Session::EXPERIMENT_ID,
                Experiment,
            ),
            Experiment::VERSION_NUMBER,
            |e: &world::Experiment| e.version_number,
            |view, p: &world::Participant| {
                let sessions = sessions(view, p.id).into_iter();
                sessions
                    .filter(|s| s.status == "active")
                    .filter_map(|s| view.experiment(s.experiment))
                    .collect()
            },
        ));
        // Back to the table that it began at.
        linkings.push(linking::linked(
            "who talks to the same chatbots by name",
            &[SESSION, EXPERIMENT, PARTICIPANT],
            Links::new(
                Self::sessions()
                    .then(Session::experiment())
                    .then(Experiment::sessions()),
                Session::PARTICIPANT_ID,
                Participant,
            ),
            Participant::NAME,
            |p: &world::Participant| p.name.clone(),
            |view, p: &world::Participant| {
                let sessions = sessions(view, p.id).into_iter();
                sessions
                    .filter_map(|s| view.experiment(s.experiment))
                    .flat_map(|e| experiment::sessions(view, e.id))
                    .filter_map(|s| view.participant(s.participant))
                    .collect()
            },
        ));
        linkings
    }
}

/// The team's sessions of a participant.
fn sessions(view: &View, participant: i64) -> Vec<world::Session> {
    let mut sessions = view.sessions();
    sessions.retain(|s| s.participant == participant);
    sessions
}

/// The tags on the chats of a participant's sessions, and on each message of them.
pub fn tags_of(view: &View, p: &world::Participant) -> Vec<world::Tag> {
    let sessions = sessions(view, p.id);
    sessions
        .iter()
        .flat_map(|s| session::tags_of(view, s))
        .collect()
}

impl Aggregated for Participant {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 3 {
            0 => aggregate::of_text(
                related,
                column(Self::IDENTIFIER, |p: &world::Participant| {
                    p.identifier.clone()
                }),
                context,
                plan,
            ),
            1 => aggregate::of_instant(
                related,
                column(Self::CREATED_AT, |p: &world::Participant| p.created_at),
                context,
                plan,
            ),
            _ => aggregate::of_ordered(
                related,
                column(Self::USER_ID, |p: &world::Participant| p.user),
                context,
                plan,
            ),
        }
    }
}

impl Modeled for User {
    type Row = world::User;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.world.users.clone()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![USER]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |u: &world::User| u.id).value(),
            column(Self::USERNAME, |u: &world::User| u.username.clone()).text(),
            column(Self::LANGUAGE, |u: &world::User| u.language.clone()).text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        Vec::new()
    }
}

impl Aggregated for User {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 2 {
            0 => aggregate::of_text(
                related,
                column(Self::USERNAME, |u: &world::User| u.username.clone()),
                context,
                plan,
            ),
            _ => aggregate::of_text(
                related,
                column(Self::LANGUAGE, |u: &world::User| u.language.clone()),
                context,
                plan,
            ),
        }
    }
}

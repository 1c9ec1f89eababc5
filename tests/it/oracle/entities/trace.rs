//! Traces, some of which belong to no team.

use pagewise::chat::{Experiment, Message, Participant, Session, Trace, User};
use pagewise::expression::add;
use pagewise::{Links, Relation, ToOne};

use super::{EXPERIMENT, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG, TRACE, USER};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::datum::Decoded;
use crate::oracle::linking::{self, Linking};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, pointed_at, related};
use crate::oracle::value::{Value, column, computed};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::world::{self, MESSAGE_TYPE};

fn session() -> ToOne<Trace, Session> {
    ToOne::new("session", Trace::SESSION_ID)
}

fn participant() -> ToOne<Trace, Participant> {
    ToOne::new("participant", Trace::PARTICIPANT_ID)
}

impl Modeled for Trace {
    type Row = world::Trace;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.world
            .traces
            .iter()
            .filter(|trace| trace.team == Some(view.tenant))
            .cloned()
            .collect()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![TRACE]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |t: &world::Trace| t.id).value(),
            column(Self::TIMESTAMP, |t: &world::Trace| t.timestamp).time(),
            column(Self::STATUS, |t: &world::Trace| t.status.clone()).text(),
            column(Self::SESSION_ID, |t: &world::Trace| t.session).value(),
            column(Self::EXPERIMENT_ID, |t: &world::Trace| t.experiment).value(),
            column(Self::PARTICIPANT_ID, |t: &world::Trace| t.participant).value(),
            column(Self::INPUT_MESSAGE_ID, |t: &world::Trace| t.input).value(),
            column(Self::OUTPUT_MESSAGE_ID, |t: &world::Trace| t.output).value(),
            column(Self::EXPERIMENT_VERSION_NUMBER, |t: &world::Trace| {
                t.version
            })
            .value(),
            column(Self::DURATION, |t: &world::Trace| t.duration).value(),
            column(Self::N_TURNS, |t: &world::Trace| t.turns).value(),
            computed(
                "duration + turns",
                Uses::default(),
                add(Self::DURATION, Self::N_TURNS),
                |_, t: &world::Trace| t.turns.map(|turns| t.duration + turns).datum(),
            )
            .value(),
            computed(
                "participant.identifier",
                Uses::tables(&[PARTICIPANT]),
                participant().value(Participant::IDENTIFIER),
                |view, t: &world::Trace| {
                    let participant = t.participant.and_then(|id| view.participant(id));
                    participant.map(|p| p.identifier).datum()
                },
            )
            .text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            pointed_at("session", SESSION, session(), |t| t.session),
            pointed_at("participant", PARTICIPANT, participant(), |t| t.participant),
            pointed_at(
                "experiment",
                EXPERIMENT,
                ToOne::<Self, Experiment>::new("experiment", Self::EXPERIMENT_ID),
                |t| t.experiment,
            ),
            // By a foreign key from a trace of the team: whose chat it is in, nobody asks.
            related::<Self, Message>(
                "input message",
                &[MESSAGE],
                ToOne::new("input_message", Self::INPUT_MESSAGE_ID),
                |view, t| {
                    let mut messages = view.world.messages.clone();
                    messages.retain(|m| Some(m.id) == t.input);
                    messages
                },
            ),
            related::<Self, Message>(
                "messages of the session",
                &[SESSION, MESSAGE],
                Relation::from(session()).then(Session::messages()),
                |view, t| {
                    let mut sessions = view.sessions();
                    sessions.retain(|s| Some(s.id) == t.session);
                    let messages = sessions.iter().flat_map(|s| view.messages_of(s.chat));
                    messages.collect()
                },
            ),
        ]
    }

    fn linkings() -> Vec<Linking<Self>> {
        let mut linkings = linking::tags(&[ITEM, TAG], |view, t: &world::Trace| {
            let messages = [t.input, t.output].into_iter().flatten();
            messages
                .flat_map(|message| view.tags_on(MESSAGE_TYPE, message))
                .collect()
        });
        linkings.push(linking::linked(
            "owners of the session's chatbot by language",
            &[SESSION, EXPERIMENT, USER],
            Links::new(
                Relation::from(session()).then(Session::experiment()),
                Experiment::OWNER_ID,
                User,
            ),
            User::LANGUAGE,
            |u: &world::User| u.language.clone(),
            |view, t: &world::Trace| {
                let mut sessions = view.sessions();
                sessions.retain(|s| Some(s.id) == t.session);
                let experiments = sessions
                    .iter()
                    .filter_map(|s| view.experiment(s.experiment));
                experiments.filter_map(|e| view.user(e.owner)).collect()
            },
        ));
        linkings
    }
}

impl Aggregated for Trace {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 4 {
            0 => aggregate::of_instant(
                related,
                column(Self::TIMESTAMP, |t: &world::Trace| t.timestamp),
                context,
                plan,
            ),
            1 => aggregate::of_text(
                related,
                column(Self::STATUS, |t: &world::Trace| t.status.clone()),
                context,
                plan,
            ),
            2 => aggregate::of_number(
                related,
                column(Self::DURATION, |t: &world::Trace| t.duration),
                context,
                plan,
            ),
            _ => aggregate::of_number(
                related,
                column(Self::N_TURNS, |t: &world::Trace| t.turns),
                context,
                plan,
            ),
        }
    }
}

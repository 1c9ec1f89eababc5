//! Sessions.

use pagewise::chat::{self, Chat, Experiment, Message, Participant, Session, Tag, Trace, User};
use pagewise::expression::{coalesce, lower, upper};
use pagewise::{Links, Relation};

use super::{CHAT, EXPERIMENT, IDS, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG, TRACE, USER};
use crate::oracle::aggregate::{self, Aggregated, distinct_texts};
use crate::oracle::datum::{Datum, Decoded};
use crate::oracle::linking::{self, Linking};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, pointed_at, related};
use crate::oracle::value::{Value, column, computed};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::world::{self, CHAT_TYPE};

impl Modeled for Session {
    type Row = world::Session;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.sessions()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![SESSION]
    }

    fn values() -> Vec<Value<Self>> {
        let mut values = vec![
            column(Self::ID, |s: &world::Session| s.id).value(),
            column(Self::CREATED_AT, |s: &world::Session| s.created_at).time(),
            column(Self::EXTERNAL_ID, |s: &world::Session| {
                s.external_id.clone()
            })
            .text(),
            column(Self::SESSION_TOKEN_REQUIRED, |s: &world::Session| {
                s.token_required
            })
            .value(),
            column(Self::EXPERIMENT_ID, |s: &world::Session| s.experiment).value(),
            column(Self::STATUS, |s: &world::Session| s.status.clone()).text(),
            column(Self::ENDED_AT, |s: &world::Session| s.ended_at).time(),
            column(Self::LAST_ACTIVITY_AT, |s: &world::Session| {
                s.last_activity_at
            })
            .time(),
            column(Self::FIRST_ACTIVITY_AT, |s: &world::Session| {
                s.first_activity_at
            })
            .time(),
            column(Self::PLATFORM, |s: &world::Session| s.platform.clone()).text(),
            column(Self::EXPERIMENT_VERSIONS, |s: &world::Session| {
                s.versions.clone()
            })
            .array(),
            computed(
                "coalesce(last_activity_at, created_at)",
                Uses::default(),
                coalesce(Self::LAST_ACTIVITY_AT, Self::CREATED_AT).named("last_activity"),
                |_, s: &world::Session| s.last_activity_at.unwrap_or(s.created_at).datum(),
            )
            .time(),
            computed(
                "lower(status)",
                Uses::default(),
                lower(Self::STATUS),
                |_, s: &world::Session| s.status.to_ascii_lowercase().datum(),
            )
            .text(),
            computed(
                "upper(platform)",
                Uses::default(),
                upper(Self::PLATFORM),
                |_, s: &world::Session| {
                    s.platform
                        .as_ref()
                        .map(|platform| platform.to_ascii_uppercase())
                        .datum()
                },
            )
            .text(),
        ];
        values.extend(values_pointed_at());
        values.extend(domain());
        values
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            related::<Self, Message>("messages", &[MESSAGE], Self::messages(), |view, s| {
                view.messages_of(s.chat)
            }),
            related::<Self, Message>(
                "human messages",
                &[MESSAGE],
                Self::messages().filter(Message::MESSAGE_TYPE.eq("human")),
                |view, s| {
                    view.messages_of(s.chat)
                        .into_iter()
                        .filter(|m| m.kind == "human")
                        .collect()
                },
            ),
            related::<Self, Trace>("traces", &[TRACE], Self::traces(), |view, s| {
                Trace::rows(view)
                    .into_iter()
                    .filter(|t| t.session == Some(s.id))
                    .collect()
            }),
            related::<Self, Tag>(
                "chat tags",
                &[CHAT, ITEM, TAG],
                Self::chat_tags(&IDS),
                |view, s| {
                    view.chat(s.chat)
                        .map_or_else(Vec::new, |chat| view.tags_on(CHAT_TYPE, chat.id))
                },
            ),
            related::<Self, Tag>(
                "message tags",
                &[MESSAGE, ITEM, TAG],
                Self::message_tags(&IDS),
                |view, s| view.message_tags(s.chat),
            ),
            pointed_at("experiment", EXPERIMENT, Self::experiment(), |s| {
                Some(s.experiment)
            }),
            pointed_at("participant", PARTICIPANT, Self::participant(), |s| {
                Some(s.participant)
            }),
            // Back to the table that it began at.
            related::<Self, Session>(
                "sessions of the chatbot",
                &[EXPERIMENT, SESSION],
                Relation::from(Self::experiment()).then(Experiment::sessions()),
                |view, s| {
                    let experiment = view.experiment(s.experiment);
                    experiment.map_or_else(Vec::new, |e| super::experiment::sessions(view, e.id))
                },
            ),
            related::<Self, Message>(
                "messages of the participant",
                &[PARTICIPANT, SESSION, MESSAGE],
                Relation::from(Self::participant())
                    .then(Participant::sessions())
                    .then(Self::messages()),
                |view, s| {
                    let participant = view.participant(s.participant);
                    let sessions = view.sessions().into_iter().filter(|other| {
                        Some(other.participant) == participant.as_ref().map(|p| p.id)
                    });
                    sessions
                        .flat_map(|session| view.messages_of(session.chat))
                        .collect()
                },
            ),
        ]
    }

    fn linkings() -> Vec<Linking<Self>> {
        let mut linkings = linking::tags(&[MESSAGE, ITEM, TAG], tags_of);
        // What is linked belongs to nobody.
        linkings.push(linking::linked(
            "owners of the chatbot by username",
            &[EXPERIMENT, USER],
            Links::new(Self::experiment().into(), Experiment::OWNER_ID, User),
            User::USERNAME,
            |u: &world::User| u.username.clone(),
            |view, s: &world::Session| {
                let experiment = view.experiment(s.experiment);
                experiment
                    .and_then(|e| view.user(e.owner))
                    .into_iter()
                    .collect()
            },
        ));
        linkings.push(linking::linked(
            "chatbots of the traces by description",
            &[TRACE, EXPERIMENT],
            Links::new(Self::traces(), Trace::EXPERIMENT_ID, Experiment),
            Experiment::DESCRIPTION,
            |e: &world::Experiment| e.description.clone(),
            |view, s: &world::Session| {
                let traces = Trace::rows(view).into_iter();
                traces
                    .filter(|t| t.session == Some(s.id))
                    .filter_map(|t| view.experiment(t.experiment?))
                    .collect()
            },
        ));
        linkings
    }
}

/// The tags on a session's chat, and on each of its messages.
pub fn tags_of(view: &View, s: &world::Session) -> Vec<world::Tag> {
    let mut tags = view.tags_on(CHAT_TYPE, s.chat);
    tags.extend(view.message_tags(s.chat));
    tags
}

/// Columns of the rows that a session points at.
fn values_pointed_at() -> Vec<Value<Session>> {
    vec![
        computed(
            "experiment.name",
            Uses::tables(&[EXPERIMENT]),
            Session::experiment().value(Experiment::NAME),
            |view, s: &world::Session| view.experiment(s.experiment).map(|e| e.name).datum(),
        )
        .text(),
        computed(
            "experiment.description",
            Uses::tables(&[EXPERIMENT]),
            Session::experiment().value(Experiment::DESCRIPTION),
            |view, s: &world::Session| {
                view.experiment(s.experiment)
                    .and_then(|e| e.description)
                    .datum()
            },
        )
        .text(),
        computed(
            "participant.created_at",
            Uses::tables(&[PARTICIPANT]),
            Session::participant().value(Participant::CREATED_AT),
            |view, s: &world::Session| {
                view.participant(s.participant)
                    .map(|p| p.created_at)
                    .datum()
            },
        )
        .value(),
        computed(
            "chat.name",
            Uses::tables(&[CHAT]),
            Session::chat().value(Chat::NAME),
            |view, s: &world::Session| view.chat(s.chat).map(|c| c.name).datum(),
        )
        .text(),
        computed(
            "experiment.owner.username",
            Uses::tables(&[EXPERIMENT, USER]),
            Session::experiment()
                .then(Experiment::owner())
                .value(User::USERNAME),
            |view, s: &world::Session| {
                view.experiment(s.experiment)
                    .and_then(|e| view.user(e.owner))
                    .map(|u| u.username)
                    .datum()
            },
        )
        .text(),
    ]
}

/// What the domain itself offers.
fn domain() -> Vec<Value<Session>> {
    let messages = chat::message_timestamps();
    let human = chat::human_message_timestamps();
    let stats = [
        (messages, "messages", false),
        (human, "human messages", true),
    ];
    let mut values = Vec::new();
    for (timestamps, words, only_human) in stats {
        let of = move |view: &View, s: &world::Session| -> Vec<world::Message> {
            let messages = view.messages_of(s.chat).into_iter();
            messages
                .filter(|message| !only_human || message.kind == "human")
                .collect()
        };
        let uses = Uses::tables(&[MESSAGE]);
        values.push(
            computed(
                format!("first of {words}"),
                uses.clone().function("MIN"),
                timestamps.first,
                move |view, s| of(view, s).iter().map(|m| m.created_at).min().datum(),
            )
            .or_else(Datum::Null)
            .value(),
        );
        values.push(
            computed(
                format!("last of {words}"),
                uses.clone().function("MAX"),
                timestamps.last,
                move |view, s| of(view, s).iter().map(|m| m.created_at).max().datum(),
            )
            .or_else(Datum::Null)
            .value(),
        );
        values.push(
            computed(
                format!("number of {words}"),
                uses.function("COUNT"),
                timestamps.count,
                move |view, s| Datum::Int(i64::try_from(of(view, s).len()).unwrap_or(0)),
            )
            .or_else(Datum::Int(0))
            .value(),
        );
    }
    let version_tags = |view: &View, s: &world::Session| {
        let tags = view.message_tags(s.chat).into_iter();
        let names = tags
            .filter(|tag| tag.category == "experiment_version")
            .map(|tag| tag.name.datum());
        distinct_texts(names.collect(), ", ", true)
    };
    let chat_tags = |view: &View, s: &world::Session| {
        let tags = view.tags_on(CHAT_TYPE, s.chat).into_iter();
        distinct_texts(tags.map(|tag| tag.name.datum()).collect(), ", ", false)
    };
    let empty = Datum::Text(String::new());
    let of_messages = Uses::tables(&[MESSAGE, ITEM, TAG]).function("STRING_AGG");
    let of_chat = Uses::tables(&[CHAT, ITEM, TAG]).function("STRING_AGG");
    values.push(
        computed(
            "version tags",
            of_messages,
            chat::version_tags(&IDS),
            version_tags,
        )
        .or_else(empty.clone())
        .text(),
    );
    values.push(
        computed(
            "chat tags",
            of_chat.clone(),
            chat::chat_tags(&IDS),
            chat_tags,
        )
        .or_else(empty.clone())
        .text(),
    );
    // A function of an annotation.
    values.push(
        computed(
            "upper(chat tags)",
            of_chat,
            upper(chat::chat_tags(&IDS)),
            move |view, s| chat_tags(view, s).text().to_ascii_uppercase().datum(),
        )
        .or_else(empty)
        .text(),
    );
    // A function of an annotation and of a column.
    let last = || Session::messages().max(Message::CREATED_AT).named("last");
    values.push(
        computed(
            "coalesce(last message, created_at)",
            Uses::tables(&[MESSAGE]).function("MAX"),
            coalesce(last(), Session::CREATED_AT).named("active"),
            |view, s| {
                let times = view.messages_of(s.chat).into_iter();
                let last = times.map(|message| message.created_at).max();
                last.unwrap_or(s.created_at).datum()
            },
        )
        .time(),
    );
    values
}

impl Aggregated for Session {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 6 {
            0 => aggregate::of_instant(
                related,
                column(Self::CREATED_AT, |s: &world::Session| s.created_at),
                context,
                plan,
            ),
            1 => aggregate::of_instant(
                related,
                column(Self::ENDED_AT, |s: &world::Session| s.ended_at),
                context,
                plan,
            ),
            2 => aggregate::of_text(
                related,
                column(Self::STATUS, |s: &world::Session| s.status.clone()),
                context,
                plan,
            ),
            3 => aggregate::of_text(
                related,
                column(Self::PLATFORM, |s: &world::Session| s.platform.clone()),
                context,
                plan,
            ),
            4 => aggregate::of_any(
                related,
                column(Self::EXPERIMENT_VERSIONS, |s: &world::Session| {
                    s.versions.clone()
                }),
                context,
                plan,
            ),
            _ => aggregate::of_text(
                related,
                computed(
                    "coalesce(platform, status)",
                    Uses::default(),
                    coalesce(Self::PLATFORM, Self::STATUS),
                    |_, s: &world::Session| {
                        s.platform
                            .clone()
                            .unwrap_or_else(|| s.status.clone())
                            .datum()
                    },
                ),
                context,
                plan,
            ),
        }
    }
}

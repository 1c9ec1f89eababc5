//! Chatbots.

use pagewise::chat::{self, Experiment, Match, Message, Participant, Session, Tag, Trace, User};
use pagewise::expression::{coalesce, lower};
use pagewise::{Links, Relation, ToOne};

use super::session::tags_of;
use super::{CHAT, EXPERIMENT, IDS, ITEM, MESSAGE, PARTICIPANT, SESSION, TAG, TRACE, USER};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::datum::Decoded;
use crate::oracle::linking::{self, Linking};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, pointed_at, related};
use crate::oracle::value::{Value, column, computed};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::world::{self, CHAT_TYPE};

/// The team's sessions of a chatbot.
pub fn sessions(view: &View, experiment: i64) -> Vec<world::Session> {
    view.sessions()
        .into_iter()
        .filter(|s| s.experiment == experiment)
        .collect()
}

fn participants(view: &View, experiment: i64) -> Vec<world::Participant> {
    let sessions = sessions(view, experiment).into_iter();
    sessions
        .filter_map(|s| view.participant(s.participant))
        .collect()
}

/// A chatbot and its versions.
fn family(view: &View, experiment: i64) -> Vec<world::Experiment> {
    let mut family = view.experiments();
    family.retain(|e| e.id == experiment || e.working_version == Some(experiment));
    family
}

fn traces_of_the_family(view: &View, experiment: i64) -> Vec<world::Trace> {
    let traces = Trace::rows(view);
    let of = |e: &world::Experiment| {
        let mut traces = traces.clone();
        traces.retain(|t| t.experiment == Some(e.id));
        traces
    };
    family(view, experiment).iter().flat_map(of).collect()
}

impl Modeled for Experiment {
    type Row = world::Experiment;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.experiments()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![EXPERIMENT]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |e: &world::Experiment| e.id).value(),
            column(Self::NAME, |e: &world::Experiment| e.name.clone()).text(),
            column(Self::DESCRIPTION, |e: &world::Experiment| {
                e.description.clone()
            })
            .text(),
            column(Self::PIPELINE_ID, |e: &world::Experiment| e.pipeline).value(),
            column(Self::WORKING_VERSION_ID, |e: &world::Experiment| {
                e.working_version
            })
            .value(),
            column(Self::VERSION_NUMBER, |e: &world::Experiment| {
                e.version_number
            })
            .value(),
            column(Self::IS_ARCHIVED, |e: &world::Experiment| e.is_archived).value(),
            // varchar[], while what it is compared with is text[].
            column(Self::PARTICIPANT_ALLOWLIST, |e: &world::Experiment| {
                e.allowlist.clone()
            })
            .array(),
            column(Self::CREATED_AT, |e: &world::Experiment| e.created_at).time(),
            computed(
                "lower(description)",
                Uses::default(),
                lower(Self::DESCRIPTION),
                |_, e: &world::Experiment| {
                    e.description
                        .as_ref()
                        .map(|text| text.to_ascii_lowercase())
                        .datum()
                },
            )
            .text(),
            computed(
                "coalesce(description, name)",
                Uses::default(),
                coalesce(Self::DESCRIPTION, Self::NAME),
                |_, e: &world::Experiment| {
                    e.description
                        .clone()
                        .unwrap_or_else(|| e.name.clone())
                        .datum()
                },
            )
            .text(),
            computed(
                "owner.username",
                Uses::tables(&[USER]),
                Self::owner().value(User::USERNAME),
                |view, e: &world::Experiment| view.user(e.owner).map(|u| u.username).datum(),
            )
            .text(),
            computed(
                "owner.language",
                Uses::tables(&[USER]),
                Self::owner().value(User::LANGUAGE),
                |view, e: &world::Experiment| view.user(e.owner).and_then(|u| u.language).datum(),
            )
            .text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            related::<Self, Session>("sessions", &[SESSION], Self::sessions(), |view, e| {
                sessions(view, e.id)
            }),
            related::<Self, Trace>("traces", &[TRACE], Self::traces(), |view, e| {
                Trace::rows(view)
                    .into_iter()
                    .filter(|t| t.experiment == Some(e.id))
                    .collect()
            }),
            pointed_at(
                "working version",
                EXPERIMENT,
                ToOne::<Self, Self>::new("working_version", Self::WORKING_VERSION_ID),
                |e| e.working_version,
            ),
            related::<Self, Experiment>("versions", &[EXPERIMENT], Self::versions(), |view, e| {
                view.experiments()
                    .into_iter()
                    .filter(|v| v.working_version == Some(e.id))
                    .collect()
            }),
            related::<Self, User>("owner", &[USER], Self::owner(), |view, e| {
                view.user(e.owner).into_iter().collect()
            }),
            related::<Self, Message>(
                "messages of the sessions",
                &[SESSION, MESSAGE],
                Self::sessions().then(Session::messages()),
                |view, e| {
                    sessions(view, e.id)
                        .iter()
                        .flat_map(|s| view.messages_of(s.chat))
                        .collect()
                },
            ),
            // One participant is there once per session.
            related::<Self, Participant>(
                "participants of the sessions",
                &[SESSION, PARTICIPANT],
                Self::sessions().then(Session::participant()),
                |view, e| {
                    sessions(view, e.id)
                        .iter()
                        .filter_map(|s| view.participant(s.participant))
                        .collect()
                },
            ),
            related::<Self, Tag>(
                "chat tags of the active sessions",
                &[SESSION, CHAT, ITEM, TAG],
                Self::sessions()
                    .filter(Session::STATUS.eq("active"))
                    .then(Session::chat_tags(&IDS)),
                |view, e| {
                    let active = sessions(view, e.id)
                        .into_iter()
                        .filter(|s| s.status == "active");
                    active
                        .flat_map(|s| view.tags_on(CHAT_TYPE, s.chat))
                        .collect()
                },
            ),
            related::<Self, Experiment>("family", &[EXPERIMENT], Self::family(), |view, e| {
                family(view, e.id)
            }),
            related::<Self, Trace>(
                "traces of the family",
                &[EXPERIMENT, TRACE],
                Self::family().then(Self::traces()),
                |view, e| traces_of_the_family(view, e.id),
            ),
            related::<Self, Experiment>(
                "versions of the versions",
                &[EXPERIMENT],
                Self::versions().then(Self::versions()),
                |view, e| {
                    let versions = |of: i64| {
                        view.experiments()
                            .into_iter()
                            .filter(move |v| v.working_version == Some(of))
                    };
                    versions(e.id)
                        .flat_map(|v| versions(v.id).collect::<Vec<_>>())
                        .collect()
                },
            ),
            related::<Self, Trace>(
                "traces of the sessions",
                &[SESSION, TRACE],
                Relation::then(Self::sessions(), Session::traces()),
                |view, e| {
                    let traces = Trace::rows(view);
                    let of = |s: &world::Session| {
                        let id = s.id;
                        traces
                            .iter()
                            .filter(move |t| t.session == Some(id))
                            .cloned()
                            .collect::<Vec<_>>()
                    };
                    sessions(view, e.id).iter().flat_map(of).collect()
                },
            ),
        ]
    }

    fn linkings() -> Vec<Linking<Self>> {
        let mut linkings = linking::tags(
            &[SESSION, MESSAGE, ITEM, TAG],
            |view, e: &world::Experiment| {
                let sessions = sessions(view, e.id);
                sessions.iter().flat_map(|s| tags_of(view, s)).collect()
            },
        );
        linkings.push(linking::linked(
            "participants by user",
            &[SESSION, PARTICIPANT],
            Links::new(Self::sessions(), Session::PARTICIPANT_ID, Participant),
            Participant::USER_ID,
            |p: &world::Participant| p.user,
            |view, e: &world::Experiment| participants(view, e.id),
        ));
        linkings.push(linking::linked(
            "participants of the family's traces by user",
            &[TRACE, PARTICIPANT],
            Links::new(
                Self::family().then(Self::traces()),
                Trace::PARTICIPANT_ID,
                Participant,
            ),
            Participant::USER_ID,
            |p: &world::Participant| p.user,
            |view, e: &world::Experiment| {
                let traces = traces_of_the_family(view, e.id).into_iter();
                traces
                    .filter_map(|t| view.participant(t.participant?))
                    .collect()
            },
        ));
        // Only such as have tags themselves: a condition on links within another.
        linkings.push(linking::linked(
            "tagged participants by name",
            &[SESSION, PARTICIPANT, MESSAGE, ITEM, TAG],
            Links::new(Self::sessions(), Session::PARTICIPANT_ID, Participant)
                .among(chat::tagged(&IDS, Match::any_of(["v1", "rare", "b"]))),
            Participant::NAME,
            |p: &world::Participant| p.name.clone(),
            |view, e: &world::Experiment| {
                let mut participants = participants(view, e.id);
                participants.retain(|p| {
                    let tags = super::people::tags_of(view, p);
                    tags.iter()
                        .any(|tag| ["v1", "rare", "b"].contains(&tag.name.as_str()))
                });
                participants
            },
        ));
        linkings
    }
}

impl Aggregated for Experiment {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 4 {
            0 => aggregate::of_text(
                related,
                column(Self::NAME, |e: &world::Experiment| e.name.clone()),
                context,
                plan,
            ),
            1 => aggregate::of_text(
                related,
                column(Self::DESCRIPTION, |e: &world::Experiment| {
                    e.description.clone()
                }),
                context,
                plan,
            ),
            2 => aggregate::of_scalar(
                related,
                column(Self::IS_ARCHIVED, |e: &world::Experiment| e.is_archived),
                context,
                plan,
            ),
            _ => aggregate::of_number(
                related,
                column(Self::VERSION_NUMBER, |e: &world::Experiment| {
                    e.version_number
                }),
                context,
                plan,
            ),
        }
    }
}

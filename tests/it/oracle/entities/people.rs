//! Participants and users.

use pagewise::chat::{Participant, Session, User};

use super::{PARTICIPANT, SESSION, USER};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, related};
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
            column(Self::CREATED_AT, |p: &world::Participant| p.created_at).time(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![related::<Self, Session>(
            "sessions",
            &[SESSION],
            Self::sessions(),
            |view, p| {
                view.sessions()
                    .into_iter()
                    .filter(|s| s.participant == p.id)
                    .collect()
            },
        )]
    }
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
            1 => aggregate::of_ordered(
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

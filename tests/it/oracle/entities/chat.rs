//! Chats.

use pagewise::chat::{Chat, Message, Tag};

use super::{CHAT, IDS, ITEM, MESSAGE, TAG};
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related, related};
use crate::oracle::value::{Value, column};
use crate::oracle::{Context, Modeled, View};
use crate::world::{self, CHAT_TYPE};

impl Modeled for Chat {
    type Row = world::Chat;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.chats()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![CHAT]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |c: &world::Chat| c.id).value(),
            column(Self::NAME, |c: &world::Chat| c.name.clone()).text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        vec![
            related::<Self, Message>("messages", &[MESSAGE], Self::messages(), |view, c| {
                view.messages_of(c.id)
            }),
            related::<Self, Tag>("tags", &[ITEM, TAG], Self::tags(&IDS), |view, c| {
                view.tags_on(CHAT_TYPE, c.id)
            }),
        ]
    }
}

impl Aggregated for Chat {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        aggregate::of_text(
            related,
            column(Self::NAME, |c: &world::Chat| c.name.clone()),
            context,
            plan,
        )
    }
}

//! Traces, some of which belong to no team.

use pagewise::chat::Trace;

use super::TRACE;
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related};
use crate::oracle::value::{Value, column};
use crate::oracle::{Context, Modeled, View};
use crate::world;

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
            column(Self::DURATION, |t: &world::Trace| t.duration).value(),
            column(Self::N_TURNS, |t: &world::Trace| t.turns).value(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        Vec::new()
    }
}

impl Aggregated for Trace {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 4 {
            0 => aggregate::of_ordered(
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

//! Tags.

use pagewise::chat::Tag;
use pagewise::expression::lower;

use super::TAG;
use crate::oracle::aggregate::{self, Aggregated};
use crate::oracle::datum::Decoded;
use crate::oracle::plan::AggregatePlan;
use crate::oracle::relation::{AnyRelation, Related};
use crate::oracle::value::{Value, column, computed};
use crate::oracle::{Context, Modeled, Uses, View};
use crate::world;

impl Modeled for Tag {
    type Row = world::Tag;

    fn rows(view: &View) -> Vec<Self::Row> {
        view.world
            .tags
            .iter()
            .filter(|tag| tag.team == view.tenant)
            .cloned()
            .collect()
    }

    fn id(row: &Self::Row) -> i64 {
        row.id
    }

    fn tables() -> Vec<&'static str> {
        vec![TAG]
    }

    fn values() -> Vec<Value<Self>> {
        vec![
            column(Self::ID, |t: &world::Tag| t.id).value(),
            column(Self::NAME, |t: &world::Tag| t.name.clone()).text(),
            column(Self::CATEGORY, |t: &world::Tag| t.category.clone()).text(),
            column(Self::IS_SYSTEM_TAG, |t: &world::Tag| t.is_system).value(),
            column(Self::CREATED_BY_ID, |t: &world::Tag| t.created_by).value(),
            computed(
                "lower(name)",
                Uses::default(),
                lower(Self::NAME),
                |_, t: &world::Tag| t.name.to_ascii_lowercase().datum(),
            )
            .text(),
        ]
    }

    fn relations() -> Vec<Box<dyn AnyRelation<Self>>> {
        Vec::new()
    }
}

impl Aggregated for Tag {
    fn aggregated<E: Modeled>(
        related: &Related<E, Self>,
        context: &Context,
        plan: &AggregatePlan,
    ) -> Value<E> {
        match plan.column % 4 {
            0 | 1 => aggregate::of_text(
                related,
                column(Self::NAME, |t: &world::Tag| t.name.clone()),
                context,
                plan,
            ),
            2 => aggregate::of_text(
                related,
                column(Self::CATEGORY, |t: &world::Tag| t.category.clone()),
                context,
                plan,
            ),
            _ => aggregate::of_scalar(
                related,
                column(Self::CREATED_BY_ID, |t: &world::Tag| t.created_by),
                context,
                plan,
            ),
        }
    }
}

//! [`Batch`]: parts of every kind in one statement say what they say alone, whatever they share.

use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::Batch;
use postgres::Transaction;
use proptest::collection::vec;
use proptest::prelude::*;

use super::asked::{NumbersPlan, numbers_plan};
use super::case::{AnyCase, failed, not_built, prepared, refused};
use super::combined;
use super::groups::{GroupsPlan, groups_plan};
use super::harness::{on_requests, tenant};
use super::histogram::{HistogramPlan, histogram_plan};
use super::listing::{ListingPlan, listing_plan, of_experiments};
use super::related::{RelatedPlan, related_plan};
use super::series::{SeriesPlan, series_plan};
use crate::laws::Outcome;
use crate::oracle::Context;
use crate::scene::{Scene, at_a_scene};
use crate::world::busy_world;

/// A part of any kind.
#[derive(Clone, Debug)]
pub enum PartPlan {
    Combined(NumbersPlan),
    Groups(GroupsPlan),
    Listing(ListingPlan),
    Series(SeriesPlan),
    /// A series and the same numbers over all.
    Related(RelatedPlan),
    Histogram(HistogramPlan),
}

pub fn part_plan(scene: &'static Scene) -> impl Strategy<Value = PartPlan> {
    prop_oneof![
        1 => numbers_plan().prop_map(PartPlan::Combined),
        1 => groups_plan().prop_map(PartPlan::Groups),
        1 => listing_plan().prop_map(PartPlan::Listing),
        1 => series_plan(scene).prop_map(PartPlan::Series),
        3 => related_plan(scene).prop_map(PartPlan::Related),
        1 => histogram_plan().prop_map(PartPlan::Histogram),
    ]
}

impl PartPlan {
    /// The same of other times and another zone.
    pub fn elsewhere(&self) -> Self {
        let mut plan = self.clone();
        match &mut plan {
            Self::Series(plan) => plan.calendar = plan.calendar.elsewhere(),
            Self::Related(plan) => plan.move_away(),
            Self::Combined(_) | Self::Groups(_) | Self::Listing(_) | Self::Histogram(_) => {}
        }
        plan
    }

    pub fn cases(&self, context: &Context) -> Vec<Box<dyn AnyCase>> {
        match self {
            Self::Combined(plan) => vec![Box::new(combined::case(&plan.expected(context)))],
            Self::Groups(plan) => vec![Box::new(plan.case(context, true))],
            Self::Listing(plan) => {
                vec![Box::new(plan.cases(context, &of_experiments(), true).0)]
            }
            Self::Series(plan) => vec![Box::new(plan.case(context, true))],
            Self::Related(plan) => {
                let (series, combined) = plan.cases(context);
                vec![Box::new(series), Box::new(combined)]
            }
            Self::Histogram(plan) => vec![Box::new(plan.case(context))],
        }
    }
}

fn together(
    transaction: &mut Transaction<'_>,
    tenant: i64,
    cases: &[Box<dyn AnyCase>],
    strategy: pagewise::Strategy,
) -> Outcome {
    let mut batch = Batch::new().tenant(tenant).strategy(strategy);
    let checks: Vec<_> = cases.iter().map(|case| case.add(&mut batch)).collect();
    let words: Vec<_> = cases.iter().map(|case| case.words()).collect();
    let words = format!("{strategy:?}, team {tenant}\n{}", words.join("\n\nand\n"));
    let statement = batch.build().map_err(|error| not_built(&error, &words))?;
    prepared(transaction, &statement, &words)?;
    let answer = statement
        .fetch(transaction)
        .map_err(|error| refused(&error, &words, &statement))?;
    checks
        .iter()
        .try_for_each(|check| check(&answer))
        .map_err(|why| failed(&why, &words, &statement))
}

fn is_right(transaction: &mut Transaction<'_>, context: &Context, plans: &[PartPlan]) -> Outcome {
    let mut cases: Vec<_> = plans.iter().flat_map(|plan| plan.cases(context)).collect();
    let tenant = context.view.tenant;
    together(transaction, tenant, &cases, Optimized)?;
    together(transaction, tenant, &cases, Legacy)?;
    // Law 2 for parts: in another order, and without one of them.
    cases.reverse();
    together(transaction, tenant, &cases, Optimized)?;
    if cases.len() > 1 {
        cases.remove(cases.len() / 2);
        together(transaction, tenant, &cases, Optimized)?;
    }
    Ok(())
}

#[test]
fn parts_say_the_same_together() {
    let requests = at_a_scene(|scene| {
        let parts = vec(part_plan(scene), 1..4).prop_map(|mut parts| {
            // The same once more: all of it is shared.
            if parts.len() > 2 {
                parts.push(parts[0].clone());
            }
            parts
        });
        (busy_world(&scene.moments), vec((tenant(), parts), 1..3))
    });
    let requests = requests.prop_map(|(_, requests)| requests);
    on_requests(40, &requests, |transaction, context, plans| {
        is_right(transaction, context, plans)
    });
}

//! The laws that are about texts, of every kind of part, alone and together.

use std::collections::BTreeSet;

use pagewise::Statement;
use pagewise::Strategy::{Legacy, Optimized};
use pagewise::aggregate::Batch;
use pagewise::sea_query::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::batch::{PartPlan, part_plan};
use super::case::{AnyCase, failed, not_built};
use super::harness::tenant;
use crate::laws::{Outcome, Parsed, check, context, deep, is_bound, without_bindings};
use crate::oracle::datum::MARKS;
use crate::oracle::{Operands, Uses};
use crate::scene::at_a_scene;
use crate::world::{World, busy_world};

type Asked = (World, Vec<(i64, PartPlan)>);

fn on_parts(cases: u32, test: impl Fn(&World, i64, &PartPlan) -> Outcome + Send) {
    deep(move || {
        let requests = at_a_scene(|scene| {
            let requests = vec((tenant(), part_plan(scene)), 1..4);
            (busy_world(&scene.moments), requests)
        });
        let requests = requests.prop_map(|(_, requests)| requests);
        check(cases, &requests, |(world, requests): Asked| {
            requests
                .iter()
                .try_for_each(|(tenant, plan)| test(&world, *tenant, plan))
        });
    });
}

/// What a plan is asked as: each part alone, and all together.
fn statements(
    cases: &[Box<dyn AnyCase>],
    tenant: i64,
) -> Result<Vec<(Statement, Uses)>, TestCaseError> {
    let mut statements = Vec::new();
    for strategy in [Optimized, Legacy] {
        let mut batch = Batch::new().tenant(tenant).strategy(strategy);
        let mut uses = Uses::default();
        for case in cases {
            statements.push((case.statement(tenant, strategy)?, case.uses().clone()));
            let _ = case.add(&mut batch);
            uses = uses.and(case.uses());
        }
        let batch = batch
            .build()
            .map_err(|error| not_built(&error, "a batch"))?;
        statements.push((batch.statement().clone(), uses));
    }
    Ok(statements)
}

/// Law 5: every table that has a tenant column is bound to the tenant, wherever it stands.
#[test]
fn every_table_is_bound_to_the_tenant() {
    on_parts(40, |world, tenant, plan| {
        let cases = plan.cases(&context(world, tenant, Operands::Near));
        for (statement, _) in statements(&cases, tenant)? {
            is_bound(statement.text(), statement.parameters(), tenant)
                .map_err(|why| failed(&why, cases[0].words(), &statement))?;
        }
        Ok(())
    });
}

/// The check itself fails as soon as any one binding is missing.
#[test]
fn the_check_sees_a_missing_binding() {
    on_parts(15, |world, tenant, plan| {
        let cases = plan.cases(&context(world, tenant, Operands::Near));
        for (statement, _) in statements(&cases, tenant)? {
            let unbound = without_bindings(statement.text());
            let is_seen = |text: &String| is_bound(text, statement.parameters(), tenant).is_err();
            if unbound.is_empty() || !unbound.iter().all(is_seen) {
                let why = "a missing binding was not seen";
                return Err(failed(why, cases[0].words(), &statement));
            }
        }
        Ok(())
    });
}

/// Law 6: whatever a caller passes is a parameter.
#[test]
fn values_are_parameters() {
    const TENANT: i64 = 98_710_001;
    on_parts(30, |world, _, plan| {
        let cases = plan.cases(&context(world, TENANT, Operands::Marked));
        for (statement, _) in statements(&cases, TENANT)? {
            if let Some(mark) = MARKS.iter().find(|mark| statement.text().contains(**mark)) {
                let why = format!("{mark:?} got into the text");
                return Err(failed(&why, cases[0].words(), &statement));
            }
            if !statement
                .parameters()
                .contains(&Value::BigInt(Some(TENANT)))
            {
                return Err(failed("no tenant", cases[0].words(), &statement));
            }
        }
        Ok(())
    });
}

/// Law 7: the text depends on the shape of a request only: not on whose rows, which values, how many in a list, which
/// window and zone.
#[test]
fn the_text_depends_on_the_shape_only() {
    on_parts(30, |world, _, plan| {
        let texts = |tenant, length, variant, plan: &PartPlan| {
            let cases = plan.cases(&context(world, tenant, Operands::Far { length, variant }));
            statements(&cases, tenant)
        };
        let first = texts(1, 2, 0, plan)?;
        for (tenant, length, variant) in [(2, 0, 1), (3, 1, 2), (98_710, 300, 3)] {
            let others = texts(tenant, length, variant, &plan.elsewhere())?;
            for ((statement, _), (other, _)) in first.iter().zip(&others) {
                let types = |statement: &Statement| -> Vec<_> {
                    let parameters = statement.parameters().iter();
                    parameters.map(std::mem::discriminant).collect()
                };
                let is_same = statement.text() == other.text() && types(statement) == types(other);
                if !is_same {
                    let why = format!("another text\n{other:#}");
                    return Err(failed(&why, &format!("{plan:#?}"), statement));
                }
            }
        }
        Ok(())
    });
}

/// Law 8: what is not asked for is not in the text.
#[test]
fn only_what_is_asked_for_is_in_the_text() {
    on_parts(40, |world, tenant, plan| {
        let cases = plan.cases(&context(world, tenant, Operands::Near));
        for (statement, uses) in statements(&cases, tenant)? {
            let parsed = Parsed::new(&statement)
                .map_err(|why| failed(&why, cases[0].words(), &statement))?;
            let expected: BTreeSet<String> = uses
                .tables
                .iter()
                .map(|table| (*table).to_owned())
                .collect();
            let found = parsed.tables();
            if found != expected {
                let why = format!("tables\n   found {found:?}\nexpected {expected:?}");
                return Err(failed(&why, cases[0].words(), &statement));
            }
        }
        Ok(())
    });
}

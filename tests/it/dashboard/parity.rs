//! Each number is what plain loops say: in both strategies, all panels at once and each alone.

use pagewise::Strategy::{self, Legacy, Optimized};
use pagewise::chat::dashboard::DashboardData;
use postgres::Transaction;
use proptest::collection::vec;
use proptest::strategy::Strategy as _;
use proptest::test_runner::TestCaseError;

use super::compare::differences;
use super::data;
use super::oracle::Oracle;
use super::request::{Asked, Plan, plan};
use crate::laws::{Connection, Outcome, check};
use crate::scene::at_a_scene;
use crate::world::World;

/// Runs a property on random rows and requests of them.
pub fn on_requests(cases: u32, test: impl Fn(&mut Transaction<'_>, &World, &Asked) -> Outcome) {
    let connection = std::cell::RefCell::new(Connection::open());
    let cases_at = at_a_scene(|scene| (data::world(scene), vec(plan(scene), 1..4)));
    let cases_at = cases_at.prop_map(|(_, case)| case);
    check(cases, &cases_at, |(world, plans): (World, Vec<Plan>)| {
        connection.borrow_mut().with(&world, |transaction| {
            plans
                .iter()
                .try_for_each(|plan| test(transaction, &world, &plan.of(&world)))
        })
    });
}

/// What the database says, which it must not refuse.
pub fn fetch(
    transaction: &mut Transaction<'_>,
    asked: &Asked,
    strategy: Strategy,
) -> Result<(DashboardData, String), TestCaseError> {
    let statement = asked
        .dashboard()
        .strategy(strategy)
        .build()
        .map_err(|error| TestCaseError::fail(format!("{error}: {error:?}\n\n{asked:#?}")))?;
    let parameters: Vec<_> = statement
        .statements()
        .map(|s| s.parameters().to_vec())
        .collect();
    let words = format!("{asked:#?}\n\n{strategy:?}\n{statement:#}\n{parameters:?}\n");
    for statement in statement.statements() {
        transaction
            .prepare(statement.text())
            .map_err(|error| TestCaseError::fail(format!("{error:?}\n\n{words}")))?;
    }
    let data = statement
        .fetch(transaction)
        .map_err(|error| TestCaseError::fail(format!("{error}: {error:?}\n\n{words}")))?;
    Ok((data, words))
}

fn is_right(transaction: &mut Transaction<'_>, world: &World, asked: &Asked) -> Outcome {
    let oracle = Oracle {
        world,
        tenant: asked.tenant,
        filters: &asked.filters,
    };
    for strategy in [Optimized, Legacy] {
        let (data, words) = fetch(transaction, asked, strategy)?;
        differences(&data, &oracle, asked)
            .map_err(|why| TestCaseError::fail(format!("{why}\n\n{words}")))?;
    }
    // Each panel alone: what it says depends on no other.
    for part in &asked.visible {
        let alone = Asked {
            visible: vec![*part],
            ..asked.clone()
        };
        let (data, words) = fetch(transaction, &alone, Optimized)?;
        differences(&data, &oracle, &alone)
            .map_err(|why| TestCaseError::fail(format!("{why}\n\n{words}")))?;
    }
    Ok(())
}

#[test]
fn the_dashboard_says_what_the_rows_say() {
    on_requests(60, is_right);
}

/// A chat whose session is another team's has none for its own team.
#[test]
fn sessions_of_another_team_are_none() {
    on_requests(15, |transaction, world, asked| {
        let savepoint = transaction.transaction();
        let mut transaction = savepoint.expect("a savepoint");
        let mut world = world.clone();
        for session in world.sessions.iter_mut().step_by(3) {
            session.team = 2;
        }
        transaction
            .execute("DELETE FROM experiments_experimentsession", &[])
            .expect("no sessions");
        world
            .insert_sessions(&mut transaction)
            .expect("the sessions");
        let asked = Asked {
            tenant: 1,
            ..asked.clone()
        };
        is_right(&mut transaction, &world, &asked)
    });
}

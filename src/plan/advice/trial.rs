//! Trying advised indexes: built for a moment, or only imagined.

use std::collections::HashMap;
use std::time::Duration;

use super::advise::{Advice, AdvisedIndex, Gain};
use crate::ddl::IndexDefinition;
use crate::driver::wire::Row;
use crate::error::Error;
use crate::plan::error::PlanError;
use crate::plan::explain::Explain;
use crate::plan::model::Plan;
use crate::plan::run::{Commands, plan};

/// As much less as a statement has to cost, by the planner's units, to count as a gain.
const LESS: f64 = 0.99;

const HAS_HYPOPG: &str = "SELECT 1 FROM pg_extension WHERE extname = 'hypopg'";

/// How indexes are tried.
#[derive(Clone, Copy)]
enum How {
    /// By `CREATE INDEX`, which is rolled back.
    Built(Duration),
    /// By the extension hypopg, which tells the planner of indexes that are not there.
    Imagined,
}

impl Advice {
    /// Checks the advice: builds all indexes in a transaction (or, in the caller's, after a savepoint), asks for the plan of each
    /// statement before and after, and rolls back. What no statement is planned with, or none is cheaper by, is dropped;
    /// statements that do not gain are no longer named; the index that saves the most comes first.
    ///
    /// For a copy of the database, such as staging: `CREATE INDEX` without `CONCURRENTLY` blocks all who write to the table
    /// until it is rolled back, and takes as long as building the indexes does. `lock_timeout` is how long it waits for those
    /// who write already. The statements are planned, not run.
    ///
    /// # Errors
    ///
    /// * [`PlanError::Statement`] if the driver or the server refuses, also because of the time that is over;
    /// * [`PlanError::Unreadable`] if an answer is not a plan.
    #[cfg(feature = "postgres")]
    pub fn check_by_building(
        self,
        client: &mut impl crate::driver::postgres::Execute,
        lock_timeout: Duration,
    ) -> Result<Self, PlanError> {
        let commands = self.commands(How::Built(lock_timeout))?;
        let answers = commands.run(client)?;
        self.checked(&answers)
    }

    /// As `check_by_building`, through an asynchronous client. If the future is dropped before it is done, the transaction is
    /// left open.
    ///
    /// # Errors
    ///
    /// As `check_by_building`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn check_by_building_async(
        self,
        client: &impl crate::driver::tokio_postgres::Execute,
        lock_timeout: Duration,
    ) -> Result<Self, PlanError> {
        let commands = self.commands(How::Built(lock_timeout))?;
        let answers = commands.run_async(client).await?;
        self.checked(&answers)
    }

    /// Checks the advice with the extension hypopg: the planner is told of indexes that are not there. It blocks nobody. An
    /// expression in a key has no statistics until it is in an index, so that its gain is a guess.
    ///
    /// # Errors
    ///
    /// * [`PlanError::NoHypopg`] if the extension is not in the database;
    /// * those of `check_by_building`.
    #[cfg(feature = "postgres")]
    pub fn check_with_hypopg(
        self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<Self, PlanError> {
        if client.run(HAS_HYPOPG, &[]).map_err(Error::from)?.is_empty() {
            return Err(PlanError::NoHypopg);
        }
        let commands = self.commands(How::Imagined)?;
        let answers = commands.run(client)?;
        self.checked(&answers)
    }

    /// As `check_with_hypopg`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As `check_with_hypopg`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn check_with_hypopg_async(
        self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<Self, PlanError> {
        if client
            .run(HAS_HYPOPG, &[])
            .await
            .map_err(Error::from)?
            .is_empty()
        {
            return Err(PlanError::NoHypopg);
        }
        let commands = self.commands(How::Imagined)?;
        let answers = commands.run_async(client).await?;
        self.checked(&answers)
    }

    /// The plans before, the indexes, the plans after.
    fn commands(&self, how: How) -> Result<Commands, PlanError> {
        let mut commands = Commands::default();
        let explain = Explain::new();
        let plans = || {
            let statements = self
                .workload
                .statements
                .iter()
                .map(|named| &named.statement);
            statements.map(|statement| (explain.text(statement), statement.parameters().to_vec()))
        };
        commands.texts.extend(plans());
        for (at, advised) in self.indexes.iter().enumerate() {
            let create = trial_index(&advised.index, at)?.create().to_string();
            commands.texts.push(match how {
                How::Built(_) => (create, Vec::new()),
                How::Imagined => (
                    "SELECT indexname::text FROM hypopg_create_index($1)".to_owned(),
                    vec![create.into()],
                ),
            });
        }
        commands.texts.extend(plans());
        match how {
            How::Built(lock_timeout) => {
                let milliseconds = lock_timeout.as_millis().clamp(1, 2_147_483_647);
                commands
                    .settings
                    .push(("lock_timeout".to_owned(), format!("{milliseconds}ms")));
            }
            How::Imagined => commands.last = Some("SELECT hypopg_reset()"),
        }
        Ok(commands)
    }

    /// The advice by the answers.
    fn checked(mut self, answers: &[Vec<Row>]) -> Result<Self, PlanError> {
        let statements = self.workload.statements.len();
        let indexes = self.indexes.len();
        let plans = |answers: &[Vec<Row>]| {
            answers
                .iter()
                .map(|rows| plan(rows))
                .collect::<Result<Vec<_>, _>>()
        };
        let before = plans(answers.get(..statements).unwrap_or_default())?;
        let after = plans(answers.get(statements + indexes..).unwrap_or_default())?;
        let created = answers
            .get(statements..statements + indexes)
            .unwrap_or_default();
        let mut named = HashMap::new();
        for (at, rows) in created.iter().enumerate() {
            let imagined = rows
                .first()
                .map(|row| row.try_get::<_, String>(0))
                .transpose();
            let name = imagined
                .map_err(Error::from)?
                .unwrap_or_else(|| trial_name(at));
            named.insert(name, at);
        }
        let mut gains = vec![Vec::new(); indexes];
        for ((statement, before), after) in self.workload.statements.iter().zip(&before).zip(&after)
        {
            let costs = (before.root.total_cost, after.root.total_cost);
            if costs.1 > costs.0 * LESS {
                continue;
            }
            for at in used(after, &named) {
                let known = &self.indexes[at].gains;
                let own = known.iter().find(|gain| gain.statement == statement.name);
                gains[at].extend(own.or_else(|| known.first()).map(|gain| Gain {
                    statement: statement.name.clone(),
                    purpose: gain.purpose.clone(),
                    costs: Some(costs),
                }));
            }
        }
        let all = std::mem::take(&mut self.indexes);
        for (mut advised, gains) in all.into_iter().zip(gains) {
            match gains.is_empty() {
                true => self.dropped.push(advised),
                false => {
                    advised.gains = gains;
                    self.indexes.push(advised);
                }
            }
        }
        let saved = |advised: &AdvisedIndex| {
            let costs = advised.gains.iter().filter_map(|gain| gain.costs);
            costs.map(|(before, after)| before - after).sum::<f64>()
        };
        self.indexes
            .sort_by(|left, right| saved(right).total_cmp(&saved(left)));
        self.is_checked = true;
        Ok(self)
    }
}

/// Which of the tried indexes a plan uses, each once.
fn used(plan: &Plan, named: &HashMap<String, usize>) -> Vec<usize> {
    let indexes = plan.nodes().filter_map(|node| node.index.as_ref());
    let mut used: Vec<_> = indexes
        .filter_map(|name| named.get(name).copied())
        .collect();
    used.sort_unstable();
    used.dedup();
    used
}

/// No index that is there has this name.
fn trial_name(at: usize) -> String {
    format!("pagewise_trial_{at}")
}

fn trial_index(index: &IndexDefinition, at: usize) -> Result<IndexDefinition, Error> {
    let mut node = index.node().clone();
    node.name = Some(trial_name(at).into());
    IndexDefinition::new(node)
}

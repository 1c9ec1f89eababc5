//! Asking for plans through a driver.

use std::error::Error as StdError;

use sea_query::Value;

use super::error::PlanError;
use super::explain::Explain;
use super::model::Plan;
use crate::driver::wire::{self, Row, error::SqlState};
use crate::error::Error;
use crate::statement::Statement;

const SAVEPOINT: &str = "SAVEPOINT pagewise_explain";
const BEGIN: &str = "BEGIN";
const SET: &str = "SELECT set_config($1, $2, true)";

/// What is run in a transaction that is rolled back.
#[derive(Default)]
pub(super) struct Commands {
    /// Settings that hold until then.
    pub settings: Vec<(String, String)>,
    /// What is run, with its parameters.
    pub texts: Vec<(String, Vec<Value>)>,
    /// What is run after it was rolled back, since that does not undo it: if the first of the texts was answered.
    pub last: Option<&'static str>,
}

/// What is undone in the end.
enum Block {
    /// A transaction that was begun for it.
    Transaction,
    /// A part of the caller's transaction.
    Savepoint,
}

impl Block {
    /// What was entered by a savepoint; `None` if there is no transaction that it could be in.
    fn entered(answer: Result<Vec<Row>, wire::Error>) -> Result<Option<Self>, Error> {
        match answer {
            Ok(_) => Ok(Some(Self::Savepoint)),
            Err(error) if error.code() == Some(&SqlState::NO_ACTIVE_SQL_TRANSACTION) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn leave(&self) -> &'static [&'static str] {
        match self {
            Self::Transaction => &["ROLLBACK"],
            Self::Savepoint => &[
                "ROLLBACK TO SAVEPOINT pagewise_explain",
                "RELEASE SAVEPOINT pagewise_explain",
            ],
        }
    }
}

impl Commands {
    /// Each command, the settings first, and whether its answer is wanted.
    fn all(&self) -> impl Iterator<Item = (&str, Vec<Value>, bool)> {
        let settings = self
            .settings
            .iter()
            .map(|(name, value)| (SET, vec![name.into(), value.into()], false));
        let texts = self
            .texts
            .iter()
            .map(|(text, parameters)| (text.as_str(), parameters.clone(), true));
        settings.chain(texts)
    }

    /// What is run in the end.
    fn end(&self, block: &Block, answered: usize) -> impl Iterator<Item = &'static str> {
        let last = self.last.filter(|_| answered > 0);
        block.leave().iter().copied().chain(last)
    }

    /// Runs them, and gives the answers to the texts.
    #[cfg(feature = "postgres")]
    pub fn run(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
    ) -> Result<Vec<Vec<Row>>, Error> {
        let block = match Block::entered(client.run(SAVEPOINT, &[]))? {
            Some(block) => block,
            None => {
                client.run(BEGIN, &[])?;
                Block::Transaction
            }
        };
        let mut answers = Vec::with_capacity(self.texts.len());
        let failed = self.all().find_map(|(text, parameters, is_wanted)| {
            match client.run(text, &parameters) {
                Ok(answer) => {
                    answers.extend(is_wanted.then_some(answer));
                    None
                }
                Err(error) => Some(error),
            }
        });
        let mut end = self.end(&block, answers.len());
        let not_ended = end.find_map(|text| client.run(text, &[]).err());
        match failed.or(not_ended) {
            Some(error) => Err(error.into()),
            None => Ok(answers),
        }
    }

    /// As `run`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn run_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
    ) -> Result<Vec<Vec<Row>>, Error> {
        let block = match Block::entered(client.run(SAVEPOINT, &[]).await)? {
            Some(block) => block,
            None => {
                client.run(BEGIN, &[]).await?;
                Block::Transaction
            }
        };
        let mut answers = Vec::with_capacity(self.texts.len());
        let mut failed = None;
        for (text, parameters, is_wanted) in self.all() {
            match client.run(text, &parameters).await {
                Ok(answer) => answers.extend(is_wanted.then_some(answer)),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        for text in self.end(&block, answers.len()) {
            if let Err(error) = client.run(text, &[]).await {
                failed = failed.or(Some(error));
                break;
            }
        }
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(answers),
        }
    }
}

impl Explain {
    /// All that is run for the plan, which is the last answer.
    fn commands(&self, statement: &Statement) -> Commands {
        let mut commands = Commands {
            settings: self.settings.clone(),
            ..Commands::default()
        };
        if self.generic {
            let mode = (
                "plan_cache_mode".to_owned(),
                "force_generic_plan".to_owned(),
            );
            commands.settings.push(mode);
            commands
                .texts
                .push((self.prepare_text(statement), Vec::new()));
            commands
                .texts
                .push((self.execute_text(statement), Vec::new()));
            commands.last = Some("DEALLOCATE pagewise_explain");
        } else {
            commands
                .texts
                .push((self.text(statement), statement.parameters().to_vec()));
        }
        commands
    }

    /// Asks for the plan of the statement, with its parameters.
    ///
    /// Takes a [`Statement`], and by reference what is one: a page's, an aggregate's, a batch's.
    ///
    /// It leaves nothing behind. What is run, by [`analyze`](Self::analyze), and settings are within a transaction that is
    /// rolled back; if the client is in a transaction already, within a savepoint of that, which is rolled back, so that the
    /// transaction goes on. Without either it is one round trip.
    ///
    /// # Errors
    ///
    /// * [`PlanError::Statement`] if the driver or the server refuses;
    /// * [`PlanError::Unreadable`] if its answer is not a plan.
    #[cfg(feature = "postgres")]
    pub fn run(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        statement: &Statement,
    ) -> Result<Plan, PlanError> {
        if !self.needs_transaction() {
            let answer = client.run(&self.text(statement), statement.parameters());
            return plan(&answer.map_err(Error::from)?);
        }
        last_plan(&self.commands(statement).run(client)?)
    }

    /// As `run`, through an asynchronous client. If the future is dropped before it is done, the transaction is left open.
    ///
    /// # Errors
    ///
    /// As `run`.
    #[cfg(feature = "tokio-postgres")]
    pub async fn run_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        statement: &Statement,
    ) -> Result<Plan, PlanError> {
        if !self.needs_transaction() {
            let answer = client
                .run(&self.text(statement), statement.parameters())
                .await;
            return plan(&answer.map_err(Error::from)?);
        }
        last_plan(&self.commands(statement).run_async(client).await?)
    }
}

fn last_plan(answers: &[Vec<Row>]) -> Result<Plan, PlanError> {
    plan(answers.last().map(Vec::as_slice).unwrap_or_default())
}

/// The plan that the answer to `EXPLAIN` holds.
pub(super) fn plan(answer: &[Row]) -> Result<Plan, PlanError> {
    let row = answer.first().ok_or_else(|| PlanError::Unreadable {
        reason: "it has no rows".to_owned(),
    })?;
    let Json(json) = row.try_get(0).map_err(Error::from)?;
    Plan::from_json(&json)
}

/// A column of the type json, as the text that it is.
struct Json(String);

impl<'a> wire::types::FromSql<'a> for Json {
    fn from_sql(
        _: &wire::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }

    fn accepts(data_type: &wire::types::Type) -> bool {
        *data_type == wire::types::Type::JSON
    }
}

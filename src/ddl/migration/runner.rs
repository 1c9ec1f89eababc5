//! Runs the steps of a migration: [`Runner`].

use std::time::{Duration, Instant};

use sea_query::Value;

use super::error::MigrationError;
use super::look::{Found, unexpected};
use super::lost;
use super::options::RunOptions;
use super::phases::Migration;
use super::report::{MigrationReport, Outcome, StepReport};
use crate::ddl::Step;
use crate::ddl::index::IndexDefinition;
use crate::ddl::step::Action;
use crate::driver::session::Session;
use crate::driver::wire::{Error as DriverError, Row};
use crate::error::Error;

/// What is done with the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    Run,
    DryRun,
    Undo,
}

/// One lock for all migrations of a database: "pagewise" in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"pagewise");

/// As long as a session waits in one statement. What waits has a snapshot, for which builds of indexes wait in turn: so
/// it waits a little, often.
pub(super) const LITTLE: Duration = Duration::from_millis(50);

/// What is set for a session, to be set back.
const SETTINGS: [&str; 2] = ["lock_timeout", "statement_timeout"];

pub(super) struct Runner<'o, S> {
    pub(super) session: S,
    options: &'o RunOptions,
}

impl<'o, S: Session> Runner<'o, S> {
    pub fn new(session: S, options: &'o RunOptions) -> Self {
        Self { session, options }
    }

    pub async fn perform(
        &mut self,
        migration: &Migration,
        task: Task,
    ) -> Result<MigrationReport, Error> {
        migration.check()?;
        self.refuse_transaction().await?;
        if task == Task::DryRun {
            return self.steps(migration, task).await;
        }
        self.lock().await?;
        let report = self.with_timeouts(migration, task).await;
        // What fails here has failed before: the session is gone, and the lock with it.
        let unlocked = self
            .query("SELECT pg_advisory_unlock($1::bigint)", &[LOCK.into()])
            .await;
        let report = report?;
        unlocked.map(|_| report)
    }

    async fn with_timeouts(
        &mut self,
        migration: &Migration,
        task: Task,
    ) -> Result<MigrationReport, Error> {
        let rows = self
            .query(
                "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')",
                &[],
            )
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| unexpected("one row has the settings"))?;
        let before: [String; 2] = [row.try_get(0)?, row.try_get(1)?];
        let mut report = self.steps(migration, task).await;
        for (name, value) in SETTINGS.iter().zip(before) {
            let set_back = self.set(name, value).await;
            if report.is_ok()
                && let Err(error) = set_back
            {
                report = Err(error);
            }
        }
        report
    }

    async fn steps(&mut self, migration: &Migration, task: Task) -> Result<MigrationReport, Error> {
        let mut steps: Vec<_> = migration.steps_of_phases().collect();
        if task == Task::Undo {
            steps.reverse();
        }
        let mut report = MigrationReport {
            steps: Vec::with_capacity(steps.len()),
            is_dry_run: task == Task::DryRun,
        };
        for (phase, step) in steps {
            let begun = Instant::now();
            let (outcome, retries) = match task {
                Task::DryRun => (self.foresee(step).await?, 0),
                _ => self.step(step, task).await?,
            };
            report.steps.push(StepReport {
                phase: phase.to_owned(),
                step: step.name().to_owned(),
                outcome,
                took: begun.elapsed(),
                retries,
            });
        }
        Ok(report)
    }

    async fn foresee(&mut self, step: &Step) -> Result<Outcome, Error> {
        let (index, is_wanted) = match &step.action {
            Action::Statement { .. } | Action::Reindex { .. } => return Ok(Outcome::Ran),
            Action::Batches { .. } => return Ok(Outcome::Batches(0)),
            Action::Index { index, is_wanted } => (index, *is_wanted),
        };
        let found = self.look(index).await?;
        match decide(index, found, is_wanted, Task::Run)? {
            Next::Done(outcome) => Ok(outcome),
            Next::Wait => Ok(Outcome::LeftAlone(
                "another session is building it".to_owned(),
            )),
            Next::Build => Ok(Outcome::Built),
            Next::Drop if is_wanted => Ok(Outcome::Rebuilt),
            Next::Drop => Ok(Outcome::Dropped),
        }
    }

    /// What came of it, and how often it had to give way.
    async fn step(&mut self, step: &Step, task: Task) -> Result<(Outcome, u32), Error> {
        let timeout = match step.action {
            Action::Index { .. } | Action::Reindex { .. } => self.options.index_lock_timeout,
            _ => self.options.lock_timeout,
        };
        self.set("lock_timeout", milliseconds(timeout)).await?;
        if let Some(timeout) = self.options.statement_timeout {
            self.set("statement_timeout", milliseconds(timeout)).await?;
        }
        let mut attempts = Attempts {
            step: step.name(),
            timeout,
            lost: 0,
        };
        let is_undo = task == Task::Undo;
        let outcome = match &step.action {
            Action::Statement { undo: None, .. }
            | Action::Batches { .. }
            | Action::Reindex { .. }
                if is_undo =>
            {
                Outcome::Nothing
            }
            Action::Statement {
                undo: Some(text), ..
            } if is_undo => {
                self.persist(text, &mut attempts).await?;
                Outcome::Ran
            }
            Action::Statement { run, .. } => {
                self.persist(run, &mut attempts).await?;
                Outcome::Ran
            }
            Action::Batches { run } => {
                let mut times = 0;
                loop {
                    times += 1;
                    let rows = self.persist(run, &mut attempts).await?;
                    if rows_left(&rows)? == 0 {
                        break Outcome::Batches(times);
                    }
                }
            }
            Action::Reindex { index } => {
                self.reindex(&step.sql(), index, &mut attempts).await?;
                Outcome::Ran
            }
            Action::Index { index, is_wanted } => {
                let is_wanted = *is_wanted != is_undo;
                self.index(index, is_wanted, task, &mut attempts).await?
            }
        };
        Ok((outcome, attempts.lost))
    }

    /// Looks, and does one thing, until nothing is to be done.
    async fn index(
        &mut self,
        index: &IndexDefinition,
        is_wanted: bool,
        task: Task,
        attempts: &mut Attempts<'_>,
    ) -> Result<Outcome, Error> {
        // What was done so far, which is what is reported when no more is to be done.
        let mut done = None;
        loop {
            let found = self.look(index).await?;
            let (text, doing) = match decide(index, found, is_wanted, task)? {
                Next::Done(outcome) => {
                    // One like it may have been made since.
                    let is_elsewhere = matches!(outcome, Outcome::PresentAs(_));
                    return Ok(done.filter(|_| !is_elsewhere).unwrap_or(outcome));
                }
                Next::Wait => {
                    self.give_way(attempts).await?;
                    continue;
                }
                Next::Build => (
                    index.create().concurrently().to_string(),
                    match done {
                        Some(Outcome::Dropped | Outcome::Rebuilt) => Outcome::Rebuilt,
                        _ => Outcome::Built,
                    },
                ),
                Next::Drop => (self.drop_text(index).await?, Outcome::Dropped),
            };
            match self.session.run(&text, &[]).await {
                Ok(_) => done = Some(doing),
                Err(error) if lost::is_lost(&error) => self.give_way(attempts).await?,
                Err(error) => return Err(attempts.refused(error)),
            }
        }
    }

    /// One statement, tried again if it has to give way.
    async fn persist(
        &mut self,
        text: &str,
        attempts: &mut Attempts<'_>,
    ) -> Result<Vec<Row>, Error> {
        let mut here = Attempts {
            lost: 0,
            ..*attempts
        };
        loop {
            match self.session.run(text, &[]).await {
                Ok(rows) => {
                    attempts.lost += here.lost;
                    return Ok(rows);
                }
                Err(error) if lost::is_lost(&error) => self.give_way(&mut here).await?,
                Err(error) => return Err(attempts.refused(error)),
            }
        }
    }

    pub(super) async fn give_way(&mut self, attempts: &mut Attempts<'_>) -> Result<(), Error> {
        attempts.lost += 1;
        if attempts.lost >= self.options.attempts {
            return Err(MigrationError::LockTimeout {
                step: attempts.step.to_owned(),
                attempts: attempts.lost,
                timeout: attempts.timeout,
            }
            .into());
        }
        self.sleep(self.options.pause).await
    }

    /// The server waits: so it needs no clock of an asynchronous runtime.
    pub(super) async fn sleep(&mut self, time: Duration) -> Result<(), Error> {
        let until = Instant::now() + time;
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Ok(());
            }
            let seconds = rest.min(LITTLE).as_secs_f64();
            self.query("SELECT pg_sleep($1::double precision)", &[seconds.into()])
                .await?;
        }
    }

    /// A setting that is local to a transaction is gone with the statement, unless there is one around it.
    async fn refuse_transaction(&mut self) -> Result<(), Error> {
        let set = "SELECT set_config('pagewise.within', 'transaction', TRUE)";
        let within =
            "SELECT COALESCE(current_setting('pagewise.within', TRUE), '') = 'transaction'";
        match self.session.run(set, &[]).await {
            Ok(_) => {}
            Err(error) if lost::is_within_failed(&error) => {
                return Err(MigrationError::InTransaction.into());
            }
            Err(error) => return Err(error.into()),
        }
        let rows = self.query(within, &[]).await?;
        match rows.first() {
            Some(row) if row.try_get(0)? => Err(MigrationError::InTransaction.into()),
            _ => Ok(()),
        }
    }

    /// Who waits within one statement keeps a snapshot, for which a build of the one who has the lock would wait for ever.
    /// So it is asked for again and again.
    async fn lock(&mut self) -> Result<(), Error> {
        let until = Instant::now() + self.options.wait_for_others;
        loop {
            let rows = self
                .query("SELECT pg_try_advisory_lock($1::bigint)", &[LOCK.into()])
                .await?;
            let row = rows
                .first()
                .ok_or_else(|| unexpected("one row says whether there is a lock"))?;
            if row.try_get(0)? {
                return Ok(());
            }
            if Instant::now() >= until {
                let process = self.holder().await?;
                return Err(MigrationError::AlreadyRunning { process }.into());
            }
            self.sleep(LITTLE).await?;
        }
    }

    async fn holder(&mut self) -> Result<Option<i32>, Error> {
        let text = "SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
            AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
            AND (classid::bigint << 32) | objid::bigint = $1::bigint";
        let rows = self.query(text, &[LOCK.into()]).await?;
        Ok(match rows.first() {
            Some(row) => row.try_get(0)?,
            None => None,
        })
    }

    async fn set(&mut self, name: &str, value: String) -> Result<(), Error> {
        let text = "SELECT set_config($1, $2, FALSE)";
        self.query(text, &[name.into(), value.into()]).await?;
        Ok(())
    }

    pub async fn query(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        Ok(self.session.run(text, parameters).await?)
    }
}

/// How often a step was tried.
pub(super) struct Attempts<'s> {
    step: &'s str,
    pub(super) timeout: Duration,
    /// How often it had to give way.
    lost: u32,
}

impl Attempts<'_> {
    pub(super) fn refused(&self, source: DriverError) -> Error {
        Error::Database {
            context: Some(format!("step {:?}", self.step)),
            source,
        }
    }
}

/// What is to be done next with an index.
enum Next {
    Done(Outcome),
    Build,
    Drop,
    Wait,
}

fn decide(
    index: &IndexDefinition,
    found: Found,
    is_wanted: bool,
    task: Task,
) -> Result<Next, MigrationError> {
    Ok(match (found, is_wanted) {
        (Found::Other(found), false) if task == Task::Undo => Next::Done(Outcome::LeftAlone(
            format!("its name is taken by another: {found}"),
        )),
        (Found::Other(found), _) => {
            return Err(MigrationError::NameTaken {
                name: index.name().to_owned(),
                found,
                wanted: index.to_string(),
            });
        }
        (Found::BeingBuilt, _) => Next::Wait,
        (Found::Invalid, _) => Next::Drop,
        (Found::Missing, true) => Next::Build,
        (Found::Missing, false) => Next::Done(Outcome::Absent),
        (Found::Present { .. }, true) => Next::Done(Outcome::Present),
        (
            Found::Present {
                constraint: Some(constraint),
            },
            false,
        ) => Next::Done(Outcome::LeftAlone(format!(
            "it belongs to the constraint {constraint}"
        ))),
        (Found::Present { constraint: None }, false) => Next::Drop,
        (Found::PresentAs(name), true) => Next::Done(Outcome::PresentAs(name)),
        (Found::PresentAs(name), false) => Next::Done(Outcome::LeftAlone(format!(
            "{name} is like it, and not this migration's"
        ))),
    })
}

/// How many rows a batch left to be done.
fn rows_left(rows: &[Row]) -> Result<i64, Error> {
    let row = rows
        .first()
        .ok_or_else(|| unexpected("a batch says how many rows are left"))?;
    let left = row.try_get::<_, i64>(0);
    Ok(left.or_else(|error| row.try_get::<_, i32>(0).map(i64::from).map_err(|_| error))?)
}

/// Zero is without limit; less than a millisecond is one.
fn milliseconds(time: Duration) -> String {
    let milliseconds = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    let least = i32::from(!time.is_zero());
    milliseconds.max(least).to_string()
}

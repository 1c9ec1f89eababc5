//! Where both strategies are run: a transaction of our own, or a part of the host's.

use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use sea_query::Value;

use super::two_ways::Runs;
use crate::driver::housekeeping::LOOK_FOR_TRANSACTION;
use crate::driver::session::Session;
use crate::driver::wire::{Error as DriverError, Row};
use crate::error::Error;

/// A setting within a transaction is gone after it: where the second statement still sees it, there is one. Asked so, and
/// not by SAVEPOINT, the server has no error to log.
const MARK: &str = "SELECT set_config('pagewise.transaction', 'open', true)";
const LIMIT: &str = "SELECT set_config('statement_timeout', $1, true)";
const SAVEPOINT: &str = "SAVEPOINT pagewise_way";
/// What it does is undone; it goes on.
const AGAIN: &str = "ROLLBACK TO SAVEPOINT pagewise_way";
const RELEASE: &str = "RELEASE SAVEPOINT pagewise_way";

/// A transaction, or a savepoint within that of the host. Left in either case as it was found, settings too.
///
/// One that is dropped before it was left, with the future that it is part of, sends what leaves it, and does not wait.
pub(super) struct Block<'s, S: Session> {
    session: &'s mut S,
    /// What begins a transaction of our own; `None` if it is the host's.
    begin: Option<&'static str>,
    has_one_snapshot: bool,
    is_open: bool,
    /// How many of the commands that leave it were sent.
    sent: usize,
}

/// The driver refused a statement.
pub(super) struct Refused {
    pub error: DriverError,
    /// How long that statement took, at least as long as for the server.
    pub after: Duration,
}

impl<'s, S: Session> Block<'s, S> {
    /// Enters one; `begin` is how, if there is no transaction. Whether all statements of it see the same data, if it is our
    /// own, is said there.
    pub async fn enter(session: &'s mut S, begin: &'static str) -> Result<Self, Error> {
        session.run(MARK, &[]).await?;
        let answer = session.run(LOOK_FOR_TRANSACTION, &[]).await?;
        let row = answer.first().ok_or_else(|| Error::UnexpectedAnswer {
            reason: "no row says whether there is a transaction".to_owned(),
        })?;
        let is_within: bool = row.try_get(0)?;
        let isolation: String = row.try_get(1)?;
        let is_snapshot = |level: &str| matches!(level, "repeatable read" | "serializable");
        let mut block = Self {
            session,
            begin: (!is_within).then_some(begin),
            has_one_snapshot: !is_within || is_snapshot(&isolation),
            is_open: true,
            sent: 0,
        };
        let entered = block
            .session
            .run(block.begin.unwrap_or(SAVEPOINT), &[])
            .await;
        if let Err(error) = entered {
            block.is_open = false;
            return Err(error.into());
        }
        Ok(block)
    }

    /// Whether all statements see the same data: in our own transaction, if it was begun so.
    pub fn has_one_snapshot(&self) -> bool {
        self.has_one_snapshot
    }

    /// How long the statements that follow may take.
    pub async fn limit(&mut self, limit: Duration) -> Result<(), DriverError> {
        let limit = Value::from(format!("{}ms", milliseconds(limit)));
        self.session.run(LIMIT, &[limit]).await?;
        Ok(())
    }

    /// Runs a statement, or the statements that it is made of.
    pub async fn answers<R: Runs>(&mut self, statement: &R) -> Result<Vec<Vec<Row>>, Refused> {
        answers(self.session, statement).await
    }

    /// As if nothing had been run in it: after an error, it goes on.
    pub async fn again(&mut self) -> Result<(), DriverError> {
        match self.begin {
            Some(begin) => {
                self.session.run("ROLLBACK", &[]).await?;
                self.session.run(begin, &[]).await?;
            }
            None => {
                self.session.run(AGAIN, &[]).await?;
            }
        }
        Ok(())
    }

    /// Leaves it. Nothing was changed in it but settings.
    pub async fn leave(mut self) -> Result<(), DriverError> {
        let is_own = self.begin.is_some();
        for text in end(is_own) {
            self.sent += 1;
            self.session.run(text, &[]).await?;
        }
        self.is_open = false;
        Ok(())
    }
}

/// Runs a statement, or the statements that it is made of.
pub(super) async fn answers<S: Session, R: Runs>(
    session: &mut S,
    statement: &R,
) -> Result<Vec<Vec<Row>>, Refused> {
    let queries = statement.queries();
    let mut answers = Vec::with_capacity(queries.len());
    for (text, parameters) in queries {
        let start = Instant::now();
        match session.run(&text, parameters).await {
            Ok(rows) => answers.push(rows),
            Err(error) => {
                let after = start.elapsed();
                return Err(Refused { error, after });
            }
        }
    }
    Ok(answers)
}

fn end(is_own: bool) -> &'static [&'static str] {
    match is_own {
        // After an error, PostgreSQL makes it a ROLLBACK.
        true => &["COMMIT"],
        false => &[AGAIN, RELEASE],
    }
}

/// At least one, since 0 is no limit; at most what the setting holds.
pub(super) fn milliseconds(limit: Duration) -> u32 {
    let rounded_up = limit.as_nanos().div_ceil(1_000_000);
    u32::try_from(rounded_up)
        .unwrap_or(u32::MAX)
        .clamp(1, i32::MAX.unsigned_abs())
}

impl<S: Session> Drop for Block<'_, S> {
    fn drop(&mut self) {
        // What panicked may be the client.
        if !self.is_open || std::thread::panicking() {
            return;
        }
        let is_own = self.begin.is_some();
        for text in end(is_own).iter().skip(self.sent) {
            let mut answer = self.session.run(text, &[]);
            // The drivers send at the first look, and in this order.
            let _sent = answer
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

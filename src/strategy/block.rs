//! Where both strategies are run: a transaction of our own, or a part of the host's.

use std::future::poll_fn;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use sea_query::Value;

use super::two_ways::Runs;
use crate::driver::housekeeping::LOOK_FOR_TRANSACTION;
use crate::driver::session::{Answer, Session};
use crate::driver::wire::error::SqlState;
use crate::driver::wire::{Error as DriverError, Row};
use crate::error::Error;

/// A setting within a transaction is gone after it: where the second statement still sees it, there is one. Asked so, and
/// not by SAVEPOINT, the server has no error to log. It stays set until the host's transaction ends, or is rolled back to a
/// savepoint before it: nobody else reads it, and it is set again each time.
const MARK: &str = "SELECT set_config('pagewise.transaction', 'open', true)";
const LIMIT: &str = "SELECT set_config('statement_timeout', $1, true)";
const SAVEPOINT: &str = "SAVEPOINT pagewise_way";
/// What it does is undone; it goes on.
const AGAIN: &str = "ROLLBACK TO SAVEPOINT pagewise_way";
const RELEASE: &str = "RELEASE SAVEPOINT pagewise_way";

/// A transaction, or a savepoint within that of the host. Left in either case as it was found, settings too, but
/// for `pagewise.transaction`, which stays `open` in the host's transaction until that ends.
///
/// One that is dropped before it was left, with the future that it is part of, sends what leaves it, and does not wait.
pub(super) struct Block<'s, S: Session> {
    session: Watched<'s, S>,
    /// What begins a transaction of our own; `None` if it is the host's.
    begin: Option<&'static str>,
    has_one_snapshot: bool,
    is_open: bool,
    limit: Option<Duration>,
    has_answered: bool,
    /// How many of the commands that leave it were sent.
    sent: usize,
}

/// A client, and whether it is at work: still, if it has panicked.
struct Watched<'s, S> {
    session: &'s mut S,
    is_at_work: bool,
}

impl<S: Session> Session for Watched<'_, S> {
    fn run<'a>(&'a mut self, text: &'a str, parameters: &'a [Value]) -> Answer<'a> {
        let Self {
            session,
            is_at_work,
        } = self;
        // A blocking client runs it here, an asynchronous one when it is polled.
        *is_at_work = true;
        let mut answer = session.run(text, parameters);
        *is_at_work = false;
        Box::pin(poll_fn(move |context| {
            *is_at_work = true;
            let polled = answer.as_mut().poll(context);
            *is_at_work = false;
            polled
        }))
    }
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
            session: Watched {
                session,
                is_at_work: false,
            },
            begin: (!is_within).then_some(begin),
            has_one_snapshot: !is_within || is_snapshot(&isolation),
            is_open: false,
            limit: None,
            has_answered: false,
            sent: 0,
        };
        block.reenter().await?;
        Ok(block)
    }

    /// Enters it again, after it was left: the same, without a look at what the host has.
    pub async fn reenter(&mut self) -> Result<(), DriverError> {
        self.sent = 0;
        self.limit = None;
        // From now on, since it may be dropped before the answer is there.
        self.is_open = true;
        let entered = self.session.run(self.begin.unwrap_or(SAVEPOINT), &[]).await;
        self.is_open = entered.is_ok();
        entered?;
        Ok(())
    }

    /// Whether all statements that were answered see the same data: in our own transaction, if it was begun so, and was not
    /// begun again after one of them.
    pub fn has_one_snapshot(&self) -> bool {
        self.has_one_snapshot
    }

    /// How long the statements that follow may take.
    pub async fn limit(&mut self, limit: Duration) -> Result<(), DriverError> {
        self.limit = Some(limit);
        match self.set_limit().await {
            Err(error) if is_aborted(&error) => self.again().await,
            set => set,
        }
    }

    async fn set_limit(&mut self) -> Result<(), DriverError> {
        if let Some(limit) = self.limit {
            let limit = Value::from(format!("{}ms", milliseconds(limit)));
            self.session.run(LIMIT, &[limit]).await?;
        }
        Ok(())
    }

    /// Runs a statement, or the statements that it is made of.
    ///
    /// Each of these may be one that a client keeps prepared and the server has forgotten: it is run again by the client,
    /// in vain, since that error has aborted the transaction, and by us. What comes before the savepoint is not kept so: there,
    /// that error would end the host's transaction.
    pub async fn answers<R: Runs>(&mut self, statement: &R) -> Result<Vec<Vec<Row>>, Refused> {
        let mut again = 0;
        loop {
            match answers(&mut self.session, statement).await {
                Err(refused) if is_aborted(&refused.error) && again < statement.queries().len() => {
                    again += 1;
                    let begun = self.again().await;
                    begun.map_err(|error| Refused {
                        error,
                        after: refused.after,
                    })?;
                }
                answered => {
                    self.has_answered |= answered.is_ok();
                    return answered;
                }
            }
        }
    }

    /// As if nothing had been run in it but the limit: after an error, it goes on.
    async fn again(&mut self) -> Result<(), DriverError> {
        match self.begin {
            Some(begin) => {
                self.session.run("ROLLBACK", &[]).await?;
                self.session.run(begin, &[]).await?;
                self.has_one_snapshot &= !self.has_answered;
            }
            None => {
                self.session.run(AGAIN, &[]).await?;
            }
        }
        self.set_limit().await
    }

    /// Leaves it. Nothing was changed in it but settings.
    pub async fn leave(&mut self) -> Result<(), DriverError> {
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

/// Of a statement that is run after an error. Our own are not: it was the client that has run one again.
fn is_aborted(error: &DriverError) -> bool {
    error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
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
        // A client that has panicked is not asked again.
        if !self.is_open || self.session.is_at_work {
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

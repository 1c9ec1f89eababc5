//! The optimized way under a time limit, and the way back where it is reached: [`Guard`].

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Strategy;
use super::block::{Block, Refused};
use super::breaker::{Attempt, Breaker};
use super::shadow::explained;
use super::two_ways::{Runs, TwoWays};
use crate::driver::session::Session;
use crate::driver::wire::Error as DriverError;
use crate::driver::wire::error::SqlState;
use crate::error::Error;

const BEGIN: &str = "BEGIN READ ONLY";

/// Runs [`Strategy::Optimized`] under a time limit, and [`Strategy::Legacy`], under a limit of its own, if the first is
/// reached.
///
/// * *The limit* is `statement_timeout`, set for these statements only: in a transaction of their own, or in a savepoint if
///   the client is in a transaction. What the host has set is in force again afterwards. Meanwhile it is not: the guard's
///   limits stand in its place, also where they are longer. A dashboard by `Legacy` is several statements, each of which
///   may take that long. The limit of `Optimized` must be below whatever else ends a request, a deadline of the caller's for
///   example: what is cancelled before its limit falls back on nothing, and no breaker counts it.
/// * *What is told apart*: a statement that somebody cancels (`pg_cancel_backend`) fails with the same SQLSTATE, 57014. One
///   that took less than the limit was not stopped by it. One that took longer was, unless the server says in
///   English that it was cancelled by a user: where messages are translated, a cancel after the limit, which
///   only the way to the server allows, counts as the limit. A cancelled statement is an error, and so is any other.
/// * *Again and again*: with a [`Breaker`], `Legacy` is run at once for a while, if the limit was reached several times.
///   A guard is for one page: what is slow on one says nothing of another. It outlives the requests, or its breaker does, as the
///   switch does: one that is made for a request has seen nothing.
/// * *Nothing to guard*: what a switch or the builder sends to `Legacy` is run so, under its limit.
/// * *In a monitor*, both ways have one name, if they are run by one: an `Optimized` that its limit has stopped, and the
///   `Legacy` after it, are in the same percentiles. Where their texts are registered with the collector, and they are run
///   without a name, they have two. A page that was rescued counts as one with a statement without an answer, unless the host says
///   that it was loaded.
/// * *What it costs*: five short commands beside the statement; six in the host's transaction.
///
/// # One at a time
///
/// Nothing else may use the same client or transaction meanwhile. The blocking clients see to that themselves. A shared
/// asynchronous client does not: what another task
/// writes would fall between SAVEPOINT and ROLLBACK TO SAVEPOINT, and be undone, or into a transaction that is read only, and
/// fail; its reads would have the guard's limits.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use pagewise::chat::{self, Session};
/// use pagewise::strategy::{Breaker, Guard, Way};
/// use pagewise::{Listing, Page};
///
/// let guard = Guard::new("sessions page", Duration::from_secs(2), Duration::from_secs(20))
///     .breaker(Breaker::new(3, Duration::from_secs(60), Duration::from_secs(300)))
///     .on_fall_back(|fall_back| eprintln!("{fall_back}"));
///
/// # fn example(client: &mut postgres::Client, guard: &Guard) -> Result<(), pagewise::Error> {
/// let listing = Listing::of(Session).tenant(7).show(&chat::message_timestamps()).page(Page::first(25));
/// let guarded = guard.fetch(client, &listing)?;
/// if guarded.way != Way::Optimized {
///     println!("by Legacy: {:?}", guarded.way);
/// }
/// for row in &guarded.answer {
///     println!("{}", row.get(Session::ID)?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Guard {
    name: Cow<'static, str>,
    optimized: Duration,
    legacy: Duration,
    breaker: Option<Breaker>,
    tell: Option<Arc<Tell>>,
    clock: Arc<dyn Fn() -> Instant + Send + Sync>,
}

/// What the host has told.
type Tell = dyn Fn(&FallBack) + Send + Sync;

/// An answer, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guarded<A> {
    /// The answer.
    pub answer: A,
    /// Which way it was found.
    pub way: Way,
}

/// Which way an answer was found, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// By `Optimized`, within its limit.
    Optimized,
    /// By `Legacy`, as the builder or its switch says.
    Legacy,
    /// By `Legacy`, after `Optimized` ran into its limit.
    FellBack {
        /// How long it took until then, as the client sees it.
        after: Duration,
    },
    /// By `Legacy`, since the breaker is open.
    BreakerOpen,
}

/// `Optimized` ran into its limit.
#[derive(Clone, Debug)]
pub struct FallBack {
    name: Cow<'static, str>,
    limit: Duration,
    after: Duration,
}

impl FallBack {
    /// What the [`Guard`] is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The limit.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// How long it took until then, as the client sees it.
    #[must_use]
    pub fn after(&self) -> Duration {
        self.after
    }
}

impl fmt::Display for FallBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, limit, after } = self;
        write!(
            f,
            "{name}: optimized was cancelled after {after:?} by its limit of {limit:?}; legacy is run"
        )
    }
}

impl Guard {
    /// One with these limits for a statement of `Optimized` and of `Legacy`; a millisecond is the least. The name says of what
    /// it is.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, optimized: Duration, legacy: Duration) -> Self {
        Self {
            name: name.into(),
            optimized,
            legacy,
            breaker: None,
            tell: None,
            clock: Arc::new(Instant::now),
        }
    }

    /// Runs `Legacy` at once, for a while, after the limit was reached several times. Without it, `Optimized` is always tried.
    ///
    /// It counts over requests, so that it must outlive them: with the guard, or as a clone, since clones share what they have
    /// seen. A new one for each request never opens.
    #[must_use]
    pub fn breaker(mut self, breaker: Breaker) -> Self {
        self.breaker = Some(breaker);
        self
    }

    /// Tells the host that the limit was reached, before `Legacy` is run; on the caller's thread or task, after the transaction
    /// or savepoint was left.
    #[must_use]
    pub fn on_fall_back(mut self, tell: impl Fn(&FallBack) + Send + Sync + 'static) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// What time it is for the breaker, in place of `Instant::now`: for tests that do not wait.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Runs a listing, an aggregate or a dashboard.
    ///
    /// # Errors
    ///
    /// * Those of its own `fetch`, except where the limit of `Optimized` is reached. If the client is in a transaction, it can
    ///   go on after them.
    /// * [`Error::Database`], which says so, if `Legacy` too ran into its limit.
    #[cfg(feature = "postgres")]
    pub fn fetch<T: TwoWays>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        asked: &T,
    ) -> Result<Guarded<T::Answer>, Error> {
        use crate::driver::session::{Blocking, at_once};
        at_once(self.perform(Blocking(client), asked))
    }

    /// As `fetch`, through an asynchronous client.
    ///
    /// # Errors
    ///
    /// As `fetch`.
    ///
    /// # Cancellation
    ///
    /// A future that is dropped before its end sends what leaves the transaction, and does not wait for it. The breaker does not
    /// count it: where the caller's deadline comes before the limit, it never opens. A host's own
    /// `Execute` that does not send when it is first polled leaves the transaction open.
    #[cfg(feature = "tokio-postgres")]
    pub async fn fetch_async<T: TwoWays>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        asked: &T,
    ) -> Result<Guarded<T::Answer>, Error> {
        let session = crate::driver::session::Asynchronous(client);
        self.perform(session, asked).await
    }

    /// Asks to try `Optimized`; else says why it is not tried.
    fn attempt(&self, chosen: Strategy) -> Result<Option<Attempt>, Way> {
        match (chosen, &self.breaker) {
            (Strategy::Legacy, _) => Err(Way::Legacy),
            (_, None) => Ok(None),
            (_, Some(breaker)) => match breaker.attempt((self.clock)()) {
                Some(attempt) => Ok(Some(attempt)),
                None => Err(Way::BreakerOpen),
            },
        }
    }

    async fn perform<S: Session, T: TwoWays>(
        &self,
        mut session: S,
        asked: &T,
    ) -> Result<Guarded<T::Answer>, Error> {
        let (attempt, way) = match self.attempt(asked.chosen()) {
            Ok(attempt) => (attempt, Way::Optimized),
            Err(way) => (None, way),
        };
        let first = match way {
            Way::Optimized => Strategy::Optimized,
            _ => Strategy::Legacy,
        };
        let statement = asked.one_way(first)?;
        let mut block = Block::enter(&mut session, BEGIN).await?;
        if way != Way::Optimized {
            return self.legacy(block, &statement, way).await;
        }
        let ran = match block.limit(self.optimized).await {
            Ok(()) => block.answers(&statement).await,
            Err(error) => return Err(error.into()),
        };
        match ran {
            Ok(answers) => {
                if let Some(attempt) = attempt {
                    attempt.succeeded();
                }
                // The answer is there, whatever becomes of a transaction that has only read.
                let _left = block.leave().await;
                let answer = statement.read(answers)?;
                Ok(Guarded { answer, way })
            }
            Err(refused) if is_over(&refused.error, refused.after, self.optimized) => {
                // The host may take its time: not in an open transaction.
                let left = block.leave().await;
                if let Some(attempt) = attempt {
                    attempt.tripped((self.clock)());
                }
                left?;
                let after = refused.after;
                if let Some(tell) = &self.tell {
                    tell(&FallBack {
                        name: self.name.clone(),
                        limit: self.optimized,
                        after,
                    });
                }
                block.reenter().await?;
                let statement = asked.one_way(Strategy::Legacy)?;
                self.legacy(block, &statement, Way::FellBack { after })
                    .await
            }
            Err(refused) => {
                // What the statement says comes first.
                let _left = block.leave().await;
                Err(explained(&statement, refused))
            }
        }
    }

    async fn legacy<S: Session, R: Runs>(
        &self,
        mut block: Block<'_, S>,
        statement: &R,
        way: Way,
    ) -> Result<Guarded<R::Answer>, Error> {
        block.limit(self.legacy).await?;
        match block.answers(statement).await {
            Ok(answers) => {
                let _left = block.leave().await;
                let answer = statement.read(answers)?;
                Ok(Guarded { answer, way })
            }
            Err(refused) => {
                let _left = block.leave().await;
                Err(self.over(statement, refused))
            }
        }
    }

    /// What `Legacy` was refused for.
    fn over<R: Runs>(&self, statement: &R, refused: Refused) -> Error {
        let is_over = is_over(&refused.error, refused.after, self.legacy);
        match explained(statement, refused) {
            Error::Database { source, .. } if is_over => Error::Database {
                context: Some(format!("legacy, within its limit of {:?}", self.legacy)),
                source,
            },
            error => error,
        }
    }
}

/// Whether a statement was stopped by its limit.
fn is_over(error: &DriverError, after: Duration, limit: Duration) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::QUERY_CANCELED && is_by_limit(error.message(), after, limit)
    })
}

/// The server's clock for the limit starts after ours, and it is never early. The message is of the server's language; in
/// English it is certain.
fn is_by_limit(message: &str, after: Duration, limit: Duration) -> bool {
    match message {
        "canceling statement due to statement timeout" => true,
        "canceling statement due to user request" => false,
        _ => after >= limit,
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("name", &self.name)
            .field("optimized", &self.optimized)
            .field("legacy", &self.legacy)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_decides_where_the_message_is_not_known() {
        let limit = Duration::from_millis(100);
        let (before, after) = (Duration::from_millis(99), Duration::from_millis(101));
        let french = "annulation de la requ\u{ea}te \u{e0} cause du d\u{e9}lai";
        assert!(is_by_limit(french, after, limit));
        assert!(!is_by_limit(french, before, limit));
        assert!(!is_by_limit(
            "canceling statement due to user request",
            after,
            limit
        ));
        assert!(is_by_limit(
            "canceling statement due to statement timeout",
            after,
            limit
        ));
    }

    #[test]
    fn no_limit_is_no_limit_at_all() {
        use crate::strategy::block::milliseconds;
        assert_eq!(milliseconds(Duration::ZERO), 1);
        assert_eq!(milliseconds(Duration::from_nanos(1_000_001)), 2);
        assert_eq!(milliseconds(Duration::MAX), 2_147_483_647);
    }
}

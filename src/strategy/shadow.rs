//! Both strategies, compared, on the way from one to the other: [`Shadow`].

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Strategy;
use super::block::{self, Block, Refused};
use super::difference::Differences;
use super::shown::Shown;
use super::tolerance::Tolerance;
use super::two_ways::{Runs, TwoWays};
use crate::driver::session::Session;
use crate::driver::wire::Row;
use crate::error::Error;

/// All statements of it see the same data, and none changes any.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Runs both strategies, compares what they show, tells the host, and gives the answer of [`Strategy::Legacy`].
///
/// What a switch or a builder says of the strategy does not matter here: the answer is that of `Legacy`, and whatever
/// goes wrong with `Optimized` is told and changes nothing for the caller.
///
/// * *Compared* is everything that is shown: of a page its rows with all their values, their order, the total, and
///   whether there is a page before and after; of aggregates each number of each row; of a dashboard each value of each
///   panel. Sums and averages of floating-point numbers have a [`Tolerance`].
/// * *The same data*: outside of a transaction, both run in one of their own, `REPEATABLE READ READ ONLY`. If the client is
///   in a transaction, they run in a savepoint of that. One that is `READ COMMITTED`, PostgreSQL's default, shows each
///   statement what was committed before it: what differs may be a write in between, and is told as
///   [`Outcome::Unconfirmed`]. So is what differs where a statement that the server has forgotten was prepared again, since
///   the transaction had to be begun again for it.
/// * *Privacy*: what differs is told with the values of the rows, and printed by the `Display` and `Debug` of [`Differences`].
/// * *What it costs*: both statements one after the other, `Legacy` first, and four short commands (five in the host's
///   transaction; one more with [`limit`](Self::limit)). So that it can run in production, it can be done for
///   [`one_in`](Self::one_in) so many calls.
/// * *In a monitor*, both ways are counted, in the budget and in the number of queries too, and have one name, if they are run by
///   one: their times are in the same percentiles. Where their texts are registered with the collector, and they are run
///   without a name, they have two.
///
/// # One at a time
///
/// Nothing else may use the same client or transaction meanwhile. The blocking clients see to that themselves. A shared
/// asynchronous client does not: what another task
/// writes would fall between SAVEPOINT and ROLLBACK TO SAVEPOINT, and be undone, or into a transaction that is read only, and
/// fail.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use pagewise::chat::{self, Session};
/// use pagewise::strategy::{Outcome, Shadow};
/// use pagewise::{Listing, Page};
///
/// let shadow = Shadow::new("sessions page", |comparison| match comparison.outcome() {
///     Outcome::Different(differences) => eprintln!("{}: {differences}", comparison.name()),
///     Outcome::Failed(error) => eprintln!("{}: {error}", comparison.name()),
///     _ => {}
/// })
/// .one_in(100)
/// .limit(Duration::from_secs(2));
///
/// # fn example(client: &mut postgres::Client, shadow: &Shadow) -> Result<(), pagewise::Error> {
/// let listing = Listing::of(Session).tenant(7).show(&chat::message_timestamps()).page(Page::first(25));
/// let rows = shadow.fetch(client, &listing)?; // those of `Legacy`
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Shadow {
    name: Cow<'static, str>,
    tell: Arc<dyn Fn(&Comparison) + Send + Sync>,
    one_in: u32,
    calls: Arc<AtomicU64>,
    tolerance: Tolerance,
    listed: usize,
    limit: Option<Duration>,
}

/// What came of a comparison.
#[derive(Debug)]
pub struct Comparison {
    name: Cow<'static, str>,
    outcome: Outcome,
    legacy_took: Duration,
    optimized_took: Option<Duration>,
}

/// Whether both strategies show the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// They do.
    Same,
    /// They do not, of the same data.
    Different(Differences),
    /// They do not, but the client was in a `READ COMMITTED` transaction, or the transaction was begun again for a statement
    /// that had to be prepared again: it may be a write that was committed between the two statements.
    Unconfirmed(Differences),
    /// `Optimized` could not be built, run or read.
    Failed(Error),
}

impl Comparison {
    /// What the [`Shadow`] is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both show the same.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// How long `Legacy` took, as the client sees it.
    #[must_use]
    pub fn legacy_took(&self) -> Duration {
        self.legacy_took
    }

    /// How long `Optimized` took; `None` if it was not run to its end.
    ///
    /// It comes second, and finds in memory what `Legacy` has read.
    #[must_use]
    pub fn optimized_took(&self) -> Option<Duration> {
        self.optimized_took
    }
}

impl Shadow {
    /// One that tells what comes of each comparison, also if both show the same. The name says of what it is.
    ///
    /// It is told after the transaction was left, on the caller's thread or task, before the caller has its answer.
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        tell: impl Fn(&Comparison) + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            tell: Arc::new(tell),
            one_in: 1,
            calls: Arc::new(AtomicU64::new(0)),
            tolerance: Tolerance::default(),
            listed: Differences::LISTED,
            limit: None,
        }
    }

    /// Compares one of so many calls, beginning with the first; the others run `Legacy` only, as its `fetch` does. 1, if
    /// nothing is said; with 0, none is compared.
    ///
    /// Calls are counted, over all clones, and not drawn.
    #[must_use]
    pub fn one_in(mut self, calls: u32) -> Self {
        self.one_in = calls;
        self
    }

    /// How far numbers may be apart.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// How many differences are listed; [`Differences::LISTED`], if nothing is said. All are counted.
    #[must_use]
    pub fn list_up_to(mut self, differences: usize) -> Self {
        self.listed = differences;
        self
    }

    /// How long `Optimized` may take (`statement_timeout`, for that statement only), so that the caller does not wait for a
    /// plan gone wrong. No limit of its own, if nothing is said.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs a listing, an aggregate or a dashboard, and gives the answer of `Legacy`.
    ///
    /// # Errors
    ///
    /// Those that `Legacy` has alone. If the client is in a transaction, it can go on after them where the call is compared;
    /// where it is not, they abort it, as they do in its own `fetch`.
    #[cfg(feature = "postgres")]
    pub fn fetch<T: TwoWays>(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        asked: &T,
    ) -> Result<T::Answer, Error> {
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
    /// A future that is dropped before its end sends what leaves the transaction, and does not wait for it. A host's own
    /// `Execute` that does not send when it is first polled leaves the transaction open.
    #[cfg(feature = "tokio-postgres")]
    pub async fn fetch_async<T: TwoWays>(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        asked: &T,
    ) -> Result<T::Answer, Error> {
        let session = crate::driver::session::Asynchronous(client);
        self.perform(session, asked).await
    }

    fn is_compared(&self) -> bool {
        match self.one_in {
            0 => false,
            one_in => {
                let calls = self.calls.fetch_add(1, Ordering::Relaxed);
                calls.is_multiple_of(u64::from(one_in))
            }
        }
    }

    async fn perform<S: Session, T: TwoWays>(
        &self,
        mut session: S,
        asked: &T,
    ) -> Result<T::Answer, Error> {
        let legacy = asked.one_way(Strategy::Legacy)?;
        if !self.is_compared() {
            let answers = block::answers(&mut session, &legacy).await;
            return legacy.read(answers.map_err(|refused| explained(&legacy, refused))?);
        }
        let mut block = Block::enter(&mut session, BEGIN).await?;
        let start = Instant::now();
        let of_legacy = block.answers(&legacy).await;
        let legacy_took = start.elapsed();
        let of_legacy = match of_legacy {
            Ok(answers) => answers,
            Err(refused) => {
                // What `Legacy` says comes first.
                let _left = block.leave().await;
                return Err(explained(&legacy, refused));
            }
        };
        let ran = self.optimized(&mut block, asked).await;
        let one_snapshot = block.has_one_snapshot();
        let left = block.leave().await;

        let (answer, shown) = legacy.read_shown(of_legacy)?;
        let (outcome, optimized_took) = match left.map_err(Error::from).and(ran) {
            Ok((shown_by_optimized, took)) => {
                let compared = self.compared(shown, shown_by_optimized, one_snapshot);
                (compared, Some(took))
            }
            Err(error) => (Outcome::Failed(error), None),
        };
        (self.tell)(&Comparison {
            name: self.name.clone(),
            outcome,
            legacy_took,
            optimized_took,
        });
        Ok(answer)
    }

    /// What the other way shows, and how long it took.
    async fn optimized<S: Session, T: TwoWays>(
        &self,
        block: &mut Block<'_, S>,
        asked: &T,
    ) -> Result<(Result<Shown, Error>, Duration), Error> {
        let statement = asked.one_way(Strategy::Optimized)?;
        if let Some(limit) = self.limit {
            block.limit(limit).await?;
        }
        let start = Instant::now();
        let answers: Result<Vec<Vec<Row>>, Refused> = block.answers(&statement).await;
        let took = start.elapsed();
        let answers = answers.map_err(|refused| explained(&statement, refused))?;
        let (_, shown) = statement.read_shown(answers)?;
        Ok((shown, took))
    }

    fn compared(
        &self,
        legacy: Result<Shown, Error>,
        optimized: Result<Shown, Error>,
        one_snapshot: bool,
    ) -> Outcome {
        let (legacy, optimized) = match (legacy, optimized) {
            (Ok(legacy), Ok(optimized)) => (legacy, optimized),
            (Err(error), _) | (_, Err(error)) => return Outcome::Failed(error),
        };
        let differences = legacy.differences_up_to(&optimized, self.tolerance, self.listed);
        match (differences.is_empty(), one_snapshot) {
            (true, _) => Outcome::Same,
            (false, true) => Outcome::Different(differences),
            (false, false) => Outcome::Unconfirmed(differences),
        }
    }
}

/// What was refused, as the statement's own `fetch` says it.
pub(super) fn explained<R: Runs>(statement: &R, refused: Refused) -> Error {
    statement.explain(refused.error.into())
}

impl fmt::Debug for Shadow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shadow")
            .field("name", &self.name)
            .field("one_in", &self.one_in)
            .field("tolerance", &self.tolerance)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

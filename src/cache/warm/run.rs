//! Warming through a driver.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::super::store::ResultCache;
use super::report::{WarmOutcome, Warmed};
use super::warming::Warming;

type Panic = Box<dyn Any + Send>;

/// What a panic leaves half-changed is a transaction, which is rolled back.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(run))
}

#[cfg(feature = "tokio-postgres")]
async fn caught_async<F: Future>(run: impl FnOnce() -> F) -> Result<F::Output, Panic> {
    let mut future = std::pin::pin!(run());
    std::future::poll_fn(|context| {
        use std::task::Poll;
        match caught(|| future.as_mut().poll(context)) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn warmed(key: String, began: Instant, outcome: Result<WarmOutcome, Panic>) -> Warmed {
    Warmed {
        key,
        outcome: outcome.unwrap_or_else(|panic| failed(&*panic)),
        took: began.elapsed(),
    }
}

/// A panic, by what it said.
fn failed(panic: &(dyn Any + Send)) -> WarmOutcome {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    WarmOutcome::Failed {
        reason: format!("it panicked: {}", said.unwrap_or("no text")),
    }
}

macro_rules! runs {
    (
        [$($asynchronous:ident)?] [$($wait:tt)*] [$client:ty]
        $run:ident $task:ident $caught:ident: $(#[doc = $doc:literal])+
    ) => {
        impl Warming {
            $(#[doc = $doc])+
            pub $($asynchronous)? fn $run(
                &self,
                cache: &ResultCache,
                client: &mut $client,
                of_team: impl Fn(i64) -> Vec<super::$task>,
            ) {
                while !client.is_closed()
                    && let Some(mut turn) = self.next()
                {
                    let began = Instant::now();
                    let tasks = caught(|| of_team(turn.team)).unwrap_or_else(|panic| {
                        turn.results.push(warmed(String::new(), began, Err(panic)));
                        Vec::new()
                    });
                    let mut tasks = tasks.into_iter();
                    while !client.is_closed()
                        && let Some(task) = tasks.next()
                    {
                        let began = Instant::now();
                        let outcome = $caught(|| (task.run)(cache, client))$($wait)*;
                        turn.results.push(warmed(task.key, began, outcome));
                    }
                    if tasks.len() == 0 {
                        turn.done();
                    }
                }
            }
        }
    };
}

#[cfg(feature = "postgres")]
runs!(
    [] [] [postgres::Client]
    run WarmTask caught:
    /// Warms one team after another, until none is left or the connection is lost.
    ///
    /// `of_team` says what is to be warmed of a team. A panic in it, or in what computes, counts as a failure of the team or
    /// the result.
);

#[cfg(feature = "tokio-postgres")]
runs!(
    [async] [.await] [tokio_postgres::Client]
    run_async WarmTaskAsync caught_async:
    /// Warms one team after another through an asynchronous client, until none is left or the connection is lost.
    ///
    /// `of_team` says what is to be warmed of a team. A panic in it, or in what computes, counts as a failure of the team or
    /// the result. For several at a time, spawn as many tasks, each with a client of its own, that share this in an
    /// [`Arc`](std::sync::Arc).
    ///
    /// Where a future is dropped, what has come of its team is told, and another may go on with it.
);

//! Warming through a driver.

use std::time::Instant;

use super::super::store::ResultCache;
use super::report::{TeamWarmed, WarmOutcome, Warmed};
use super::warming::Warming;

#[cfg(feature = "postgres")]
impl Warming {
    /// Warms one team after another, until none is left or the connection is lost.
    ///
    /// `of_team` says what is to be warmed of a team. A panic in it, or in what computes, counts as a failure of the team or
    /// the result.
    pub fn run(
        &self,
        cache: &ResultCache,
        client: &mut postgres::Client,
        of_team: impl Fn(i64) -> Vec<super::WarmTask>,
    ) {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        while !client.is_closed()
            && let Some(team) = self.next()
        {
            let mut results = Vec::new();
            // What a panic leaves half-changed is a transaction, which is rolled back.
            let tasks = catch_unwind(AssertUnwindSafe(|| of_team(team)));
            let tasks = tasks.unwrap_or_else(|panic| {
                results.push(failed(String::new(), Instant::now(), &*panic));
                Vec::new()
            });
            for task in tasks {
                let began = Instant::now();
                let outcome = catch_unwind(AssertUnwindSafe(|| (task.run)(cache, client)));
                results.push(match outcome {
                    Ok(outcome) => Warmed {
                        key: task.key,
                        outcome,
                        took: began.elapsed(),
                    },
                    Err(panic) => failed(task.key, began, &*panic),
                });
            }
            self.done(TeamWarmed { team, results });
        }
    }
}

/// A panic, by what it said.
#[cfg(feature = "postgres")]
fn failed(key: String, began: Instant, panic: &(dyn std::any::Any + Send)) -> Warmed {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Warmed {
        key,
        outcome: WarmOutcome::Failed {
            reason: format!("it panicked: {}", said.unwrap_or("no text")),
        },
        took: began.elapsed(),
    }
}

#[cfg(feature = "tokio-postgres")]
impl Warming {
    /// Warms one team after another through an asynchronous client, until none is left or the connection is lost.
    ///
    /// `of_team` says what is to be warmed of a team. For several at a time, spawn as many tasks, each with a client of its
    /// own, that share this in an [`Arc`](std::sync::Arc).
    pub async fn run_async(
        &self,
        cache: &ResultCache,
        client: &mut tokio_postgres::Client,
        of_team: impl Fn(i64) -> Vec<super::WarmTaskAsync>,
    ) {
        while !client.is_closed()
            && let Some(team) = self.next()
        {
            let mut results = Vec::new();
            for task in of_team(team) {
                let began = Instant::now();
                let outcome: WarmOutcome = (task.run)(cache, client).await;
                results.push(Warmed {
                    key: task.key,
                    outcome,
                    took: began.elapsed(),
                });
            }
            self.done(TeamWarmed { team, results });
        }
    }
}

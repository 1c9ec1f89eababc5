//! Running a migration while another client tells how far it is.

use std::time::Duration;

use super::options::RunOptions;
use super::phases::Migration;
use super::progress::IndexProgress;
use super::report::MigrationReport;
use crate::driver::wire::Row;
use crate::error::Error;

/// How often it is asked.
const INTERVAL: Duration = Duration::from_millis(200);

const OWN_PROCESS: &str = "SELECT pg_backend_pid()";

impl Migration {
    /// Runs it as [`run`](Self::run) does; meanwhile, on a thread of its own, `watcher` asks five times a second how far the
    /// index is that is being built, and `progress` is told.
    ///
    /// If the watcher fails, nothing more is told, and the run goes on.
    ///
    /// ```no_run
    /// use pagewise::ddl::{Migration, RunOptions};
    ///
    /// # fn example(client: &mut postgres::Client, other: &mut postgres::Client, migration: &Migration) -> Result<(), pagewise::Error> {
    /// let report = migration.run_watched(client, other, &RunOptions::default(), |build| {
    ///     eprintln!("{:?} {:?} {:?}", build.index, build.phase, build.fraction());
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[cfg(feature = "postgres")]
    pub fn run_watched(
        &self,
        client: &mut impl crate::driver::postgres::Execute,
        watcher: &mut (impl crate::driver::postgres::Execute + Send),
        options: &RunOptions,
        mut progress: impl FnMut(&IndexProgress) + Send,
    ) -> Result<MigrationReport, Error> {
        use std::sync::atomic::{AtomicBool, Ordering};

        let process = process(&client.run(OWN_PROCESS, &[])?)?;
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let watching = scope.spawn(|| {
                while !is_over.load(Ordering::Acquire) {
                    let Ok(builds) = IndexProgress::read(watcher) else {
                        return;
                    };
                    tell(&builds, process, &mut progress);
                    std::thread::park_timeout(INTERVAL);
                }
            });
            let report = self.run(client, options);
            is_over.store(true, Ordering::Release);
            watching.thread().unpark();
            report
        })
    }

    /// As [`run_watched`](Self::run_watched), through asynchronous clients, in the same task.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[cfg(feature = "tokio-postgres")]
    pub async fn run_watched_async(
        &self,
        client: &impl crate::driver::tokio_postgres::Execute,
        watcher: &impl crate::driver::tokio_postgres::Execute,
        options: &RunOptions,
        mut progress: impl FnMut(&IndexProgress) + Send,
    ) -> Result<MigrationReport, Error> {
        use std::task::Poll;

        let process = process(&client.run(OWN_PROCESS, &[]).await?)?;
        let mut watching = Box::pin(async move {
            while let Ok(builds) = IndexProgress::read_async(watcher).await {
                tell(&builds, process, &mut progress);
                // The server waits: so it needs no clock of a runtime.
                let seconds = [INTERVAL.as_secs_f64().into()];
                let slept = watcher.run("SELECT pg_sleep($1::double precision)", &seconds);
                if slept.await.is_err() {
                    return;
                }
            }
        });
        let mut is_watched = true;
        let mut running = Box::pin(self.run_async(client, options));
        std::future::poll_fn(|context| {
            if let Poll::Ready(report) = running.as_mut().poll(context) {
                return Poll::Ready(report);
            }
            if is_watched && watching.as_mut().poll(context).is_ready() {
                is_watched = false;
            }
            Poll::Pending
        })
        .await
    }
}

fn process(rows: &[Row]) -> Result<i32, Error> {
    match rows.first() {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(super::look::unexpected("one row names the process")),
    }
}

fn tell(builds: &[IndexProgress], process: i32, progress: &mut impl FnMut(&IndexProgress)) {
    for build in builds.iter().filter(|build| build.process == process) {
        progress(build);
    }
}

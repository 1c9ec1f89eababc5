//! How a migration is run: [`RunOptions`].

use std::time::Duration;

/// How long a run waits, for what, and how often it tries again.
///
/// ```
/// use std::time::Duration;
/// use pagewise::ddl::RunOptions;
///
/// let patient = RunOptions::default()
///     .lock_timeout(Duration::from_secs(1))
///     .attempts(20)
///     .wait_for_others(Duration::from_secs(600));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    pub(super) lock_timeout: Duration,
    pub(super) index_lock_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) attempts: u32,
    pub(super) pause: Duration,
    pub(super) wait_for_others: Duration,
}

impl Default for RunOptions {
    /// See each method for what it is without it.
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(3),
            index_lock_timeout: Duration::from_secs(600),
            statement_timeout: None,
            attempts: 5,
            pause: Duration::from_secs(1),
            wait_for_others: Duration::ZERO,
        }
    }
}

impl RunOptions {
    /// How long a statement waits for a lock, at most (`lock_timeout`): behind it, everybody waits who wants the table. 3
    /// seconds if nothing is said.
    ///
    /// It is not for indexes, see [`index_lock_timeout`](Self::index_lock_timeout).
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// The same for indexes that are built, made anew or dropped concurrently: ten minutes if nothing is said.
    ///
    /// They wait for each transaction that began before them, which may be a report of an hour; and nobody who reads or
    /// writes waits behind them. A build that gives up has read the table for nothing, so that a short time here may mean
    /// that it never ends.
    #[must_use]
    pub fn index_lock_timeout(mut self, timeout: Duration) -> Self {
        self.index_lock_timeout = timeout;
        self
    }

    /// How long a statement may take (`statement_timeout`); zero is as long as it takes. What the session has is left as it
    /// is if nothing is said.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How often a step is tried that had to give way to a lock, a deadlock, or a build of the same index by somebody else; at
    /// least once. 5 times if nothing is said.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long to wait between two attempts: a second if nothing is said.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// How long to wait for another migration that is being run in the same database; not at all if nothing is said, which
    /// is [`MigrationError::AlreadyRunning`](super::MigrationError::AlreadyRunning).
    #[must_use]
    pub fn wait_for_others(mut self, time: Duration) -> Self {
        self.wait_for_others = time;
        self
    }
}

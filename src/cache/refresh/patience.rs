//! How long one waits for another's result: [`Patience`].

use std::time::{Duration, Instant};

use super::error::RefreshError;

/// For how long one waits, if nothing is said.
pub(in crate::cache) const WAIT: Duration = Duration::from_secs(10);

/// The first pause: most results take no longer.
const SHORTEST: Duration = Duration::from_millis(10);
/// No pause is longer, so that the end of the other is soon seen.
const LONGEST: Duration = Duration::from_millis(100);

/// The time that is left to wait, in pauses that grow.
#[derive(Debug)]
pub(super) struct Patience {
    began: Instant,
    wait: Duration,
    pause: Duration,
}

impl Patience {
    pub fn new(wait: Duration) -> Self {
        Self {
            began: Instant::now(),
            wait,
            pause: SHORTEST,
        }
    }

    /// The time that is left.
    #[cfg(feature = "postgres")]
    pub fn left(&self) -> Duration {
        self.wait.saturating_sub(self.began.elapsed())
    }

    /// The next pause; an error if there is no time left for one.
    pub fn pause(&mut self, key: &str) -> Result<Duration, RefreshError> {
        let left = self.wait.saturating_sub(self.began.elapsed());
        if left.is_zero() {
            return Err(self.timed_out(key));
        }
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(pause)
    }

    pub fn timed_out(&self, key: &str) -> RefreshError {
        RefreshError::TimedOut {
            key: key.to_owned(),
            waited: self.began.elapsed(),
        }
    }
}

//! What was read of a database, kept until it is too old: [`Kept`].

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What knows when it was read.
pub(crate) trait Aged: Clone {
    /// How long ago it was read.
    fn age(&self) -> Duration;
}

/// The newest that was read; shared between threads.
///
/// No lock is held while the database is waited for: while one reads a new one, the others go on with the old one. Where
/// there is none to go on with, each reads.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    max_age: Duration,
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    kept: Option<T>,
    /// Somebody is reading a new one.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    reading: bool,
}

impl<T: Aged> Kept<T> {
    pub fn new(max_age: Duration) -> Self {
        Self {
            max_age,
            state: Mutex::new(State {
                kept: None,
                #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
                reading: false,
            }),
        }
    }

    /// What is kept, if it is not too old.
    pub fn fresh(&self) -> Option<T> {
        self.latest().filter(|kept| kept.age() < self.max_age)
    }

    /// What is kept, however old.
    pub fn latest(&self) -> Option<T> {
        self.lock().kept.clone()
    }

    pub fn put(&self, new: T) {
        self.lock().kept = Some(new);
    }

    pub fn clear(&self) {
        self.lock().kept = None;
    }

    /// What to go on with, or the right to read a new one.
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    pub fn claim(&self) -> Result<T, Reading<'_, T>> {
        let mut state = self.lock();
        match &state.kept {
            Some(kept) if state.reading || kept.age() < self.max_age => Ok(kept.clone()),
            _ => {
                state.reading = true;
                Err(Reading(self))
            }
        }
    }
}

impl<T> Kept<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A panic elsewhere cannot leave the state half-changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to read; given back also where that fails.
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) struct Reading<'a, T>(&'a Kept<T>);

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl<T: Aged> Reading<'_, T> {
    pub fn keep(self, new: T) -> T {
        self.0.put(new.clone());
        new
    }
}

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
impl<T> Drop for Reading<'_, T> {
    fn drop(&mut self) {
        self.0.lock().reading = false;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Aged, Kept};

    /// Read so many seconds ago.
    #[derive(Clone, Debug, PartialEq)]
    struct Read(u64);

    impl Aged for Read {
        fn age(&self) -> Duration {
            Duration::from_secs(self.0)
        }
    }

    fn kept_for_a_minute() -> Kept<Read> {
        Kept::new(Duration::from_secs(60))
    }

    #[test]
    fn what_is_too_old_is_still_there() {
        let kept = kept_for_a_minute();
        assert_eq!((kept.fresh(), kept.latest()), (None, None));
        kept.put(Read(59));
        assert_eq!(kept.fresh(), Some(Read(59)));
        kept.put(Read(60));
        assert_eq!((kept.fresh(), kept.latest()), (None, Some(Read(60))));
        kept.clear();
        assert_eq!(kept.latest(), None);
    }

    #[test]
    #[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
    fn one_reads_while_the_others_go_on() {
        let kept = kept_for_a_minute();
        assert!(
            kept.claim().is_err() && kept.claim().is_err(),
            "there is none to go on with"
        );
        kept.put(Read(61));
        let reading = kept.claim().expect_err("the first reads");
        assert!(kept.claim().is_ok(), "the others do not");
        drop(reading);
        let reading = kept.claim().expect_err("it failed: the next one reads");
        reading.keep(Read(0));
        assert_eq!(kept.fresh(), Some(Read(0)));
        assert!(kept.claim().is_ok());
    }
}

//! The stretch of time that a result is of: [`TimeRange`].

use chrono::{DateTime, TimeDelta, Utc};

use crate::aggregate::Window;
use crate::error::Error;

/// The stretch of time that a result is of, as it was asked for: one that moves with the clock stays one.
///
/// "The last 30 days" has one key, whenever it is asked for, and is computed up to when it is computed; as instants each
/// request would have a key of its own, and find nothing.
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::cache::TimeRange;
///
/// let now = Utc::now();
/// let month = TimeRange::Last(TimeDelta::days(30)).at(now)?;
/// assert_eq!((month.start(), month.end()), (now - TimeDelta::days(30), now));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeRange {
    /// So long, up to now, by the server's clock. Rows that are dated ahead of it, because the clock of who writes is, are in
    /// it from then on, but no change says so: a result shows them once it is too old.
    Last(TimeDelta),
    /// Between two instants.
    Between(Window),
}

impl TimeRange {
    /// The window that it is at an instant.
    ///
    /// # Errors
    ///
    /// [`Error::WindowEndsBeforeStart`] if the length is negative, or longer than time has been counted.
    pub fn at(self, now: DateTime<Utc>) -> Result<Window, Error> {
        match self {
            Self::Last(length) => Window::before(now, length),
            Self::Between(window) => Ok(window),
        }
    }
}

impl From<Window> for TimeRange {
    fn from(window: Window) -> Self {
        Self::Between(window)
    }
}

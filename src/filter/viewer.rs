//! Who looks, and when: [`Viewer`].

use chrono::{DateTime, Utc};

use crate::time_zone::TimeZone;

/// Whose days filters by dates are about, and since when "the last 7 days" are counted.
///
/// The host says what the time is: so a test, a cache and two statements of one request mean the same.
///
/// ```
/// use chrono::Utc;
/// use pagewise::filter::Viewer;
///
/// let viewer = Viewer::at(Utc::now()).in_zone("Africa/Johannesburg".parse()?);
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Viewer {
    /// Where the viewer's days begin.
    pub time_zone: TimeZone,
    /// What the time is.
    pub now: DateTime<Utc>,
}

impl Viewer {
    /// Somebody who looks at this time, in UTC.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            time_zone: TimeZone::UTC,
            now,
        }
    }

    /// The same in this zone.
    #[must_use]
    pub fn in_zone(mut self, time_zone: TimeZone) -> Self {
        self.time_zone = time_zone;
        self
    }
}

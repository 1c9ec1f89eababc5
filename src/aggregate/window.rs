//! Stretches of time: [`Window`].

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::Error;

/// A stretch of time, `[start, end)`: its start is part of it, its end is not, so that windows side by side neither
/// overlap nor leave a gap.
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use pagewise::aggregate::Window;
/// use pagewise::chat::Message;
///
/// let now = Utc::now();
/// let window = Window::before(now, TimeDelta::days(30))?;
/// let written = Message::CREATED_AT.within(window.range());
///
/// let refused = Window::new(now, now - TimeDelta::days(1)).unwrap_err();
/// assert!(refused.to_string().contains("ends before it starts"));
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Window {
    /// From `start`, and up to but without `end`. Empty if they are the same.
    ///
    /// # Errors
    ///
    /// [`Error::WindowEndsBeforeStart`].
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, Error> {
        if end < start {
            return Err(Error::WindowEndsBeforeStart { start, end });
        }
        Ok(Self { start, end })
    }

    /// From `start`, and up to but without `end`; empty if that is before.
    pub(crate) fn up_to(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self {
            start,
            end: Ord::max(start, end),
        }
    }

    /// So long, up to but without `end`.
    ///
    /// # Errors
    ///
    /// [`Error::WindowEndsBeforeStart`] if the length is negative, or longer than time has been counted.
    pub fn before(end: DateTime<Utc>, length: TimeDelta) -> Result<Self, Error> {
        match end.checked_sub_signed(length) {
            Some(start) => Self::new(start, end),
            None => Err(Error::WindowEndsBeforeStart {
                start: DateTime::<Utc>::MAX_UTC,
                end,
            }),
        }
    }

    /// When it starts.
    #[must_use]
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// When it ends: the first instant that is not part of it.
    #[must_use]
    pub fn end(&self) -> DateTime<Utc> {
        self.end
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> TimeDelta {
        self.end - self.start
    }

    /// As a range, for [`Column::within`](crate::Column::within).
    #[must_use]
    pub fn range(&self) -> Range<DateTime<Utc>> {
        self.start..self.end
    }
}

//! What one is given who asks for a result: [`Obtained`].

use chrono::{DateTime, Utc};

use super::super::entry::{Entry, Freshness};
use super::error::RefreshError;

/// A result, and where it comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Obtained<T> {
    /// The result.
    pub value: T,
    /// When it was computed, or just before that, by the server's clock.
    pub computed_at: DateTime<Utc>,
    /// Whether it was kept, and then whether it is fresh, or was computed for this answer.
    pub origin: Origin,
    /// What went wrong, if this is given in spite of it: what was kept, because it could not be computed anew; or what was
    /// computed, and could not be kept.
    pub failure: Option<RefreshError>,
}

/// Where a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It was there.
    Kept(Freshness),
    /// It was computed for this answer.
    #[non_exhaustive]
    Computed {
        /// Whether it is kept now: not if that failed, nor if one is there that was computed later.
        is_kept: bool,
    },
}

impl Origin {
    /// Whether it is what would be computed now, as far as its tier goes.
    #[must_use]
    pub const fn is_fresh(self) -> bool {
        match self {
            Self::Kept(freshness) => freshness.is_fresh(),
            Self::Computed { .. } => true,
        }
    }
}

impl Origin {
    /// How fresh what was kept is; `None` of what was computed.
    pub(super) const fn freshness(self) -> Option<Freshness> {
        match self {
            Self::Kept(freshness) => Some(freshness),
            Self::Computed { .. } => None,
        }
    }
}

impl<T> Obtained<T> {
    pub(super) fn kept(entry: Entry<T>) -> Self {
        Self {
            value: entry.value,
            computed_at: entry.computed_at,
            origin: Origin::Kept(entry.freshness),
            failure: None,
        }
    }

    /// What is there, since it could not be computed anew.
    pub(super) fn in_spite_of(
        failure: RefreshError,
        entry: Option<Entry<T>>,
    ) -> Result<Self, RefreshError> {
        match entry {
            Some(entry) => Ok(Self {
                failure: Some(failure),
                ..Self::kept(entry)
            }),
            None => Err(failure),
        }
    }

    /// Whether it was there, and nobody has to compute it soon.
    pub(in crate::cache) const fn is_fresh_for_now(&self) -> bool {
        matches!(self.origin, Origin::Kept(Freshness::Fresh))
    }

    /// Whether it was computed for this answer.
    #[must_use]
    pub const fn is_computed(&self) -> bool {
        matches!(self.origin, Origin::Computed { .. })
    }
}

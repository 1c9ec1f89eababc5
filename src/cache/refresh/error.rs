//! Why a result was not computed anew: [`RefreshError`].

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error as ThisError;

use super::definition::ComputeError;
use crate::error::Error;

/// Why a result was not computed anew, or not kept.
///
/// Cheap to clone: those who waited for one that failed are told the same.
#[derive(Clone, Debug, ThisError)]
#[non_exhaustive]
pub enum RefreshError {
    /// The one who was to compute it could not.
    #[error("the result {key:?} could not be computed: {}", with_causes(&**source))]
    #[non_exhaustive]
    Compute {
        /// The text of its key.
        key: String,
        /// What it said.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },

    /// It was not even begun: the database refused the transaction, the lock or the look.
    #[error("the result {key:?} could not be refreshed: {source}")]
    #[non_exhaustive]
    Refused {
        /// The text of its key.
        key: String,
        /// The database's error.
        source: Arc<Error>,
    },

    /// It was computed, and could not be kept.
    #[error("the result {key:?} was computed, but could not be kept: {source}")]
    #[non_exhaustive]
    NotKept {
        /// The text of its key.
        key: String,
        /// Why not.
        source: Arc<Error>,
    },

    /// Another session is computing it, and is not done in the time that one waits for it.
    #[error(
        "another session is computing the result {key:?}, and was not done within {waited:?}: allow stale results by the \
         kind's tier (`.stale_for(..)`), warm it, or wait longer (`.wait_for(..)`)"
    )]
    #[non_exhaustive]
    TimedOut {
        /// The text of its key.
        key: String,
        /// How long was waited.
        waited: Duration,
    },
}

impl RefreshError {
    pub(super) fn compute(key: &str, source: impl Into<ComputeError>) -> Self {
        Self::Compute {
            key: key.to_owned(),
            source: Arc::from(source.into()),
        }
    }

    pub(super) fn refused(key: &str, source: impl Into<Error>) -> Self {
        Self::Refused {
            key: key.to_owned(),
            source: Arc::new(source.into()),
        }
    }

    pub(super) fn not_kept(key: &str, source: impl Into<Error>) -> Self {
        Self::NotKept {
            key: key.to_owned(),
            source: Arc::new(source.into()),
        }
    }

    /// Whether another session was computing it for too long.
    #[must_use]
    pub const fn is_timed_out(&self) -> bool {
        matches!(self, Self::TimedOut { .. })
    }
}

/// Drivers say what has happened in the cause only ("db error").
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

//! Which errors of the server mean that a step had to give way, or that an index cannot be.

use crate::driver::wire::Error as DriverError;
use crate::driver::wire::error::SqlState;

/// It waited for a lock for too long, or was chosen to end a deadlock: to try again may help.
pub(super) fn is_lost(error: &DriverError) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::T_R_DEADLOCK_DETECTED)
    )
}

/// The transaction that the client is in has failed before.
pub(super) fn is_within_failed(error: &DriverError) -> bool {
    error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// An operator class or a collation that an index names is not there, or not for the type of its key.
pub(super) fn is_without_class(error: &DriverError) -> bool {
    matches!(
        error.code(),
        Some(
            &SqlState::UNDEFINED_OBJECT
                | &SqlState::INVALID_SCHEMA_NAME
                | &SqlState::DATATYPE_MISMATCH
        )
    )
}

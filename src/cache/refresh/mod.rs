//! Computing a result anew, by one of those who ask for it: [`ResultCache::get_or_compute`](super::ResultCache::get_or_compute).
//!
//! # Who computes
//!
//! Who finds a result fresh takes it, by one statement that locks nothing. Otherwise one of all sessions of the database gets
//! an advisory lock of the result, looks again, computes and keeps it, all in one transaction; the lock ends with it, however
//! it ends. In one process only one thread or task asks for the lock at a time.
//!
//! Who does not get it is given what is there, marked as stale, as far as the tier allows; where there is nothing it waits, and
//! looks again when the other is done. It is not handed the other's value: that may have begun to be computed before a change
//! that this one has seen.

mod definition;
mod error;
mod gate;
mod lock;
mod obtained;
mod patience;
mod run;

#[cfg(feature = "postgres")]
pub use definition::Compute;
#[cfg(feature = "tokio-postgres")]
pub use definition::ComputeAsync;
pub use definition::{ComputeError, Definition};
pub use error::RefreshError;
pub(super) use gate::Gates;
pub use obtained::{Obtained, Origin};
pub(super) use patience::WAIT;
pub(super) use run::OnBusy;

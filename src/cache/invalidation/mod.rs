//! What outdates results: notes of which rows were changed.
//!
//! This module owns the triggers that leave notes ([`Sources`]), those that are left by hand ([`Invalidation`]), their removal
//! ([`NotePurge`]), and what is kept in a process until a note drops it ([`LocalCopies`]). How a note makes a result outdated
//! is decided in `validity`.

mod catch_up;
mod copies;
mod function;
mod invalidate;
mod note;
mod purge;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod run;
mod source;
mod sources;
mod steps;

pub use catch_up::{CatchUp, CatchUpRow};
pub use copies::{CopyTicket, LocalCopies};
pub use invalidate::Invalidation;
pub use note::Note;
pub use purge::{NotePurge, NotesLeft};
pub use source::Source;
pub use sources::Sources;

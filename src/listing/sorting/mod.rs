//! How the values that rows are sorted by are found, where they are computed from other rows: in which form, and why.
//!
//! A page that is sorted by a computed value needs the value of every row before it knows its first. This module owns the
//! ways to get there, and the choice between them; every way gives the same rows.

mod choice;
mod columns;
mod cost;
mod form;
mod kept;
mod keys;
mod plain;
mod plan;
mod walk;
mod walk_length;

pub(super) use self::choice::{Circumstances, choose};
pub(super) use self::columns::lookups;
#[cfg(feature = "plan")]
pub(crate) use self::columns::needed;
pub use self::form::OrderForm;
pub(super) use self::keys::Keys;
pub(super) use self::plan::{Sorting, Walk};
pub(super) use self::walk::Walked;
#[cfg(feature = "plan")]
pub(crate) use self::walk::extreme;

/// How many related rows are walked down at most, unless the host says otherwise.
pub(super) const WALK_LIMIT: u32 = 32_768;

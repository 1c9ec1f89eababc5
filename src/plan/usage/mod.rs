//! Which indexes are of use, by PostgreSQL's own counts: those that nothing reads, those that another one makes needless, and
//! those that take more room than they need.
//!
//! This module owns the reports. What is done about them is the host's: nothing is dropped here. [`IndexUsage::reindex_step`]
//! and [`IndexUsage::drop_text`] are what would be done.

mod model;
mod redundant;
mod statement;

pub use model::{IndexUsage, UsageReport, UsageRow};
pub use redundant::{RedundantIndex, redundant_indexes};

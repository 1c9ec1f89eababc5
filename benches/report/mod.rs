//! What the reports on running statements share: a server with the reference data, ways to the same rows that are
//! compared and run in turns, and how what was measured is written down.

#![allow(dead_code, reason = "each report uses its part")]

use std::error::Error;

pub mod chart;
mod explain;
pub mod job;
pub mod markdown;
mod measure;
mod options;
pub mod result;
pub mod rows;
pub mod run;
pub mod targets;
mod terminal;

/// What may go wrong ends the report.
pub type Fallible<T> = Result<T, Box<dyn Error>>;

/// The largest team: 40 % of everything.
pub const TEAM: i64 = 1;
/// The rows of a page.
pub const SIZE: u32 = 25;
/// Up to where a capped total counts.
pub const CAP: u32 = 10_000;

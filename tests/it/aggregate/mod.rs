//! Numbers over sets of rows, alone and in series, groups and tables: all that is asked for is what plain loops over random
//! rows say.

#![expect(
    clippy::type_complexity,
    reason = "a value in SQL stands beside a function in memory"
)]

mod any_number;
mod asked;
mod bad_input;
mod batch;
mod case;
mod combined;
mod corners;
mod entities;
mod groups;
mod harness;
pub mod histogram;
mod laws;
mod listing;
mod measure;
mod related;
mod series;
mod set;
mod sql;

pub use series::bucket;

//! Materialized views: numbers that are computed for everybody now and then, and read by each tenant in no time.
//!
//! This module owns the declaration ([`MaterializedView`]), what of it adds up ([`Measure`]) and what does not
//! ([`DistinctCount`]), the statements that create, refresh and rebuild a view, and how it is read ([`ViewRows`], [`Rollup`]).
//! What its numbers are computed over are sets of rows: [`aggregate`](crate::aggregate). When to refresh it, the host says.

mod commands;
mod day;
mod definition;
mod error;
mod fingerprint;
mod layout;
mod measure;
mod reading;
mod rollup;
mod rows;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod run;
mod state;
mod view;

pub use commands::WhileRefreshed;
pub use day::{Instant, local_day, month_of, week_of};
pub use error::MaterializedViewError;
pub use measure::{
    Additive, DistinctCount, Measure, MeasureList, Measures, average, count, count_distinct, max,
    min, sum,
};
pub use rollup::Rollup;
pub use rows::ViewRows;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use run::Refreshed;
pub use state::ViewState;
pub use view::MaterializedView;

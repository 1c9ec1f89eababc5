//! Named, ranked conditions: [`Filter`], their [`FilterPipeline`], and how requests say them.
//!
//! This module owns what a filter *is*: its name, its rank, its operator, and how a request's words become one. What
//! a filter of Open Chat Studio *means* is in [`chat`](crate::chat); how conditions are written, in the listing.

mod error;
mod named;
mod operator;
mod pipeline;
mod request;
mod selectivity;

pub use error::FilterError;
pub use named::Filter;
pub use operator::Operator;
pub use pipeline::FilterPipeline;
pub use request::FilterRequest;
pub use selectivity::{Cost, Selectivity};

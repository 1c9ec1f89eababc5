//! Named, ranked conditions: [`Filter`], their [`FilterPipeline`], and how requests say them.
//!
//! This module owns what a filter *is*: its name, its rank, its operator, and how a request's words become one. What
//! a filter of Open Chat Studio *means* is in [`chat`](crate::chat); how conditions are written, in the listing.

mod column;
mod error;
mod meaning;
mod named;
mod operator;
mod pipeline;
mod request;
mod selectivity;
mod set;
mod viewer;

pub use column::FilterColumn;
pub use error::FilterError;
pub use meaning::{Meaning, Question};
pub use named::Filter;
pub use operator::Operator;
pub use pipeline::FilterPipeline;
pub use request::FilterRequest;
pub use selectivity::{Cost, Selectivity};
pub use set::{FilterSet, Lenient};
pub use viewer::Viewer;

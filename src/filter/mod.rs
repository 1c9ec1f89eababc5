//! Named, ranked conditions: [`Filter`], their [`FilterPipeline`], and how requests say them.
//!
//! This module owns what a filter *is*: its name, its rank, its operator, and how a request's words become one. What
//! a filter of Open Chat Studio *means* is in [`chat`](crate::chat); how conditions are written, in the listing.

mod before_texts;
mod column;
mod error;
#[cfg(feature = "query-string")]
mod list;
mod meaning;
mod named;
mod operator;
mod pipeline;
#[cfg(feature = "query-string")]
mod query_string;
mod request;
mod selectivity;
#[cfg(feature = "serde")]
mod serialized;
mod set;
mod viewer;

pub use column::FilterColumn;
pub use error::FilterError;
#[cfg(feature = "query-string")]
pub use list::ValueList;
pub use meaning::{Meaning, Question};
pub use named::Filter;
pub use operator::Operator;
pub use pipeline::FilterPipeline;
#[cfg(feature = "query-string")]
pub use query_string::FilterRequests;
pub use request::FilterRequest;
pub use selectivity::{Cost, Selectivity};
pub use set::{FilterSet, Lenient};
pub use viewer::Viewer;

//! Named, ranked conditions, their order, and how requests say them: [`Filter`], [`FilterPipeline`], [`FilterSet`].
//!
//! | word | meaning |
//! |---|---|
//! | [`FilterColumn`] | something that requests filter by: a text, a time, a choice, links, a column of another table, a host's own |
//! | [`FilterSet`] | the columns of one list; reads requests, strictly or leniently |
//! | [`FilterRequest`] | what a request says of one filter, in plain words: column, [`Operator`], values |
//! | [`Viewer`] | whose days "on" and "before" are about, and since when "the last 7 days" are counted |
//! | [`Filter`] | a condition with a name, a rank ([`Selectivity`]) and a [`Cost`] |
//! | [`FilterPipeline`] | filters in the order in which they are written; says why, and what it was asked for |
//! | [`FilterRequests`], [`ValueList`] | the filters of a query string, read and written (feature `query-string`) |
//!
//! # From a query string to a page, and back
//!
#![cfg_attr(feature = "query-string", doc = "```")]
#![cfg_attr(not(feature = "query-string"), doc = "```text")]
//! use chrono::Utc;
//! use pagewise::chat::{Participant, Session};
//! use pagewise::filter::{FilterColumn, FilterRequests, FilterSet, Viewer};
//! use pagewise::{Listing, Page};
//!
//! // Once.
//! let set = FilterSet::new()
//!     .column(FilterColumn::choice("state", Session::STATUS))
//!     .column(FilterColumn::time("created", Session::CREATED_AT))
//!     .column(FilterColumn::through(Session::participant(), FilterColumn::text("name", Participant::NAME)));
//!
//! // For each request. Strictly: all of it, or the first thing that is wrong with it.
//! let query = "f_state=active%7Ecomplete&op_state=any+of&f_created=2025-01-31&op_created=after";
//! let viewer = Viewer::at(Utc::now()).in_zone("Africa/Johannesburg".parse()?);
//! let pipeline = set.read(&FilterRequests::from_query_string(query).strict()?, &viewer)?;
//! let page = Listing::of(Session).tenant(7).filter_all(&pipeline).page(Page::first(25)).build()?;
//! assert_eq!(pipeline.to_query_string(), query);
//!
//! // Leniently: what can be taken of it, and two lists of what cannot.
//! let query = "f_state=active&op_state=any+of&f_name=&op_name=contains&f_colour=red&op_colour=any+of";
//! let asked = FilterRequests::from_query_string(query);
//! let understood = set.read_lenient(&asked.requests, &viewer);
//! let problems: Vec<_> = asked.problems.iter().chain(&understood.problems).map(ToString::to_string).collect();
//! assert_eq!(
//!     problems,
//!     [
//!         r#"the filter of "name" has no value: give one, or leave the filter out"#,
//!         r#"cannot filter by "colour": use one of state, created, name"#,
//!     ]
//! );
//! assert_eq!(understood.pipeline.to_query_string(), "f_state=active&op_state=any+of");
//! # Ok::<(), pagewise::Error>(())
//! ```
//!
//! This module owns what a filter *is*: its name, its rank, its operator, and how a request's words become one. What
//! a filter of Open Chat Studio *means* is in [`chat`](crate::chat); how conditions are written, in the
//! [`listing`](crate::listing).
//!
#![cfg_attr(
    not(feature = "query-string"),
    doc = "[`FilterRequests`]: crate#features\n[`ValueList`]: crate#features"
)]

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
pub(crate) use error::Quoted;
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

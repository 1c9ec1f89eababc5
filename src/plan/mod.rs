//! What PostgreSQL does to answer a statement, and whether that stays good: [`Explain`], [`Plan`], [`Checks`].
//!
//! A list page is fast because of its plan, and nothing in a host's code says when the plan changes: an index that was
//! dropped, a condition that no longer fits it, a table that grew. A host's own test can. It runs the statement that the
//! service runs, with its parameters, under `EXPLAIN (ANALYZE, BUFFERS)`, and checks what was read.
//!
//! ```no_run
//! use pagewise::chat::Session;
//! use pagewise::plan::{Checks, Explain, PlanError};
//! use pagewise::{Listing, Page};
//!
//! # fn example(client: &mut postgres::Client) -> Result<(), PlanError> {
//! let page = Listing::of(Session)
//!     .tenant(7)
//!     .order_by(Session::CREATED_AT.desc())
//!     .show(&Session::messages().count())
//!     .page(Page::first(25))
//!     .build()?;
//! let plan = Explain::new().analyze().run(client, &page)?;
//! Checks::new()
//!     .no_sequential_scan_above(1_000)
//!     .at_most_buffers(300)
//!     .at_most_rows_read_per_row(50.0)
//!     .no_sort_on_disk()
//!     .check(&plan)
//! # }
//! ```
//!
//! # On what data
//!
//! The plan of a table with a handful of rows says nothing: one block is read faster than an index, so PostgreSQL reads it
//! whole. Checks count rows for this reason, and a test wants enough of them, and an `ANALYZE` after they were written. To
//! see that an index can serve at all on a small table, [`Explain::set`] turns `enable_seqscan` off for one plan.
//!
//! # Which indexes
//!
//! [`WantsIndexes::wanted_indexes`] is what a builder's statement looks for, [`advise`] what of it is missing, and
//! [`Advice::check_by_building`] whether PostgreSQL would use it. [`UsageReport`] and [`redundant_indexes`] are about the indexes
//! that are there.
//!
//! This module owns asking for plans, reading and checking them, and the advice. It leaves nothing changed: what it runs
//! is rolled back.

mod advice;
mod checks;
mod error;
mod explain;
mod failures;
mod model;
mod read;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod run;
mod tree;
mod usage;
mod walk;

pub(crate) use advice::Wants;
pub use advice::{Advice, AdvisedIndex, Gain, WantedIndex, WantsIndexes, Workload, advise};
pub use checks::Checks;
pub use error::PlanError;
pub use explain::Explain;
pub use failures::{FailedCheck, FailedChecks};
pub use model::{Actual, Buffers, Plan, PlanNode, Sort, Worker};
pub use usage::{IndexUsage, RedundantIndex, UsageReport, UsageRow, redundant_indexes};

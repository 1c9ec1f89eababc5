//! Which indexes statements want, and which of those are worth while: [`advise`].
//!
//! A builder knows what its statement looks for: [`WantsIndexes::wanted_indexes`]. [`advise`] puts together what the
//! statements of a [`Workload`] want, leaves out what the [`Catalog`](crate::Catalog) already has, and ranks the rest. That is
//! a guess until it is checked: [`Advice::check_by_building`] builds the indexes in a transaction that is rolled back, and
//! keeps those that PostgreSQL plans with.

mod advise;
mod collect;
mod existing;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod trial;
mod want;
mod wanted;
mod workload;

pub use advise::{Advice, AdvisedIndex, Gain, advise};
pub(crate) use collect::Wants;
pub use wanted::{WantedIndex, WantsIndexes};
pub use workload::Workload;

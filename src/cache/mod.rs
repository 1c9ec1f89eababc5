//! Results that are kept in the database: what a dashboard shows is computed once, and read until it is outdated.

mod counts;
mod entry;
mod invalidation;
mod key;
mod key_value;
mod kind;
mod lookup;
mod purge;
mod put;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod refresh;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod run;
mod schema;
mod statistics;
mod store;
mod tier;
mod time_range;
mod validity;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod warm;

pub use counts::Counts;
pub use entry::{Entry, Freshness, Lookup, StaleReason, Ticket};
pub use invalidation::{
    CatchUp, CatchUpRow, CopyTicket, Invalidation, LocalCopies, Note, NotePurge, NotesLeft, Source,
    Sources,
};
pub use key::CacheKey;
pub use key_value::KeyValue;
pub use kind::CacheKind;
pub use lookup::LookupRow;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use put::LONGEST;
#[cfg(feature = "postgres")]
pub use refresh::Compute;
#[cfg(feature = "tokio-postgres")]
pub use refresh::ComputeAsync;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use refresh::{ComputeError, Definition, Obtained, Origin, RefreshError};
pub use schema::steps;
pub use statistics::{CacheStatistics, KindStatistics};
pub use store::ResultCache;
pub use tier::Tier;
pub use time_range::TimeRange;
#[cfg(feature = "postgres")]
pub use warm::WarmTask;
#[cfg(feature = "tokio-postgres")]
pub use warm::WarmTaskAsync;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use warm::{TeamWarmed, WarmOutcome, WarmReport, Warmed, Warming};

//! Dashboards: numbers, series and tables over sets of rows, several of them in one statement.
//!
//! A host says which rows are meant, [`Rows`], and what is computed of them, [`Number`]; the same numbers are then shown
//! alone ([`CombinedAggregate`]), for each stretch of time ([`Series`]), for each group ([`Groups`]), for each row that
//! they belong to ([`GroupedListing`]); how values are spread is a [`Histogram`]; and a [`Batch`] puts several of these into one
//! statement. Each set is found once in a statement, whoever reads it.

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod answer;
mod batch;
pub(crate) mod bucket;
mod combined;
mod grouped_listing;
mod groups;
mod histogram;
mod leaves;
mod number;
mod part;
mod rows;
mod series;
mod set;
mod stretches;
mod window;

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use answer::Cells;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub use answer::{AggregateRow, BatchAnswer, Bin, GroupedRows, SeriesRow, SeriesRows};
pub use batch::{Batch, Handle};
pub use bucket::{Bucket, bucket_start};
pub use combined::CombinedAggregate;
pub use grouped_listing::GroupedListing;
pub use groups::Groups;
pub use histogram::Histogram;
pub use number::{Number, NumberList, NumberOrder, Numbers};
pub use part::{AggregateStatement, Part};
pub use rows::{Rows, Values};
pub use series::{Series, Top};
pub use window::Window;

pub(crate) use number::{Aggregated, NumberNode, NumberValue};
pub(crate) use part::{Output, OutputValue, Whose, Writer, Written, sealed, whose};
#[cfg(feature = "plan")]
pub(crate) use rows::Required;
pub(crate) use rows::{RowsNode, ValuesNode};
pub(crate) use series::of_rows;
pub(crate) use set::{Joins, write_set};
pub(crate) use stretches::stretches;

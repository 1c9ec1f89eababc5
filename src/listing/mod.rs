//! One page of a list: [`Listing`], [`Page`], [`Cursor`] and the [`PageStatement`] that they make.
//!
//! This module owns the shape of the statement: the page first, expensive values after. What the values are is
//! owned by [`annotation`](crate::annotation), how conditions are written by [`predicate`](crate::predicate).

mod after_page;
mod bounded;
mod builder;
mod choice;
mod conjuncts;
mod cursor;
mod forms;
mod keyset;
mod legacy;
mod link_limits;
mod optimized;
mod outputs;
mod page;
mod page_columns;
mod page_statement;
mod request;
mod selection;
mod sort_fields;
mod sorting;
mod total;
mod visible_columns;
mod wrap;

pub use builder::Listing;
pub use cursor::{Cursor, CursorError};
pub use forms::LinkForm;
pub use link_limits::LinkLimits;
pub use page::{Page, Total, TotalCount};
pub use page_statement::PageStatement;
pub(crate) use selection::Shown;
pub use selection::{Selectable, Selection, Shows};
pub use sort_fields::SortFields;
pub use sorting::OrderForm;
#[cfg(feature = "plan")]
pub(crate) use sorting::{extreme, needed};
pub use visible_columns::{Visible, VisibleColumns};

#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
pub(crate) use page_statement::PageShape;

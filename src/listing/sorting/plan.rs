//! What was chosen.

use std::sync::Arc;

use crate::annotation::AnnotationNode;
use crate::order::Nulls;
use crate::report::Report;

/// How the sort keys of a page are found.
#[derive(Debug, Default)]
pub(in crate::listing) struct Sorting {
    /// Values that are computed in one pass for all rows.
    pub grouped: Vec<Arc<AnnotationNode>>,
    /// Shown values that are read in one pass for all rows of the page.
    pub shown_at_once: Vec<Arc<AnnotationNode>>,
    /// The newest related rows first.
    pub walk: Option<Walk>,
    /// Rows in which the first sort key is NULL are read apart from the others.
    pub nulls_apart: bool,
    /// Where the index has NULL that has the rows in order, in the direction in which it is read: rows without any are
    /// sorted so, too, or PostgreSQL does not take it.
    pub index_nulls: Option<Nulls>,
    pub report: Report,
}

/// A walk down the newest related rows.
#[derive(Debug)]
pub(in crate::listing) struct Walk {
    /// The value by which the rows are sorted.
    pub annotation: Arc<AnnotationNode>,
    /// How many related rows are walked.
    pub rows: u64,
    /// Where the index has NULL, although none is walked: otherwise PostgreSQL does not take it.
    pub nulls: Nulls,
    /// It begins at the cursor's value; a look at each row tells whether it belongs further up.
    pub from_cursor: bool,
}

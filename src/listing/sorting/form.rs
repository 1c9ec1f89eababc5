//! The forms of a computed order: [`OrderForm`].

/// In which form the values are computed that a list is sorted by, where they are computed from other rows: the last
/// message of a session, the number of sessions of a chatbot.
///
/// Every form gives the same rows in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OrderForm {
    /// The listing chooses, by the [`Catalog`](crate::Catalog) that it has. Without one, each row has a sub-select of its
    /// own, which is bounded by the rows of the tenant if an index finds the related rows; but for a largest or least value of
    /// rows that name the tenant themselves, which are read in one pass: PostgreSQL may look for each row's along an index of
    /// all of the tenant's.
    #[default]
    Chosen,
    /// A sub-select for each row: `(SELECT max(..) FROM .. WHERE foreign_key = row.key)`. For a least or largest value that
    /// an index on `(foreign_key, value)` has, it is one look at that index.
    Probe,
    /// One pass over all related rows, grouped by what they belong to, and joined: `LEFT JOIN (SELECT foreign_key, count(*)
    /// FROM .. GROUP BY foreign_key) ..`. What is shown of the same rows is computed in the same pass, but for what has to be
    /// put into order, such as distinct counts. Rows are not sorted by distinct texts in one pass; these have a sub-select for
    /// each row all the same.
    Grouped,
    /// Down the newest related rows, in the order of an index, until the page is full; at most
    /// [`walk_limit`](crate::Listing::walk_limit) rows, and if that does not fill the page, one of the others. Only for what
    /// comes first in its own order: a list by its largest value, the largest first, or by its least, the least first, of
    /// rows that belong to it by one foreign key.
    Walk,
}

//! Which page of a listing, and whether its length is wanted.

use std::borrow::Cow;

use super::Cursor;
use crate::error::Error;
use crate::order::OrderNode;

/// Which page of a listing: how many rows, beginning where, and whether the length of the whole is wanted.
///
/// By offset ([`first`](Self::first), [`number`](Self::number), [`offset`](Self::offset)) or by keyset
/// ([`after`](Self::after), [`before`](Self::before), [`last`](Self::last)). PostgreSQL reads and drops every row
/// before an offset; a keyset page costs the same anywhere, and rows that come or go meanwhile do not shift it.
///
/// # Rows that change between two pages
///
/// A keyset page begins at a place, not at a row. Going from page to page, a row that keeps its sort keys all the while is seen
/// exactly once, and in order. One whose sort keys change, for computed ones a session that gets a message, may be seen
/// twice, if it moves to where one has not been yet, or not at all, if it moves to where one has been. Each page is what was
/// there when it was read: its values, its order and its total are of one moment.
///
/// A sum or an average of floating-point numbers is such a sort key even where no row changes: its last digits depend on the
/// order in which PostgreSQL comes to the rows. Sums and averages of whole numbers are exact.
///
/// # Example
///
/// ```
/// use pagewise::{Page, Total};
///
/// let first = Page::first(25).with_total(Total::Exact);
/// let third = Page::number(3, 25);
/// assert_eq!(third, Page::offset(50, 25));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub(super) size: u32,
    pub(super) position: Position,
    pub(super) total: Total,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Position {
    Offset(u64),
    After(Cursor),
    Before(Cursor),
    End,
}

/// Whether and how the rows of the whole listing are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Total {
    /// Not at all.
    #[default]
    None,
    /// All of them, in the same statement: `count(*)` over the same conditions.
    Exact,
    /// Up to so many, in the same statement: what "10 000+" needs, at a cost that does not grow.
    Capped(u32),
    /// What the planner guesses, by `EXPLAIN` in a second, cheap statement. Good for conditions on plain
    /// columns, far off for those over relations.
    Estimated,
}

/// How many rows the whole listing has, as far as was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TotalCount {
    /// Exactly so many.
    Exact(u64),
    /// More than so many: the cap of [`Total::Capped`].
    MoreThan(u64),
    /// About so many, as the planner guesses.
    Estimated(u64),
}

impl Page {
    fn new(size: u32, position: Position) -> Self {
        Self {
            size,
            position,
            total: Total::None,
        }
    }

    /// The first page.
    #[must_use]
    pub fn first(size: u32) -> Self {
        Self::offset(0, size)
    }

    /// The page of this number; the first is 1, and so is 0.
    #[must_use]
    pub fn number(number: u64, size: u32) -> Self {
        Self::offset(number.saturating_sub(1).saturating_mul(size.into()), size)
    }

    /// The page that begins after so many rows.
    #[must_use]
    pub fn offset(rows: u64, size: u32) -> Self {
        Self::new(size, Position::Offset(rows))
    }

    /// The page that begins after the row of the cursor.
    #[must_use]
    pub fn after(cursor: Cursor, size: u32) -> Self {
        Self::new(size, Position::After(cursor))
    }

    /// The page that ends before the row of the cursor, its rows in the listing's order.
    #[must_use]
    pub fn before(cursor: Cursor, size: u32) -> Self {
        Self::new(size, Position::Before(cursor))
    }

    /// The last rows of the listing, in the listing's order.
    #[must_use]
    pub fn last(size: u32) -> Self {
        Self::new(size, Position::End)
    }

    /// With the length of the whole listing.
    #[must_use]
    pub fn with_total(mut self, total: Total) -> Self {
        self.total = total;
        self
    }

    pub(super) fn total(&self) -> Total {
        self.total
    }

    pub(super) fn check(&self, limit: u32) -> Result<(), Error> {
        if self.size == 0 {
            return Err(Error::PageEmpty);
        }
        if self.size > limit {
            return Err(Error::PageTooLarge {
                size: self.size,
                limit,
            });
        }
        match self.position {
            Position::Offset(offset) if i64::try_from(offset).is_err() => {
                Err(Error::OffsetTooLarge { offset })
            }
            _ => Ok(()),
        }
    }

    /// Whether the statement counts all rows.
    pub(super) fn is_counted(&self) -> bool {
        matches!(self.total, Total::Exact | Total::Capped(_))
    }

    /// How many rows there are from where it is read to its end, and one more.
    pub(super) fn rows_to_end(&self) -> u64 {
        let before = match self.position {
            Position::Offset(offset) => offset,
            _ => 0,
        };
        before.saturating_add(self.rows_and_one())
    }

    /// As many rows at least, rounded up: few lengths, few texts. No more than PostgreSQL counts to.
    pub(super) fn rows_to_end_about(&self) -> u64 {
        const MOST: u64 = i64::MAX as u64;
        let about = self.rows_to_end().checked_next_power_of_two();
        about.unwrap_or(MOST).min(MOST)
    }

    /// How many rows it has, and one more.
    pub(super) fn rows_and_one(&self) -> u64 {
        u64::from(self.size) + 1
    }

    /// Whether rows are dropped before it.
    pub(super) fn has_offset(&self) -> bool {
        matches!(self.position, Position::Offset(offset) if offset > 0)
    }

    /// Whether it begins too far in for all rows before it to be looked at.
    pub(super) fn is_deep(&self) -> bool {
        const DEEP: u64 = 100;
        matches!(self.position, Position::Offset(offset) if offset > DEEP)
    }

    /// The sort keys in the direction in which the page is read.
    pub(super) fn scan_orders<'o>(&self, orders: &'o [OrderNode]) -> Cow<'o, [OrderNode]> {
        match self.is_backward() {
            true => orders.iter().cloned().map(OrderNode::reversed).collect(),
            false => orders.into(),
        }
    }

    /// Read from its end.
    pub(super) fn is_backward(&self) -> bool {
        matches!(self.position, Position::Before(_) | Position::End)
    }
}

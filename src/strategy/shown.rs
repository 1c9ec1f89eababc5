//! What an answer shows, value by value: [`Shown`].

use std::borrow::Cow;

use sea_query::Value;

use super::compare;
use super::difference::Differences;
use super::tolerance::Tolerance;
use crate::listing::TotalCount;
use crate::statement::OutputColumn;

/// What an answer shows, to be compared with what another shows.
///
/// `Shadow` makes it of answers by itself. With a driver of one's own, it is made of the values that were decoded.
///
/// # Example
///
/// ```
/// use pagewise::chat::Session;
/// use pagewise::schema::SqlType;
/// use pagewise::strategy::{Difference, Shown, ShownTable, Tolerance};
/// use pagewise::{Listing, Page, Strategy};
///
/// let listing = Listing::of(Session).tenant(7).show(Session::STATUS).page(Page::first(25));
/// let legacy = listing.build_as(Strategy::Legacy)?;
/// // Run both, and decode each value.
/// let row = |id: i64, status: &str| vec![id.into_value(), status.to_owned().into_value()];
/// let of_legacy = ShownTable::of("page", legacy.outputs()).rows([row(1, "active"), row(2, "active")]);
/// let of_optimized = ShownTable::of("page", legacy.outputs()).rows([row(1, "active"), row(2, "ended")]);
///
/// let differences = Shown::from(of_legacy).differences(&of_optimized.into(), Tolerance::default());
/// assert_eq!(differences.count(), 1);
/// assert_eq!(
///     differences.to_string(),
///     r#"page, row 2, "status": legacy 'active', optimized 'ended'"#
/// );
/// # Ok::<(), pagewise::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub(super) tables: Vec<ShownTable>,
}

/// A table of an answer: its columns and rows, and what is said of those that are not in it.
#[derive(Clone, Debug)]
pub struct ShownTable {
    pub(super) name: Cow<'static, str>,
    pub(super) columns: Vec<Cow<'static, str>>,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) total: Option<TotalCount>,
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
}

impl Shown {
    /// Of these tables, each of its own name.
    #[must_use]
    pub fn new(tables: impl IntoIterator<Item = ShownTable>) -> Self {
        Self {
            tables: tables.into_iter().collect(),
        }
    }

    /// What another answer shows differently: this one is of `Legacy`, the other of `Optimized`.
    ///
    /// Everything is compared: the columns, how many rows there are, each value of each row, the total, whether there is a
    /// page before and after. Rows are compared by their place, so that another order is a difference. Two estimates of a
    /// total are the same, whatever they say: they are guesses about two texts.
    #[must_use]
    pub fn differences(&self, optimized: &Self, tolerance: Tolerance) -> Differences {
        self.differences_up_to(optimized, tolerance, Differences::LISTED)
    }

    /// As [`differences`](Self::differences), so many of which are listed; all are counted.
    #[must_use]
    pub fn differences_up_to(
        &self,
        optimized: &Self,
        tolerance: Tolerance,
        listed: usize,
    ) -> Differences {
        compare::shown(self, optimized, tolerance, listed)
    }
}

impl From<ShownTable> for Shown {
    fn from(table: ShownTable) -> Self {
        Self::new([table])
    }
}

impl ShownTable {
    /// Without rows.
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        columns: impl IntoIterator<Item = impl Into<Cow<'static, str>>>,
    ) -> Self {
        Self {
            name: name.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            total: None,
            has_next: false,
            has_previous: false,
        }
    }

    /// Of the outputs of a statement, without rows.
    #[must_use]
    pub fn of(name: impl Into<Cow<'static, str>>, outputs: &[OutputColumn]) -> Self {
        Self::new(name, outputs.iter().map(|output| output.name.clone()))
    }

    /// With these rows, after those that it has.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// With the length of the whole.
    #[must_use]
    pub fn total(mut self, total: Option<TotalCount>) -> Self {
        self.total = total;
        self
    }

    /// Whether there is a page after it; false, if nothing is said.
    #[must_use]
    pub fn has_next(mut self, has_next: bool) -> Self {
        self.has_next = has_next;
        self
    }

    /// Whether there is a page before it; false, if nothing is said.
    #[must_use]
    pub fn has_previous(mut self, has_previous: bool) -> Self {
        self.has_previous = has_previous;
        self
    }
}

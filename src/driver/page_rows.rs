//! The rows of a page, and the way to its neighbours.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::row::Row;
use super::wire;
use crate::error::Error;
use crate::listing::{Cursor, PageShape, PageStatement, Total, TotalCount};

/// The rows of a page of a listing of `E`, and the way to the pages beside it.
///
/// It is a slice of [`Row`]s (by `Deref`), and a `for` takes it by reference or by value.
pub struct PageRows<E> {
    rows: Vec<Row<E>>,
    total: Option<TotalCount>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl<E> PageRows<E> {
    /// How many rows the whole listing has, if the page was asked for it.
    #[must_use]
    pub fn total(&self) -> Option<TotalCount> {
        self.total
    }

    /// The cursor for [`Page::after`](crate::Page::after) that gives the next page; `None` on the last, and on
    /// one without rows, which has no place in the order.
    ///
    /// A page with rows that was read backwards, by [`Page::before`](crate::Page::before), always has one: the row of
    /// its cursor came after it.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// The cursor for [`Page::before`](crate::Page::before) that gives the page before this one; `None` on the
    /// first, and on one without rows.
    #[must_use]
    pub fn previous_cursor(&self) -> Option<&Cursor> {
        self.previous.as_ref()
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row<E>] {
        &self.rows
    }

    /// The rows as the host's own type.
    ///
    /// # Errors
    ///
    /// The first error that `read` gives.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use chrono::{DateTime, Utc};
    /// use pagewise::chat::{self, Session};
    /// use pagewise::{Error, Listing, Page};
    ///
    /// struct SessionLine {
    ///     id: i64,
    ///     status: String,
    ///     last_message_at: Option<DateTime<Utc>>,
    /// }
    ///
    /// # fn example(client: &mut postgres::Client) -> Result<(), Error> {
    /// let messages = chat::message_timestamps();
    /// let page = Listing::of(Session)
    ///     .tenant(7)
    ///     .show((Session::STATUS, &messages.last))
    ///     .page(Page::first(25))
    ///     .build()?;
    /// let lines: Vec<SessionLine> = page.fetch(client)?.decode(|row| {
    ///     Ok(SessionLine {
    ///         id: row.get(Session::ID)?,
    ///         status: row.get(Session::STATUS)?,
    ///         last_message_at: row.get(&messages.last)?,
    ///     })
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn decode<T>(
        &self,
        read: impl FnMut(&Row<E>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.rows.iter().map(read).collect()
    }

    /// Reads the answer to a page's statement.
    pub(crate) fn read(
        page: &PageStatement<E>,
        answer: Vec<wire::Row>,
        estimate: Option<u64>,
    ) -> Result<Self, Error> {
        let shape = page.shape();
        let outputs = page.statement().shared_outputs();
        let mut rows: Vec<Row<E>> = answer
            .into_iter()
            .map(|row| Row::new(row, Arc::clone(&outputs), Arc::clone(&shape.values)))
            .collect();
        let total = total(shape, &rows, outputs.len(), estimate)?;
        if total.is_some() {
            // Beside its total, an empty page is one row of NULL: not even the key is there.
            if let [only] = rows.as_slice()
                && !only.is_present(0)?
            {
                rows.clear();
            }
        }
        let more = rows.len() > shape.size;
        if more {
            if shape.backward {
                rows.remove(0);
            } else {
                rows.truncate(shape.size);
            }
        }
        let (more_after, more_before) = if shape.backward {
            (shape.begins_within, more)
        } else {
            (more, shape.begins_within)
        };
        let cursor = |row: Option<&Row<E>>, wanted: bool| match row {
            Some(row) if wanted => shape.cursor(row).map(Some),
            _ => Ok(None),
        };
        Ok(Self {
            next: cursor(rows.last(), more_after)?,
            previous: cursor(rows.first(), more_before)?,
            rows,
            total,
        })
    }
}

impl PageShape {
    /// The place of a row.
    fn cursor<E>(&self, row: &Row<E>) -> Result<Cursor, Error> {
        let values = self
            .orders
            .iter()
            .map(|(at, data_type)| row.value(*at, *data_type));
        Ok(Cursor::new(
            self.fingerprint,
            values.collect::<Result<_, _>>()?,
        ))
    }
}

fn total<E>(
    shape: &PageShape,
    rows: &[Row<E>],
    columns: usize,
    estimate: Option<u64>,
) -> Result<Option<TotalCount>, Error> {
    let counted = || -> Result<u64, Error> {
        let first = rows.first().ok_or_else(|| Error::UnexpectedAnswer {
            reason: "a page with a total has no row".to_owned(),
        })?;
        let count: i64 = first.read(columns - 1)?;
        Ok(u64::try_from(count).unwrap_or_default())
    };
    Ok(match shape.total {
        Total::None => None,
        Total::Exact => Some(TotalCount::Exact(counted()?)),
        Total::Capped(cap) => {
            let cap = u64::from(cap);
            let counted = counted()?;
            Some(if counted > cap {
                TotalCount::MoreThan(cap)
            } else {
                TotalCount::Exact(counted)
            })
        }
        Total::Estimated => estimate.map(TotalCount::Estimated),
    })
}

/// The planner's guess in the first line of an `EXPLAIN`: `.. (cost=0.29..8.31 rows=12 width=4)`.
pub(crate) fn estimated_rows(answer: &[wire::Row]) -> Result<u64, Error> {
    let line: String = match answer.first() {
        Some(row) => row.try_get(0)?,
        None => String::new(),
    };
    let digits = line.split_once(" rows=").map(|(_, rest)| rest);
    let digits = digits.map(|rest| {
        rest.split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap_or_default()
    });
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Error::UnexpectedAnswer {
            reason: format!("EXPLAIN begins with {line:?}, where no rows=.. is"),
        })
}

impl<E> Deref for PageRows<E> {
    type Target = [Row<E>];
    fn deref(&self) -> &[Row<E>] {
        &self.rows
    }
}

impl<E> IntoIterator for PageRows<E> {
    type Item = Row<E>;
    type IntoIter = std::vec::IntoIter<Row<E>>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, E> IntoIterator for &'a PageRows<E> {
    type Item = &'a Row<E>;
    type IntoIter = std::slice::Iter<'a, Row<E>>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<E> fmt::Debug for PageRows<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageRows")
            .field("rows", &self.rows)
            .field("total", &self.total)
            .field("next", &self.next)
            .field("previous", &self.previous)
            .finish()
    }
}

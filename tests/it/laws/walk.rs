//! All pages of a listing, one after the other, on three ways.

use pagewise::driver::PageRows;
use pagewise::listing::{PageStatement, TotalCount};
use pagewise::{Cursor, Listing, Page, Total};
use postgres::Transaction;
use proptest::prelude::*;

use super::harness::{Outcome, build, failed, refused, same};
use super::tenant;
use crate::oracle::Modeled;
use crate::oracle::request::{Line, Request};

/// How the pages follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By their numbers.
    Offset,
    /// Each after the cursor of the one before.
    Forward,
    /// From the last, each before the cursor of the one after.
    Backward,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Offset, Self::Forward, Self::Backward];
}

/// A walk through the pages of a listing.
pub struct Walk<'a, 'c, E: Modeled> {
    pub transaction: &'a mut Transaction<'c>,
    pub request: &'a Request<E>,
    /// The request's, in one way or another.
    pub listing: Listing<E>,
    pub size: u32,
    pub total: Total,
    /// Looks at each page.
    pub look: Look<'a, 'c, E>,
}

type Look<'a, 'c, E> = &'a mut dyn FnMut(&mut Transaction<'c>, &PageStatement<E>);

/// No look.
pub fn unseen<E>(_: &mut Transaction<'_>, _: &PageStatement<E>) {}

impl<E: Modeled> Walk<'_, '_, E> {
    /// All pages together are the oracle's rows, in its order.
    pub fn is_the_oracles(&mut self, way: Way, what: &str) -> Outcome {
        let lines = match way {
            Way::Offset => self.by_offset()?,
            Way::Forward => self.forward()?,
            Way::Backward => self.backward()?,
        };
        let first = self.listing.clone();
        let page = build(
            self.transaction,
            self.request,
            first,
            Page::first(self.size),
        )?;
        self.total_alone(&page)?;
        let what = format!("{what}, all pages {way:?}");
        same(self.request, &page, &what, (&lines, &self.request.expected))
    }

    /// Asked for apart from the pages, the total is the same.
    fn total_alone(&mut self, page: &PageStatement<E>) -> Outcome {
        let request = self.request;
        let asked = Page::first(self.size).with_total(self.total);
        let total = self
            .listing
            .clone()
            .page(asked)
            .build_total()
            .map_err(|error| failed(request, &error, &"the total alone"))?;
        tenant::check(total.text(), total.parameters(), request.tenant)
            .map_err(|why| failed(request, &why, &format!("{total:#}")))?;
        let rows = total
            .query(self.transaction)
            .map_err(|error| failed(request, &error, &format!("{total:#}")))?;
        let found: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let count = request.expected.len() as i64;
        let expected = match self.total {
            Total::Capped(cap) => count.min(i64::from(cap) + 1),
            _ => count,
        };
        same(request, page, "the total alone", (found, vec![expected]))
    }

    fn page(&mut self, page: Page) -> Result<(Vec<Line>, PageRows<E>), TestCaseError> {
        let request = self.request;
        let page = page.with_total(self.total);
        let page = build(self.transaction, request, self.listing.clone(), page)?;
        // Also of the parts that a page after a cursor is read in.
        tenant::check(page.text(), page.parameters(), request.tenant)
            .map_err(|why| failed(request, &why, &format!("{page:#}")))?;
        let rows = page
            .fetch(self.transaction)
            .map_err(|error| refused(request, &page, &error))?;
        is_total(request, &page, self.total, rows.total())?;
        (self.look)(self.transaction, &page);
        let lines = request
            .lines(&rows)
            .map_err(|error| refused(request, &page, &error))?;
        Ok((lines, rows))
    }

    /// Through its text, as it travels.
    fn sent(&self, cursor: &Cursor) -> Result<Cursor, TestCaseError> {
        let text = cursor.to_string();
        text.parse()
            .map_err(|error| failed(self.request, &error, &text))
    }

    fn limit(&self) -> usize {
        self.request.expected.len() + 2
    }

    fn by_offset(&mut self) -> Result<Vec<Line>, TestCaseError> {
        let mut all = Vec::new();
        for number in 1..=self.limit() {
            let (lines, rows) = self.page(Page::number(number as u64, self.size))?;
            all.extend(lines);
            if rows.next_cursor().is_none() {
                break;
            }
        }
        Ok(all)
    }

    fn forward(&mut self) -> Result<Vec<Line>, TestCaseError> {
        let mut all = Vec::new();
        let mut page = Page::first(self.size);
        for _ in 0..self.limit() {
            let (lines, rows) = self.page(page)?;
            all.extend(lines);
            let Some(next) = rows.next_cursor() else {
                break;
            };
            page = Page::after(self.sent(next)?, self.size);
        }
        Ok(all)
    }

    fn backward(&mut self) -> Result<Vec<Line>, TestCaseError> {
        let mut all = Vec::new();
        let mut page = Page::last(self.size);
        for _ in 0..self.limit() {
            let (mut lines, rows) = self.page(page)?;
            lines.extend(all);
            all = lines;
            let Some(previous) = rows.previous_cursor() else {
                break;
            };
            page = Page::before(self.sent(previous)?, self.size);
        }
        Ok(all)
    }
}

/// The total is what was asked for, and the oracle's.
pub fn is_total<E: Modeled>(
    request: &Request<E>,
    page: &PageStatement<E>,
    asked: Total,
    found: Option<TotalCount>,
) -> Outcome {
    let count = request.expected.len() as u64;
    let expected = match (asked, found) {
        (Total::None, _) => None,
        (Total::Estimated, Some(TotalCount::Estimated(_))) => return Ok(()),
        (Total::Capped(cap), _) if count > cap.into() => Some(TotalCount::MoreThan(cap.into())),
        _ => Some(TotalCount::Exact(count)),
    };
    same(request, page, "total", (found, expected))
}

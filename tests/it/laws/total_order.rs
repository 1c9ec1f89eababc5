//! Law 4: pages are disjoint and cover the whole, in the oracle's order, by offset and by cursor, both ways.

use pagewise::driver::PageRows;
use pagewise::{Cursor, Page, Strategy};
use postgres::Transaction;
use proptest::prelude::*;

use super::harness::{Law, Outcome, build, failed, law, refused, same};
use super::tenant;
use crate::oracle::request::{Line, Request};
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// Counts requests, so that page sizes take turns.
struct TotalOrder(u32);

struct Walk<'a, 'c, E: Modeled> {
    transaction: &'a mut Transaction<'c>,
    request: &'a Request<E>,
    strategy: Strategy,
    size: u32,
    total: pagewise::Total,
}

impl<E: Modeled> Walk<'_, '_, E> {
    fn page(&mut self, page: Page) -> Result<(Vec<Line>, PageRows<E>), TestCaseError> {
        let request = self.request;
        let page = page.with_total(self.total);
        let page = build(self.transaction, request, request.with(self.strategy), page)?;
        // Also of the parts that a page after a cursor is read in.
        tenant::check(page.text(), page.parameters(), request.tenant)
            .map_err(|why| failed(request, &why, &format!("{page:#}")))?;
        let rows = page
            .fetch(self.transaction)
            .map_err(|error| refused(request, &page, &error))?;
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

impl Law for TotalOrder {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        self.0 += 1;
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let total = if self.0.is_multiple_of(3) {
                pagewise::Total::Exact
            } else {
                pagewise::Total::None
            };
            let mut walk = Walk {
                transaction,
                request,
                strategy,
                size: 1 + self.0 % 4,
                total,
            };
            let ways = [
                ("by offset", walk.by_offset()?),
                ("after cursors", walk.forward()?),
                ("before cursors, from the end", walk.backward()?),
            ];
            for (way, lines) in ways {
                let page = build(
                    transaction,
                    request,
                    request.with(strategy),
                    Page::first(1 + self.0 % 4),
                )?;
                same(
                    request,
                    &page,
                    &format!("{strategy:?}, all pages {way}"),
                    (&lines, &request.expected),
                )?;
            }
        }
        Ok(())
    }
}

#[test]
fn pages_are_disjoint_and_cover_the_whole() {
    law(40, world(), TotalOrder(0));
}

//! Law 1: both strategies give the oracle's rows, in its order, with its values and its total.

use pagewise::{Page, Strategy, Total};
use postgres::Transaction;

use super::harness::{Law, Outcome, build, fetch, law, refused, same};
use super::walk::is_total;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// Counts requests, so that pages and totals take turns.
struct SameRows(usize);

const TOTALS: [Total; 5] = [
    Total::Exact,
    Total::None,
    Total::Capped(2),
    Total::Estimated,
    Total::Capped(1_000),
];

impl Law for SameRows {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        self.0 += 1;
        let count = request.expected.len();
        // The whole, a part, the end, and past the end.
        let (page, rows) = match self.0 % 4 {
            0 => (Page::first(1_000), 0..count),
            1 => (
                Page::offset(count as u64 / 2, 3),
                count / 2..count.min(count / 2 + 3),
            ),
            2 => (Page::last(2), count.saturating_sub(2)..count),
            _ => (Page::offset(count as u64 + 1, 1), 0..0),
        };
        let total = TOTALS[self.0 % 5];
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let page = build(
                transaction,
                request,
                request.with(strategy),
                page.clone().with_total(total),
            )?;
            let answer = fetch(transaction, request, &page)?;
            let lines = request
                .lines(&answer)
                .map_err(|error| refused(request, &page, &error))?;
            same(
                request,
                &page,
                &format!("rows of {strategy:?}"),
                (&lines[..], &request.expected[rows.clone()]),
            )?;
            is_total(request, &page, total, answer.total())?;
        }
        Ok(())
    }
}

#[test]
fn both_strategies_give_the_oracles_rows() {
    law(120, world(), SameRows(0));
}

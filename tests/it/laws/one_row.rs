//! Law 3: one row per row of the entity; nothing multiplies rows, and no DISTINCT hides it.

use std::collections::BTreeSet;

use pagewise::{Page, Strategy};
use postgres::Transaction;

use super::harness::{Law, Outcome, build, failed, fetch, law, refused, same};
use super::sql::Parsed;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

struct OneRow;

impl Law for OneRow {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let page = build(
                transaction,
                request,
                request.with(strategy),
                Page::first(1_000),
            )?;
            let parsed = Parsed::new(&page).map_err(|error| failed(request, &error, &page))?;
            if parsed.has_distinct_rows() {
                return Err(failed(
                    request,
                    &"DISTINCT over rows of the listing",
                    &format!("{page:#}"),
                ));
            }
            let rows = fetch(transaction, request, &page)?;
            let keys = rows
                .decode(|row| row.get(E::key()))
                .map_err(|error| refused(request, &page, &error))?;
            let once: BTreeSet<i64> = keys.iter().copied().collect();
            same(
                request,
                &page,
                "rows, each counted once",
                (keys.len(), once.len()),
            )?;
            let expected = request.expected.iter().map(|line| line.id).collect();
            same(request, &page, "keys", (once, expected))?;
        }
        Ok(())
    }
}

#[test]
fn an_entitys_row_is_one_row() {
    law(40, world(), OneRow);
}

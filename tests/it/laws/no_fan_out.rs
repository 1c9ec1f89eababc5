//! Law 2: a value is the same alone and beside any others.

use pagewise::{Page, Strategy};

use super::harness::{Law, Outcome, build, fetch, law, refused, same};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;
use postgres::Transaction;

struct NoFanOut;

impl Law for NoFanOut {
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
            let beside = fetch(transaction, request, &page)?;
            let beside = request
                .lines(&beside)
                .map_err(|error| refused(request, &page, &error))?;
            for (at, shown) in request.shown.iter().enumerate() {
                let alone = request.alone(shown).strategy(strategy);
                let alone = build(transaction, request, alone, Page::first(1_000))?;
                let rows = fetch(transaction, request, &alone)?;
                let values = rows
                    .decode(|row| (shown.value.read)(row, &shown.name))
                    .map_err(|error| refused(request, &alone, &error))?;
                let beside: Vec<_> = beside.iter().map(|line| line.values[at].clone()).collect();
                let what = format!("{} alone", shown.value.words);
                // Not even the last digit of an average may differ.
                same(request, &page, &what, (values, beside))?;
            }
        }
        Ok(())
    }
}

#[test]
fn a_value_is_the_same_alone_and_beside_others() {
    law(40, world(), NoFanOut);
}

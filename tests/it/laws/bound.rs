//! Law 6: whatever a caller passes is a parameter, never text.

use pagewise::sea_query::Value;
use pagewise::{Page, Strategy, Total};
use postgres::Transaction;

use super::harness::{Law, Outcome, build, context, failed, law, refused, same};
use crate::oracle::datum::MARKS;
use crate::oracle::plan::Plan;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled, Operands};
use crate::world::{World, world};

/// A tenant and an offset that are found again, too.
const TENANT: i64 = 98_710_001;
const OFFSET: u64 = 98_710_002;

struct Bound;

impl Law for Bound {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        near: &Context,
    ) -> Outcome {
        let marked = remade::<E>(&near.view.world, &request.plan, TENANT, Operands::Marked);
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            for page in [
                Page::first(7),
                Page::offset(OFFSET, 7).with_total(Total::Exact),
                Page::last(7).with_total(Total::Estimated),
            ] {
                let page = build(transaction, &marked, marked.with(strategy), page)?;
                for statement in [Some(page.statement()), page.estimate()]
                    .into_iter()
                    .flatten()
                {
                    if let Some(mark) = MARKS.iter().find(|mark| statement.text().contains(**mark))
                    {
                        return Err(failed(
                            &marked,
                            &format!("{mark:?} got into the text"),
                            statement,
                        ));
                    }
                    // And it did get into the statement.
                    let tenant = Value::BigInt(Some(TENANT));
                    let bound = statement.parameters().contains(&tenant);
                    same(
                        &marked,
                        &page,
                        "the tenant among the parameters",
                        (bound, true),
                    )?;
                }
                // Nothing in the values breaks out of them.
                let rows = page
                    .fetch(transaction)
                    .map_err(|error| refused(&marked, &page, &error))?;
                same(&marked, &page, "rows of nobody", (rows.len(), 0))?;
            }
        }
        Ok(())
    }
}

/// The same plan for another tenant and with other values.
pub fn remade<E: Modeled>(
    world: &World,
    plan: &Plan,
    tenant: i64,
    operands: Operands,
) -> Request<E> {
    Request::new(plan, &context(world, tenant, operands))
}

#[test]
fn values_are_parameters() {
    law(40, world(), Bound);
}

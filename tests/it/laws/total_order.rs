//! Law 4: pages are disjoint and cover the whole, in the oracle's order, by offset and by cursor, both ways.

use pagewise::{Strategy, Total};
use postgres::Transaction;

use super::harness::{Law, Outcome, law};
use super::walk::{Walk, Way, unseen};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// Counts requests, so that page sizes take turns.
struct TotalOrder(u32);

impl Law for TotalOrder {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        self.0 += 1;
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let mut walk = Walk {
                transaction,
                request,
                listing: request.with(strategy),
                size: 1 + self.0 % 4,
                total: match self.0.is_multiple_of(3) {
                    true => Total::Exact,
                    false => Total::None,
                },
                look: &mut unseen,
            };
            for way in Way::ALL {
                walk.is_the_oracles(way, &format!("{strategy:?}"))?;
            }
        }
        Ok(())
    }
}

#[test]
fn pages_are_disjoint_and_cover_the_whole() {
    law(40, world(), TotalOrder(0));
}

//! Every form in which conditions on links are written gives the oracle's rows, in its order, with its total.

use pagewise::listing::{LinkForm, LinkLimits};
use pagewise::{Strategy, Total};
use postgres::Transaction;

use super::branches::{Branches, Numbers};
use super::harness::{Law, Outcome, law_of};
use super::walk::{Walk, Way};
use crate::oracle::plan::linked_plan;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::linked_world;

pub const FORMS: [LinkForm; 4] = [
    LinkForm::Chosen,
    LinkForm::Probe,
    LinkForm::Set,
    LinkForm::Bounded,
];

const TOTALS: [Total; 4] = [
    Total::Exact,
    Total::Capped(1),
    Total::None,
    Total::Capped(1_000),
];

/// As small as the worlds, so that first rows do not do, and as large as they are without a word.
const FEW_LINKS: [u32; 5] = [0, 0, 1, 3, 1_000];
const LOOKED_AT: [u32; 6] = [0, 2, 3, 5, 8, 1_000];

/// One of a list, by one of the digits of a number.
pub fn digit<T: Copy>(list: &[T], seed: &mut u64) -> T {
    let length = list.len() as u64;
    let at = usize::try_from(*seed % length).expect("a small number");
    *seed /= length;
    list[at]
}

struct EveryForm(Branches);

impl Law for EveryForm {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        let mut seed = request.plan.seed;
        for form in FORMS {
            let numbers = Numbers {
                size: digit(&[1, 1, 2, 3], &mut seed),
                few_links: digit(&FEW_LINKS, &mut seed),
                looked_at: digit(&LOOKED_AT, &mut seed),
            };
            let limits = LinkLimits::new()
                .few_links(numbers.few_links)
                .looked_at(numbers.looked_at);
            let listing = request.with(Strategy::Optimized);
            let branches = &mut self.0;
            let mut walk = Walk {
                transaction,
                request,
                listing: listing.link_form(form).link_limits(limits),
                size: numbers.size,
                total: digit(&TOTALS, &mut seed),
                look: &mut |transaction, page| branches.look(transaction, page, numbers),
            };
            let way = digit(&Way::ALL, &mut seed);
            walk.is_the_oracles(way, &format!("{form:?} with {numbers:?}"))?;
        }
        Ok(())
    }
}

#[test]
fn every_form_gives_the_oracles_rows() {
    let EveryForm(branches) = law_of(
        80,
        linked_world(),
        linked_plan(),
        EveryForm(Branches::default()),
    );
    // So many cases as the test asks for take every branch; a few need not.
    if std::env::var_os("PROPTEST_CASES").is_none() {
        assert_eq!(branches.missing(), [], "never taken; taken: {branches:?}");
    }
}

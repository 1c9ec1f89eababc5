//! Every form in which conditions on links are written gives the oracle's rows, in its order, with its total; so does the
//! choice by statistics, also by those of other data.

use std::collections::BTreeSet;

use pagewise::chat;
use pagewise::listing::{LinkForm, LinkLimits};
use pagewise::statistics::Statistics;
use pagewise::{Strategy, Total};
use postgres::Transaction;

use super::branches::Branches;
use super::harness::{Law, Outcome, failed, law_of};
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

/// What statistics know of.
pub const TABLES: &str = "annotations_customtaggeditem, annotations_tag, chat_chat, chat_chatmessage, experiments_experiment, \
    experiments_experimentsession, experiments_participant, trace_trace";

#[derive(Default)]
struct EveryForm {
    branches: Branches,
    /// What was known of another world.
    stale: Option<Statistics>,
    /// What was decided of pages and of totals by statistics.
    decided: BTreeSet<(String, String)>,
}

impl Law for EveryForm {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        let analyzed = transaction
            .batch_execute(&format!("ANALYZE {TABLES}"))
            .map_err(|error| error.to_string())
            .and_then(|()| {
                Statistics::read(transaction, &chat::filter_tables())
                    .map_err(|error| error.to_string())
            });
        let fresh = analyzed.map_err(|error| failed(request, &error, &TABLES))?;
        let stale = self.stale.replace(fresh.clone());
        let forms = FORMS.map(|form| (form, None));
        let known = [Some(fresh), stale].map(|known| (LinkForm::Chosen, known));

        let mut seed = request.plan.seed;
        for (form, known) in forms.into_iter().chain(known) {
            let size = digit(&[1, 1, 2, 3], &mut seed);
            let limits = LinkLimits::new()
                .few_links(digit(&FEW_LINKS, &mut seed))
                .looked_at(digit(&LOOKED_AT, &mut seed));
            let listing = request.with(Strategy::Optimized);
            let mut listing = listing.link_form(form).link_limits(limits);
            let what = format!("{form:?} with {limits:?} and {known:?}");
            let is_known = known.is_some();
            if let Some(known) = known {
                listing = listing.statistics(known);
            }
            let Self {
                branches, decided, ..
            } = self;
            let mut walk = Walk {
                transaction,
                request,
                listing,
                size,
                total: digit(&TOTALS, &mut seed),
                look: &mut |transaction, page| {
                    branches.look(transaction, page, size);
                    let notes = page.report().notes().iter();
                    decided.extend(notes.filter(|_| is_known).map(|note| {
                        let of = note.subject.rsplit(' ').next().unwrap_or_default();
                        (of.to_owned(), note.decision.to_string())
                    }));
                },
            };
            walk.is_the_oracles(digit(&Way::ALL, &mut seed), &what)?;
        }
        Ok(())
    }
}

#[test]
fn every_form_gives_the_oracles_rows() {
    let law = law_of(60, linked_world(), linked_plan(), EveryForm::default());
    // So many cases as the test asks for take every branch; a few need not.
    if std::env::var_os("PROPTEST_CASES").is_none() {
        let branches = law.branches;
        assert_eq!(branches.missing(), [], "never taken; taken: {branches:?}");
        // What statistics decide of tables as small as these.
        for expected in [
            ("page", "the linked rows first"),
            ("page", "the first rows one by one, then the linked rows"),
            ("total", "the linked rows first"),
            ("total", "row by row"),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert!(law.decided.contains(&expected), "never {expected:?}");
        }
    }
}

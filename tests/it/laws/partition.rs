//! What is linked to any of some, and what to none, are disjoint, and all rows together; what is linked to all is what
//! is linked to each.

use std::collections::BTreeSet;

use pagewise::{Listing, Page, Predicate, Strategy};
use postgres::Transaction;
use proptest::prelude::*;

use super::forms::{FORMS, digit};
use super::harness::{Law, Outcome, build, failed, fetch, law_of, refused, same};
use crate::oracle::linking::Quantifier;
use crate::oracle::plan::{ConditionPlan, Plan, linked_plan};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::linked_world;

struct Partition;

/// Asks for the keys of the rows of which a condition is true.
struct Asked<'a, 'c, E: Modeled> {
    transaction: &'a mut Transaction<'c>,
    request: &'a Request<E>,
    listing: Listing<E>,
}

impl<E: Modeled> Asked<'_, '_, E> {
    /// The keys, each of which is there once.
    fn keys(&mut self, condition: Predicate<E>) -> Result<BTreeSet<i64>, TestCaseError> {
        let listing = self.listing.clone().filter(condition);
        let page = build(self.transaction, self.request, listing, Page::first(1_000))?;
        let rows = fetch(self.transaction, self.request, &page)?;
        let keys = rows
            .decode(|row| row.get(E::key()))
            .map_err(|error| refused(self.request, &page, &error))?;
        let once: BTreeSet<i64> = keys.iter().copied().collect();
        same(
            self.request,
            &page,
            "keys, each once",
            (keys.len(), once.len()),
        )?;
        Ok(once)
    }
}

impl Law for Partition {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        context: &Context,
    ) -> Outcome {
        // The last filter says what is looked for, the others which rows there are.
        let Some((ConditionPlan::Linked(linking, _, picks), others)) =
            request.plan.filters.split_last()
        else {
            return Err(failed(request, &"not filtered by what is linked", &""));
        };
        let linkings = E::linkings();
        let linking = &linkings[usize::from(*linking) % linkings.len()];
        let values = linking.values(context, Quantifier::Any, picks);
        let condition = |quantifier, values: &[_]| {
            let condition = linking.condition(quantifier, values.to_vec());
            condition.predicate
        };
        let form = digit(&FORMS, &mut request.plan.seed.clone());
        let plan = Plan {
            filters: others.to_vec(),
            ..request.plan.clone()
        };
        let request = &Request::<E>::new(&plan, context);

        let any = condition(Quantifier::Any, &values);
        let none = condition(Quantifier::None, &values);
        let mut asked = Asked {
            transaction,
            request,
            listing: request.with(Strategy::Optimized).link_form(form),
        };
        let with = asked.keys(any.clone())?;
        let without = asked.keys(none.clone())?;
        let either = asked.keys(any.or(none))?;
        let all: BTreeSet<i64> = request.expected.iter().map(|line| line.id).collect();
        let page = build(
            asked.transaction,
            request,
            asked.listing.clone(),
            Page::first(1),
        )?;
        let what = |what: &str| format!("{what} of {} {values:?}, {form:?}", linking.words);
        same(
            request,
            &page,
            &what("any and none"),
            (with.intersection(&without).count(), 0),
        )?;
        let together = with.union(&without).copied().collect();
        same(request, &page, &what("any, then none"), (&together, &all))?;
        same(request, &page, &what("any or none"), (either, all.clone()))?;

        let every = asked.keys(condition(Quantifier::All, &values))?;
        let mut each = all;
        for value in &values {
            let one = condition(Quantifier::Any, std::slice::from_ref(value));
            let one = asked.keys(one)?;
            each.retain(|key| one.contains(key));
        }
        same(request, &page, &what("all, and each"), (every, each))
    }
}

#[test]
fn any_and_none_cover_each_row_once() {
    law_of(60, linked_world(), linked_plan(), Partition);
}

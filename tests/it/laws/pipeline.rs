//! Filters in any order give the same rows; the order in which a pipeline writes them is one, and stable.

use pagewise::filter::{Cost, Filter, FilterPipeline, Selectivity};
use pagewise::{Page, Strategy};
use postgres::Transaction;

use super::forms::digit;
use super::harness::{Law, Outcome, build, failed, fetch, law_of, refused, same};
use crate::oracle::plan::filtered_plan;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

const RANKS: [Selectivity; 3] = [Selectivity::High, Selectivity::Medium, Selectivity::Low];

/// The filters of a request, each called by its place in it, with ranks that say nothing true.
fn filters<E: Modeled>(request: &Request<E>, seed: &mut u64) -> Vec<Filter<E>> {
    let filters = request.filters.iter().enumerate();
    filters
        .map(|(at, condition)| {
            let filter = Filter::new(at.to_string(), condition.predicate.clone());
            filter.selectivity(digit(&RANKS, seed))
        })
        .collect()
}

fn shuffled<T: Clone>(list: &[T], seed: &mut u64) -> Vec<T> {
    let mut rest = list.to_vec();
    let mut shuffled = Vec::new();
    while !rest.is_empty() {
        let places: Vec<usize> = (0..rest.len()).collect();
        shuffled.push(rest.remove(digit(&places, seed)));
    }
    shuffled
}

struct AnyOrder;

impl Law for AnyOrder {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        let mut seed = request.plan.seed;
        let filters = filters(request, &mut seed);
        let asked = [
            filters.clone(),
            filters.iter().rev().cloned().collect(),
            shuffled(&filters, &mut seed),
        ];
        for filters in asked {
            let pipeline: FilterPipeline<E> = filters.into_iter().collect();
            is_ordered(request, &pipeline)?;
            for strategy in [Strategy::Optimized, Strategy::Legacy] {
                let base = request.unfiltered.clone().strategy(strategy);
                let piped = base.clone().filter_all(&pipeline);
                let page = build(transaction, request, piped, Page::first(1_000))?;
                let rows = fetch(transaction, request, &page)?;
                let lines = request
                    .lines(&rows)
                    .map_err(|error| refused(request, &page, &error))?;
                let what = format!("rows by\n{}", pipeline.report());
                same(request, &page, &what, (&lines, &request.expected))?;

                // It is written in the order that it reports, and as it was given unless it says otherwise.
                if pipeline.report().notes().len() == pipeline.filters().len() {
                    let mut chained = base.clone();
                    for filter in pipeline.ordered() {
                        chained = chained.filter(filter.predicate().clone());
                    }
                    let chained = build(transaction, request, chained, Page::first(1_000))?;
                    same(request, &page, "text", (page.text(), chained.text()))?;
                }
                let joined = base.filter(pipeline.predicate());
                let joined = build(transaction, request, joined, Page::first(1_000))?;
                same(request, &page, "as one", (page.text(), joined.text()))?;
            }
        }
        Ok(())
    }
}

/// The cheap ones first, then those that leave few rows, then those that the caller has first.
fn is_ordered<E: Modeled>(request: &Request<E>, pipeline: &FilterPipeline<E>) -> Outcome {
    let names = |filters: Vec<&Filter<E>>| -> Vec<String> {
        filters
            .into_iter()
            .map(|filter| filter.name().to_owned())
            .collect()
    };
    let ordered = pipeline.ordered();
    let place = |filter: &Filter<E>| {
        let added = pipeline.filters().iter();
        added
            .map(Filter::name)
            .position(|name| name == filter.name())
    };
    for pair in ordered.windows(2) {
        let [first, second] = pair else { continue };
        let key = |filter: &Filter<E>| (filter.cost(), filter.rank(), place(filter));
        if key(first) >= key(second) {
            let why = format!("{} before {}", first.name(), second.name());
            return Err(failed(request, &why, &pipeline.report()));
        }
    }
    let found = names(ordered);
    let mut all = names(pipeline.filters().iter().collect());
    let mut reported: Vec<String> = pipeline
        .report()
        .notes()
        .iter()
        .map(|note| note.subject.to_string())
        .collect();
    // A filter that is written otherwise than it was given has a second note, right below its first.
    reported.dedup();
    let again = names(pipeline.clone().ordered());
    let mut sorted = found.clone();
    sorted.sort();
    all.sort();
    if reported != found || again != found || sorted != all {
        let why = format!("{found:?}, reported {reported:?}, then {again:?}");
        return Err(failed(request, &why, &pipeline.report()));
    }
    // A condition that reads other tables is never taken for a cheap one, but for what it finds once.
    for (filter, condition) in pipeline.filters().iter().filter_map(|filter| {
        let at: usize = filter.name().parse().ok()?;
        Some((filter, request.filters.get(at)?))
    }) {
        let reads = !condition.uses.tables.is_empty();
        let is_dear = filter.cost() == Cost::Relation;
        // What is found once, and what need not be looked for at all.
        let found_once = condition.words.contains(" one of ");
        let of_nothing = condition.words.contains("All of []");
        if reads && !is_dear && !found_once || is_dear && !reads && !of_nothing {
            let why = format!("{}: {}", filter.cost(), condition.words);
            return Err(failed(request, &why, &pipeline.report()));
        }
    }
    Ok(())
}

#[test]
fn filters_in_any_order_give_the_same_rows() {
    law_of(60, world(), filtered_plan(), AnyOrder);
}

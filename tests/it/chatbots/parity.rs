//! Each number, each order and each page is what plain loops say, in both strategies.

use std::cell::RefCell;

use pagewise::chat::Experiment;
use pagewise::driver::PageRows;
use pagewise::listing::TotalCount;
use pagewise::{Entity, Error, Listing, Page, Strategy, Total};
use postgres::Transaction;
use proptest::collection::vec;
use proptest::strategy::Strategy as _;
use proptest::test_runner::TestCaseError;

use super::data;
use super::oracle::Oracle;
use super::request::{Asked, asked};
use crate::laws::{Connection, Outcome, check};
use crate::scene::at_a_scene;
use crate::world::World;

/// Runs a property on random rows and requests of them.
pub fn on_requests(cases: u32, test: impl Fn(&mut Transaction<'_>, &World, &Asked) -> Outcome) {
    let connection = RefCell::new(Connection::with_extension("pg_trgm"));
    let cases_at = at_a_scene(|scene| (data::world(scene), vec(asked(scene), 1..4)));
    let cases_at = cases_at.prop_map(|(_, case)| case);
    check(
        cases,
        &cases_at,
        |(world, requests): (World, Vec<Asked>)| {
            connection.borrow_mut().with(&world, |transaction| {
                requests
                    .iter()
                    .try_for_each(|asked| test(transaction, &world, asked))
            })
        },
    );
}

/// All rows of a listing, page by page: by their numbers, by the cursors of the pages before, and from the end.
pub fn walks<E: Entity, L: Clone + PartialEq + std::fmt::Debug>(
    transaction: &mut Transaction<'_>,
    listing: &Listing<E>,
    size: u32,
    read: impl Fn(&pagewise::driver::Row<E>) -> Result<L, Error>,
    expected: &[L],
) -> Outcome {
    for strategy in [Strategy::Optimized, Strategy::Legacy] {
        let listing = listing.clone().strategy(strategy);
        let mut fetch = |page: Page| -> Result<(Vec<L>, PageRows<E>), TestCaseError> {
            let failed = |why: &dyn std::fmt::Debug, sql: String| {
                TestCaseError::fail(format!("{why:?}\n\n{sql}"))
            };
            let page = listing.clone().page(page).build();
            let page = page.map_err(|error| failed(&error, String::new()))?;
            let words = || format!("{page:#}\n{:?}", page.parameters());
            let rows = page.fetch(transaction);
            let rows = rows.map_err(|error| failed(&error, words()))?;
            let lines = rows.decode(&read);
            Ok((lines.map_err(|error| failed(&error, words()))?, rows))
        };
        let is_all = |way: &str, found: Vec<L>| match found == expected {
            true => Ok(()),
            false => Err(TestCaseError::fail(format!(
                "{strategy:?}, {way}\n   found {found:?}\nexpected {expected:?}"
            ))),
        };

        let (mut all, mut number) = (Vec::new(), 1);
        loop {
            let (lines, rows) = fetch(Page::number(number, size).with_total(Total::Exact))?;
            all.extend(lines);
            let total = Some(TotalCount::Exact(expected.len() as u64));
            if rows.total() != total {
                return Err(TestCaseError::fail(format!(
                    "{:?}, not {total:?}",
                    rows.total()
                )));
            }
            if rows.next_cursor().is_none() || all.len() > expected.len() {
                break;
            }
            number += 1;
        }
        is_all("by number", all)?;

        let (mut all, mut page) = (Vec::new(), Page::first(size));
        loop {
            let (lines, rows) = fetch(page)?;
            all.extend(lines);
            match rows.next_cursor() {
                Some(next) if all.len() <= expected.len() => page = Page::after(next.clone(), size),
                _ => break,
            }
        }
        is_all("by cursor", all)?;

        let (mut all, mut page) = (Vec::new(), Page::last(size));
        loop {
            let (mut lines, rows) = fetch(page)?;
            lines.extend(all);
            all = lines;
            match rows.previous_cursor() {
                Some(before) if all.len() <= expected.len() => {
                    page = Page::before(before.clone(), size);
                }
                _ => break,
            }
        }
        is_all("from the end", all)?;
    }
    Ok(())
}

#[test]
fn the_list_says_what_the_rows_say() {
    on_requests(80, |transaction, world, asked| {
        let oracle = Oracle {
            world,
            tenant: asked.tenant,
        };
        let (listing, expected) = (asked.listing(), asked.expected(&oracle));
        let read = |row: &pagewise::driver::Row<Experiment>| asked.line(row);
        walks(transaction, &listing, asked.size, read, &expected)
            .map_err(|why| TestCaseError::fail(format!("{why}\n\n{asked:#?}")))
    });
}

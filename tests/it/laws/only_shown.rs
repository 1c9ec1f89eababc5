//! Law 8: no table and no aggregate that is not shown, sorted by or filtered on.

use pagewise::listing::LinkForm;
use pagewise::{Page, Strategy, Total};
use postgres::Transaction;

use super::harness::{Law, Outcome, build, failed, law, same};
use super::sql::Parsed;
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

struct OnlyShown;

impl Law for OnlyShown {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        let uses = request.uses();
        let ways = [
            (Strategy::Optimized, LinkForm::Probe),
            (Strategy::Optimized, LinkForm::Chosen),
            (Strategy::Legacy, LinkForm::Chosen),
        ];
        for (strategy, form) in ways {
            for total in [Total::None, Total::Exact] {
                let page = Page::first(5).with_total(total);
                let listing = request.with(strategy).link_form(form);
                let page = build(transaction, request, listing, page)?;
                let parsed = Parsed::new(&page).map_err(|error| failed(request, &error, &page))?;
                let tables = uses
                    .tables
                    .iter()
                    .map(|table| (*table).to_owned())
                    .collect();
                same(request, &page, "tables", (parsed.tables(), tables))?;
                let before = request.uses_of_the_page().tables;
                let too_early = parsed.tables_of_the_page();
                let mut too_early = too_early
                    .iter()
                    .filter(|table| !before.contains(table.as_str()));
                if let (Strategy::Optimized, Some(table)) = (strategy, too_early.next()) {
                    let why = format!("{table} is read for all rows, not for those of the page");
                    return Err(failed(request, &why, &format!("{page:#}")));
                }
                let mut aggregates: std::collections::BTreeSet<String> = uses
                    .functions
                    .iter()
                    .filter(|name| !name.is_empty())
                    .map(|name| (*name).to_owned())
                    .collect();
                if total == Total::Exact {
                    aggregates.insert("COUNT".to_owned());
                }
                let mut found = parsed.aggregates();
                // A statement that finds out by itself which way is faster counts links.
                let counts = page
                    .report()
                    .notes()
                    .iter()
                    .any(|note| note.decision != "row by row");
                // Of several that are all wanted, it compares the numbers.
                for name in ["COUNT", "MIN", "SUM"] {
                    if counts && !aggregates.contains(name) {
                        found.remove(name);
                    }
                }
                same(request, &page, "aggregates", (found, aggregates))?;
                // Each lateral is some shown annotation's, and a count of rows has none.
                let annotations = request
                    .shown
                    .iter()
                    .filter(|shown| !shown.value.uses.tables.is_empty());
                if parsed.laterals() > annotations.count() {
                    return Err(failed(
                        request,
                        &"more laterals than annotations",
                        &format!("{page:#}"),
                    ));
                }
            }
        }
        Ok(())
    }
}

#[test]
fn only_what_is_asked_for_is_in_the_text() {
    law(60, world(), OnlyShown);
}

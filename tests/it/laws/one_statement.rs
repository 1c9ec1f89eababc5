//! Law 9: a page with its total is one statement.

use pagewise::driver::postgres::Execute;
use pagewise::sea_query::Value;
use pagewise::{Page, Strategy, Total};
use postgres::{Error, Row, Transaction};

use super::harness::{Law, Outcome, build, law, refused, same};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// A client that keeps what goes through it.
pub struct Counting<'a, 'c> {
    transaction: &'a mut Transaction<'c>,
    pub texts: Vec<String>,
}

impl<'a, 'c> Counting<'a, 'c> {
    pub fn new(transaction: &'a mut Transaction<'c>) -> Self {
        Self {
            transaction,
            texts: Vec::new(),
        }
    }
}

impl Execute for Counting<'_, '_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        self.texts.push(text.to_owned());
        self.transaction.run(text, parameters)
    }
}

struct OneStatement;

impl Law for OneStatement {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Outcome {
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            for (total, statements) in [
                (Total::None, 1),
                (Total::Exact, 1),
                (Total::Capped(3), 1),
                // The planner's estimate is a second one, and says so.
                (Total::Estimated, 2),
            ] {
                let page = Page::first(3).with_total(total);
                let page = build(transaction, request, request.with(strategy), page)?;
                let mut client = Counting::new(transaction);
                let rows = page
                    .fetch(&mut client)
                    .map_err(|error| refused(request, &page, &error))?;
                same(
                    request,
                    &page,
                    "statements",
                    (client.texts.len(), statements),
                )?;
                same(
                    request,
                    &page,
                    "the text",
                    (client.texts[0].as_str(), page.text()),
                )?;
                same(
                    request,
                    &page,
                    "a total",
                    (rows.total().is_some(), total != Total::None),
                )?;
            }
        }
        Ok(())
    }
}

#[test]
fn a_page_with_its_total_is_one_statement() {
    law(25, world(), OneStatement);
}

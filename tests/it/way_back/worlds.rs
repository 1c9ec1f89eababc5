//! On random rows and requests, both strategies show the same: the shadow finds nothing.

use std::sync::{Arc, Mutex};

use pagewise::strategy::{Outcome, Shadow};
use pagewise::{Page, Total};
use postgres::Transaction;
use proptest::test_runner::TestCaseError;

use crate::dashboard::parity::on_requests;
use crate::laws::{Law, Outcome as Case, failed, law};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::world;

/// What was told last: nothing, if both show the same.
fn telling() -> (Shadow, Arc<Mutex<Option<String>>>) {
    let told = Arc::new(Mutex::new(Some("nothing was told".to_owned())));
    let telling = Arc::clone(&told);
    let shadow = Shadow::new("worlds", move |comparison| {
        let words = match comparison.outcome() {
            Outcome::Same => None,
            other => Some(format!("{other:?}")),
        };
        *telling.lock().unwrap() = words;
    });
    (shadow, told)
}

/// Counts requests, so that pages and totals take turns.
struct Same(usize);

impl Law for Same {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        _: &Context,
    ) -> Case {
        self.0 += 1;
        let page = match self.0 % 3 {
            0 => Page::first(100),
            1 => Page::offset(1, 3),
            _ => Page::last(2),
        };
        let total = [
            Total::Exact,
            Total::None,
            Total::Capped(2),
            Total::Estimated,
        ][self.0 % 4];
        let listing = request
            .with(pagewise::Strategy::Optimized)
            .page(page.with_total(total));
        let (shadow, told) = telling();
        shadow
            .fetch(transaction, &listing)
            .map_err(|error| failed(request, &error, &""))?;
        let told = told.lock().unwrap().take();
        match told {
            None => Ok(()),
            Some(words) => Err(failed(request, &words, &"")),
        }
    }
}

#[test]
fn pages_show_the_same() {
    law(40, world(), Same(0));
}

#[test]
fn dashboards_show_the_same() {
    on_requests(15, |transaction, _, asked| {
        let (shadow, told) = telling();
        shadow
            .fetch(transaction, &asked.dashboard())
            .map_err(|error| TestCaseError::fail(format!("{error}\n\n{asked:#?}")))?;
        let told = told.lock().unwrap().take();
        match told {
            None => Ok(()),
            Some(words) => Err(TestCaseError::fail(format!("{words}\n\n{asked:#?}"))),
        }
    });
}

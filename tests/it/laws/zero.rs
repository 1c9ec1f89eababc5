//! Law 10: counts of nothing are 0, texts of nothing are empty, instants of nothing are NULL; a list of nothing
//! matches nothing.

use pagewise::chat::Session;
use pagewise::{Listing, Page, Predicate, Strategy};
use postgres::Transaction;

use super::harness::{Connection, Law, Outcome, build, failed, fetch, law, refused, same};
use crate::oracle::request::Request;
use crate::oracle::{Context, Modeled};
use crate::world::{World, bare_world, instant};

struct Zero;

impl Law for Zero {
    fn holds<E: Modeled>(
        &mut self,
        transaction: &mut Transaction<'_>,
        request: &Request<E>,
        context: &Context,
    ) -> Outcome {
        let empty = [
            crate::oracle::entities::MESSAGE,
            crate::oracle::entities::TRACE,
            crate::oracle::entities::ITEM,
        ];
        for strategy in [Strategy::Optimized, Strategy::Legacy] {
            let page = build(
                transaction,
                request,
                request.with(strategy),
                Page::first(1_000),
            )?;
            let rows = fetch(transaction, request, &page)?;
            let lines = request
                .lines(&rows)
                .map_err(|error| refused(request, &page, &error))?;
            for line in &lines {
                for (shown, value) in request.shown.iter().zip(&line.values) {
                    // Computed over a table without rows, whatever the oracle says of it.
                    let over_nothing = shown.value.source.iter().any(|table| empty.contains(table));
                    if let (Some(zero), true) = (&shown.value.zero, over_nothing) {
                        same(request, &page, &shown.value.words, (value, zero))?;
                    }
                }
            }
            if lines.len() != request.expected.len() {
                return Err(failed(
                    request,
                    &format!("{} rows for {}", lines.len(), context.view.tenant),
                    &page,
                ));
            }
        }
        Ok(())
    }
}

#[test]
fn of_nothing_there_are_zero() {
    law(60, bare_world(), Zero);
}

#[test]
fn a_list_of_nothing_matches_nothing() {
    let mut world = World::default();
    world.sessions.push(crate::world::Session {
        id: 1,
        team: 1,
        created_at: instant(0),
        external_id: String::new(),
        token_required: false,
        participant: 1,
        experiment: 1,
        chat: 1,
        status: "active".to_owned(),
        ended_at: None,
        last_activity_at: None,
        first_activity_at: None,
        platform: None,
        versions: None,
    });
    let nobody: [&str; 0] = [];
    let cases: [(&str, Predicate<Session>, usize); 8] = [
        ("any of nothing", Session::STATUS.any_of(nobody), 0),
        ("none of nothing", Session::STATUS.none_of(nobody), 1),
        ("NULL, any of nothing", Session::PLATFORM.any_of(nobody), 0),
        (
            "NULL, none of nothing",
            Session::PLATFORM.none_of(nobody),
            1,
        ),
        ("not any of nothing", !Session::PLATFORM.any_of(nobody), 1),
        ("all of no conditions", Predicate::all([]), 1),
        ("any of no conditions", Predicate::any([]), 0),
        ("not any of no conditions", !Predicate::any([]), 1),
    ];
    let mut connection = Connection::open();
    connection.with(&world, |transaction| {
        for (words, condition, expected) in cases {
            for strategy in [Strategy::Optimized, Strategy::Legacy] {
                let listing = Listing::of(Session)
                    .tenant(1)
                    .filter(condition.clone())
                    .strategy(strategy);
                let page = listing.page(Page::first(5)).build().expect("a page");
                let rows = page.fetch(transaction).expect("an answer");
                assert_eq!(rows.len(), expected, "{words}\n{page:#}");
            }
        }
    });
}

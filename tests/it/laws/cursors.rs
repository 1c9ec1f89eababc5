//! Law 4, spelled out: every cursor of every order over a nullable column, as a table of truth.

use std::collections::BTreeSet;

use pagewise::chat::Session;
use pagewise::{Listing, Order, Page, Strategy};

use super::harness::Connection;
use crate::world::{self, World, instant};

/// Sessions that end at no time, at one, or at another; two of each, so that the key decides, too.
fn sessions() -> Vec<(i64, Option<u8>)> {
    vec![
        (1, None),
        (2, Some(4)),
        (3, Some(2)),
        (4, None),
        (5, Some(2)),
        (6, Some(4)),
    ]
}

fn world() -> World {
    let mut world = World::default();
    for (id, ended_at) in sessions() {
        world.sessions.push(world::Session {
            id,
            team: 1,
            created_at: instant(0),
            external_id: id.to_string(),
            token_required: true,
            participant: 1,
            experiment: 1,
            chat: id,
            status: "active".to_owned(),
            ended_at: ended_at.map(instant),
            last_activity_at: None,
            first_activity_at: None,
            platform: None,
            versions: None,
        });
    }
    world
}

/// An order in words, as it is asked for, and the keys in it.
type Expected = (&'static str, Vec<Order<Session>>, [i64; 6]);

/// The orders, and the keys as each gives them: written down, not computed.
fn orders() -> Vec<Expected> {
    let ended = Session::ENDED_AT;
    vec![
        ("ASC NULLS LAST", vec![ended.asc()], [3, 5, 2, 6, 1, 4]),
        (
            "ASC NULLS FIRST",
            vec![ended.asc().nulls_first()],
            [1, 4, 3, 5, 2, 6],
        ),
        ("DESC NULLS LAST", vec![ended.desc()], [6, 2, 5, 3, 4, 1]),
        (
            "DESC NULLS FIRST",
            vec![ended.desc().nulls_first()],
            [4, 1, 6, 2, 5, 3],
        ),
        (
            "ASC NULLS LAST, key DESC",
            vec![ended.asc(), Session::ID.desc()],
            [5, 3, 6, 2, 4, 1],
        ),
        (
            "ASC NULLS FIRST, key DESC",
            vec![ended.asc().nulls_first(), Session::ID.desc()],
            [4, 1, 5, 3, 6, 2],
        ),
        (
            "DESC NULLS LAST, key ASC",
            vec![ended.desc(), Session::ID.asc()],
            [2, 6, 3, 5, 1, 4],
        ),
        (
            "DESC NULLS FIRST, key ASC",
            vec![ended.desc().nulls_first(), Session::ID.asc()],
            [1, 4, 2, 6, 3, 5],
        ),
        // Behind a key that is equal everywhere, NULL is not the leading one.
        (
            "status, ASC NULLS FIRST",
            vec![Session::STATUS.desc(), ended.asc().nulls_first()],
            [1, 4, 3, 5, 2, 6],
        ),
        (
            "status, DESC NULLS LAST",
            vec![Session::STATUS.asc(), ended.desc()],
            [6, 2, 5, 3, 4, 1],
        ),
    ]
}

#[test]
fn each_row_divides_what_is_before_it_from_what_is_after() {
    let mut connection = Connection::open();
    connection.with(&world(), |transaction| {
        for (words, orders, keys) in orders() {
            for strategy in [Strategy::Optimized, Strategy::Legacy] {
                let listing = Listing::of(Session)
                    .tenant(1)
                    .order_by_all(orders.clone())
                    .strategy(strategy);
                let mut fetch = |page: Page| {
                    let page = listing.clone().page(page).build().expect("a page");
                    let rows = page
                        .fetch(transaction)
                        .unwrap_or_else(|error| panic!("{error:?}\n{page:#}"));
                    let found = rows.decode(|row| row.get(Session::ID)).expect("the keys");
                    (found, rows, format!("{words}, {strategy:?}\n{page:#}"))
                };
                let (found, ..) = fetch(Page::first(6));
                assert_eq!(found, keys, "{words}, {strategy:?}");
                let mut texts = BTreeSet::new();
                for at in 0..keys.len() {
                    // The page of this row alone gives its cursor: `next` but of the last, `previous` but of the first.
                    let (_, row, _) = fetch(Page::offset(at as u64, 1));
                    let cursor = row
                        .next_cursor()
                        .or(row.previous_cursor())
                        .expect("there are other rows")
                        .clone();
                    let (after, rows, sql) = fetch(Page::after(cursor.clone(), 6));
                    assert_eq!(after, keys[at + 1..], "after row {at} by {sql}");
                    texts.insert(sql);
                    assert!(rows.next_cursor().is_none());
                    let (before, rows, sql) = fetch(Page::before(cursor, 6));
                    assert_eq!(before, keys[..at], "before row {at} by {sql}");
                    texts.insert(sql);
                    assert!(rows.previous_cursor().is_none());
                }
                // After and before, beside NULL and beside a value: law 7.
                assert_eq!(texts.len(), 4, "texts for {words}");
            }
        }
    });
}

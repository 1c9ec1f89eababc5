//! Which index serves, beside what PostgreSQL's planner does with it.

use std::cell::RefCell;

use pagewise_reference::{Database, Server};
use postgres::Client;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};

use super::{Desc, Item, Last};
use crate::Entity;
use crate::catalog::Catalog;
use crate::catalog::order_fit::SortKey;
use crate::driver::wire::types::{FromSql, Type};
use crate::expression::{Node, coalesce, lower};
use crate::order::{Direction, Nulls};
use crate::statistics::TableSet;

const TABLE: &str = "
    CREATE TABLE items (id bigint NOT NULL, shop_id bigint NOT NULL, kind varchar(20) NOT NULL, maker_id bigint,
                        seen_at bigint, made_at bigint NOT NULL);
    INSERT INTO items SELECT i, i % 3, 'kind' || i % 7, NULLIF(i % 5, 0), NULLIF(i % 11, 0), i % 13
    FROM generate_series(1, 200) AS i;
    ANALYZE items;
    SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";

/// What is sorted by, and what an index holds: in the text of an index, as a value.
fn values() -> Vec<(&'static str, Node)> {
    vec![
        ("shop_id", Node::Column("shop_id")),
        ("kind", Node::Column("kind")),
        ("seen_at", Node::Column("seen_at")),
        ("made_at", Node::Column("made_at")),
        ("id", Node::Column("id")),
        ("lower(kind)", lower(Item::KIND).node),
        (
            "coalesce(seen_at, made_at)",
            coalesce(Item::SEEN_AT, Item::MADE_AT).node,
        ),
    ]
}

const PREDICATES: [&str; 3] = [
    "maker_id > 1",
    "seen_at IS NOT NULL",
    "maker_id > 1 AND seen_at IS NOT NULL",
];

/// One of the values, sorted.
type Key = (usize, bool, bool);

#[derive(Clone, Debug)]
struct Case {
    index: Vec<Key>,
    predicate: Option<usize>,
    order: Vec<Key>,
    /// The rows are of one kind, too.
    is_of_kind: bool,
    conditions: Vec<&'static str>,
}

fn keys(most: usize) -> impl Strategy<Value = Vec<Key>> {
    let positions: Vec<usize> = (0..values().len()).collect();
    subsequence(positions, 1..=most)
        .prop_shuffle()
        .prop_flat_map(|chosen| {
            let sorted: Vec<_> = chosen
                .into_iter()
                .map(|at| (Just(at), any::<bool>(), any::<bool>()))
                .collect();
            sorted
        })
}

/// Some of the index's own keys in its own directions, or what is nearly so; perhaps with another key after them.
fn order_like(index: &[Key]) -> impl Strategy<Value = Vec<Key>> + use<> {
    let index = index.to_vec();
    let change = prop::option::of((0..3_usize, any::<bool>(), any::<bool>()));
    let other = prop::option::of(0..values().len());
    (0..index.len(), 1..=3_usize, any::<bool>(), change, other).prop_map(
        move |(from, many, is_reversed, change, other)| {
            let own = index[from..].iter().take(many);
            let mut order: Vec<Key> = own
                .map(|key| (key.0, key.1 != is_reversed, key.2 != is_reversed))
                .collect();
            if let Some((at, of_direction, of_nulls)) = change
                && let Some((_, is_descending, nulls_first)) = order.get_mut(at)
            {
                *is_descending ^= of_direction;
                *nulls_first ^= of_nulls;
            }
            let other = other.filter(|other| order.iter().all(|key| key.0 != *other));
            order.extend(other.map(|at| (at, is_reversed, is_reversed)));
            order
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let conditions = subsequence(PREDICATES[..2].to_vec(), 0..=2);
    keys(4).prop_flat_map(move |index| {
        let order = prop_oneof![3 => order_like(&index), 1 => keys(3)];
        let predicate = prop::option::weighted(0.3, 0..PREDICATES.len());
        let of_kind = any::<bool>();
        (Just(index), predicate, order, of_kind, conditions.clone()).prop_map(
            |(index, predicate, order, is_of_kind, conditions)| Case {
                index,
                predicate,
                order,
                is_of_kind,
                conditions,
            },
        )
    })
}

fn sql(keys: &[Key]) -> String {
    let values = values();
    let keys = keys.iter().map(|(at, is_descending, nulls_first)| {
        let direction = if *is_descending { "DESC" } else { "ASC" };
        let nulls = if *nulls_first { "FIRST" } else { "LAST" };
        format!("{} {direction} NULLS {nulls}", values[*at].0)
    });
    keys.collect::<Vec<_>>().join(", ")
}

/// What the planner does for an order.
#[derive(Debug, PartialEq)]
enum Plan {
    /// The rows are read in the order.
    Ordered { is_backward: bool },
    /// The rows are read in the order of so many keys, those not counted that are the same for all.
    Presorted { keys: usize, is_backward: bool },
    /// All rows are sorted.
    Sorted,
}

struct Json(serde_json::Value);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(serde_json::from_slice(raw)?))
    }

    fn accepts(data_type: &Type) -> bool {
        *data_type == Type::JSON
    }
}

fn plan(client: &mut Client, conditions: &[&str], order: &[Key]) -> Plan {
    let conditions = conditions.join(" AND ");
    let text = format!(
        "EXPLAIN (FORMAT JSON) SELECT * FROM items WHERE {conditions} ORDER BY {} LIMIT 1",
        sql(order)
    );
    let Json(answer) = client.query_one(&text, &[]).unwrap().get(0);
    let limited = &answer[0]["Plan"]["Plans"][0];
    let is_backward = |scan: &serde_json::Value| scan["Scan Direction"] == "Backward";
    match limited["Node Type"].as_str() {
        Some("Index Scan" | "Index Only Scan") => Plan::Ordered {
            is_backward: is_backward(limited),
        },
        Some("Incremental Sort") => Plan::Presorted {
            keys: limited["Presorted Key"].as_array().map_or(0, Vec::len),
            is_backward: is_backward(&limited["Plans"][0]),
        },
        Some("Sort") => Plan::Sorted,
        other => panic!("{other:?} in {answer:#}"),
    }
}

/// How often the index served how.
#[derive(Debug, Default)]
struct Seen {
    ordered: u32,
    presorted: u32,
    apart: u32,
    sorted: u32,
}

/// The planner does what is said of the index, and no better.
fn check(client: &mut Client, case: &Case, seen: &mut Seen) -> Result<(), TestCaseError> {
    let predicate = case.predicate.map(|at| PREDICATES[at]);
    let condition = predicate.map_or(String::new(), |text| format!(" WHERE {text}"));
    let text = format!("CREATE INDEX i ON items ({}){condition}", sql(&case.index));
    client.batch_execute(&text).unwrap();
    let catalog = Catalog::read(client, &TableSet::new().table(Item)).unwrap();

    let values = values();
    let mut equal = vec!["shop_id"];
    let mut said = vec!["shop_id = 1"];
    if case.is_of_kind {
        equal.push("kind");
        said.push("kind = 'kind1'");
    }
    said.extend(&case.conditions);
    let orders = |key: &Key| !equal.contains(&values[key.0].0);
    let direction = |is_descending| match is_descending {
        true => Direction::Descending,
        false => Direction::Ascending,
    };
    let nulls = |nulls_first| match nulls_first {
        true => Nulls::First,
        false => Nulls::Last,
    };
    let order: Vec<SortKey<'_>> = case
        .order
        .iter()
        .map(|key| (&values[key.0].1, direction(key.1), nulls(key.2)))
        .collect();
    let fit = catalog.index_of_order(&Item::DEFINITION, &equal, &order, &case.conditions);
    let Some(first) = case.order.iter().position(orders) else {
        prop_assert!(fit.is_none(), "there is no order");
        return Ok(());
    };
    let planned = plan(client, &said, &case.order);
    let Some(fit) = fit else {
        seen.sorted += 1;
        prop_assert_eq!(planned, Plan::Sorted);
        return Ok(());
    };
    let (keys, is_backward) = (fit.keys, fit.is_backward);
    let expected = if keys == order.len() {
        seen.ordered += 1;
        Plan::Ordered { is_backward }
    } else {
        seen.presorted += 1;
        let keys = case.order[..keys].iter().filter(|key| orders(key)).count();
        Plan::Presorted { keys, is_backward }
    };
    if fit.nulls_apart {
        seen.apart += 1;
        prop_assert_eq!(planned, Plan::Sorted);
        let mut apart = case.order.clone();
        apart[first].2 = fit.nulls == Nulls::First;
        prop_assert_ne!(&apart, &case.order);
        prop_assert_eq!(plan(client, &said, &apart), expected);
    } else {
        prop_assert_eq!(planned, expected);
    }
    let leading = case.index.iter().take_while(|key| !orders(key)).count();
    prop_assert_eq!(fit.equal, leading);
    Ok(())
}

fn items() -> (Database, Client) {
    let server = Server::shared().expect("a PostgreSQL server");
    let database = server.blank().expect("a database");
    let mut client = database.client().expect("a connection");
    client.batch_execute(TABLE).unwrap();
    (database, client)
}

#[test]
fn the_planner_agrees() {
    let (_database, client) = items();
    let (client, seen) = (RefCell::new(client), RefCell::new(Seen::default()));
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(128)
    };
    TestRunner::new(config)
        .run(&case(), |case| {
            let mut client = client.borrow_mut();
            let checked = check(&mut client, &case, &mut seen.borrow_mut());
            client.batch_execute("DROP INDEX i").unwrap();
            checked
        })
        .unwrap();
    let seen = seen.into_inner();
    let all = [seen.ordered, seen.presorted, seen.apart, seen.sorted];
    assert!(
        all.iter().all(|cases| *cases > 0),
        "none of some kind: {seen:?}"
    );
}

/// Rows with NULL, read apart from the others, are in the order of the index's other keys.
#[test]
fn both_parts_are_read_in_order() {
    let (_database, mut client) = items();
    client
        .batch_execute("CREATE INDEX i ON items (shop_id, seen_at DESC, id DESC)")
        .unwrap();
    let catalog = Catalog::read(&mut client, &TableSet::new().table(Item)).unwrap();
    let (seen_at, id) = (Node::Column("seen_at"), Node::Column("id"));
    let newest = [(&seen_at, Desc, Last), (&id, Desc, Nulls::First)];
    let fit = catalog.index_of_order(&Item::DEFINITION, &["shop_id"], &newest, &[]);
    let fit = fit.expect("an index");
    assert!(fit.nulls_apart && fit.keys == 2);
    let as_the_index_has_it = [(2, true, fit.nulls == Nulls::First), (4, true, true)];
    let ordered = Plan::Ordered { is_backward: false };
    for part in ["seen_at IS NOT NULL", "seen_at IS NULL"] {
        assert_eq!(
            plan(&mut client, &["shop_id = 1", part], &as_the_index_has_it),
            ordered
        );
    }
    let by_the_rest = plan(
        &mut client,
        &["shop_id = 1", "seen_at IS NULL"],
        &[(4, true, true)],
    );
    assert_eq!(
        by_the_rest,
        Plan::Sorted,
        "the planner does not see that the first key is one value"
    );
}

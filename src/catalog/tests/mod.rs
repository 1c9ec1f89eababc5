//! Which index serves, of catalogs made by hand.

#[cfg(feature = "postgres")]
mod planner;

use std::time::Duration;

use proptest::prelude::*;

use super::order_fit::{Fit, SortKey};
use super::sql_text::SqlText;
use super::{Catalog, CatalogCache, CatalogRow};
use crate::expression::{Node, coalesce, constant, lower, value};
use crate::order::{Direction, Nulls};
use crate::{Entity, Statistics};

crate::entity! {
    Item = "items" as "item" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        KIND: String = "kind";
        MAKER_ID: Option<i64> = "maker_id";
        SEEN_AT: Option<i64> = "seen_at";
        MADE_AT: i64 = "made_at";
    }
}

crate::entity! {
    /// The table of the same name elsewhere.
    Elsewhere = "items" in "else where" as "item" {
        key ID: i64 = "id";
        shared;
    }
}

use Direction::{Ascending as Asc, Descending as Desc};
use Nulls::{First, Last};

/// A usable index; its keys as in `CREATE INDEX`, those with parentheses are computed.
fn index(name: &str, keys: &[&str]) -> CatalogRow {
    let mut row = CatalogRow {
        server_version: Some(150_020),
        schema_name: Some(String::new()),
        table_name: Some("items".to_owned()),
        index_schema: Some("public".to_owned()),
        index_name: Some(name.to_owned()),
        method: Some("btree".to_owned()),
        is_valid: Some(true),
        is_ready: Some(true),
        ..CatalogRow::default()
    };
    for key in keys {
        let (key, nulls_first) = match key.split_once(" NULLS ") {
            Some((key, nulls)) => (key, Some(nulls == "FIRST")),
            None => (*key, None),
        };
        let (key, descending) = match key.strip_suffix(" DESC") {
            Some(key) => (key, true),
            None => (key, false),
        };
        let column = (!key.contains('(')).then(|| key.to_owned());
        row.key_columns.get_or_insert_default().push(column);
        row.key_texts
            .get_or_insert_default()
            .push(Some(key.to_owned()));
        row.descending
            .get_or_insert_default()
            .push(Some(descending));
        row.nulls_first.get_or_insert_default().push(nulls_first);
    }
    row
}

fn partial(name: &str, keys: &[&str], predicate: &str) -> CatalogRow {
    CatalogRow {
        predicate: Some(predicate.to_owned()),
        ..index(name, keys)
    }
}

#[track_caller]
fn has_prefix(rows: &[CatalogRow], columns: &[&str], conditions: &[&str], expected: Option<&str>) {
    let catalog = Catalog::from_rows(rows.iter().cloned());
    let found = catalog.index_with_prefix(&Item::DEFINITION, columns, conditions);
    assert_eq!(found.map(|index| index.name.as_str()), expected);
}

/// What is asked for in the order, with the shop's rows only.
#[track_caller]
fn fit_of(rows: &[CatalogRow], order: &[SortKey<'_>], check: impl FnOnce(Option<Fit<'_>>)) {
    let catalog = Catalog::from_rows(rows.iter().cloned());
    check(catalog.index_of_order(&Item::DEFINITION, &["shop_id"], order, &[]));
}

/// Which index it is, how many equal columns and sort keys it has, whether it is read backward, whether NULL is apart.
type Expected<'e> = (&'e str, usize, usize, bool, bool);

#[track_caller]
fn fits(rows: &[CatalogRow], order: &[SortKey<'_>], expected: Option<Expected<'_>>) {
    fit_of(rows, order, |fit| {
        let found = fit.map(|fit| {
            let name = fit.index.name.as_str();
            (name, fit.equal, fit.keys, fit.is_backward, fit.nulls_apart)
        });
        assert_eq!(found, expected);
    });
}

const ID: Node = Node::Column("id");
const SHOP: Node = Node::Column("shop_id");
const SEEN: Node = Node::Column("seen_at");
const MADE: Node = Node::Column("made_at");

#[test]
fn rows_become_indexes_of_tables() {
    let empty = CatalogRow {
        table_name: Some("items".to_owned()),
        schema_name: Some("else where".to_owned()),
        ..CatalogRow::default()
    };
    let catalog = Catalog::from_rows([
        index("a", &["id"]),
        index("b", &["lower(kind) DESC"]),
        empty,
    ]);
    assert_eq!(catalog.server_version(), Some(150_020));
    let [a, b] = catalog.indexes(Item) else {
        panic!("{:?}", catalog.indexes(Item))
    };
    assert_eq!((a.name.as_str(), a.schema.as_str()), ("a", "public"));
    assert_eq!(a.keys[0].column.as_deref(), Some("id"));
    assert_eq!((a.keys[0].direction, a.keys[0].nulls_first), (Asc, false));
    assert_eq!(
        (b.keys[0].column.as_deref(), b.keys[0].text.as_str()),
        (None, "lower(kind)")
    );
    assert_eq!((b.keys[0].direction, b.keys[0].nulls_first), (Desc, true));
    assert!(catalog.knows(Elsewhere) && catalog.indexes(Elsewhere).is_empty());
}

#[test]
fn a_server_without_the_tables() {
    let catalog = Catalog::from_rows([CatalogRow {
        server_version: Some(130_000),
        ..CatalogRow::default()
    }]);
    assert_eq!(catalog.server_version(), Some(130_000));
    assert!(!catalog.knows(Item) && catalog.indexes(Item).is_empty());
    assert_eq!(catalog.rows_of(Item), None);
    assert_eq!(catalog.null_fraction(Item::SEEN_AT), None);
    assert_eq!(Catalog::from_rows([]).server_version(), None);
}

#[test]
fn it_is_as_old_as_its_older_part() {
    fn is_shared<T: Clone + Send + Sync>() {}
    is_shared::<Catalog>();
    let cache = CatalogCache::new(Duration::from_secs(60));
    let catalog = Catalog::from_rows([]);
    cache.put(catalog.clone());
    assert!(!cache.is_stale());
    let old = Statistics::from_rows([]).aged(Duration::from_secs(61));
    let catalog = catalog.with_statistics(old);
    assert!(catalog.age() >= Duration::from_secs(61));
    cache.put(catalog);
    assert!(cache.is_stale() && cache.latest().is_some());
}

#[test]
fn prefixes() {
    let rows = [
        index("both", &["maker_id", "made_at"]),
        index("one", &["maker_id"]),
        index("other", &["made_at", "maker_id"]),
    ];
    has_prefix(&rows, &["maker_id"], &[], Some("one"));
    has_prefix(&rows, &["maker_id", "made_at"], &[], Some("both"));
    has_prefix(&rows, &["made_at"], &[], Some("other"));
    has_prefix(&rows, &["maker_id", "id"], &[], None);
    has_prefix(&rows, &["maker_id", "made_at", "id"], &[], None);
    has_prefix(&rows, &[], &[], None);
    has_prefix(&rows[..1], &["maker_id"], &[], Some("both"));
    has_prefix(
        &[index("computed", &["lower(maker_id)"])],
        &["maker_id"],
        &[],
        None,
    );
    let covering = CatalogRow {
        included_columns: Some(vec![Some("id".to_owned())]),
        ..index("covering", &["maker_id"])
    };
    has_prefix(
        std::slice::from_ref(&covering),
        &["maker_id"],
        &[],
        Some("covering"),
    );
    has_prefix(
        &[covering, index("one", &["maker_id"])],
        &["maker_id"],
        &[],
        Some("one"),
    );
    let elsewhere = CatalogRow {
        schema_name: Some("else where".to_owned()),
        ..index("elsewhere", &["maker_id"])
    };
    has_prefix(&[elsewhere], &["maker_id"], &[], None);
}

#[test]
fn what_is_of_no_use() {
    let good = index("good", &["maker_id"]);
    let list = || Some(vec![Some("other".to_owned())]);
    for bad in [
        CatalogRow {
            is_valid: Some(false),
            ..good.clone()
        },
        CatalogRow {
            is_ready: Some(false),
            ..good.clone()
        },
        CatalogRow {
            is_valid: None,
            ..good.clone()
        },
        CatalogRow {
            method: Some("hash".to_owned()),
            ..good.clone()
        },
        CatalogRow {
            method: None,
            ..good.clone()
        },
        CatalogRow {
            index_name: None,
            ..good.clone()
        },
        CatalogRow {
            table_name: None,
            ..good.clone()
        },
        CatalogRow {
            operator_classes: list(),
            ..good.clone()
        },
        CatalogRow {
            collations: list(),
            ..good.clone()
        },
        CatalogRow {
            predicate: Some("(seen_at IS NULL)".to_owned()),
            ..good.clone()
        },
        CatalogRow {
            key_columns: None,
            key_texts: None,
            ..good.clone()
        },
        CatalogRow {
            key_columns: Some(Vec::new()),
            key_texts: Some(Vec::new()),
            ..good.clone()
        },
        CatalogRow {
            key_columns: Some(vec![None]),
            key_texts: None,
            ..good.clone()
        },
    ] {
        has_prefix(std::slice::from_ref(&bad), &["maker_id"], &[], None);
        let maker = Node::Column("maker_id");
        fits(std::slice::from_ref(&bad), &[(&maker, Asc, Last)], None);
        has_prefix(&[bad, good.clone()], &["maker_id"], &[], Some("good"));
    }
}

#[test]
fn partial_indexes_where_their_condition_is_said() {
    let rows = [
        index("all", &["maker_id"]),
        partial("sold", &["maker_id"], "((kind)::text <> 'draft'::text)"),
        partial(
            "seen",
            &["maker_id"],
            "((seen_at IS NOT NULL) AND (NOT (kind = 'x'::text)))",
        ),
    ];
    has_prefix(&rows, &["maker_id"], &[], Some("all"));
    has_prefix(&rows, &["maker_id"], &["kind = 'draft'"], Some("all"));
    has_prefix(&rows, &["maker_id"], &["seen_at IS NOT NULL"], Some("all"));
    has_prefix(
        &rows,
        &["maker_id"],
        &["(\"kind\" != 'draft')"],
        Some("sold"),
    );
    has_prefix(&rows[1..], &["maker_id"], &[], None);
    has_prefix(
        &rows[2..],
        &["maker_id"],
        &["seen_at is not null", "not (kind = 'x')"],
        Some("seen"),
    );
    has_prefix(
        &rows[2..],
        &["maker_id"],
        &["seen_at IS NOT NULL AND NOT (kind = 'x')"],
        None,
    );
    let seen = [partial(
        "seen",
        &["shop_id", "seen_at"],
        "(seen_at IS NOT NULL)",
    )];
    fits(&seen, &[(&SEEN, Asc, Last)], None);
    let catalog = Catalog::from_rows(seen);
    let fit = catalog.index_of_order(
        &Item::DEFINITION,
        &["shop_id"],
        &[(&SEEN, Asc, Last)],
        &["seen_at IS NOT NULL"],
    );
    assert!(fit.is_some());
}

#[test]
fn orders_forward_and_backward() {
    let rows = [index("i", &["shop_id", "seen_at", "id"])];
    fits(
        &rows,
        &[(&SEEN, Asc, Last), (&ID, Asc, Last)],
        Some(("i", 1, 2, false, false)),
    );
    fits(
        &rows,
        &[(&SEEN, Desc, First), (&ID, Desc, First)],
        Some(("i", 1, 2, true, false)),
    );
    fits(
        &rows,
        &[(&SEEN, Desc, First), (&ID, Asc, Last)],
        Some(("i", 1, 1, true, false)),
    );
    fits(
        &rows,
        &[(&SEEN, Asc, Last), (&ID, Asc, First)],
        Some(("i", 1, 1, false, false)),
    );
    fits(
        &rows,
        &[(&SEEN, Asc, Last)],
        Some(("i", 1, 1, false, false)),
    );
    fits(
        &rows,
        &[(&SEEN, Asc, Last), (&MADE, Asc, Last), (&ID, Asc, Last)],
        Some(("i", 1, 1, false, false)),
    );
    fits(&rows, &[(&ID, Asc, Last)], None);
    fits(&rows, &[(&MADE, Asc, Last), (&SEEN, Asc, Last)], None);
    fits(&rows, &[], None);
    let mixed = [index("i", &["shop_id", "seen_at DESC NULLS LAST", "id"])];
    fits(
        &mixed,
        &[(&SEEN, Desc, Last), (&ID, Asc, Last)],
        Some(("i", 1, 2, false, false)),
    );
    fits(
        &mixed,
        &[(&SEEN, Asc, First), (&ID, Desc, First)],
        Some(("i", 1, 2, true, false)),
    );
    fits(
        &mixed,
        &[(&SEEN, Desc, Last), (&ID, Desc, First)],
        Some(("i", 1, 1, false, false)),
    );
}

#[test]
fn nulls_that_are_read_apart() {
    let rows = [index("i", &["shop_id", "seen_at DESC", "id DESC"])];
    let newest = [(&SEEN, Desc, Last), (&ID, Desc, First)];
    fits(&rows, &newest, Some(("i", 1, 2, false, true)));
    fit_of(&rows, &newest, |fit| assert_eq!(fit.unwrap().nulls, First));
    let oldest = [(&SEEN, Asc, First), (&ID, Asc, Last)];
    fits(&rows, &oldest, Some(("i", 1, 2, true, true)));
    fit_of(&rows, &oldest, |fit| assert_eq!(fit.unwrap().nulls, Last));
    let wanted = [(&SEEN, Desc, First), (&ID, Desc, First)];
    fits(&rows, &wanted, Some(("i", 1, 2, false, false)));
    fit_of(&rows, &wanted, |fit| assert_eq!(fit.unwrap().nulls, First));
}

#[test]
fn the_best_of_several() {
    let newest = [(&SEEN, Desc, Last), (&ID, Desc, First)];
    let apart = index("apart", &["shop_id", "seen_at", "id"]);
    let full = index("full", &["shop_id", "seen_at DESC NULLS LAST"]);
    let longer = index("longer", &["shop_id", "seen_at DESC NULLS LAST", "id DESC"]);
    let wide = index(
        "wide",
        &["shop_id", "seen_at DESC NULLS LAST", "id DESC", "kind"],
    );
    let of_all = index("of_all", &["seen_at DESC NULLS LAST", "id DESC"]);
    let mut rows = vec![of_all, apart, full, wide, longer];
    for expected in [
        ("longer", 1, 2, false, false),
        ("wide", 1, 2, false, false),
        ("full", 1, 1, false, false),
        ("apart", 1, 2, true, true),
        ("of_all", 0, 2, false, false),
    ] {
        fits(&rows, &newest, Some(expected));
        rows.retain(|row| row.index_name.as_deref() != Some(expected.0));
    }
    fits(&rows, &newest, None);
}

#[test]
fn columns_that_are_equal() {
    let catalog = Catalog::from_rows([
        index("three", &["kind", "shop_id", "made_at", "maker_id", "id"]),
        index("other", &["maker_id", "made_at"]),
    ]);
    let order = [(&MADE, Asc, Last), (&ID, Asc, Last)];
    let ask = |equal: &[&str], order: &[SortKey<'_>]| {
        let fit = catalog.index_of_order(&Item::DEFINITION, equal, order, &[])?;
        Some((fit.index.name.clone(), fit.equal, fit.keys))
    };
    let found = |name: &str, equal, keys| Some((name.to_owned(), equal, keys));
    assert_eq!(
        ask(&["shop_id"], &order),
        None,
        "nothing is known of the kind"
    );
    assert_eq!(ask(&["shop_id", "kind"], &order), found("three", 2, 1));
    assert_eq!(
        ask(&["maker_id", "shop_id", "kind"], &order),
        found("three", 2, 2)
    );
    assert_eq!(ask(&["maker_id"], &order), found("other", 1, 1));
    // What is equal is no order.
    let by_shop = [(&SHOP, Desc, First), (&MADE, Asc, Last), (&SHOP, Asc, Last)];
    assert_eq!(ask(&["shop_id", "kind"], &by_shop), found("three", 2, 3));
    assert_eq!(ask(&["shop_id", "kind"], &by_shop[..1]), None);
}

#[test]
fn an_equal_column_of_another_collation_is_none() {
    let row = CatalogRow {
        collations: Some(vec![Some("\"C\"".to_owned()), None]),
        ..index("i", &["kind", "made_at"])
    };
    let catalog = Catalog::from_rows([row]);
    let order = [(&MADE, Asc, Last)];
    assert_eq!(
        catalog.index_of_order(&Item::DEFINITION, &["kind"], &order, &[]),
        None
    );
}

#[test]
fn expressions() {
    let seen_or_made = coalesce(Item::SEEN_AT, Item::MADE_AT).node;
    let small = lower(Item::KIND).node;
    let small_or_draft = coalesce(lower(Item::KIND), constant("it's a draft")).node;
    let bound = coalesce(Item::SEEN_AT, value(5_i64)).node;
    for (text, node) in [
        ("COALESCE(seen_at, made_at)", &seen_or_made),
        ("coalesce(\"seen_at\",(made_at))", &seen_or_made),
        ("((COALESCE ( seen_at , ((made_at)) )))", &seen_or_made),
        ("lower(kind)", &small),
        ("lower((kind)::text)", &small),
        ("lower((kind)::character varying)", &small),
        ("LOWER(kind::text)", &small),
        (
            "COALESCE(lower((kind)::text), 'it''s a draft'::text)",
            &small_or_draft,
        ),
        (
            "COALESCE((lower(kind)), ('it''s a draft'))",
            &small_or_draft,
        ),
    ] {
        fits(
            &[index("i", &["shop_id", text])],
            &[(node, Asc, Last)],
            Some(("i", 1, 1, false, false)),
        );
    }
    for (text, node) in [
        ("COALESCE(made_at, seen_at)", &seen_or_made),
        ("COALESCE(seen_at, made_at, 0)", &seen_or_made),
        ("COALESCE(seen_at)", &seen_or_made),
        ("COALESCE((seen_at, made_at))", &seen_or_made),
        ("COALESCE(seen_at, (made_at)::date)", &seen_or_made),
        ("COALESCE(seen_at, made_at) + 0", &seen_or_made),
        ("COALESCE(\"Seen_at\", made_at)", &seen_or_made),
        ("shop.coalesce(seen_at, made_at)", &seen_or_made),
        ("upper(kind)", &small),
        ("lower((kind)::character varying(3))", &small),
        ("lower((kind)::text[])", &small),
        ("lower(kind COLLATE \"C\")", &small),
        ("lower(kind", &small),
        ("lower(kind))", &small),
        ("lower('kind')", &small),
        (
            "COALESCE(lower(kind), 'it is a draft'::text)",
            &small_or_draft,
        ),
        (
            "COALESCE(lower(kind), E'it\\'s a draft'::text)",
            &small_or_draft,
        ),
        ("COALESCE(seen_at, 5)", &bound),
        ("()", &small),
    ] {
        fits(
            &[index("i", &["shop_id", text])],
            &[(node, Asc, Last)],
            None,
        );
    }
    fits(
        &[index("i", &["shop_id", "seen_at"])],
        &[(&seen_or_made, Asc, Last)],
        None,
    );
    fits(
        &[index("i", &["shop_id", "lower(seen_at)"])],
        &[(&SEEN, Asc, Last)],
        None,
    );
}

#[test]
fn texts_that_are_deep() {
    let deep = |levels: usize| format!("{}seen_at{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(SqlText::of(&deep(40)), SqlText::of("seen_at"));
    assert_eq!(SqlText::of(&deep(100_000)), None);
}

prop_compose! {
    fn list(texts: &'static str)(list in prop::option::of(prop::collection::vec(prop::option::of(texts), 0..4)))
        -> Option<Vec<Option<String>>> { list }
}

prop_compose! {
    fn flags()(list in prop::option::of(prop::collection::vec(prop::option::of(any::<bool>()), 0..4)))
        -> Option<Vec<Option<bool>>> { list }
}

const SQL: &str = "([a-z\"'(),:. \\[\\]<>]|seen_at|COALESCE|AND|OR|::text|é|\\PC){0,12}";

prop_compose! {
    fn odd_row()(
        (server_version, schema_name, table_name, index_name) in any::<(Option<i32>, bool, bool, bool)>(),
        (key_columns, key_texts) in (list("shop_id|seen_at|"), list(SQL)),
        (descending, nulls_first) in (flags(), flags()),
        (operator_classes, collations, included_columns) in (list("x"), list("x"), list("id|x")),
        predicate in prop::option::of(SQL),
    ) -> CatalogRow {
        CatalogRow {
            server_version,
            schema_name: schema_name.then(String::new),
            table_name: table_name.then(|| "items".to_owned()),
            index_name: index_name.then(|| "i".to_owned()),
            key_columns,
            key_texts,
            descending,
            nulls_first,
            operator_classes,
            collations,
            included_columns,
            predicate,
            ..index("", &[])
        }
    }
}

proptest! {
    #[test]
    fn odd_rows_are_no_errors(rows in prop::collection::vec(odd_row(), 0..4), condition in SQL) {
        let catalog = Catalog::from_rows(rows);
        let node = coalesce(Item::SEEN_AT, Item::MADE_AT).node;
        for order in [&[(&SEEN, Desc, Last)][..], &[(&node, Asc, First), (&ID, Asc, Last)]] {
            if let Some(fit) = catalog.index_of_order(&Item::DEFINITION, &["shop_id"], order, &[&condition]) {
                prop_assert!((1..=order.len()).contains(&fit.keys));
                prop_assert!(fit.equal < fit.index.keys.len());
            }
        }
        if let Some(index) = catalog.index_with_prefix(&Item::DEFINITION, &["shop_id"], &[&condition]) {
            prop_assert!(index.keys[0].is_column("shop_id"));
        }
    }

    #[test]
    fn any_text_is_the_same_as_itself(text in SQL) {
        if let Some(read) = SqlText::of(&text) {
            let within = format!("({text})");
            prop_assert!(read.is_among(&[SqlText::of(&text).unwrap()]));
            let spaced: String = text.replace('(', " ( ").replace(')', " ) ");
            if !text.contains(['\'', '"']) {
                prop_assert_eq!(SqlText::of(&spaced), Some(read.clone()));
            }
            if !text.contains(',') {
                prop_assert_eq!(SqlText::of(&within), Some(read));
            }
        }
    }
}

//! Estimates from statistics made by hand.

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;

use super::{Statistics, StatisticsRow, TableSet};
use crate::expression::coalesce;
use crate::predicate::{Comparison, compare};
use crate::{Entity, Links, Predicate, Relation, TimeZone, ToOne};

crate::entity! {
    Item = "items" as "item" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        KIND: String = "kind";
        MAYBE: Option<i32> = "maybe";
        PRICE: f64 = "price";
        AT: DateTime<Utc> = "at";
        SEEN_AT: Option<DateTime<Utc>> = "seen_at";
        DAY: NaiveDate = "day";
        FLAG: bool = "flag";
        SIZES: Option<Vec<i32>> = "sizes";
        MAKER_ID: Option<i64> = "maker_id";
    }
}

crate::entity! {
    Maker = "makers" as "maker" {
        key ID: i64 = "id";
        tenant SHOP_ID: i64 = "shop_id";
        NAME: String = "name";
    }
}

crate::entity! {
    Note = "notes" as "note" {
        key ID: i64 = "id";
        tenant through ITEM_ID => Item;
        ITEM_ID: i64 = "item_id";
    }
}

fn texts(values: &[&str]) -> Option<Vec<String>> {
    Some(values.iter().map(|value| (*value).to_owned()).collect())
}

fn column(table: &str, rows: f32, name: &str) -> StatisticsRow {
    StatisticsRow {
        table_name: table.to_owned(),
        row_count: Some(rows),
        column_name: Some(name.to_owned()),
        inherited: Some(false),
        null_fraction: Some(0.0),
        ..StatisticsRow::default()
    }
}

fn common(
    row: StatisticsRow,
    values: &[&str],
    frequencies: &[f32],
    distinct: f32,
) -> StatisticsRow {
    StatisticsRow {
        common_values: texts(values),
        common_frequencies: Some(frequencies.to_vec()),
        distinct_values: Some(distinct),
        ..row
    }
}

fn item(name: &str) -> StatisticsRow {
    column("items", 1000.0, name)
}

fn rows() -> Vec<StatisticsRow> {
    vec![
        StatisticsRow {
            distinct_values: Some(-1.0),
            histogram_bounds: texts(&["1", "250", "500", "750", "1000"]),
            ..item("id")
        },
        common(item("shop_id"), &["7", "8"], &[0.5, 0.25], 12.0),
        common(
            item("kind"),
            &["book", "game", "50%"],
            &[0.5, 0.25, 0.125],
            7.0,
        ),
        StatisticsRow {
            null_fraction: Some(0.5),
            ..common(item("maybe"), &["1", "2"], &[0.25, 0.25], 2.0)
        },
        StatisticsRow {
            histogram_bounds: texts(&["0", "10", "100", "1000"]),
            distinct_values: Some(-0.5),
            ..item("price")
        },
        StatisticsRow {
            histogram_bounds: texts(&[
                "2026-01-01 00:00:00+00",
                "2026-01-11 01:00:00+01",
                "2026-01-20 19:00:00-05",
            ]),
            distinct_values: Some(-1.0),
            ..item("at")
        },
        StatisticsRow {
            null_fraction: Some(0.5),
            histogram_bounds: texts(&["2026-01-01 00:00:00+00", "2026-01-21 00:00:00+00"]),
            ..item("seen_at")
        },
        StatisticsRow {
            histogram_bounds: texts(&["2026-01-01", "2026-01-11"]),
            ..item("day")
        },
        common(item("flag"), &["t", "f"], &[0.75, 0.25], 2.0),
        StatisticsRow {
            null_fraction: Some(0.5),
            common_elements: texts(&["1", "2"]),
            element_frequencies: Some(vec![0.5, 0.25, 0.25, 0.5, 0.0]),
            ..item("sizes")
        },
        StatisticsRow {
            null_fraction: Some(0.25),
            ..common(
                item("maker_id"),
                &["10", "20", "30"],
                &[0.25, 0.125, 0.0625],
                13.0,
            )
        },
        common(
            column("makers", 20.0, "shop_id"),
            &["7", "8"],
            &[0.5, 0.5],
            2.0,
        ),
        common(column("makers", 20.0, "name"), &["Acme"], &[0.25], 11.0),
        StatisticsRow {
            distinct_values: Some(-1.0),
            ..column("makers", 20.0, "id")
        },
        column("notes", 400.0, "item_id"),
    ]
}

fn statistics() -> Statistics {
    Statistics::from_rows(rows())
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[track_caller]
fn is<E: Entity>(condition: &Predicate<E>, expected: f64) {
    let estimate = statistics().share(condition).expect("an estimate");
    assert!(
        (estimate - expected).abs() < 1e-6,
        "{estimate} instead of {expected}"
    );
}

#[test]
fn equality() {
    is(&Item::KIND.eq("book"), 0.5);
    is(&Item::KIND.eq("film"), 0.125 / 4.0); // four others
    is(&Item::KIND.ne("book"), 0.5);
    is(&!Item::KIND.eq("book"), 0.5);
    is(&Item::ID.eq(5), 0.001);
    is(&Item::FLAG.eq(true), 0.75);
    is(&Item::MAYBE.eq(1), 0.25);
    is(&Item::MAYBE.ne(1), 0.25); // not where it is NULL
    is(&!Item::MAYBE.eq(1), 0.25);
    is(&Item::MAYBE.eq(1).is_not_true(), 0.75);
    is(&!Item::MAYBE.eq(1).is_not_true(), 0.25);
    is(&Item::MAYBE.is_distinct_from(1), 0.75);
    is(&Item::MAYBE.is_not_distinct_from(1), 0.25);
    is(&Item::MAYBE.is_null(), 0.5);
    is(&!Item::MAYBE.is_null(), 0.5);
    is(&Item::KIND.is_not_null(), 1.0);
    is(&Item::MAYBE.eq(9), 0.0); // all values are known
}

#[test]
fn lists() {
    is(&Item::KIND.any_of(["book", "game", "book"]), 0.75);
    is(
        &Item::KIND.any_of(["game", "film", "song"]),
        0.25 + 2.0 * 0.125 / 4.0,
    );
    is(&Item::KIND.any_of((0..99).map(|i| i.to_string())), 0.125); // no more than there are
    is(&Item::KIND.none_of(["book", "game"]), 0.25);
    is(&Item::MAYBE.none_of([1]), 0.25);
    is(&!Item::MAYBE.any_of([1]), 0.25);
    is(&Item::KIND.any_of(Vec::<String>::new()), 0.0);
    is(&Item::KIND.none_of(Vec::<String>::new()), 1.0);
}

#[test]
fn ranges_within_a_histogram() {
    is(&Item::ID.lt(500), 0.5);
    is(&Item::ID.ge(500), 0.5);
    is(&Item::ID.le(375), 0.375);
    is(&!Item::ID.le(375), 0.625);
    is(&Item::ID.within(250..500), 0.25);
    is(
        &Item::ID
            .ge(250)
            .and(Item::KIND.eq("book"))
            .and(Item::ID.lt(500)),
        0.125,
    );
    is(&Item::ID.ge(500).and(Item::ID.lt(250)), 0.0);
    is(&Item::PRICE.lt(55.0), 0.5);
    is(&Item::AT.lt(instant("2026-01-06T00:00:00Z")), 0.25);
    is(&Item::AT.ge(instant("2026-01-16T00:00:00Z")), 0.25);
    is(
        &Item::DAY.le(NaiveDate::from_ymd_opt(2026, 1, 6).unwrap()),
        0.5,
    );
    // Never quite none or all: rows may have come since.
    is(&Item::AT.gt(instant("2030-01-01T00:00:00Z")), 0.005);
    is(&Item::AT.lt(instant("2030-01-01T00:00:00Z")), 0.995);
    is(&Item::MAYBE.lt(2), 0.25);
    is(&Item::MAYBE.le(2), 0.5);
    is(&Item::MAYBE.gt(1), 0.25);
    is(&!Item::MAYBE.gt(1), 0.25);
}

#[test]
fn dates_of_instants() {
    let zone: TimeZone = "UTC".parse().unwrap();
    let date = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    is(&Item::AT.on_date(date(6), &zone), 0.05);
    is(&Item::AT.before_date(date(6), &zone), 0.25);
    is(&Item::AT.after_date(date(15), &zone), 0.25);
}

#[test]
fn the_first_that_is_not_null() {
    let at = coalesce(Item::SEEN_AT, Item::AT);
    is(&at.ge(instant("2026-01-11T00:00:00Z")), 0.5);
    is(&at.lt(instant("2026-01-06T00:00:00Z")), 0.25);
    is(&at.is_null(), 0.0);
    let window = instant("2026-01-06T00:00:00Z")..instant("2026-01-11T00:00:00Z");
    is(&at.within(window), 0.25);
}

#[test]
fn texts_in_lists_that_are_known() {
    is(&Item::KIND.eq_ignore_case("BOOK"), 0.5);
    is(&Item::KIND.eq_ignore_case("film"), 0.125 / 4.0);
    // The rest is too large and too little known of it.
    assert_eq!(statistics().share(&Item::KIND.contains("oo")), None);
    let known = StatisticsRow {
        histogram_bounds: texts(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]),
        ..common(item("kind"), &["book"], &[0.5], 100.0)
    };
    let statistics = Statistics::from_rows([known]);
    for (condition, expected) in [
        (Item::KIND.contains("b"), 0.55),
        (Item::KIND.starts_with("bo"), 0.525),
        (!Item::KIND.contains("b"), 0.45),
        (Item::KIND.contains("zzz"), 0.025),
    ] {
        let estimate = statistics.share(&condition).unwrap();
        assert!(
            (estimate - expected).abs() < 1e-6,
            "{estimate} of {condition:?}"
        );
    }
}

#[test]
fn elements_of_arrays() {
    is(&Item::SIZES.overlaps([1]), 0.25);
    is(&Item::SIZES.overlaps([1, 2]), 0.5 * (1.0 - 0.5 * 0.75));
    is(&Item::SIZES.overlaps([9]), 0.5 * 0.125);
    is(&Item::SIZES.overlaps(Vec::<i32>::new()), 0.0);
    is(&!Item::SIZES.overlaps([1]), 0.25);
    is(&Item::SIZES.overlaps([1]).is_not_true(), 0.75);
    is(&Item::SIZES.contains_all([1, 2]), 0.5 * 0.5 * 0.25);
    is(&Item::SIZES.contains_all(Vec::<i32>::new()), 0.5);
}

#[test]
fn several_conditions() {
    let book = Item::KIND.eq("book");
    let flag = Item::FLAG.eq(true);
    is(&book.clone().and(flag.clone()), 0.375);
    is(&book.clone().and(book.clone()), 0.5); // the same twice
    is(&book.clone().or(flag.clone()), 1.0 - 0.5 * 0.25);
    is(&Item::KIND.eq("book").or(Item::KIND.eq("game")), 0.75);
    is(&Item::MAYBE.ne(1).or(Item::MAYBE.is_null()), 0.75);
    is(&!(book.clone().and(flag.clone())), 1.0 - 0.375);
    is(&!(book.clone().or(flag)), 0.125);
    is(&Predicate::<Item>::all([]), 1.0);
    is(&Predicate::<Item>::any([]), 0.0);
    let unknown = compare(Item::ID, Comparison::Less, Item::SHOP_ID);
    assert_eq!(statistics().share(&book.clone().and(unknown.clone())), None);
    assert_eq!(statistics().share(&book.or(unknown)), None);
}

fn maker() -> ToOne<Item, Maker> {
    ToOne::new("maker", Item::MAKER_ID)
}

/// What three of the makers are called: one of them is gone.
fn with_names() -> Statistics {
    let tables = TableSet::new().label(Item::MAKER_ID, Maker::NAME);
    let row = |key: &str, name: &str, shop: &str| {
        (
            0,
            key.to_owned(),
            vec![Some(name.to_owned()), Some(shop.to_owned())],
        )
    };
    let answer = [row("10", "Acme", "7"), row("20", "Acme", "8")];
    assert!(statistics().label_statement(&tables).is_some());
    statistics().with_labels(&tables, answer)
}

#[test]
fn rows_that_are_pointed_at() {
    is(&maker().exists(), 0.75);
    is(&maker().is_empty(), 0.25);
    is(
        &maker().filter(Maker::NAME.eq("Acme")).exists(),
        0.75 * 0.25,
    );
    // By the key, it is looked up.
    is(&maker().filter(Maker::ID.eq(10)).exists(), 0.25);
    is(&maker().is_one_of(Maker::ID.any_of([10, 20])), 0.375);
    is(&!maker().is_one_of(Maker::ID.any_of([10, 20])), 0.375);
    is(
        &maker().is_one_of(Maker::ID.any_of([10, 20])).is_not_true(),
        0.625,
    );
    let items = Relation::many("items", Maker::ID, Item::MAKER_ID);
    assert_eq!(statistics().share(&items.exists()), None);
}

#[test]
fn rows_by_what_they_point_at_is_called() {
    let statistics = with_names();
    let share = |name: &str| {
        statistics
            .share(&maker().filter(Maker::NAME.eq(name)).exists())
            .unwrap()
    };
    // Five makers are called so: two are known, three are among ten others, which share 0.3125.
    assert!((share("Acme") - (0.375 + 3.0 * 0.3125 / 10.0)).abs() < 1e-6);
    // 15 makers have ten other names.
    assert!((share("Other") - 1.5 * 0.3125 / 10.0).abs() < 1e-6);
    let rows = |tenant: i64, name: &str| {
        let relation = maker().filter(Maker::NAME.eq(name));
        statistics.rows_pointing_at(&relation, tenant).unwrap()
    };
    assert!((rows(7, "Acme") - 1000.0 * (0.25 + 1.5 * 0.3125 / 10.0)).abs() < 1e-3);
    assert!((rows(8, "Acme") - 1000.0 * (0.125 + 1.5 * 0.3125 / 10.0)).abs() < 1e-3);
    // Without the names: half of the items, three of four with a maker, every fourth of which is called so.
    let relation = maker().filter(Maker::NAME.eq("Acme"));
    let guess = self::statistics().rows_pointing_at(&relation, 7).unwrap();
    assert!((guess - 1000.0 * 0.5 * 0.75 * 0.25).abs() < 1e-3);
}

#[test]
fn rows_of_tenants() {
    let statistics = statistics();
    assert_eq!(statistics.rows_of(Item), Some(1000.0));
    assert_eq!(statistics.rows_of_tenant(Item, 7), Some(500.0));
    assert_eq!(statistics.rows_of_tenant(Item, 9), Some(25.0));
    assert_eq!(statistics.rows_of_tenant(Note, 7), Some(200.0));
    assert_eq!(statistics.rows_of_tenant(Item, "seven"), None);
}

#[test]
fn links_spread_by_chance() {
    let way = Relation::many("items", Maker::ID, Item::SHOP_ID);
    let links = Links::new(way, Item::MAKER_ID, Maker);
    // 20 rows, 250 links to the one: nobody is left out.
    let statistics = statistics();
    let share = |condition| statistics.share(&condition).unwrap();
    assert!(share(links.any_of(Maker::ID, [10_i64])) > 0.99);
    assert!(share(links.none_of(Maker::ID, [10_i64])) < 0.01);
    assert!(share(links.any_of(Maker::ID, Vec::<i64>::new())) < 1e-9);
    assert!(share(links.all_of(Maker::ID, [10_i64, 20])) > 0.9);
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let nothing = Statistics::from_rows([]);
    assert!(nothing.is_empty());
    for condition in [
        Item::KIND.eq("book"),
        Item::KIND.is_null(),
        Item::ID.lt(5),
        Item::KIND.contains("a"),
        Item::SIZES.overlaps([1]),
        maker().exists(),
    ] {
        assert_eq!(nothing.share(&condition), None);
        assert_eq!(nothing.share(&!condition), None);
    }
    let never_analyzed = StatisticsRow {
        table_name: "items".to_owned(),
        row_count: Some(-1.0),
        ..StatisticsRow::default()
    };
    let statistics = Statistics::from_rows([never_analyzed]);
    assert_eq!(statistics.rows_of(Item), None);
    assert_eq!(statistics.share(&Item::KIND.eq("book")), None);
    // A type that the declaration is not.
    let statistics = Statistics::from_rows([common(item("id"), &["a"], &[0.5], 9.0)]);
    assert_eq!(statistics.share(&Item::ID.eq(5)), None);
    assert_eq!(statistics.share(&Item::ID.lt(5)), None);
}

#[test]
fn numbers_with_the_partitions_count() {
    let alone = common(item("kind"), &["book"], &[0.0], 2.0);
    let with_partitions = StatisticsRow {
        inherited: Some(true),
        ..common(item("kind"), &["book"], &[0.75], 2.0)
    };
    for rows in [
        [alone.clone(), with_partitions.clone()],
        [with_partitions, alone],
    ] {
        let statistics = Statistics::from_rows(rows);
        assert_eq!(statistics.share(&Item::KIND.eq("book")), Some(0.75));
    }
}

fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        0.0_f32..1.0,
        -2.0_f32..2000.0,
        Just(f32::NAN),
        Just(f32::INFINITY),
        Just(-0.0),
        Just(0.0),
        Just(1.0),
    ]
}

fn numbers() -> impl Strategy<Value = Option<Vec<f32>>> {
    prop::option::of(prop::collection::vec(number(), 0..6))
}

fn values() -> impl Strategy<Value = Option<Vec<String>>> {
    let value = prop_oneof![
        "-?[0-9]{1,3}",
        Just("2026-01-11 00:00:00+00".to_owned()),
        Just("infinity".to_owned()),
        Just("NaN".to_owned()),
        Just("t".to_owned()),
        ".{0,3}",
    ];
    prop::option::of(prop::collection::vec(value, 0..14))
}

prop_compose! {
    fn any_row()(
        name in prop::sample::select(vec!["id", "shop_id", "kind", "maybe", "price", "at", "seen_at", "sizes", "maker_id"]),
        row_count in prop::option::of(number()),
        null_fraction in prop::option::of(number()),
        distinct_values in prop::option::of(number()),
        common_values in values(),
        common_frequencies in numbers(),
        histogram_bounds in values(),
        correlation in prop::option::of(number()),
        common_elements in values(),
        element_frequencies in numbers(),
    ) -> StatisticsRow {
        StatisticsRow {
            table_name: "items".to_owned(),
            row_count,
            column_name: Some(name.to_owned()),
            null_fraction,
            distinct_values,
            common_values,
            common_frequencies,
            histogram_bounds,
            correlation,
            common_elements,
            element_frequencies,
            ..StatisticsRow::default()
        }
    }
}

fn simple_condition() -> impl Strategy<Value = Predicate<Item>> {
    let at = instant("2026-01-06T00:00:00Z");
    (any::<i64>(), -5_i64..300, any::<f64>(), ".{0,3}", 0..19).prop_map(
        move |(large, small, float, text, which)| match which {
            0 => Item::ID.eq(large),
            1 => Item::ID.lt(small),
            2 => Item::ID.within(small..small + 20),
            3 => Item::KIND.eq(text),
            4 => Item::KIND.contains(text),
            5 => Item::KIND.gt(text),
            6 => Item::KIND.none_of([text]),
            7 => Item::MAYBE.any_of([1, 2, 3]),
            8 => Item::MAYBE.is_null(),
            9 => Item::MAYBE.is_distinct_from(1),
            10 => Item::PRICE.ge(float),
            11 => Item::PRICE.eq(float),
            12 => Item::AT.lt(at),
            13 => coalesce(Item::SEEN_AT, Item::AT).ge(at),
            14 => Item::SIZES.overlaps([1, 2]),
            15 => Item::SIZES.contains_all([1]),
            16 => maker().filter(Maker::ID.eq(small)).exists(),
            17 => Item::KIND.eq_ignore_case(text),
            _ => maker().exists(),
        },
    )
}

fn any_condition() -> impl Strategy<Value = Predicate<Item>> {
    simple_condition().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::all),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::any),
            inner.clone().prop_map(|condition| !condition),
            inner.prop_map(Predicate::is_not_true),
        ]
    })
}

proptest! {
    #[test]
    fn any_estimate_is_a_share(
        rows in prop::collection::vec(any_row(), 0..8),
        conditions in prop::collection::vec(any_condition(), 4),
    ) {
        let statistics = Statistics::from_rows(rows);
        for condition in conditions {
            if let Some(share) = statistics.share(&condition) {
                prop_assert!((0.0..=1.0).contains(&share), "{share} of {condition:?}");
            }
        }
    }

    #[test]
    fn what_is_true_and_what_is_false_are_not_more_than_all(condition in simple_condition()) {
        let statistics = statistics();
        let share = |condition: Predicate<Item>| statistics.share(&condition);
        if let Some(positive) = share(condition.clone()) {
            let negative = share(!condition.clone()).unwrap();
            prop_assert!(positive + negative <= 1.0 + 1e-6, "{positive} and {negative} of {condition:?}");
            let left_over = share(condition.clone().is_not_true()).unwrap();
            prop_assert!(left_over + 1e-6 >= negative, "{left_over} and {negative} of {condition:?}");
        }
    }
}

//! What a statement looks at before it finds all that are linked, spelled out: each branch on rows that take it, and
//! nothing beside it.

use pagewise::chat::{self, Match, Session};
use pagewise::listing::{LinkForm, LinkLimits, PageStatement, TotalCount};
use pagewise::{Listing, Order, Page, Total};
use postgres::{SimpleQueryMessage, Transaction};
use serde_json::Value;

use super::branches::Branch::{FewLinks, Filled, GaveUp, SawAll};
use super::branches::Part::{self, Second};
use super::branches::{Branch, taken};
use super::harness::Connection;
use crate::oracle::entities::IDS;
use crate::world::{self, CHAT_TYPE, World, instant};

/// Twelve sessions, of which four never ended. All have the tag `common`, two the tag `few`.
const SESSIONS: i64 = 12;
const FEW: [i64; 2] = [2, 10];

fn world() -> World {
    let mut world = World::default();
    for (id, name) in [(1, "common"), (2, "few"), (3, "unused")] {
        world.tags.push(world::Tag {
            id,
            team: 1,
            name: name.to_owned(),
            category: String::new(),
            is_system: false,
            created_by: None,
        });
    }
    for id in 1..=SESSIONS {
        world.sessions.push(world::Session {
            id,
            team: 1,
            created_at: instant(0),
            external_id: id.to_string(),
            token_required: true,
            participant: 1,
            experiment: 1,
            chat: 100 + id,
            status: "active".to_owned(),
            ended_at: (id <= 8).then(|| instant(0)),
            last_activity_at: None,
            first_activity_at: None,
            platform: None,
            versions: None,
        });
        let tags = [Some(1), FEW.contains(&id).then_some(2)];
        for tag in tags.into_iter().flatten() {
            world.items.push(world::TaggedItem {
                id: 1_000 * tag + id,
                team: 1,
                content_type: CHAT_TYPE,
                object: i32::try_from(100 + id).expect("a small number"),
                tag,
            });
        }
    }
    world
}

/// A tag, how many links are few, how many rows are looked at; then what is run for the page and for the total.
type Case = (&'static str, u32, u32, Branch, Branch);

const SIZE: u32 = 3;

/// In the order of the key: all twelve are one part.
const BY_KEY: [Case; 12] = [
    ("few", 2, 1_000, FewLinks, FewLinks),
    ("unused", 0, 1_000, FewLinks, FewLinks),
    ("common", 12, 1_000, FewLinks, FewLinks),
    ("common", 11, 1_000, Filled, SawAll),
    ("common", 0, 4, Filled, GaveUp),
    ("common", 0, 3, GaveUp, GaveUp),
    ("common", 0, 0, GaveUp, GaveUp),
    ("few", 1, 1_000, SawAll, SawAll),
    ("few", 1, 13, SawAll, SawAll),
    // Twelve rows of twelve: for the page there might be more, the total looked for one more.
    ("few", 1, 12, GaveUp, SawAll),
    ("few", 1, 11, GaveUp, GaveUp),
    ("few", 0, 4, GaveUp, GaveUp),
];

/// A tag, how many links are few, how many rows are looked at; then what is run for the values and for NULL.
const BY_NULLABLE: [Case; 7] = [
    ("few", 2, 1_000, FewLinks, FewLinks),
    ("common", 0, 4, Filled, Filled),
    ("common", 0, 3, GaveUp, GaveUp),
    ("few", 0, 1_000, SawAll, SawAll),
    // Eight values, four NULL.
    ("few", 0, 5, GaveUp, SawAll),
    ("few", 0, 9, SawAll, SawAll),
    ("few", 0, 4, GaveUp, GaveUp),
];

fn keys(tag: &str) -> Vec<i64> {
    match tag {
        "common" => (1..=SESSIONS).collect(),
        "few" => FEW.to_vec(),
        _ => Vec::new(),
    }
}

fn page(
    (tag, few_links, looked_at, ..): Case,
    order: Order<Session>,
    form: LinkForm,
    total: Total,
) -> PageStatement<Session> {
    let limits = LinkLimits::new().few_links(few_links).looked_at(looked_at);
    Listing::of(Session)
        .tenant(1)
        .filter(chat::tagged(&IDS, Match::any_of([tag])))
        .order_by(order)
        .link_form(form)
        .link_limits(limits)
        .page(Page::first(SIZE).with_total(total))
        .build()
        .expect("a page")
}

/// The rows are those, and this is what is run.
fn check(
    transaction: &mut Transaction<'_>,
    page: &PageStatement<Session>,
    case: Case,
    mut expected: Vec<(Part, bool, Branch)>,
    keys: &[i64],
) {
    if expected.iter().any(|(_, counts, _)| !counts) {
        // Where links are not counted, few are looked for as many are.
        expected.retain(|(_, _, branch)| *branch != FewLinks);
    }
    if !expected.is_empty() {
        let taken = taken(transaction, page, SIZE);
        assert_eq!(taken, expected, "{case:?}\n{page:#}");
    }
    let rows = page.fetch(transaction).expect("an answer");
    let found = rows.decode(|row| row.get(Session::ID)).expect("keys");
    let end = keys.len().min(SIZE as usize);
    assert_eq!(found, keys[..end], "{case:?}\n{page:#}");
    assert_eq!(rows.next_cursor().is_some(), end < keys.len());
    if let Some(total) = rows.total() {
        assert_eq!(total, TotalCount::Exact(keys.len() as u64));
    }
}

#[test]
fn each_branch_is_taken_where_it_is_meant_to_be() {
    Connection::open().with(&world(), |transaction| {
        for (form, counts) in [(LinkForm::Chosen, true), (LinkForm::Bounded, false)] {
            for case in BY_KEY {
                let asked = page(case, Session::ID.asc(), form, Total::Exact);
                let expected = [(Part::Page, case.3), (Part::Total, case.4)];
                let expected = expected.map(|(part, branch)| (part, counts, branch));
                check(transaction, &asked, case, expected.into(), &keys(case.0));
            }
            for case in BY_NULLABLE {
                let order = Session::ENDED_AT.desc();
                let asked = page(case, order, form, Total::None);
                let expected = [(Part::Page, case.3), (Second, case.4)];
                let expected = expected.map(|(part, branch)| (part, counts, branch));
                let mut keys = keys(case.0);
                keys.sort_by_key(|key| (*key > 8, -key));
                check(transaction, &asked, case, expected.into(), &keys);
            }
        }
    });
}

/// The plan by which a page was found.
fn explained(transaction: &mut Transaction<'_>, page: &PageStatement<Session>) -> Value {
    let text = page.to_literal_sql();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {text}");
    let messages = transaction.simple_query(&explain).expect("a plan");
    let plan = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let mut plan: Value = serde_json::from_str(plan.expect("a plan")).expect("JSON");
    plan[0]["Plan"].take()
}

/// How many scans of the sessions were run.
fn scans(plan: &Value) -> usize {
    let is_scan = plan["Relation Name"] == "experiments_experimentsession"
        && plan["Actual Loops"].as_f64() > Some(0.0);
    let inside = plan["Plans"].as_array().into_iter().flatten();
    usize::from(is_scan) + inside.map(scans).sum::<usize>()
}

#[test]
fn what_is_not_needed_is_not_run() {
    Connection::open().with(&world(), |transaction| {
        for case in BY_KEY {
            let page = page(case, Session::ID.asc(), LinkForm::Chosen, Total::None);
            let plan = explained(transaction, &page);
            let expected = match case {
                // Nothing is linked, so that nothing need be looked for among the sessions.
                ("unused", ..) => continue,
                // No row is looked at, which takes no scan.
                (.., 0, GaveUp, _) => 1,
                // The first rows; how many they are, if they did not fill the page; those that are linked.
                (.., GaveUp, _) => 3,
                (.., SawAll, _) => 2,
                (.., Filled | FewLinks, _) => 1,
            };
            let found = scans(&plan);
            assert_eq!(found, expected, "{case:?}\n{page:#}\n{plan:#}");
        }
    });
}

/// Whether what stands below a condition that is tested once was run: below such a condition, or below the opposite.
fn runs(plan: &Value, negated: bool) -> bool {
    let inside = || plan["Plans"].as_array().into_iter().flatten();
    let is_below = plan["One-Time Filter"]
        .as_str()
        .is_some_and(|condition| condition.starts_with("(NOT") == negated);
    let is_run = |plan: &Value| {
        plan["Parent Relationship"] == "Outer" && plan["Actual Loops"].as_f64() > Some(0.0)
    };
    is_below && inside().any(is_run) || inside().any(|plan| runs(plan, negated))
}

/// The most rows that ways were read for together, below a condition that begins with NOT and is tested once.
fn rows_of_ways(plan: &Value, is_below: bool) -> u64 {
    let condition = plan["One-Time Filter"].as_str();
    let is_below = is_below || condition.is_some_and(|condition| condition.starts_with("(NOT"));
    let is_union = is_below && plan["Node Type"] == "Append";
    let own = plan["Actual Rows"].as_f64().filter(|_| is_union);
    let inside = plan["Plans"].as_array().into_iter().flatten();
    let inside = inside.map(|plan| rows_of_ways(plan, is_below));
    inside.chain(own.map(|rows| rows as u64)).max().unwrap_or(0)
}

#[test]
fn all_of_several_is_found_by_the_rarest_or_by_all() {
    let keys = FEW.map(|id| id.to_string());
    Connection::open().with(&world(), |transaction| {
        for (tags, few_links, by_all, of_the_rarest) in [
            // Few links at all: two of the rarest.
            (["common", "few"], 1_000, false, 2),
            // The rarest is rare beside the others.
            (["common", "unused"], 0, false, 0),
            // Each is as common as the other.
            (["common", "few"], 0, true, 0),
        ] {
            let page = Listing::of(Session)
                .tenant(1)
                .filter(chat::tagged(&IDS, Match::all_of(tags)))
                .link_form(LinkForm::Set)
                .link_limits(LinkLimits::new().few_links(few_links))
                .page(Page::first(SIZE))
                .build()
                .expect("a page");
            let rows = page.fetch(transaction).expect("an answer");
            let found = rows.decode(|row| row.get(Session::ID)).expect("keys");
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            let expected = if tags.contains(&"unused") {
                &[][..]
            } else {
                &keys[..]
            };
            assert_eq!(found, expected, "{tags:?}\n{page:#}");
            let plan = explained(transaction, &page);
            let run = (runs(&plan, false), runs(&plan, true));
            assert_eq!(run, (by_all, !by_all), "{tags:?}\n{page:#}\n{plan:#}");
            let found = rows_of_ways(&plan, false);
            assert_eq!(found, of_the_rarest, "{tags:?}\n{page:#}\n{plan:#}");
        }
    });
}

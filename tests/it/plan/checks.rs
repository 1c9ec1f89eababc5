//! Checks: each passes where it should, and fails with what is wrong.

use pagewise::chat::{Message, Session};
use pagewise::plan::{Checks, Explain, Plan, PlanError};
use pagewise::{Listing, Page};

use super::support::{page, plan};
use crate::support::{TEAM, reader};

/// Every check, with this limit.
pub fn all(most: u64) -> Checks {
    Checks::new()
        .uses_index("no_such_index")
        .no_sequential_scan_above(most)
        .at_most_buffers(most)
        .at_most_rows_read(most)
        .at_most_rows_read_per_row(most as f64)
        .no_sort_on_disk()
        .no_temporary_files()
        .no_sort_above(most)
        .no_nested_loop_above(most)
        .no_node_above("Limit", most)
}

#[test]
fn failures_show_the_part_at_fault() {
    let failed = [
        (
            "version_18",
            Checks::new()
                .uses_index("session_team_idx")
                .at_most_buffers(100)
                .no_nested_loop_above(25),
        ),
        (
            "parallel_sort_on_disk",
            Checks::new()
                .no_sort_on_disk()
                .no_sequential_scan_above(10_000)
                .no_sort_above(100)
                .no_temporary_files(),
        ),
        ("hash_on_disk", Checks::new().no_temporary_files()),
        (
            "never_run",
            Checks::new()
                .uses_index("chat_chatmessage_chat_id")
                .at_most_rows_read_per_row(100.0),
        ),
        (
            "common_table_expression",
            Checks::new()
                .at_most_rows_read(10)
                .no_node_above("CTE Scan", 10),
        ),
        ("not_run", all(10)),
    ]
    .map(|(name, checks)| {
        let failed = checks.check(&plan(name)).expect_err(name);
        assert_eq!(
            format!("{failed:?}"),
            failed.to_string(),
            "what a test prints"
        );
        format!("-- {name}\n{failed}")
    });
    insta::assert_snapshot!("failures", failed.join("\n\n"));
}

#[test]
fn each_passes_at_its_limit_and_fails_below() {
    let plan = plan("version_18");
    let passes = |checks: Checks| checks.check(&plan).is_ok();
    for (number, check) in [
        (163, Checks::at_most_buffers as fn(Checks, u64) -> Checks),
        (37, Checks::at_most_rows_read),
        (26, Checks::no_nested_loop_above),
        (9, |checks, rows| checks.no_node_above("Memoize", rows)),
    ] {
        let (at, below) = (
            passes(check(Checks::new(), number)),
            passes(check(Checks::new(), number - 1)),
        );
        assert_eq!((at, below), (number != 9, false), "{number}");
    }
    assert!(passes(Checks::new().no_node_above("Memoize", 10)));
    assert!(passes(Checks::new().at_most_rows_read_per_row(37.0 / 26.0)));
    assert!(!passes(Checks::new().at_most_rows_read_per_row(1.42)));
    assert!(passes(
        Checks::new()
            .uses_index("session_team_created_idx")
            .uses_index("chatmessage_chat_created_idx")
    ));
    assert!(passes(
        Checks::new()
            .no_sort_on_disk()
            .no_temporary_files()
            .no_sequential_scan_above(0)
            .no_sort_above(0)
    ));
    assert!(passes(Checks::new()));
}

#[test]
fn a_page_of_the_reference_data() {
    let mut client = reader();
    let plan = Explain::new()
        .analyze()
        .run(&mut client, &page(25))
        .unwrap();
    // A table of a few hundred rows is rightly read from end to end: it is not the sort of scan that counts.
    let good = Checks::new()
        .no_sequential_scan_above(2_000)
        .at_most_buffers(2_000)
        .no_sort_on_disk()
        .no_temporary_files()
        .no_nested_loop_above(26);
    good.check(&plan).unwrap();
    good.assert(&plan);
    let Err(PlanError::Checks(failed)) = all(0).check(&plan) else {
        panic!("{plan}");
    };
    let checks: Vec<_> = failed
        .failures()
        .iter()
        .map(|failed| failed.check.as_str())
        .collect();
    for expected in [
        "uses the index \"no_such_index\"",
        "at most 0 buffers",
        "at most 0 rows read",
        "at most 0 rows read for each returned",
        "no nested loop of more than 0 times",
        "no \"Limit\" of more than 0 rows",
    ] {
        assert!(checks.contains(&expected), "{failed}");
    }
    assert_eq!(failed.plan(), &plan);
}

#[test]
fn indexes_are_told_from_scans() {
    let mut client = reader();
    let one = Listing::of(Session)
        .tenant(TEAM)
        .filter(Session::ID.eq(3))
        .page(Page::first(1))
        .build()
        .unwrap();
    let by_index = Explain::new()
        .analyze()
        .set("enable_seqscan", "off")
        .set("enable_bitmapscan", "off");
    let plan = by_index.run(&mut client, &one).unwrap();
    let index = plan.nodes().find_map(|node| node.index.clone()).unwrap();
    Checks::new()
        .uses_index(index.clone())
        .no_sequential_scan_above(0)
        .check(&plan)
        .unwrap();

    let by_scan = Explain::new()
        .analyze()
        .set("enable_indexscan", "off")
        .set("enable_indexonlyscan", "off");
    let plan = by_scan
        .set("enable_bitmapscan", "off")
        .run(&mut client, &one)
        .unwrap();
    let sessions: i64 = client
        .query_one("SELECT count(*) FROM experiments_experimentsession", &[])
        .unwrap()
        .get(0);
    let checks = Checks::new().uses_index(index).no_sequential_scan_above(10);
    let failed = checks.check(&plan).unwrap_err().to_string();
    assert!(failed.starts_with("the plan fails 2 checks"), "{failed}");
    let few = plan.rows_read().unwrap();
    assert!(few > 10.0 && few <= sessions as f64, "{failed}");
    assert!(
        failed.contains(&format!(
            "{few} rows are read of \"experiments_experimentsession\""
        )),
        "{failed}"
    );
}

#[test]
fn sorts_on_disk() {
    let mut client = reader();
    let by_content = Listing::of(Message)
        .tenant(1)
        .order_by(Message::CONTENT.asc())
        .show(Message::CONTENT)
        .max_page_size(3_000)
        .page(Page::first(3_000))
        .build()
        .unwrap();
    let explain = Explain::new().analyze();
    let checks = Checks::new().no_sort_on_disk().no_temporary_files();
    checks
        .check(
            &explain
                .clone()
                .set("work_mem", "64MB")
                .run(&mut client, &by_content)
                .unwrap(),
        )
        .unwrap();
    let on_disk = explain
        .set("work_mem", "64kB")
        .run(&mut client, &by_content)
        .unwrap();
    let failed = checks.check(&on_disk).unwrap_err().to_string();
    assert!(
        failed.contains("kB are sorted on disk") && failed.contains("blocks are written"),
        "{failed}"
    );
}

#[test]
#[should_panic(expected = "the plan fails 1 check\n* at most 1 buffers: there are 163")]
fn an_assertion_panics_with_what_failed() {
    Checks::new().at_most_buffers(1).assert(&plan("version_18"));
}

#[test]
fn a_sort_takes_what_is_below_it_and_not_what_is_computed_once() {
    let mut client = reader();
    client
        .batch_execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
        .unwrap();
    let text = "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM chat_chat WHERE id > (SELECT min(id) FROM teams_team) ORDER BY name";
    let rows = client.simple_query(text).unwrap();
    let json = rows.iter().find_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let plan = Plan::from_json(json.unwrap()).unwrap();
    assert_eq!(plan.root.node_type, "Sort", "{plan}");
    let given = plan.rows().unwrap();
    assert!(given > 10.0);
    let above = |rows| Checks::new().no_sort_above(rows).check(&plan);
    assert!(above(given as u64).is_ok());
    assert!(above(given as u64 - 1).is_err(), "{plan}");
}

//! Plans as they are read: of several versions, of every form, and of what is none.

use pagewise::plan::{Plan, PlanError};
use proptest::prelude::*;
use serde_json::Value;

use super::support::{PLANS, plan};

#[test]
fn trees() {
    let trees = PLANS.map(|(name, json)| format!("-- {name}\n{}", Plan::from_json(json).unwrap()));
    insta::assert_snapshot!("trees", trees.join("\n\n"));
}

#[test]
fn newer_fields() {
    let plan = plan("version_18");
    let nodes: Vec<_> = plan.nodes().collect();
    assert_eq!(nodes[1].index_searches, Some(1.0));
    assert_eq!(nodes[1].schema.as_deref(), Some("public"));
    assert!(nodes[1].is_backward);
    assert_eq!(nodes[3].heap_fetches, Some(3.0));
    assert_eq!(nodes[3].rows(), Some(7.0));
    assert_eq!(plan.rows(), Some(26.0));
    // 26 and 4 of sessions, 20 times 0.35 of messages; what is remembered is not read again.
    assert_eq!(plan.rows_read(), Some(37.0));
    assert_eq!(plan.buffers_touched(), Some(163));
    assert_eq!(
        plan.settings,
        [("random_page_cost".to_owned(), "1.1".to_owned())]
    );
    assert_eq!(
        (plan.planning_milliseconds, plan.execution_milliseconds),
        (Some(0.311), Some(0.477))
    );
}

#[test]
fn processes_beside_one_another() {
    let plan = plan("parallel_sort_on_disk");
    let sort = plan.nodes().find(|node| node.node_type == "Sort").unwrap();
    assert_eq!(sort.workers.len(), 2);
    // Each of the two sorted on disk, and the leader nothing.
    assert_eq!(sort.sorts.iter().filter(|sort| sort.is_on_disk).count(), 2);
    let by_workers: f64 = sort
        .workers
        .iter()
        .map(|worker| worker.actual.unwrap().rows)
        .sum();
    assert_eq!(sort.rows(), Some(by_workers));
    let scan = plan
        .nodes()
        .find(|node| node.node_type == "Seq Scan")
        .unwrap();
    let read_by_workers = scan.rows_read().unwrap();
    let removed = scan.rows_removed * scan.actual.unwrap().loops;
    assert!(removed > 0.0);
    assert_eq!(read_by_workers, plan.rows().unwrap() + removed);
    assert_eq!(plan.rows_read(), Some(read_by_workers));
}

#[test]
fn what_is_computed_once_is_read_once() {
    let plan = plan("common_table_expression");
    let read = |relation: &str| -> f64 {
        let nodes = plan
            .nodes()
            .filter(|node| node.relation.as_deref() == Some(relation));
        nodes.filter_map(|node| node.rows_read()).sum()
    };
    // It is scanned by two nodes, once for each of 25 rows.
    assert_eq!(
        plan.nodes()
            .filter(|node| node.node_type == "CTE Scan")
            .count(),
        2
    );
    let page = plan
        .nodes()
        .find(|node| node.subplan.as_deref() == Some("CTE page"))
        .unwrap();
    assert_eq!(page.rows(), Some(25.0));
    let page_read: f64 = page.nodes().filter_map(|node| node.rows_read()).sum();
    assert_eq!(read("experiments_experimentsession"), page_read);
    // The greatest of all chats: one row, once.
    assert_eq!(read("chat_chat"), 1.0);
    let of_messages = plan
        .nodes()
        .find(|node| node.relation.as_deref() == Some("chat_chatmessage"))
        .unwrap();
    assert_eq!(of_messages.actual.unwrap().loops, 25.0);
    assert_eq!(
        plan.rows_read(),
        Some(page_read + 1.0 + of_messages.rows().unwrap())
    );
}

#[test]
fn what_never_runs_reads_nothing() {
    let plan = plan("never_run");
    let never = plan.nodes().filter(|node| node.is_never_run());
    let read: Vec<_> = never.map(|node| node.rows_read()).collect();
    assert!(
        !read.is_empty() && read.iter().all(|read| matches!(read, None | Some(0.0))),
        "{read:?}"
    );
    assert!(plan.to_string().contains("(never run)"));
}

#[test]
fn what_is_no_plan() {
    let refused = [
        "",
        "nothing",
        "[]",
        "{}",
        "[1]",
        "[{}]",
        r#"[{"Plan": []}]"#,
        r#"[{"Plan": {}}]"#,
        r#"[{"Plan": {"Node Type": 3}}]"#,
        r#"[{"Plan": {"Node Type": "Limit", "Plans": [{"Relation Name": "x"}]}}]"#,
    ]
    .map(|json| {
        let refused = Plan::from_json(json).unwrap_err();
        assert!(matches!(refused, PlanError::Unreadable { .. }));
        format!("{json}\n    {refused}")
    });
    insta::assert_snapshot!("no_plans", refused.join("\n"));
    let deep = r#"{"Node Type": "x", "Plans": ["#.repeat(10_000);
    assert!(Plan::from_json(&format!(r#"[{{"Plan": {deep}"#)).is_err());
}

#[test]
fn what_is_unknown_is_left_out() {
    let plan = Plan::from_json(
        r#"[{"Plan": {"Node Type": "Quantum Scan", "Relation Name": "chat_chat", "Actual Rows": 3.5, "Actual Loops": 2,
             "Sort Method": 4, "Filter": ["x"], "Plan Rows": "many", "Workers": 3, "Plans": {}, "Shared Hit Blocks": -1,
             "Sort Key": "name", "Total Cost": -3, "Qubits": {"Used": 4}}, "Settings": {"x": 1, "y": null}, "JIT": []}]"#,
    )
    .unwrap();
    assert_eq!(plan.rows_read(), Some(7.0));
    assert_eq!(plan.root.sort_keys, ["name"]);
    assert_eq!((plan.root.estimated_rows, plan.root.total_cost), (0.0, 0.0));
    assert_eq!(plan.root.filter, None);
    assert_eq!(plan.buffers_touched(), Some(0));
    assert_eq!(plan.settings.len(), 2);
}

/// Any value that JSON has.
fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!([[], {}, "Seq Scan", 7])),
        Just(
            serde_json::json!({"Node Type": "Sort", "Plans": [{"Node Type": "Seq Scan", "Actual Rows": 1e308}]})
        ),
    ]
}

/// Replaces, removes or doubles the part that is the nth of all.
fn change(value: &mut Value, left: &mut usize, how: u8, by: &Value) {
    if *left == 0 {
        *left = usize::MAX;
        *value = match how {
            0 => by.clone(),
            1 => Value::Null,
            _ => Value::Array(vec![value.clone(), value.clone()]),
        };
        return;
    }
    *left -= 1;
    match value {
        Value::Array(elements) => {
            for element in elements {
                if *left == usize::MAX {
                    return;
                }
                change(element, left, how, by);
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                if *left == usize::MAX {
                    return;
                }
                change(field, left, how, by);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn changed_plans_are_read_or_refused(
        at in 0..PLANS.len(),
        changes in proptest::collection::vec((0_usize..600, 0_u8..3, any_json()), 0..6),
    ) {
        let mut answer: Value = serde_json::from_str(PLANS[at].1).unwrap();
        for (mut left, how, by) in changes {
            change(&mut answer, &mut left, how, &by);
        }
        match Plan::from_json(&answer.to_string()) {
            Ok(plan) => {
                prop_assert!(!plan.to_string().is_empty());
                prop_assert!(plan.rows_read().is_none_or(|rows| rows >= 0.0));
                prop_assert!(plan.root.actual.is_some() == plan.rows().is_some());
                let _ = super::checks::all(1).check(&plan);
            }
            Err(refused) => {
                let is_unreadable = matches!(refused, PlanError::Unreadable { .. });
                prop_assert!(is_unreadable, "{refused}");
            }
        }
    }

    #[test]
    fn cut_plans_are_refused(at in 0..PLANS.len(), length in any::<prop::sample::Index>(), more in ".{0,4}") {
        let json: Vec<char> = PLANS[at].1.trim_end().chars().collect();
        let cut: String = json[..length.index(json.len())].iter().collect();
        prop_assert!(Plan::from_json(&(cut + &more)).is_err() || more.contains(']'));
    }
}

//! Scopes in scopes, and shared between threads.

use std::sync::Barrier;
use std::thread;

use pagewise::monitor::{Collector, Monitor, Running, Tags};

use super::support::rows;
use crate::support::reader;

#[test]
fn a_nested_scope_counts_in_those_around() {
    let mut client = reader();
    let request = Monitor::new("dashboard");
    let panel = request.nested("panel");
    let chart = panel.nested("chart");
    for (scope, times) in [(&request, 1), (&panel, 2), (&chart, 4)] {
        for _ in 0..times {
            rows(&mut scope.with(&mut client), "SELECT generate_series(1, 3)").unwrap();
        }
    }
    let counted = [&request, &panel, &chart].map(|scope| {
        let summary = scope.summary();
        (summary.statements, summary.rows, summary.by_statement.len())
    });
    assert_eq!(counted, [(7, 21, 1), (6, 18, 1), (4, 12, 1)]);
    assert_eq!(
        chart.summary().budget,
        None,
        "that of the request is enough"
    );
    assert_eq!(request.summary().budget, Some(20));
}

#[test]
fn wrappers_around_wrappers_count_each() {
    let mut client = reader();
    let (outer, inner) = (Monitor::new("outer"), Monitor::new("inner"));
    let mut both = inner.with(&mut client);
    rows(&mut outer.with(&mut both), "SELECT 1").unwrap();
    rows(&mut both, "SELECT 1").unwrap();
    assert_eq!((outer.count(), inner.count()), (1, 2));
    assert!(outer.summary().time >= inner.summary().slowest.last().unwrap().time);
}

#[test]
fn the_threads_of_a_request_count_together() {
    const THREADS: usize = 8;
    let request = Monitor::new("dashboard").without_budget();
    let begin = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (request, begin) = (request.clone(), &begin);
            scope.spawn(move || {
                let mut client = reader();
                begin.wait();
                for count in 1..=25 {
                    let text = format!("SELECT generate_series(1, {count})");
                    rows(&mut request.with(&mut client), &text).unwrap();
                }
            });
        }
    });
    let summary = request.summary();
    assert_eq!((summary.statements, summary.rows), (200, 8 * 25 * 26 / 2));
    assert_eq!(summary.by_statement.len(), 25);
    assert!(
        summary
            .by_statement
            .iter()
            .all(|statement| statement.runs == 8)
    );
}

#[test]
fn handles_go_wherever_tasks_go() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Monitor>();
    is_shared::<Collector>();
    is_shared::<Tags>();
    fn is_sent<T: Send>() {}
    is_sent::<Running<'_>>();
}

//! What scopes hand to the collector of a process.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use pagewise::chat::{self, Session};
use pagewise::monitor::{Collector, Monitor, ServerStatementRow, ServerStatements};
use pagewise::strategy::Shadow;
use pagewise::{Listing, Page, Strategy};

use super::support::{page, rows};
use crate::support::{TEAM, reader};

#[test]
fn a_scope_reports_once_when_its_last_handle_is_gone() {
    let (mut client, collector) = (reader(), Collector::new());
    let request = collector.scope("sessions table");
    let clone = request.clone();
    page(5)
        .fetch(&mut request.with(&mut client).named("sessions page"))
        .unwrap();
    drop(request);
    assert!(collector.report().scopes.is_empty(), "it lives");
    rows(&mut clone.with(&mut client), "SELECT 1 / 0");
    drop(clone);
    let report = collector.report();
    let table = report.scope("sessions table").unwrap();
    assert_eq!(
        (table.latency.count, table.statements, table.most_statements),
        (1, 2, 2)
    );
    assert_eq!(report.statement("sessions page").unwrap().latency.count, 1);
    let unnamed = report.statement("(unnamed)").unwrap();
    assert_eq!((unnamed.latency.count, unnamed.failed), (1, 1));

    let request = collector.scope("sessions table");
    request.finish();
    rows(&mut request.with(&mut client).named("late"), "SELECT 1").unwrap();
    request.finish();
    drop(request);
    let report = collector.report();
    let table = report.scope("sessions table").unwrap();
    assert_eq!(
        (table.latency.count, table.statements),
        (2, 2),
        "what came late is not the page's"
    );
    assert_eq!(report.statement("late").unwrap().latency.count, 1);
    collector.clear();
    assert_eq!(collector.report(), Default::default());
    assert_eq!(collector.names_of("SELECT 26"), ["late"], "names are kept");
}

#[test]
fn times_are_those_of_the_server() {
    let (mut client, collector) = (reader(), Collector::new());
    for sleeps in 0..20 {
        let request = collector.scope("page");
        let text = if sleeps == 0 {
            "SELECT pg_sleep(0.2)"
        } else {
            "SELECT pg_sleep(0.01)"
        };
        rows(&mut request.with(&mut client).named("sleep"), text).unwrap();
    }
    let report = collector.report();
    for latency in [
        report.statement("sleep").unwrap().latency,
        report.scope("page").unwrap().latency,
    ] {
        assert_eq!(latency.count, 20);
        // Right to one per cent.
        assert!(latency.p50 >= Duration::from_micros(9_900), "{latency}");
        assert!(latency.max >= Duration::from_millis(198), "{latency}");
        assert!(
            latency.p50 <= latency.p95 && latency.p95 <= latency.p99 && latency.p99 <= latency.max
        );
    }
    // The nineteenth of twenty has slept for a hundredth only: the longest is not in it, unless the machine stood still.
    assert!(report.statement("sleep").unwrap().latency.p99 >= Duration::from_millis(198));
}

#[test]
fn many_statements_and_many_threads_lose_none() {
    const THREADS: usize = 4;
    let collector = Collector::new();
    let begin = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                begin.wait();
                let request = collector.scope("page").without_budget();
                let part = request.nested("part");
                for _ in 0..2500 {
                    part.start_named("one", "SELECT 1").finished(1);
                }
                request.start_named("two", "SELECT 2").finished(1);
            });
        }
    });
    let report = collector.report();
    let count = |name| report.statement(name).unwrap().latency.count;
    assert_eq!(
        (count("one"), count("two")),
        (10_000, 4),
        "each once, in whichever scope"
    );
    let scope = |name| {
        let scope = report.scope(name).unwrap();
        (scope.latency.count, scope.statements, scope.most_statements)
    };
    assert_eq!(scope("page"), (4, 10_004, 2501));
    assert_eq!(scope("part"), (4, 10_000, 2500));
}

#[test]
fn names_are_bounded() {
    let collector = Collector::new();
    for number in 0..300 {
        let request = collector.scope(format!("page of user {number}"));
        request
            .start_named(format!("of user {number}"), "SELECT 1")
            .finished(1);
    }
    let report = collector.report();
    assert_eq!((report.statements.len(), report.scopes.len()), (257, 257));
    assert_eq!(report.statement("(others)").unwrap().latency.count, 44);
    assert_eq!(report.scope("(others)").unwrap().latency.count, 44);
    let total: u64 = report
        .statements
        .iter()
        .map(|statement| statement.latency.count)
        .sum();
    assert_eq!(total, 300);
}

#[test]
fn a_text_has_several_names_those_that_were_used_last() {
    let collector = Collector::new();
    for name in ["a", "b", "c", "d", "a", "e"] {
        let request = collector.scope("page");
        request.start_named(name, "SELECT 1").finished(1);
    }
    assert_eq!(collector.names_of("SELECT 2"), ["a", "c", "d", "e"]);
    let request = collector.scope("page");
    request.start("SELECT 1").finished(1);
    assert_eq!(request.finish().by_statement[0].label(), "e");

    let row = ServerStatementRow {
        query_id: Some(1),
        text: Some("SELECT $1".to_owned()),
        calls: Some(7),
        ..Default::default()
    };
    let server = ServerStatements::from_rows([row]);
    let [numbers] = server.by_name(&collector).try_into().unwrap();
    assert_eq!((numbers.calls, numbers.names.len()), (7, 4));
}

#[test]
fn only_scopes_of_a_collector_report_to_it() {
    let (collector, other) = (Collector::new(), Collector::new());
    let request = collector.scope("page");
    request.start_named("one", "SELECT 1").finished(1);
    // Within it, and of the same names.
    let apart = Monitor::new("page");
    apart.start_named("one", "SELECT 1").finished(1);
    let of_other = other.scope("page").nested("part");
    of_other.start_named("one", "SELECT 1").finished(1);
    drop((apart, of_other, request));
    for (collector, scopes) in [
        (&collector, ["page"].as_slice()),
        (&other, &["page", "part"]),
    ] {
        let report = collector.report();
        let names: Vec<_> = report.scopes.iter().map(|scope| &*scope.name).collect();
        assert_eq!(names, scopes);
        assert_eq!(report.scope("page").unwrap().latency.count, 1);
        assert_eq!(report.statement("one").unwrap().latency.count, 1);
    }
}

#[test]
fn both_ways_of_a_page_have_names_of_their_own_where_their_texts_are_registered() {
    let (mut client, collector) = (reader(), Collector::new());
    let listing = Listing::of(Session)
        .tenant(TEAM)
        .show(&chat::message_timestamps())
        .page(Page::first(5));
    for (name, strategy) in [
        ("sessions page", Strategy::Optimized),
        ("sessions page, legacy", Strategy::Legacy),
    ] {
        let page = listing.build_as(strategy).unwrap();
        collector.register(name, page.text());
    }
    let request = collector.scope("sessions table");
    let shadow = Shadow::new("sessions page", |_| {});
    shadow
        .fetch(&mut request.with(&mut client), &listing)
        .unwrap();
    assert_eq!(request.finish().query_count(), "2", "both ways");
    let report = collector.report();
    for name in ["sessions page", "sessions page, legacy"] {
        assert_eq!(report.statement(name).unwrap().latency.count, 1, "{name}");
    }
}

#[test]
fn the_report_is_two_tables() {
    let collector = Collector::new();
    let request = collector.scope("a | b\nc");
    drop(request.start("SELECT 1"));
    request.finish();
    let text = collector.report().to_string();
    assert!(text.contains("| (unnamed) | 1 | 1 | "), "{text}");
    assert!(
        text.contains("| a \\| b c | 1 | 0 | 1 | 1 | 1 | "),
        "{text}"
    );
    for table in text.split("\n\n") {
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut lines = table.lines();
        let first = columns(lines.next().unwrap());
        assert!(lines.all(|line| columns(line) == first), "{table}");
    }
}

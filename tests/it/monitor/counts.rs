//! How many, how long, with how many rows, and which.

use std::time::Duration;

use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::monitor::{Collector, Monitor};
use pagewise::{Page, Total};
use postgres::Client;

use super::support::{page, rows};
use crate::support::{TEAM, reader};

#[test]
fn whatever_runs_a_statement_is_wrapped() {
    let (mut client, statements) = (reader(), StatementCache::default());
    let (request, page) = (Monitor::new("page"), page(5));
    let expected = page.fetch(&mut client).unwrap().len();
    assert_eq!(expected, 5);

    let mut count = 0;
    let mut fetch = |client: &mut dyn FnMut() -> usize| {
        assert_eq!(client(), expected);
        count += 1;
        assert_eq!(request.count(), count);
    };
    fetch(&mut || page.fetch(&mut request.with(&mut client)).unwrap().len());
    for _ in 0..2 {
        // Prepared and run, or run only: one statement to the caller.
        let mut cached = statements.with(&mut client);
        fetch(&mut || page.fetch(&mut request.with(&mut cached)).unwrap().len());
    }
    let mut transaction = client.transaction().unwrap();
    fetch(&mut || {
        page.fetch(&mut request.with(&mut transaction))
            .unwrap()
            .len()
    });
    let mut cached = statements.with(&mut transaction);
    fetch(&mut || page.fetch(&mut request.with(&mut cached)).unwrap().len());
    transaction.rollback().unwrap();

    let summary = request.summary();
    // The page has asked for one row more, to know whether there is a next one.
    assert_eq!((summary.statements, summary.rows), (5, 30));
    assert_eq!(
        (summary.failed, summary.abandoned, summary.others),
        (0, 0, 0)
    );
    let [only] = summary.by_statement.as_slice() else {
        panic!("one text: {summary}");
    };
    assert_eq!((only.runs, only.rows, only.time), (5, 30, summary.time));
    assert!(page.text().starts_with(&only.text) && only.text.len() == page.text().len().min(1000));
}

#[test]
fn a_page_with_an_estimate_is_two_statements() {
    let estimated = pagewise::Listing::of(pagewise::chat::Session)
        .tenant(TEAM)
        .page(Page::first(5).with_total(Total::Estimated))
        .build()
        .unwrap();
    let (mut client, request) = (reader(), Monitor::new("page"));
    estimated.fetch(&mut request.with(&mut client)).unwrap();
    assert_eq!(request.count(), 2);
}

#[test]
fn what_fails_is_counted_and_gives_the_drivers_error() {
    let (mut client, request) = (reader(), Monitor::new("page"));
    let mut monitored = request.with(&mut client).named("divided");
    let error = monitored.run("SELECT 1 / 0", &[]).unwrap_err();
    assert_eq!(error.code().unwrap().code(), "22012");
    assert_eq!(
        rows(&mut monitored, "SELECT generate_series(1, 7)"),
        Some(7)
    );
    assert_eq!(rows(&mut monitored, "SELECT 1 / 0"), None);
    let summary = request.summary();
    assert_eq!(
        (summary.statements, summary.failed, summary.rows),
        (3, 2, 7)
    );
    let divided = &summary.by_statement[0];
    assert_eq!(
        (divided.runs, divided.failed, divided.text.as_str()),
        (3, 2, "SELECT 1 / 0")
    );
    assert!(
        summary.to_string().contains(", 2 failed, budget 20"),
        "{summary}"
    );
}

#[test]
fn time_is_that_of_the_server_and_only_grows() {
    let (mut client, request) = (reader(), Monitor::new("page"));
    let mut before = request.summary();
    assert_eq!(before.time, Duration::ZERO);
    for milliseconds in [30_u64, 0, 10] {
        let text = format!("SELECT pg_sleep({milliseconds} / 1000.0)");
        rows(&mut request.with(&mut client), &text).unwrap();
        let after = request.summary();
        let took = after.time - before.time;
        assert!(took >= Duration::from_millis(milliseconds) && took > Duration::ZERO);
        assert!(after.time <= after.elapsed && before.elapsed <= after.elapsed);
        before = after;
    }
    let finished = request.finish();
    rows(&mut request.with(&mut client), "SELECT pg_sleep(0.01)").unwrap();
    let later = request.finish();
    assert_eq!(later.elapsed, finished.elapsed, "it has ended");
    assert_eq!((later.statements, finished.statements), (4, 3));
}

/// Sleeps for so many hundredths of a second.
fn sleep(request: &Monitor, client: &mut Client, hundredths: u64) {
    let mut client = request.with(client).named(format!("{hundredths}"));
    rows(
        &mut client,
        &format!("SELECT pg_sleep({hundredths} / 100.0)"),
    )
    .unwrap();
}

#[test]
fn the_slowest_are_kept_the_slowest_first() {
    let (mut client, request) = (reader(), Monitor::new("page").keep_slowest(3));
    for hundredths in [5, 1, 40, 2, 20, 0] {
        sleep(&request, &mut client, hundredths);
    }
    let labels = |request: &Monitor| -> Vec<String> {
        let slowest = request.summary().slowest;
        assert!(slowest.is_sorted_by(|one, other| one.time >= other.time));
        slowest
            .iter()
            .map(|slow| slow.label().into_owned())
            .collect()
    };
    assert_eq!(labels(&request), ["40", "20", "5"]);
    assert_eq!(request.summary().slowest[0].rows, Some(1));
    let request = request.keep_slowest(1);
    assert_eq!(labels(&request), ["40"]);
    let request = request.keep_slowest(0);
    sleep(&request, &mut client, 1);
    assert_eq!(labels(&request), Vec::<String>::new());
}

#[test]
fn a_name_is_one_statement_whatever_was_seen_before() {
    let (mut client, collector) = (reader(), Collector::new());
    let request = collector.scope("page").without_budget();
    collector.register("registered", "SELECT 'registered'");
    for value in 0..300 {
        rows(
            &mut request.with(&mut client),
            &format!("SELECT 1 AS a{value}"),
        )
        .unwrap();
    }
    // Several texts of one name, some of which another name has as well.
    for value in 200..900 {
        let mut monitored = request.with(&mut client).named("valued");
        rows(&mut monitored, &format!("SELECT 1 AS a{value}")).unwrap();
    }
    for _ in 0..2 {
        rows(&mut request.with(&mut client), "SELECT 'registered'").unwrap();
    }
    let summary = request.finish();
    let runs = |name: &str| {
        let mut of_name = summary
            .by_statement
            .iter()
            .filter(|statement| statement.name.as_deref() == Some(name));
        let runs = of_name.next().unwrap().runs;
        assert!(of_name.next().is_none(), "{name} is one");
        runs
    };
    assert_eq!((runs("valued"), runs("registered")), (700, 2));
    assert_eq!((summary.statements, summary.others), (1002, 44));
    let report = collector.report();
    let count = |name| report.statement(name).unwrap().latency.count;
    assert_eq!(
        (count("valued"), count("registered"), count("(others)")),
        (700, 2, 44)
    );
    assert_eq!(
        collector.names_of("SELECT 2 AS a899"),
        ["valued"],
        "also the last text"
    );
}

#[test]
fn what_is_kept_is_bounded() {
    let (mut client, request) = (reader(), Monitor::new("page").without_budget());
    let mut monitored = request.with(&mut client);
    // A host that writes values into its texts.
    for value in 0..300 {
        let text = format!("SELECT {value} AS \"{}\"", "ä".repeat(2000));
        assert_eq!(rows(&mut monitored, &text), Some(1));
    }
    let summary = request.keep_slowest(1_000_000).summary();
    assert_eq!((summary.statements, summary.rows), (300, 300));
    assert_eq!((summary.by_statement.len(), summary.others), (256, 44));
    assert!(
        summary
            .by_statement
            .iter()
            .all(|statement| (998..=1000).contains(&statement.text.len()))
    );
    let label = summary.by_statement[0].label();
    assert!(
        label.chars().count() == 122 && label.ends_with("ä.."),
        "{label}"
    );
    assert_eq!(summary.slowest.len(), 5, "as many as were kept until now");
}

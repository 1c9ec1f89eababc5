//! Commands of transactions under a name.

use std::time::Duration;

use pagewise::chat::{self, Session};
use pagewise::driver::postgres::Execute;
use pagewise::monitor::{Collector, Monitor};
use pagewise::sea_query::Value;
use pagewise::strategy::{Guard, Shadow, Way};
use pagewise::{Listing, Page};
use postgres::{Client, Error, Row};

use super::heard::Heard;
use super::support::rows;
use crate::support::{TEAM, reader};

const LONG: Duration = Duration::from_secs(60);

fn sessions() -> Listing<Session> {
    Listing::of(Session)
        .tenant(TEAM)
        .show(&chat::message_timestamps())
        .page(Page::first(5))
}

#[test]
fn a_guard_or_a_shadow_is_no_part_of_the_statement_that_it_runs() {
    let (mut client, collector) = (reader(), Collector::new());
    let guard = Guard::new("sessions page", LONG, LONG);
    let shadow = Shadow::new("sessions page", |_| {});
    let lines = Heard::during(|| {
        let request = collector.scope("sessions table").budget(4);
        let guarded = guard
            .fetch(
                &mut request.with(&mut client).named("sessions page"),
                &sessions(),
            )
            .unwrap();
        assert_eq!(guarded.way, Way::Optimized);
        // In the host's transaction, with savepoints.
        let mut monitored = request.with(&mut client).named("sessions page");
        rows(&mut monitored, "BEGIN").unwrap();
        guard.fetch(&mut monitored, &sessions()).unwrap();
        rows(&mut monitored, "COMMIT").unwrap();
        shadow.fetch(&mut monitored, &sessions()).unwrap();

        let summary = request.finish();
        assert_eq!(summary.statements, 4, "{summary}");
        assert!(summary.housekeeping > 10, "{summary}");
        assert_eq!(summary.query_count(), "4");
        assert!(request.check().is_ok());
    });
    assert!(
        !lines.iter().any(|line| line.starts_with("event WARN")),
        "{lines:#?}"
    );

    let report = collector.report();
    let count = |name| report.statement(name).unwrap().latency.count;
    assert_eq!(count("sessions page"), 4);
    assert!(count("(transaction)") > 10);
    assert_eq!(report.statements.len(), 2);
    assert_eq!(report.scope("sessions table").unwrap().statements, 4);
    for text in [
        "BEGIN",
        "COMMIT",
        "BEGIN READ ONLY",
        "SELECT set_config($1, $2, true)",
    ] {
        assert_eq!(collector.names_of(text), Vec::<String>::new(), "{text}");
    }
}

/// A client on which the optimized way takes for ever.
struct Asleep<'c>(&'c mut Client);

impl Execute for Asleep<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        match text.contains("LATERAL") {
            true => self.0.run("SELECT pg_sleep(100000)", &[]),
            false => self.0.run(text, parameters),
        }
    }
}

#[test]
fn a_page_that_a_guard_has_rescued_is_loaded_if_the_host_says_so() {
    let (mut client, collector) = (reader(), Collector::new());
    let guard = Guard::new("sessions page", Duration::from_millis(20), LONG);
    for says_so in [true, false] {
        let request = collector.scope("sessions table");
        let mut asleep = Asleep(&mut client);
        let mut monitored = request.with(&mut asleep).named("sessions page");
        let guarded = guard.fetch(&mut monitored, &sessions()).unwrap();
        assert!(matches!(guarded.way, Way::FellBack { .. }));
        if says_so {
            request.loaded();
        }
    }
    let report = collector.report();
    let page = report.scope("sessions table").unwrap();
    assert_eq!(
        (page.latency.count, page.failed, page.unanswered),
        (2, 0, 1)
    );
    let statement = report.statement("sessions page").unwrap();
    assert_eq!((statement.latency.count, statement.failed), (4, 2));
}

#[test]
fn what_a_guard_needs_is_not_in_the_message_of_a_budget() {
    let mut client = reader();
    let request = Monitor::new("sessions table").budget(0);
    let guard = Guard::new("sessions page", LONG, LONG);
    let mut monitored = request.with(&mut client).named("sessions page");
    guard.fetch(&mut monitored, &sessions()).unwrap();
    assert!(request.summary().to_string().contains(" x (transaction)"));
    assert_eq!(
        request.check().unwrap_err().to_string(),
        "sessions table has run 1 statement, 1 more than its budget of 0:\n     1 x sessions page"
    );
}

#[test]
fn they_are_timed_and_fail_but_are_not_repeated() {
    let (mut client, request) = (reader(), Monitor::new("page").budget(1));
    let mut monitored = request.with(&mut client);
    for _ in 0..3 {
        rows(&mut monitored, "BEGIN").unwrap();
        rows(
            &mut monitored,
            "SELECT set_config('statement_timeout', '0', true)",
        )
        .unwrap();
        rows(&mut monitored, "ROLLBACK").unwrap();
    }
    assert!(monitored.run("SAVEPOINT outside", &[]).is_err());
    rows(&mut monitored, "SELECT 1").unwrap();
    let summary = request.summary();
    assert_eq!(
        (
            summary.statements,
            summary.housekeeping,
            summary.failed,
            summary.rows
        ),
        (1, 10, 1, 1)
    );
    assert!(request.check().is_ok() && summary.repeated().is_empty());
    let [commands, statement] = summary.by_statement.as_slice() else {
        panic!("two lines: {summary}");
    };
    assert_eq!((&*commands.label(), commands.runs), ("(transaction)", 10));
    assert_eq!(summary.time, commands.time + statement.time);
}

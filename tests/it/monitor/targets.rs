//! Targets against what was measured.

use std::time::Duration;

use pagewise::monitor::{
    CHATBOT_LIST, Collector, DASHBOARD, Lookups, Measured, Monitor, SESSIONS_TABLE, TargetOutcome,
    Targets,
};
use pagewise::{ContentTypes, chat};

use super::support::{page, rows};
use crate::support::reader;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_target_is_met_missed_or_not_measured() {
    let (mut client, collector) = (reader(), Collector::new());
    for load in 0..20 {
        let request = collector.scope(SESSIONS_TABLE);
        for _ in 0..=(load % 3) {
            page(5)
                .fetch(&mut request.with(&mut client).named("sessions page"))
                .unwrap();
        }
    }
    collector.scope(DASHBOARD).finish();
    let outcomes = |targets: Targets, lookups| -> Vec<TargetOutcome> {
        let report = targets.measure(&collector, lookups);
        let outcomes: Vec<_> = report.lines.iter().map(|line| line.outcome()).collect();
        assert_eq!(
            report.are_met(),
            outcomes
                .iter()
                .all(|outcome| *outcome == TargetOutcome::Met)
        );
        outcomes
    };
    use TargetOutcome::{Met, Missed, NotMeasured};
    let nanosecond = Duration::from_nanos(1);
    let times = Targets::new()
        .page_load(SESSIONS_TABLE, HOUR)
        .page_load(SESSIONS_TABLE, nanosecond)
        .page_load(DASHBOARD, HOUR)
        .page_load(CHATBOT_LIST, HOUR)
        .statement_time("sessions page", HOUR)
        .statement_time("sessions page", nanosecond)
        .statement_time("chatbots page", HOUR);
    assert_eq!(
        outcomes(times.clone(), None),
        [
            Met,
            Missed,
            NotMeasured,
            NotMeasured,
            Met,
            Missed,
            NotMeasured
        ]
    );
    let one_is_enough = outcomes(times.at_least(0), None);
    assert_eq!(
        one_is_enough,
        [Met, Missed, Met, NotMeasured, Met, Missed, NotMeasured]
    );

    // The page that ran most has run three.
    let counts = Targets::new().statements_per_page(4).statements_per_page(3);
    assert_eq!(outcomes(counts, None), [Met, Missed]);
    let ratio = || Targets::new().cache_hit_ratio(0.8);
    let lookups = |hits, misses| Some(Lookups { hits, misses });
    assert_eq!(outcomes(ratio(), lookups(81, 19)), [Met]);
    assert_eq!(
        outcomes(ratio(), lookups(80, 20)),
        [Missed],
        "more than that"
    );
    assert_eq!(outcomes(ratio(), lookups(0, 0)), [NotMeasured]);
    assert_eq!(outcomes(ratio(), None), [NotMeasured]);
    assert!(outcomes(Targets::new(), None).is_empty());
}

#[test]
fn what_fails_quickly_is_missed() {
    let (mut client, collector) = (reader(), Collector::new());
    let mut load = |text: &str| {
        let request = collector.scope(DASHBOARD);
        rows(&mut request.with(&mut client).named("panel"), text);
    };
    for _ in 0..19 {
        load("SELECT 1");
    }
    load("SELECT 1 / 0");
    let targets = Targets::new()
        .page_load(DASHBOARD, HOUR)
        .statement_time("panel", HOUR);
    assert!(
        targets.measure(&collector, None).are_met(),
        "one of twenty may"
    );
    load("SELECT 1 / 0");
    // Nobody waited for it.
    drop(collector.scope(DASHBOARD).start_named("panel", "SELECT 1"));
    let report = targets.measure(&collector, None);
    assert!(
        report
            .lines
            .iter()
            .all(|line| line.outcome() == TargetOutcome::Missed)
    );
    let text = report.to_string();
    for line in [
        "| dashboard, p95 | < 3600000 ms | 3 of 22 with a statement unanswered | no |",
        "| panel, p95 | < 3600000 ms | 3 of 22 failed | no |",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let dashboards = collector.report().scope(DASHBOARD).unwrap().clone();
    assert_eq!((dashboards.failed, dashboards.unanswered), (0, 3));
}

#[test]
fn the_host_says_whether_a_page_was_loaded() {
    let collector = Collector::new();
    let load = |is_answered: bool, say: fn(&Monitor)| {
        let request = collector.scope(DASHBOARD);
        let running = request.start("SELECT 1");
        match is_answered {
            true => running.finished(1),
            false => running.failed(None),
        }
        say(&request);
        request.finish();
        // It is too late for another word.
        request.failed();
    };
    let numbers = || {
        let page = collector.report().scope(DASHBOARD).unwrap().clone();
        (page.latency.count, page.failed, page.unanswered)
    };
    for _ in 0..18 {
        load(true, |_| {});
    }
    load(false, |request| request.loaded());
    load(false, |request| {
        request.failed();
        request.loaded();
    });
    assert_eq!(numbers(), (20, 0, 0));
    let targets = Targets::new().page_load(DASHBOARD, HOUR);
    assert!(targets.measure(&collector, None).are_met());

    load(true, |request| request.failed());
    assert_eq!(numbers(), (21, 1, 0));
    assert!(targets.measure(&collector, None).are_met(), "one of 21");
    load(true, |request| request.failed());
    let measured = || targets.measure(&collector, None).lines.remove(0);
    assert!(
        matches!(
            measured().measured,
            Measured::Failed {
                failed: 2,
                unanswered: 0,
                count: 22,
                ..
            }
        ),
        "{}",
        measured()
    );
    assert_eq!(measured().outcome(), TargetOutcome::Missed);
    assert!(measured().to_string().contains(" | 2 of 22 failed | no |"));
    load(false, |_| {});
    assert_eq!(numbers(), (23, 2, 1));
    let line = measured().to_string();
    assert!(
        line.contains(" | 3 of 23 failed or with a statement unanswered | no |"),
        "{line}"
    );
}

#[test]
fn what_was_measured_can_be_read() {
    let collector = Collector::new();
    for _ in 0..20 {
        collector.scope(DASHBOARD).start("SELECT 1").finished(1);
    }
    let targets = Targets::new()
        .page_load(DASHBOARD, HOUR)
        .page_load(CHATBOT_LIST, HOUR)
        .statements_per_page(15)
        .cache_hit_ratio(0.57);
    let lookups = Lookups { hits: 3, misses: 1 };
    let report = targets.measure(&collector, Some(lookups));
    let measured: Vec<_> = report.lines.iter().map(|line| line.measured).collect();
    let p95 = collector.report().scope(DASHBOARD).unwrap().latency.p95;
    assert_eq!(measured[0], Measured::Time(p95));
    assert!(matches!(
        measured[1],
        Measured::TooFew {
            count: 0,
            at_least: 20,
            ..
        }
    ));
    assert_eq!(
        measured[2..],
        [Measured::Count(1), Measured::Ratio(0.75)],
        "{report}"
    );
    let line = report.lines[3].to_string();
    assert_eq!(line, "| cache hit ratio | > 57 % | 75.0 % | met |");
}

#[test]
fn lookups_are_those_of_a_cache() {
    let (mut client, types) = (reader(), ContentTypes::default());
    for _ in 0..4 {
        types.resolve(&mut client, &chat::TAGGABLE).unwrap();
    }
    let lookups = Lookups::from(types.counts());
    assert_eq!(lookups, Lookups { hits: 3, misses: 1 });
}

#[test]
fn pages_that_ran_nothing_say_nothing_of_statements() {
    let collector = Collector::new();
    collector.scope(DASHBOARD).finish();
    let targets = Targets::new().statements_per_page(15);
    let report = targets.measure(&collector, None);
    assert_eq!(report.lines[0].outcome(), TargetOutcome::NotMeasured);
}

#[test]
fn nothing_measured_passes_nothing() {
    for targets in [Targets::indicators(), Targets::success_criteria()] {
        let report = targets.measure(&Collector::new(), None);
        assert!(!report.are_met());
        assert!(
            report
                .lines
                .iter()
                .all(|line| line.outcome() == TargetOutcome::NotMeasured)
        );
    }
    let report = Targets::indicators().measure(&Collector::new(), None);
    assert_eq!(
        report.to_string(),
        "| what | target | measured | met |\n\
         |---|--:|--:|---|\n\
         | chatbot list, p95 | < 500 ms | not measured: 0 of at least 20 | no |\n\
         | sessions table, p95 | < 800 ms | not measured: 0 of at least 20 | no |\n\
         | dashboard, p95 | < 2000 ms | not measured: 0 of at least 20 | no |\n\
         | statements per page, most | < 15 | not measured: 0 of at least 1 | no |\n\
         | cache hit ratio | > 80 % | not measured: 0 of at least 1 | no |\n"
    );
}

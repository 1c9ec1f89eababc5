//! More statements than there should be.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pagewise::monitor::Monitor;

use super::heard::Heard;
use super::support::{page, rows};
use crate::support::reader;

/// A page that asks once for each of its rows.
fn one_for_each_row(request: &Monitor) {
    let mut client = reader();
    let page = page(25);
    let sessions = page
        .fetch(&mut request.with(&mut client).named("sessions page"))
        .unwrap();
    for session in &sessions {
        let id: i64 = session.get(pagewise::chat::Session::ID).unwrap();
        let tags = pagewise::Listing::of(pagewise::chat::Message)
            .tenant(crate::support::TEAM)
            .filter(pagewise::chat::Message::CHAT_ID.eq(id))
            .page(pagewise::Page::first(3))
            .build()
            .unwrap();
        tags.fetch(&mut request.with(&mut client).named("messages of a session"))
            .unwrap();
    }
}

fn warnings(lines: &[String]) -> Vec<&String> {
    lines
        .iter()
        .filter(|line| line.starts_with("event WARN"))
        .collect()
}

#[test]
fn past_the_budget_there_is_one_warning_with_what_is_repeated() {
    let request = Monitor::new("sessions table");
    let lines = Heard::during(|| {
        one_for_each_row(&request);
        let clone = request.clone();
        one_for_each_row(&clone);
    });
    assert_eq!(request.count(), 52);
    let warnings = warnings(&lines);
    let [warning] = warnings.as_slice() else {
        panic!("one warning: {warnings:#?}");
    };
    for part in [
        "message=more statements than the budget allows",
        "scope=\"sessions table\"",
        "statements=21",
        "budget=20",
        "repeated=20 times messages of a session",
    ] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
}

#[test]
fn within_the_budget_there_is_none() {
    let lines = Heard::during(|| {
        one_for_each_row(&Monitor::new("sessions table").budget(26));
        one_for_each_row(&Monitor::new("sessions table").without_budget());
        one_for_each_row(
            &Monitor::new("sessions table")
                .without_budget()
                .nested("part"),
        );
    });
    assert_eq!(warnings(&lines), Vec::<&String>::new());
    assert!(
        lines.iter().any(|line| line.starts_with("span")),
        "it was listened to"
    );
}

#[test]
fn each_scope_warns_for_itself() {
    let lines = Heard::during(|| {
        let request = Monitor::new("outer").budget(3);
        let part = request.nested("inner").budget(1);
        let mut client = reader();
        for _ in 0..5 {
            rows(&mut part.with(&mut client), "SELECT 1").unwrap();
        }
    });
    let warnings = warnings(&lines);
    assert_eq!(warnings.len(), 2, "{warnings:#?}");
    assert!(
        warnings[0].contains("scope=\"inner\" statements=2 budget=1 repeated=none"),
        "{}",
        warnings[0]
    );
    assert!(
        warnings[1].contains("scope=\"outer\" statements=4 budget=3"),
        "{}",
        warnings[1]
    );
    assert!(
        warnings[1].contains("repeated=4 times SELECT 1"),
        "{}",
        warnings[1]
    );
}

#[test]
fn a_hosts_test_fails_with_the_statements() {
    let request = Monitor::new("sessions table");
    one_for_each_row(&request);
    assert!(request.check_within(26).is_ok());
    request.assert_within(26);
    let message = "sessions table has run 26 statements, 6 more than its budget of 20:\n    \
                   25 x messages of a session\n     1 x sessions page\n\
                   What runs for each row can be asked for all rows at once.";
    let exceeded = request.check().unwrap_err();
    assert_eq!(
        (
            exceeded.to_string().as_str(),
            format!("{exceeded:?}").as_str()
        ),
        (message, message)
    );
    let panic = catch_unwind(AssertUnwindSafe(|| request.assert_within(20))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), message);
    assert!(Monitor::new("none").without_budget().check().is_ok());
}

#[test]
fn what_was_changed_is_shown_all_the_same() {
    let request = Monitor::new("page").budget(0);
    request.start("SELECT 1").finished(1);
    let mut exceeded = request.check().unwrap_err();
    exceeded.budget = 3;
    let message = exceeded.to_string();
    assert!(
        message.starts_with("page has run 1 statement, 0 more than its budget of 3:"),
        "{message}"
    );
}

#[test]
fn a_budget_of_nothing_is_one() {
    let (mut client, request) = (reader(), Monitor::new("cached page").budget(0));
    assert!(request.check().is_ok());
    rows(&mut request.with(&mut client), "SELECT 1").unwrap();
    let message = request.check().unwrap_err().to_string();
    assert_eq!(
        message,
        "cached page has run 1 statement, 1 more than its budget of 0:\n     1 x SELECT 1"
    );
}

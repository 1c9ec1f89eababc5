//! What spans tell, and what they keep to themselves.

use pagewise::driver::postgres::Execute;
use pagewise::monitor::{Collector, Monitor};
use pagewise::sea_query::Value;

use super::heard::Heard;
use super::support::rows;
use crate::support::reader;

const SECRET: &str = "s3cret";

#[test]
fn a_statement_is_a_span_with_its_name_and_its_rows() {
    let lines = Heard::during(|| {
        let (mut client, request) = (reader(), Monitor::new("sessions table"));
        let mut monitored = request.with(&mut client).named("sessions page");
        rows(&mut monitored, "SELECT generate_series(1, 3)").unwrap();
        rows(&mut request.with(&mut client), "SELECT 1 / 0");
    });
    assert_eq!(
        lines,
        [
            "span DEBUG statement scope=\"sessions table\"",
            "record name=\"sessions page\"",
            "enter",
            "exit",
            "record rows=3",
            "span DEBUG statement scope=\"sessions table\"",
            "enter",
            "exit",
            "record sqlstate=\"22012\"",
        ]
    );
}

#[test]
fn values_are_never_told() {
    let collector = Collector::new();
    let mut told = Heard::during(|| {
        let (mut client, request) = (reader(), collector.scope("sessions table").budget(1));
        let mut monitored = request.with(&mut client);
        for (text, value) in [
            ("SELECT $1::text", Value::from(SECRET)),
            // The server quotes the value in its message.
            ("SELECT $1::text::integer", Value::from(SECRET)),
            ("SELECT $1::bigint / 0", Value::from(424_242_i64)),
        ] {
            let answer = monitored.run(text, std::slice::from_ref(&value));
            if text.contains("::integer") {
                assert!(
                    format!("{:?}", answer.unwrap_err()).contains(SECRET),
                    "the driver tells"
                );
            }
        }
        assert!(
            request
                .check()
                .unwrap_err()
                .to_string()
                .contains("SELECT $1::text")
        );
    });
    told.push(format!("{:?} {}", collector, collector.report()));
    let told = told.join("\n");
    assert!(
        told.contains("sqlstate=\"22P02\"") && told.contains("event WARN"),
        "{told}"
    );
    assert!(!told.contains(SECRET) && !told.contains("424242"), "{told}");
}

#[test]
fn a_registered_text_is_told_by_its_name() {
    let collector = Collector::new();
    collector.register("one", "SELECT 1");
    let lines = Heard::during(|| {
        let (mut client, request) = (reader(), collector.scope("page"));
        rows(&mut request.with(&mut client), "SELECT 1").unwrap();
        rows(&mut request.with(&mut client).named("another"), "SELECT 2").unwrap();
        rows(&mut request.with(&mut client), "SELECT 2").unwrap();
        let labels: Vec<_> = request
            .summary()
            .by_statement
            .iter()
            .map(|s| s.label().into_owned())
            .collect();
        assert!(
            labels.contains(&"one".to_owned()) && !labels.contains(&"SELECT 2".to_owned()),
            "{labels:?}"
        );
    });
    let names: Vec<_> = lines.iter().filter(|line| line.contains("name=")).collect();
    assert_eq!(
        names,
        [
            "record name=\"one\"",
            "record name=\"another\"",
            "record name=\"another\""
        ]
    );
}

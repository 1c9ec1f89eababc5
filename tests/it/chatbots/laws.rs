//! The laws that are about texts: every table bound, nothing computed that is not asked for, and one text for one shape.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use pagewise::chat::{self, Experiment, Session};
use pagewise::sea_query::Value;
use pagewise::{Listing, Page, Statement, Strategy, Total};
use proptest::strategy::Strategy as _;
use proptest::test_runner::TestCaseError;

use super::request::{Asked, NUMBERS, Number, asked};
use crate::laws::{Outcome, Parsed, check, deep, is_bound, without_bindings};
use crate::oracle::entities::{EXPERIMENT, SESSION, TRACE, USER};
use crate::scene::at_a_scene;

const STRATEGIES: [Strategy; 2] = [Strategy::Optimized, Strategy::Legacy];

/// Runs a property on requests, without a database.
fn on_texts(cases: u32, test: impl Fn(&Asked) -> Outcome + Send) {
    deep(move || {
        let requests = at_a_scene(asked).prop_map(|(_, asked)| asked);
        check(cases, &requests, |asked: Asked| test(&asked));
    });
}

fn statement<E: pagewise::Entity>(listing: &Listing<E>, strategy: Strategy) -> Statement {
    let page = Page::number(2, 25).with_total(Total::Exact);
    let listing = listing.clone().strategy(strategy).page(page);
    let built = listing.build().unwrap_or_else(|error| panic!("{error}"));
    built.statement().clone()
}

/// A listing of each kind, as far as its text goes.
fn statements(asked: &Asked, strategy: Strategy) -> Vec<Statement> {
    let messages = chat::message_timestamps();
    let chatbot = Session::experiment().value(Experiment::NAME);
    let shown = |listing: Listing<Session>| {
        let listing = listing.tenant(asked.tenant);
        listing.show((&chatbot, Session::LAST_ACTIVITY_AT, &messages))
    };
    vec![
        statement(&asked.listing(), strategy),
        statement(&shown(chat::dataset_sessions(asked.tenant)), strategy),
        statement(
            &shown(chat::annotation_queue_sessions(asked.tenant)),
            strategy,
        ),
    ]
}

fn failed(why: &str, asked: &Asked, statement: &Statement) -> TestCaseError {
    let parameters = statement.parameters();
    TestCaseError::fail(format!(
        "{why}\n\n{asked:#?}\n\n{statement:#}\n{parameters:?}"
    ))
}

/// Law 5.
#[test]
fn every_table_is_bound_to_the_team() {
    on_texts(60, |asked| {
        for strategy in STRATEGIES {
            for statement in statements(asked, strategy) {
                let (text, parameters) = (statement.text(), statement.parameters());
                is_bound(text, parameters, asked.tenant)
                    .map_err(|why| failed(&why, asked, &statement))?;
                let unbound = without_bindings(text);
                let is_seen = |text: &String| is_bound(text, parameters, asked.tenant).is_err();
                if unbound.is_empty() || !unbound.iter().all(is_seen) {
                    return Err(failed("a missing binding was not seen", asked, &statement));
                }
            }
        }
        Ok(())
    });
}

/// Laws 6 and 7: the text does not depend on the team, the time, or on what is searched.
#[test]
fn the_text_depends_on_the_shape_only() {
    on_texts(60, |asked| {
        let other = Asked {
            tenant: 98_710_001,
            search: asked.search.map(|_| "zqx'\"; --%"),
            now: asked.now + TimeDelta::days(1_234),
            ..asked.clone()
        };
        for strategy in STRATEGIES {
            let (ours, theirs) = (statements(asked, strategy), statements(&other, strategy));
            for (ours, theirs) in ours.iter().zip(&theirs) {
                if ours.text() != theirs.text() {
                    return Err(failed(&format!("another text\n{theirs:#}"), asked, ours));
                }
                let has_value = |mark| theirs.text().contains(mark);
                if ["98710", "zqx", "--"].into_iter().any(has_value) {
                    return Err(failed("a value got into the text", &other, theirs));
                }
                if !theirs
                    .parameters()
                    .contains(&Value::BigInt(Some(98_710_001)))
                {
                    return Err(failed("no team", &other, theirs));
                }
            }
        }
        Ok(())
    });
}

/// The tables that have to be read for a number.
fn tables(number: Number) -> &'static [&'static str] {
    match number {
        Number::Participants
        | Number::Sessions
        | Number::LastActivity
        | Number::AllParticipants
        | Number::AllSessions => &[SESSION],
        Number::Interactions => &[SESSION, TRACE],
        Number::Successes | Number::Errors | Number::Traces | Number::LastTrace => &[TRACE],
    }
}

/// Law 8.
#[test]
fn only_what_is_shown_or_sorted_by_is_read() {
    on_texts(60, |asked| {
        let sort = asked.sort.iter().map(|(field, _)| *field);
        let sorted_by: BTreeSet<&str> = match asked.sort.is_empty() {
            true => ["last_activity"].into(),
            false => sort.collect(),
        };
        let of_field = |field: &&str| match *field {
            "name" => &[][..],
            "interaction_count" => tables(Number::Interactions),
            _ => tables(Number::Sessions),
        };
        let mut before: BTreeSet<&str> = [EXPERIMENT].into();
        before.extend(sorted_by.iter().flat_map(of_field));
        before.extend(asked.search.map(|_| USER));
        let mut all = before.clone();
        all.extend(asked.shown.iter().flat_map(|number| tables(*number)));
        for strategy in STRATEGIES {
            let statement = statement(&asked.listing(), strategy);
            let parsed = Parsed::new(&statement).map_err(|why| failed(&why, asked, &statement))?;
            let read = parsed.tables();
            if !read.iter().map(String::as_str).eq(all.iter().copied()) {
                return Err(failed(
                    &format!("reads {read:?}, not {all:?}"),
                    asked,
                    &statement,
                ));
            }
            let early = parsed.tables_of_the_page();
            let is_known = |table: &String| before.contains(table.as_str());
            if strategy == Strategy::Optimized && !early.iter().all(is_known) {
                return Err(failed("reads too much for the page", asked, &statement));
            }
        }
        Ok(())
    });
}

/// What is only shown and comes from the same rows is read once: sessions, and the traces of the last day.
#[test]
fn what_has_one_source_is_read_once() {
    let now = chrono::Utc::now();
    let by_name = chat::chatbots().tenant(1).order_by(Experiment::NAME.asc());
    let count = |listing: &Listing<Experiment>, table: &str| {
        let text = statement(listing, Strategy::Optimized).text().to_owned();
        text.matches(&format!("FROM \"{table}\"")).count()
    };
    let numbers = by_name.clone().show(&chat::chatbot_numbers());
    // The other says which of the traces are of evaluations: all are counted, and those.
    assert_eq!(
        count(&numbers, SESSION),
        2,
        "{:#}",
        statement(&numbers, Strategy::Optimized)
    );
    // All of them, and those of evaluations.
    assert_eq!(count(&numbers, TRACE), 2);
    let trends = by_name.show(&chat::chatbot_trends(now));
    let text = statement(&trends, Strategy::Optimized).text().to_owned();
    assert_eq!(text.matches(TRACE).count(), 1, "{text}");

    // What the list is sorted by is not computed again for the page.
    let sorted = chat::chatbots().tenant(1).show(&chat::chatbot_numbers());
    let text = statement(&sorted, Strategy::Optimized).text().to_owned();
    assert_eq!(text.matches("last_activity_at").count(), 1, "{text}");
}

#[test]
fn every_number_is_asked_for_somewhere() {
    let seen = std::sync::Mutex::new(Vec::new());
    on_texts(200, |asked| {
        seen.lock().expect("no panic").extend(asked.shown.clone());
        Ok(())
    });
    let seen = seen.into_inner().expect("no panic");
    assert!(NUMBERS.iter().all(|number| seen.contains(number)));
}

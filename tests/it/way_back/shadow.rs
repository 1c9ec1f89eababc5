//! Both are run, what differs is told, and the answer is that of `Legacy`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use pagewise::aggregate::{
    Batch, Bucket, CombinedAggregate, GroupedListing, Groups, Histogram, Rows, Series, Window,
};
use pagewise::chat::dashboard::Dashboard;
use pagewise::chat::{Experiment, Message, Session};
use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::expression::minutes_between;
use pagewise::listing::TotalCount;
use pagewise::sea_query::Value;
use pagewise::strategy::{Comparison, Difference, Outcome, Shadow, TwoWays};
use pagewise::{Error, Listing, Page, Strategy, Total};
use postgres::{Client, IsolationLevel};

use super::requests::{
    Tampered, is_optimized, is_page, pid, sessions, setting, some_sessions, state,
};
use crate::support::{TEAM, reader, taggable};

/// What was told, one after the other.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn shadow(&self) -> Shadow {
        let told = Arc::clone(&self.0);
        Shadow::new("sessions page", move |comparison: &Comparison| {
            told.lock().unwrap().push(words(comparison.outcome()));
        })
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Same => "same".to_owned(),
        Outcome::Different(differences) => format!("different\n{differences}"),
        Outcome::Unconfirmed(differences) => format!("unconfirmed\n{differences}"),
        Outcome::Failed(error) => format!("failed: {error}"),
        other => format!("{other:?}"),
    }
}

/// The differences that are told of a page whose optimized text is changed; and that the answer is that of `Legacy`.
fn differences(
    client: &mut Client,
    listing: &Listing<Session>,
    change: impl Fn(&str) -> String,
) -> (Vec<Difference>, u64) {
    let told = Arc::new(Mutex::new(None));
    let shadow = {
        let told = Arc::clone(&told);
        Shadow::new("planted", move |comparison| {
            let found = match comparison.outcome() {
                Outcome::Different(found) => (found.listed().to_vec(), found.count()),
                other => panic!("{other:?}"),
            };
            assert!(told.lock().unwrap().replace(found).is_none());
        })
    };
    let expected = listing
        .build_as(Strategy::Legacy)
        .unwrap()
        .fetch(client)
        .unwrap();
    let mut tampered = Tampered::new(client, |text| match is_optimized(text) {
        true => {
            let changed = change(text);
            assert_ne!(changed, text);
            changed
        }
        false => text.to_owned(),
    });
    let rows = shadow.fetch(&mut tampered, listing).unwrap();
    assert_eq!(format!("{rows:?}"), format!("{expected:?}"));
    told.lock().unwrap().take().expect("it was told")
}

#[test]
fn pages_aggregates_and_dashboards_are_the_same() {
    fn same<T: TwoWays>(client: &mut Client, asked: &T) {
        let told = Told::default();
        told.shadow().fetch(client, asked).unwrap();
        assert_eq!(told.take(), ["same"]);
    }
    let mut client = reader();
    for total in [
        Total::None,
        Total::Exact,
        Total::Capped(2),
        Total::Estimated,
    ] {
        let page = Page::offset(2, 4).with_total(total);
        same(&mut client, &sessions(TEAM).page(page));
    }
    same(&mut client, &sessions(TEAM).page(Page::last(2)));
    same(
        &mut client,
        &sessions(TEAM).page(Page::offset(1_000_000, 2).with_total(Total::Exact)),
    );
    same(&mut client, &sessions(123_456));

    let rows = Rows::of(Session);
    let count = rows.count().named("sessions");
    let minutes = minutes_between(Session::CREATED_AT, Session::ENDED_AT);
    let mean = rows.avg(&minutes).named("minutes");
    same(
        &mut client,
        &CombinedAggregate::new()
            .tenant(TEAM)
            .numbers((&count, &mean)),
    );
    let series = Series::of(&rows, Session::CREATED_AT)
        .every(Bucket::Month)
        .numbers((&count, &mean));
    same(&mut client, &series.clone().tenant(TEAM));
    same(
        &mut client,
        &Groups::of(&rows)
            .by(Session::STATUS)
            .numbers(&count)
            .tenant(TEAM),
    );
    let histogram = Histogram::of(&rows, &minutes, 7);
    same(&mut client, &histogram.clone().tenant(TEAM));
    let bots = GroupedListing::of(Experiment)
        .show(Experiment::NAME)
        .numbers_by(&rows.values(Session::EXPERIMENT_ID), (&count, &mean))
        .order_by_number(count.desc())
        .limit(3)
        .with_total();
    same(&mut client, &bots.clone().tenant(TEAM));
    let mut batch = Batch::new().tenant(TEAM);
    batch.add(series);
    batch.add(histogram);
    batch.add(bots);
    same(&mut client, &batch);

    let ids = taggable(&mut client);
    let window = Window::before(Utc::now(), TimeDelta::days(10_000)).unwrap();
    same(
        &mut client,
        &Dashboard::new(window, &ids)
            .tenant(TEAM)
            .every(Bucket::Month),
    );
}

#[test]
fn a_planted_value_is_told_for_each_row() {
    let mut client = reader();
    let (listed, count) = differences(&mut client, &sessions(TEAM), |text| {
        text.replace(
            r#"COUNT(*) AS "message_count""#,
            r#"COUNT(*) + 1 AS "message_count""#,
        )
    });
    assert_eq!((listed.len(), count), (3, 3));
    for (at, difference) in listed.iter().enumerate() {
        let Difference::Value {
            table,
            row,
            column,
            legacy,
            optimized,
            ..
        } = difference
        else {
            panic!("{difference:?}");
        };
        assert_eq!(
            (table.as_ref(), *row, column.as_ref()),
            ("page", at, "message_count")
        );
        let (Value::BigInt(Some(legacy)), Value::BigInt(Some(optimized))) = (legacy, optimized)
        else {
            panic!("{difference:?}");
        };
        assert_eq!(legacy + 1, *optimized);
    }
}

#[test]
fn totals_orders_and_ends_are_compared() {
    let (_database, mut client) = some_sessions();
    let listing = sessions(1);
    let (listed, count) = differences(&mut client, &listing, |text| {
        text.replace(
            r#"COUNT(*) AS "total_rows""#,
            r#"COUNT(*) - 1 AS "total_rows""#,
        )
    });
    let total = |count| Some(TotalCount::Exact(count));
    assert!(
        matches!(&listed[..], [Difference::Total { legacy, optimized, .. }] if (*legacy, *optimized) == (total(5), total(4))),
        "{listed:?}"
    );
    assert_eq!(count, 1);

    // The same rows the other way round.
    let (listed, _) = differences(&mut client, &listing, |text| {
        let (page, end) = text.rsplit_once("ORDER BY").unwrap();
        format!("{page}ORDER BY{}", end.replace("DESC NULLS FIRST", "ASC"))
    });
    assert!(
        listed.iter().any(|difference| matches!(difference, Difference::Value { row: 0, column, .. } if column == "id")),
        "{listed:?}"
    );

    // No row more than the page: that there is a next one is not known. One less is a row less, too.
    let (listed, _) = differences(&mut client, &listing, |text| {
        text.replace("LIMIT 4", "LIMIT 3")
    });
    assert!(
        matches!(
            &listed[..],
            [Difference::Next {
                legacy: true,
                optimized: false,
                ..
            }]
        ),
        "{listed:?}"
    );
    let (listed, _) = differences(&mut client, &listing, |text| {
        text.replace("LIMIT 4", "LIMIT 2")
    });
    assert!(
        matches!(
            &listed[..],
            [
                Difference::Rows {
                    legacy: 3,
                    optimized: 2,
                    ..
                },
                Difference::Next { .. }
            ]
        ),
        "{listed:?}"
    );
}

#[test]
fn numbers_and_panels_are_compared() {
    let mut client = reader();
    let told = Told::default();
    let count = Rows::of(Session).count().named("sessions");
    // Each set is found once; there, the statement has WITH.
    let messages = Rows::of(Message).count().named("messages");
    let numbers = CombinedAggregate::new()
        .tenant(TEAM)
        .numbers((&count, &messages));
    let optimized = numbers
        .clone()
        .build_as(Strategy::Optimized)
        .unwrap()
        .text()
        .to_owned();
    let mut runs = 0;
    let mut tampered = Tampered::new(&mut client, |text| {
        runs += usize::from(is_page(text));
        // The second, since both may be the same text.
        match runs == 2 && text == optimized {
            true => text.replace("COUNT(*)", "COUNT(*) + 7"),
            false => text.to_owned(),
        }
    });
    let answer = told.shadow().fetch(&mut tampered, &numbers).unwrap();
    let (sessions, messages) = (answer.get(&count).unwrap(), answer.get(&messages).unwrap());
    assert_eq!(
        told.take(),
        [format!(
            "different\nanswer, row 1, \"sessions\": legacy {sessions}, optimized {}\n\
             answer, row 1, \"messages\": legacy {messages}, optimized {}",
            sessions + 7,
            messages + 7
        )]
    );

    let ids = taggable(&mut client);
    let window = Window::before(Utc::now(), TimeDelta::days(10_000)).unwrap();
    let dashboard = Dashboard::new(window, &ids)
        .tenant(TEAM)
        .every(Bucket::Month);
    let whole = dashboard.build_as(Strategy::Optimized).unwrap();
    let whole = whole.statements().next().unwrap().text().to_owned();
    let mut tampered = Tampered::new(&mut client, |text| match text == whole {
        true => text.replacen(
            r#"AS "completed_sessions""#,
            r#"+ 1 AS "completed_sessions""#,
            1,
        ),
        false => text.to_owned(),
    });
    let data = told.shadow().fetch(&mut tampered, &dashboard).unwrap();
    let told = told.take();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("different\n") && told[0].contains("completed_sessions"),
        "{told:?}"
    );
    let legacy = dashboard
        .build_as(Strategy::Legacy)
        .unwrap()
        .fetch(&mut client)
        .unwrap();
    assert_eq!(data, legacy);
}

#[test]
fn reports_are_bounded() {
    let mut client = reader();
    let told = Told::default();
    let listing = sessions(TEAM).page(Page::first(20));
    let mut tampered = Tampered::new(&mut client, |text| match is_optimized(text) {
        true => text.replace(
            r#"COUNT(*) AS "message_count""#,
            r#"COUNT(*) + 1 AS "message_count""#,
        ),
        false => text.to_owned(),
    });
    told.shadow()
        .list_up_to(2)
        .fetch(&mut tampered, &listing)
        .unwrap();
    let told = told.take();
    assert_eq!(told[0].lines().count(), 4, "{told:?}");
    assert!(told[0].ends_with("\nand 18 more"), "{told:?}");
}

#[test]
fn what_fails_optimized_is_told_and_legacy_is_given() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let told = Told::default();
    let break_it = |text: &str| match is_optimized(text) {
        true => "SELECT 1 / 0".to_owned(),
        false => text.to_owned(),
    };
    let rows = told
        .shadow()
        .fetch(&mut Tampered::new(&mut client, break_it), &sessions(1))
        .unwrap();
    assert_eq!(rows.len(), 3);
    let failed = told.take();
    assert!(
        failed[0].starts_with("failed: ") && failed[0].contains("division by zero"),
        "{failed:?}"
    );
    assert_eq!(state(&database, pid), "idle");

    // An answer that cannot be read is a failure as well.
    let other = |text: &str| match is_optimized(text) {
        true => "SELECT 'text', 1, 2, 3, 4, 5".to_owned(),
        false => text.to_owned(),
    };
    told.shadow()
        .fetch(&mut Tampered::new(&mut client, other), &sessions(1))
        .unwrap();
    assert!(told.take()[0].starts_with("failed: "));

    // Within the host's transaction, what it did before and after stays.
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute("UPDATE experiments_experimentsession SET status = 'before' WHERE id = 1")
        .unwrap();
    let rows = told
        .shadow()
        .fetch(&mut Tampered::new(&mut transaction, break_it), &sessions(1))
        .unwrap();
    assert_eq!(rows.len(), 3);
    transaction
        .batch_execute("UPDATE experiments_experimentsession SET status = 'after' WHERE id = 2")
        .unwrap();
    transaction.commit().unwrap();
    assert!(told.take()[0].contains("division by zero"));
    let changed = client.query(
        "SELECT id FROM experiments_experimentsession WHERE status <> 'active'",
        &[],
    );
    assert_eq!(changed.unwrap().len(), 2);
}

#[test]
fn what_fails_legacy_is_the_callers() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    let told = Told::default();
    let break_it = |text: &str| match is_page(text) && !is_optimized(text) {
        true => "SELECT 1 / 0".to_owned(),
        false => text.to_owned(),
    };
    let refused = told
        .shadow()
        .fetch(&mut Tampered::new(&mut client, break_it), &sessions(1));
    assert!(
        matches!(refused, Err(Error::Database { .. })),
        "{refused:?}"
    );
    assert_eq!(state(&database, pid), "idle");
    let mut transaction = client.transaction().unwrap();
    told.shadow()
        .fetch(&mut Tampered::new(&mut transaction, break_it), &sessions(1))
        .unwrap_err();
    transaction.batch_execute("SELECT 1").unwrap();
    transaction.commit().unwrap();
    assert!(told.take().is_empty());
}

#[test]
fn a_write_between_the_two_is_no_difference() {
    let (database, mut client) = some_sessions();
    let mut writer = database.client().unwrap();
    let mut written = 0;
    let mut write = move |text: &str| {
        if is_optimized(text) {
            // One more session, first of all; and all messages are gone.
            written += 1;
            let id = 100 + written;
            writer
                .batch_execute(&format!(
                    "INSERT INTO experiments_experimentsession (id, team_id, participant_id, experiment_id, chat_id, created_at)
                     VALUES ({id}, 1, 1, 1, {id}, now() + interval '1 day'); DELETE FROM chat_chatmessage WHERE chat_id < {id}"
                ))
                .unwrap();
        }
        text.to_owned()
    };
    let told = Told::default();
    for _ in 0..3 {
        told.shadow()
            .fetch(&mut Tampered::new(&mut client, &mut write), &sessions(1))
            .unwrap();
    }
    assert_eq!(told.take(), ["same"; 3]);

    let mut repeatable = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .unwrap();
    told.shadow()
        .fetch(
            &mut Tampered::new(&mut repeatable, &mut write),
            &sessions(1),
        )
        .unwrap();
    repeatable.rollback().unwrap();
    assert_eq!(told.take(), ["same"]);

    // Here each statement sees what was committed before it: it is not called a difference.
    let mut committed = client.transaction().unwrap();
    told.shadow()
        .fetch(&mut Tampered::new(&mut committed, &mut write), &sessions(1))
        .unwrap();
    committed.rollback().unwrap();
    let found = told.take();
    assert!(found[0].starts_with("unconfirmed\n"), "{found:?}");
}

/// The error of a statement that the server has forgotten aborts the transaction: what both run is run again in a new one.
#[test]
fn statements_that_the_server_forgot_are_prepared_again() {
    let (_database, mut client) = some_sessions();
    let (told, statements) = (Told::default(), StatementCache::default());
    let shadow = told.shadow().limit(Duration::from_secs(60));
    for _ in 0..2 {
        let rows = shadow
            .fetch(&mut statements.with(&mut client), &sessions(1))
            .unwrap();
        assert_eq!(rows.len(), 3);
        client.batch_execute("DISCARD ALL").unwrap();
    }
    assert_eq!(told.take(), ["same"; 2]);

    // Each has its own snapshot then.
    let one_more = |text: &str| match is_optimized(text) {
        true => text.replace(
            r#"COUNT(*) AS "message_count""#,
            r#"COUNT(*) + 1 AS "message_count""#,
        ),
        false => text.to_owned(),
    };
    let planted = |client: &mut Client| {
        let mut cached = statements.with(client);
        shadow
            .fetch(&mut Tampered::new(&mut cached, one_more), &sessions(1))
            .unwrap();
        told.take().remove(0)
    };
    planted(&mut client);
    assert!(planted(&mut client).starts_with("different"));
    client.batch_execute("DISCARD ALL").unwrap();
    assert!(planted(&mut client).starts_with("unconfirmed"));
    assert!(planted(&mut client).starts_with("different"));

    // Each of several statements may be forgotten.
    let mut client = reader();
    let ids = taggable(&mut client);
    let window = Window::before(Utc::now(), TimeDelta::days(10_000)).unwrap();
    let dashboard = Dashboard::new(window, &ids)
        .tenant(TEAM)
        .every(Bucket::Month);
    statements.clear();
    for _ in 0..2 {
        shadow
            .fetch(&mut statements.with(&mut client), &dashboard)
            .unwrap();
        client.batch_execute("DISCARD ALL").unwrap();
    }
    assert_eq!(told.take(), ["same"; 2]);
}

#[test]
fn one_in_so_many_calls_is_compared() {
    let mut client = reader();
    let told = Told::default();
    let shadow = told.shadow().one_in(3);
    for _ in 0..7 {
        shadow.clone().fetch(&mut client, &sessions(TEAM)).unwrap();
    }
    assert_eq!(told.take(), ["same"; 3]);
    let never = told.shadow().one_in(0);
    let mut counting = Tampered::new(&mut client, str::to_owned);
    let rows = never.fetch(&mut counting, &sessions(TEAM)).unwrap();
    let legacy = sessions(TEAM).build_as(Strategy::Legacy).unwrap();
    assert_eq!(counting.texts, [legacy.text()]);
    let expected = legacy.fetch(&mut client).unwrap();
    assert_eq!(format!("{rows:?}"), format!("{expected:?}"));
    assert!(told.take().is_empty());
}

#[test]
fn a_limit_holds_for_the_optimized_statement_only() {
    let (database, mut client) = some_sessions();
    let pid = pid(&mut client);
    client
        .batch_execute("SET statement_timeout = '77s'")
        .unwrap();
    let told = Told::default();
    let mut tampered = Tampered::new(&mut client, |text| match is_optimized(text) {
        true => "SELECT pg_sleep(600)".to_owned(),
        false => text.to_owned(),
    });
    let shadow = told.shadow().limit(Duration::from_millis(20));
    assert_eq!(shadow.fetch(&mut tampered, &sessions(1)).unwrap().len(), 3);
    let failed = told.take();
    assert!(failed[0].starts_with("failed: "), "{failed:?}");
    assert_eq!(setting(&mut client, "statement_timeout"), "77s");
    assert_eq!(state(&database, pid), "idle");

    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute("SET LOCAL statement_timeout = '55s'")
        .unwrap();
    shadow.fetch(&mut transaction, &sessions(1)).unwrap();
    let row = Execute::run(
        &mut transaction,
        "SELECT current_setting('statement_timeout')",
        &[],
    )
    .unwrap();
    assert_eq!(row[0].get::<_, &str>(0), "55s");
    transaction.commit().unwrap();
    assert_eq!(told.take(), ["same"]);
}

//! Plans as a driver gets them: of the statement's own parameters, and without a trace.

use pagewise::aggregate::{Bucket, CombinedAggregate, Rows, Series};
use pagewise::chat::{Message, Session};
use pagewise::driver::StatementCache;
use pagewise::plan::{Explain, Plan, PlanError, PlanNode};
use pagewise::{Error, Listing, Page, entity};
use postgres::Client;

use super::support::page;
use crate::support::{TEAM, empty, reader};

fn node(plan: &Plan, test: impl Fn(&PlanNode) -> bool) -> &PlanNode {
    plan.nodes()
        .find(|node| test(node))
        .unwrap_or_else(|| panic!("no such node in\n{plan}"))
}

fn setting(client: &mut Client, name: &str) -> String {
    client
        .query_one("SELECT current_setting($1)", &[&name])
        .unwrap()
        .get(0)
}

fn is_in_transaction(client: &mut Client) -> bool {
    // Outside, each statement begins its own.
    client.simple_query("SAVEPOINT probe").is_ok()
}

#[test]
fn a_plan_tells_what_was_read() {
    let mut client = reader();
    let page = page(5);
    let returned = page.query(&mut client).unwrap();
    let plan = Explain::new().analyze().run(&mut client, &page).unwrap();
    assert_eq!(plan.rows(), Some(returned.len() as f64));
    assert!(plan.execution_milliseconds.is_some() && plan.planning_milliseconds.is_some());
    assert!(plan.buffers_touched().unwrap() > 0);
    let sessions = node(&plan, |node| node.alias.as_deref() == Some("session"));
    assert_eq!(
        sessions.relation.as_deref(),
        Some("experiments_experimentsession")
    );
    assert!(sessions.actual.unwrap().total_milliseconds.is_some());

    // Each session's messages are looked for, and no other's.
    let ids: Vec<i64> = returned.iter().map(|row| row.get("id")).collect();
    let messages: i64 = client
        .query_one(
            "SELECT count(*) FROM chat_chatmessage AS m JOIN experiments_experimentsession AS s USING (chat_id) \
             WHERE s.id = ANY($1)",
            &[&ids],
        )
        .unwrap()
        .get(0);
    let read: f64 = plan
        .nodes()
        .filter(|node| node.relation.as_deref() == Some("chat_chatmessage"))
        .filter_map(PlanNode::rows)
        .sum();
    assert!(
        (read - messages as f64).abs() <= ids.len() as f64 / 2.0,
        "{read} of {messages}\n{plan}"
    );
}

#[test]
fn without_analyze_nothing_is_run() {
    let mut client = reader();
    let plan = Explain::new().run(&mut client, &page(5)).unwrap();
    assert_eq!(
        (plan.rows(), plan.rows_read(), plan.buffers_touched()),
        (None, None, None)
    );
    assert!(plan.root.total_cost > 0.0 && plan.root.estimated_rows > 0.0);
    assert!(!is_in_transaction(&mut client));
}

#[test]
fn times_are_left_out_where_they_are_not_wanted() {
    let mut client = reader();
    let plan = Explain::new()
        .analyze()
        .without_times()
        .run(&mut client, &page(5))
        .unwrap();
    assert!(
        plan.nodes()
            .all(|node| node.actual.unwrap().total_milliseconds.is_none())
    );
    assert!(plan.execution_milliseconds.is_some());
}

#[test]
fn the_parameters_are_the_statements() {
    let mut client = reader();
    let mut condition = |status: &str| {
        let page = Listing::of(Session)
            .tenant(TEAM)
            .filter(Session::STATUS.eq(status.to_owned()))
            .filter(Session::ID.any_of([1, 2, 3]))
            .page(Page::first(3))
            .build()
            .unwrap();
        let plan = Explain::new().run(&mut client, &page).unwrap();
        plan.to_string()
    };
    assert!(condition("it's").contains("'it''s'"));
    assert!(condition("active").contains("'active'"));
}

#[test]
fn settings_hold_for_one_plan() {
    let mut client = reader();
    let page = Listing::of(Session)
        .tenant(TEAM)
        .page(Page::first(500))
        .build()
        .unwrap();
    let explain = Explain::new()
        .set("enable_seqscan", "off")
        .set("work_mem", "64kB");
    for explain in [explain.clone(), explain.analyze()] {
        let plan = explain.run(&mut client, &page).unwrap();
        let has =
            |name: &str, value: &str| plan.settings.contains(&(name.to_owned(), value.to_owned()));
        assert!(
            has("enable_seqscan", "off") && has("work_mem", "64kB"),
            "{:?}",
            plan.settings
        );
        assert_eq!(setting(&mut client, "enable_seqscan"), "on");
    }
    // What it is called and set to is data.
    let refused = Explain::new()
        .set("work_mem; DROP TABLE x", "1")
        .run(&mut client, &page)
        .unwrap_err();
    assert!(
        matches!(refused, PlanError::Statement(Error::Database { .. })),
        "{refused}"
    );
    assert!(!is_in_transaction(&mut client));
}

entity! {
    /// A thing that notes when it is looked at.
    Noisy = "noisy" as "noisy" {
        key ID: i64 = "id";
        shared;
        NOTED: bool = "noted";
    }
}

#[test]
fn what_it_runs_is_undone() {
    let (_database, mut client) = empty();
    client
        .batch_execute(
            "CREATE TABLE log (at bigint);
             CREATE FUNCTION note(at bigint) RETURNS boolean LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO log VALUES (at); RETURN true; END $$;
             CREATE VIEW noisy AS SELECT id, note(id) AS noted FROM generate_series(1::bigint, 3) AS id",
        )
        .unwrap();
    let page = Listing::of(Noisy)
        .show(Noisy::NOTED)
        .page(Page::first(9))
        .build()
        .unwrap();
    let noted = |client: &mut Client| -> i64 {
        client
            .query_one("SELECT count(*) FROM log", &[])
            .unwrap()
            .get(0)
    };
    for explain in [Explain::new().analyze(), Explain::new().analyze().generic()] {
        let plan = explain.run(&mut client, &page).unwrap();
        assert_eq!(plan.rows(), Some(3.0));
        assert_eq!(noted(&mut client), 0);
    }
    page.query(&mut client).unwrap();
    assert_eq!(noted(&mut client), 3);
}

#[test]
fn a_transaction_goes_on() {
    let (_database, mut client) = empty();
    let page = page(5);
    let broken = Explain::new().set("no_such_setting", "1");
    for explain in [
        Explain::new().analyze(),
        Explain::new().set("enable_sort", "off"),
        Explain::new().generic(),
        Explain::new().analyze().generic(),
    ] {
        let mut transaction = client.transaction().unwrap();
        transaction
            .batch_execute("CREATE TABLE mine (id bigint); INSERT INTO mine VALUES (1)")
            .unwrap();
        explain.run(&mut transaction, &page).unwrap();
        broken.run(&mut transaction, &page).unwrap_err();
        let mine: i64 = transaction
            .query_one("SELECT count(*) FROM mine", &[])
            .unwrap()
            .get(0);
        assert_eq!(mine, 1);
        transaction.rollback().unwrap();
        explain.run(&mut client, &page).unwrap();
        broken.run(&mut client, &page).unwrap_err();
        assert!(!is_in_transaction(&mut client), "{explain:?}");
    }
}

#[test]
fn a_generic_plan_does_not_look_at_the_parameters() {
    let mut client = reader();
    let since = "2026-05-01T10:20:30.123456Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap();
    let page = Listing::of(Session)
        .tenant(TEAM)
        .filter(Session::STATUS.ne(r"it's \ so"))
        .filter(Session::STATUS.none_of(["x", "y'"]))
        .filter(Session::ID.none_of(Vec::<i64>::new()))
        .filter(Session::CREATED_AT.lt(since))
        .page(Page::first(7))
        .build()
        .unwrap();
    let rows = page.query(&mut client).unwrap().len();
    let explain = Explain::new().generic();
    let plan = explain.run(&mut client, &page).unwrap();
    assert!(plan.to_string().contains("$1"), "{plan}");
    let custom = Explain::new().run(&mut client, &page).unwrap();
    assert!(!custom.to_string().contains("$1"), "{custom}");
    // It runs with them all the same.
    let ran = explain.analyze().run(&mut client, &page).unwrap();
    assert_eq!(ran.rows(), Some(rows as f64));
    assert!(ran.to_string().contains("$1"), "{ran}");
    let left: i64 = client
        .query_one(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'PREPARE%'",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(left, 0);

    // One without parameters is prepared without.
    let refused = Explain::new()
        .generic()
        .set("no_such_setting", "1")
        .run(&mut client, &page);
    refused.unwrap_err();
    Explain::new().generic().run(&mut client, &page).unwrap();
}

#[test]
fn aggregates_and_cached_clients() {
    let mut client = reader();
    let messages = Rows::of(Message);
    let count = messages.count().named("messages");
    let number = CombinedAggregate::new()
        .numbers(&count)
        .tenant(TEAM)
        .build()
        .unwrap();
    let series = Series::of(&messages, Message::CREATED_AT)
        .every(Bucket::Month)
        .numbers(&count)
        .tenant(TEAM)
        .build()
        .unwrap();
    let statements = StatementCache::default();
    for statement in [number.statement(), series.statement()] {
        for explain in [
            Explain::new(),
            Explain::new().analyze(),
            Explain::new().generic(),
        ] {
            let plain = explain.run(&mut client, statement).unwrap();
            assert!(
                plain
                    .nodes()
                    .any(|node| node.relation.as_deref() == Some("chat_chatmessage"))
            );
            let cached = explain
                .run(&mut statements.with(&mut client), statement)
                .unwrap();
            assert_eq!(cached.nodes().count(), plain.nodes().count());
        }
    }
}

#[cfg(feature = "tokio-postgres")]
#[tokio::test]
async fn an_asynchronous_client() {
    let (client, connection) =
        tokio_postgres::connect(crate::support::reader_url(), tokio_postgres::NoTls)
            .await
            .unwrap();
    tokio::spawn(connection);
    let page = page(5);
    for explain in [
        Explain::new(),
        Explain::new().analyze(),
        Explain::new().set("enable_seqscan", "off"),
        Explain::new().generic(),
        Explain::new().generic().analyze(),
    ] {
        let plan = explain.run_async(&client, &page).await.unwrap();
        let is_run = plan.rows().is_some();
        assert_eq!(
            is_run,
            format!("{explain:?}").contains("analyze: true"),
            "{explain:?}"
        );
        // Twice: nothing is left behind, not even by what is refused.
        explain.run_async(&client, &page).await.unwrap();
        explain
            .clone()
            .set("no_such_setting", "1")
            .run_async(&client, &page)
            .await
            .unwrap_err();
        client.simple_query("SAVEPOINT probe").await.unwrap_err();
    }
}

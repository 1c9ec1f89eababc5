//! `pg_stat_statements` of a server that was started with it.

use std::collections::BTreeSet;
use std::env;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use pagewise::aggregate::Window;
use pagewise::chat::dashboard::{Dashboard, Panel};
use pagewise::chat::{self, Session};
use pagewise::driver::StatementCache;
use pagewise::driver::postgres::Execute;
use pagewise::monitor::{
    Collector, Monitor, NamedNumbers, ServerStatements, ServerStatementsError, Tags,
};
use pagewise::{ContentTypes, Entity, Listing, Page, Statement, Strategy, Total};
use pagewise_reference::{Database, Server, ServerOptions};
use postgres::Client;

use crate::support::{empty, reader, run, taggable};

/// A server that counts. Its library comes with PostgreSQL, but in a package of its own on some systems.
///
/// `None` where tests run on somebody's server, and none can be started here.
static COUNTING: LazyLock<Option<Server>> = LazyLock::new(|| {
    let options =
        ServerOptions::default().setting("shared_preload_libraries", "pg_stat_statements");
    match Server::start(&options) {
        Ok(server) => Some(server),
        Err(error) if env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty()) => {
            eprintln!("not tested: no server with pg_stat_statements can be started here: {error}");
            None
        }
        Err(error) => panic!(
            "no server with pg_stat_statements can be started: install PostgreSQL's contrib package (postgresql-contrib): {error}"
        ),
    }
});

/// The reference data on a server that counts.
fn counting() -> Option<(Database, Client)> {
    let database = COUNTING.as_ref()?.reference(0.002).expect("reference data");
    let mut client = database.client().expect("a connection");
    client
        .batch_execute("CREATE EXTENSION pg_stat_statements")
        .unwrap();
    Some((database, client))
}

fn named<'a>(server: &'a [NamedNumbers], name: &str) -> &'a NamedNumbers {
    let of_name = |numbers: &&NamedNumbers| numbers.names.iter().any(|known| known == name);
    server
        .iter()
        .find(of_name)
        .unwrap_or_else(|| panic!("{name} is not in {server:#?}"))
}

/// Statements of all kinds that the crate makes, with constants of all kinds.
fn statements(client: &mut Client) -> Vec<(&'static str, Vec<Statement>)> {
    fn page<E: Entity>(listing: Listing<E>, page: Page) -> Vec<Statement> {
        vec![
            listing
                .tenant(crate::support::TEAM)
                .page(page)
                .build()
                .unwrap()
                .statement()
                .clone(),
        ]
    }
    let ids = taggable(client);
    let now = Utc::now();
    let window = Window::new(now - TimeDelta::days(90), now).unwrap();
    let dashboard = |strategy| {
        let dashboard = Dashboard::new(window, &ids)
            .tenant(crate::support::TEAM)
            .strategy(strategy);
        let dashboard = dashboard.visible(Panel::ALL).build().unwrap();
        dashboard.statements().cloned().collect::<Vec<_>>()
    };
    let versions = chat::version_tags(&ids);
    let shown = || chat::sessions().show((&chat::message_timestamps(), &versions));
    vec![
        (
            "content types",
            vec![ContentTypes::statement(&chat::TAGGABLE).unwrap()],
        ),
        ("sessions", page(shown(), Page::first(25))),
        (
            "sessions, counted",
            page(shown(), Page::first(25).with_total(Total::Capped(1000))),
        ),
        ("sessions, far in", page(shown(), Page::offset(30, 10))),
        (
            "sessions, legacy",
            page(shown().strategy(Strategy::Legacy), Page::first(25)),
        ),
        (
            "sessions, filtered",
            page(
                shown()
                    .filter(Session::PLATFORM.is_distinct_from("evaluations"))
                    .filter(Session::EXTERNAL_ID.contains_ignore_case("a"))
                    .filter(Session::STATUS.any_of(["active", "complete"])),
                Page::first(25),
            ),
        ),
        ("chatbots", page(chat::chatbots(), Page::first(25))),
        ("traces", page(chat::traces(), Page::first(25))),
        ("participants", page(chat::participants(), Page::first(25))),
        ("dashboard", dashboard(Strategy::Optimized)),
        ("dashboard, legacy", dashboard(Strategy::Legacy)),
    ]
}

#[test]
fn the_server_knows_our_statements_by_our_names() {
    let Some((_database, mut client)) = counting() else {
        return;
    };
    let (collector, prepared) = (Collector::new(), StatementCache::new(64));
    let tags = Tags::new([("application", "shop")]).unwrap();
    let all = statements(&mut client);
    // What was asked to make them is not to be counted.
    client
        .query(
            "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = current_database()",
            &[],
        )
        .unwrap();
    let mut expected = Vec::new();
    for (at, (name, statements)) in all.iter().enumerate() {
        let (mut calls, mut rows) = (0, 0);
        let request = collector.scope("page").without_budget();
        for statement in statements {
            // Plain, prepared, and with tags: one statement to the server.
            for times in 0..=at {
                let answer = match times % 3 {
                    0 => statement.query(&mut request.with(&mut client).named(*name)),
                    1 => statement
                        .query(&mut request.with(&mut prepared.with(&mut client)).named(*name)),
                    _ => {
                        statement.query(&mut tags.with(&mut request.with(&mut client).named(*name)))
                    }
                };
                rows += answer.unwrap().len() as u64;
                calls += 1;
            }
        }
        expected.push((*name, calls, rows));
        assert_eq!(request.summary().rows, rows);
    }
    // Not ours, and not named.
    client.query("SELECT 1, 'other'", &[]).unwrap();

    let server = ServerStatements::read(&mut client, 10_000).unwrap();
    let by_name = server.by_name(&collector);
    for (name, calls, rows) in &expected {
        let numbers = named(&by_name, name);
        assert_eq!(
            (numbers.names.len(), numbers.calls, numbers.rows),
            (1, *calls, *rows),
            "{name}"
        );
        assert!(numbers.total_time >= numbers.most_time && numbers.most_time > Duration::ZERO);
    }
    assert_eq!(
        by_name.len(),
        expected.len(),
        "nothing else has a name: {by_name:#?}"
    );
    assert!(by_name.is_sorted_by(|one, other| one.total_time >= other.total_time));

    // By their texts as they are, the server's would not be found: it has put parameters for constants.
    let texts: BTreeSet<_> = server
        .statements()
        .iter()
        .filter_map(|one| one.text.as_deref())
        .collect();
    let sessions = &all[1].1[0];
    assert!(!texts.contains(sessions.text()) && sessions.text().contains("LIMIT 26"));
    let pages: Vec<_> = texts
        .iter()
        .filter(|text| collector.names_of(text) == ["sessions"])
        .collect();
    assert_eq!(pages.len(), 1);

    // Texts that differ in constants only are one to the server.
    let other = Listing::of(Session)
        .tenant(1)
        .page(Page::first(7))
        .build()
        .unwrap();
    let more = Listing::of(Session)
        .tenant(1)
        .page(Page::first(8))
        .build()
        .unwrap();
    let request = Monitor::new("none");
    other
        .fetch(&mut collector.scope("page").with(&mut client).named("seven"))
        .unwrap();
    more.fetch(&mut collector.scope("page").with(&mut client).named("eight"))
        .unwrap();
    more.fetch(&mut request.with(&mut client)).unwrap();
    let server = ServerStatements::read(&mut client, 10_000).unwrap();
    let both = server.by_name(&collector);
    let both = named(&both, "seven");
    assert_eq!(
        (both.names.as_slice(), both.calls),
        (["eight".into(), "seven".into()].as_slice(), 3)
    );
    // And the statement that asks is one like others: what it says of its columns is so.
    assert_eq!(run(&mut client, &ServerStatements::statement(1)).len(), 1);
    assert_eq!(
        ServerStatements::read(&mut client, 2)
            .unwrap()
            .statements()
            .len(),
        2
    );
}

#[cfg(feature = "tokio-postgres")]
#[test]
fn they_are_read_by_the_asynchronous_client_as_well() {
    let Some((database, mut client)) = counting() else {
        return;
    };
    let collector = Collector::new();
    let request = collector.scope("page");
    let page = super::support::page(5);
    let rows = page
        .query(&mut request.with(&mut client).named("sessions page"))
        .unwrap()
        .len();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        page.query_async(&request.with_async(&client).named("sessions page"))
            .await
            .unwrap();
        ServerStatements::read_async(&client, 10_000).await.unwrap()
    });
    let by_name = server.by_name(&collector);
    let numbers = named(&by_name, "sessions page");
    assert_eq!((numbers.calls, numbers.rows), (2, 2 * rows as u64));
}

#[test]
fn what_may_not_be_read_has_no_text() {
    let Some((database, mut client)) = counting() else {
        return;
    };
    client.query("SELECT 'of the owner'", &[]).unwrap();
    let role = format!(
        "reader_{}",
        database
            .name()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_")
    );
    client
        .batch_execute(&format!("CREATE ROLE \"{role}\"; SET ROLE \"{role}\""))
        .unwrap();
    let server = ServerStatements::read(&mut client, 10_000).unwrap();
    client
        .batch_execute(&format!("RESET ROLE; DROP ROLE \"{role}\""))
        .unwrap();
    assert!(!server.statements().is_empty());
    let hidden: Vec<_> = server
        .statements()
        .iter()
        .filter(|one| one.query_id.is_none())
        .collect();
    assert!(
        !hidden.is_empty() && hidden.iter().all(|one| one.text.is_none() && one.calls > 0),
        "{hidden:#?}"
    );
}

#[test]
fn without_it_the_error_says_what_to_do() {
    let error = ServerStatements::read(&mut reader(), 10).unwrap_err();
    assert!(
        matches!(error, ServerStatementsError::NoExtension),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with("`CREATE EXTENSION pg_stat_statements`"),
        "{error}"
    );

    let (_database, mut client) = empty();
    let loaded: String = client
        .query_one("SHOW shared_preload_libraries", &[])
        .unwrap()
        .get(0);
    if let Err(error) = client.batch_execute("CREATE EXTENSION pg_stat_statements") {
        assert!(COUNTING.is_none(), "{error:?}");
        eprintln!("not tested: the extension cannot be made here: {error:?}");
        return;
    }
    match ServerStatements::read(&mut client, 10) {
        Ok(_) => assert!(
            loaded.contains("pg_stat_statements"),
            "the server was started with it: {loaded}"
        ),
        Err(error) => {
            assert!(
                matches!(error, ServerStatementsError::NotPreloaded),
                "{error:?}"
            );
            assert!(
                error.to_string().contains("shared_preload_libraries"),
                "{error}"
            );
        }
    }
    // Another error is the driver's.
    client.batch_execute("BEGIN").unwrap();
    assert!(Execute::run(&mut client, "SELECT 1 / 0", &[]).is_err());
    let error = ServerStatements::read(&mut client, 10).unwrap_err();
    assert!(
        matches!(error, ServerStatementsError::Statement(_)),
        "{error:?}"
    );
}

//! What is estimated from the statistics, beside what is so.

use std::cell::Cell;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pagewise::chat::{
    self, Chat, Experiment, Message, Participant, Session, Tag, TaggedItem, Trace,
};
use pagewise::driver::postgres::Execute;
use pagewise::expression::{coalesce, constant};
use pagewise::filter::{Filter, FilterPipeline, Selectivity};
use pagewise::predicate::{Comparison, compare};
use pagewise::sea_query::Value;
use pagewise::statistics::{Statistics, StatisticsCache, TableSet};
use pagewise::{Entity, Listing, Page, Predicate, TimeZone, entity};
use postgres::{Client, Error as DriverError, Row};

use crate::support::{TEAM, empty, reader, run};

/// A client that counts what it is asked.
struct Counting<'a> {
    client: &'a mut Client,
    asked: &'a Cell<usize>,
}

impl Execute for Counting<'_> {
    fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, DriverError> {
        self.asked.set(self.asked.get() + 1);
        Execute::run(self.client, text, parameters)
    }
}

fn read(client: &mut Client) -> Statistics {
    Statistics::read(client, &chat::filter_tables()).unwrap()
}

/// The estimate is the share of the rows for which the SQL is true, by no more than the factor and two rows.
#[track_caller]
fn close<E: Entity>(
    client: &mut Client,
    statistics: &Statistics,
    condition: &Predicate<E>,
    sql: &str,
    factor: f64,
) {
    let definition = E::DEFINITION;
    let text = format!(
        "SELECT count(*)::float8, (count(*) FILTER (WHERE {sql}))::float8 FROM {} AS {}",
        definition.table, definition.alias
    );
    let row = client.query_one(&text, &[]).unwrap();
    let (rows, matching): (f64, f64) = (row.get(0), row.get(1));
    let estimate = statistics.share(condition);
    let estimate = estimate.unwrap_or_else(|| panic!("nothing is known of {sql}"));
    assert!(
        rows * estimate <= matching * factor + 2.0 && rows * estimate >= matching / factor - 2.0,
        "{sql}: {matching} of {rows} rows, estimated {}",
        rows * estimate
    );
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn the_statement_is_one_text_for_any_tables() {
    let mut client = reader();
    let one = Statistics::statement(&TableSet::new().table(Session));
    let all = Statistics::statement(&chat::filter_tables());
    assert_eq!(one.text(), all.text());
    assert_eq!(one.parameters().len(), 3);
    assert!(!one.text().contains("experiments_"), "{one:#}");
    assert!(run(&mut client, &one).len() > 10);
    let statistics = read(&mut client);
    let labels = statistics.label_statement(&chat::filter_tables()).unwrap();
    assert!(run(&mut client, &labels).len() > 10);
}

#[test]
fn read_once_and_kept() {
    let mut client = reader();
    let asked = Cell::new(0);
    let mut counting = Counting {
        client: &mut client,
        asked: &asked,
    };
    let cache = StatisticsCache::new(Duration::from_secs(3600));
    for _ in 0..3 {
        let statistics = cache.read(&mut counting, &chat::filter_tables()).unwrap();
        assert!(statistics.rows_of(Session).is_some() && !statistics.is_empty());
        assert!(statistics.age() < Duration::from_secs(60));
        assert_eq!(asked.get(), 2, "the tables, and the names of tags");
    }
    let none = StatisticsCache::new(Duration::ZERO);
    none.read(&mut counting, &TableSet::new().table(Session))
        .unwrap();
    none.read(&mut counting, &TableSet::new().table(Session))
        .unwrap();
    assert!(none.is_stale());
    assert_eq!(
        asked.get(),
        4,
        "no names are asked for, and nothing is kept"
    );
}

#[test]
fn rows_of_tables_and_tenants() {
    let mut client = reader();
    let statistics = read(&mut client);
    let count = |client: &mut Client, from: &str| -> f64 {
        let text = format!("SELECT count(*)::float8 FROM {from}");
        client.query_one(&text, &[]).unwrap().get(0)
    };
    let near = |estimate: Option<f64>, actual: f64, what: &str| {
        let estimate = estimate.unwrap_or_else(|| panic!("nothing is known of {what}"));
        assert!(
            (estimate - actual).abs() <= 0.25 * actual + 2.0,
            "{what}: {actual}, estimated {estimate}"
        );
    };
    for (estimate, table) in [
        (statistics.rows_of(Session), "experiments_experimentsession"),
        (statistics.rows_of(Message), "chat_chatmessage"),
        (statistics.rows_of(Tag), "annotations_tag"),
    ] {
        near(estimate, count(&mut client, table), table);
    }
    for team in [1, TEAM, 3] {
        for (estimate, table) in [
            (
                statistics.rows_of_tenant(Session, team),
                "experiments_experimentsession",
            ),
            (statistics.rows_of_tenant(Trace, team), "trace_trace"),
            (
                statistics.rows_of_tenant(TaggedItem, team),
                "annotations_customtaggeditem",
            ),
            (
                statistics.rows_of_tenant(Message, team),
                "(SELECT c.team_id FROM chat_chatmessage AS m JOIN chat_chat AS c ON c.id = m.chat_id) AS message",
            ),
        ] {
            let from = format!("{table} WHERE team_id = {team}");
            near(estimate, count(&mut client, &from), &from);
        }
    }
    assert!(statistics.rows_of_tenant(Session, 999_999).unwrap() < 3.0);
    assert_eq!(statistics.rows_of_tenant(Session, "a text"), None);
}

#[test]
fn equality_lists_and_null() {
    let mut client = reader();
    let statistics = read(&mut client);
    let mut session = |condition: &Predicate<Session>, sql: &str| {
        close(&mut client, &statistics, condition, sql, 1.2);
    };
    for status in ["setup", "active", "complete", "unknown", "nothing like it"] {
        session(&Session::STATUS.eq(status), &format!("status = '{status}'"));
        session(
            &Session::STATUS.ne(status),
            &format!("status <> '{status}'"),
        );
        session(
            &!Session::STATUS.eq(status),
            &format!("NOT status = '{status}'"),
        );
    }
    session(&Session::PLATFORM.eq("web"), "platform = 'web'");
    session(&Session::PLATFORM.ne("web"), "platform <> 'web'");
    session(
        &Session::PLATFORM.is_distinct_from("evaluations"),
        "platform IS DISTINCT FROM 'evaluations'",
    );
    session(
        &!Session::PLATFORM.is_distinct_from("web"),
        "NOT platform IS DISTINCT FROM 'web'",
    );
    session(
        &Session::PLATFORM.any_of(["web", "api", "web"]),
        "platform IN ('web', 'api')",
    );
    session(
        &Session::PLATFORM.none_of(["web", "api"]),
        "platform NOT IN ('web', 'api')",
    );
    session(
        &!Session::PLATFORM.any_of(["web", "api"]),
        "platform NOT IN ('web', 'api')",
    );
    session(&Session::PLATFORM.any_of(Vec::<String>::new()), "false");
    session(&Session::PLATFORM.none_of(Vec::<String>::new()), "true");
    session(&Session::PLATFORM.is_null(), "platform IS NULL");
    session(&Session::ENDED_AT.is_not_null(), "ended_at IS NOT NULL");
    session(
        &Session::PLATFORM.ne("web").or(Session::PLATFORM.is_null()),
        "platform <> 'web' OR platform IS NULL",
    );
    session(
        &Session::STATUS
            .eq("active")
            .or(Session::STATUS.eq("complete")),
        "status = 'active' OR status = 'complete'",
    );
    session(&Session::ID.eq(17), "id = 17");
    session(
        &Session::ID.any_of([17, 18, 19, 20, 21, 22]),
        "id BETWEEN 17 AND 22",
    );
    session(
        &Session::SESSION_TOKEN_REQUIRED.eq(false),
        "NOT session_token_required",
    );
    close(
        &mut client,
        &statistics,
        &Participant::PLATFORM.eq("whatsapp"),
        "platform = 'whatsapp'",
        1.2,
    );
    close(
        &mut client,
        &statistics,
        &Message::MESSAGE_TYPE.eq("human"),
        "message_type = 'human'",
        1.1,
    );
}

#[test]
fn what_filters_of_requests_mean() {
    let mut client = reader();
    let statistics = read(&mut client);
    let mut session = |condition: &Predicate<Session>, sql: &str, factor: f64| {
        close(&mut client, &statistics, condition, sql, factor);
    };
    let web = Session::PLATFORM.any_of(["web"]);
    session(
        &web.clone().is_not_true(),
        "platform IS DISTINCT FROM 'web'",
        1.2,
    );
    session(&!web.is_not_true(), "platform = 'web'", 1.2);
    session(
        &compare(Session::STATUS, Comparison::NotEqual, constant("setup")),
        "status <> 'setup'",
        1.2,
    );
    let family = || Session::experiment().is_one_of(chat::family(&[10]));
    let sql = "experiment_id IN (SELECT id FROM experiments_experiment WHERE 10 IN (id, working_version_id))";
    // Chatbots are few, and some are used a thousand times as much as others.
    session(&family(), sql, 40.0);
    session(&family().is_not_true(), &format!("NOT {sql}"), 1.5);
    let zone = TimeZone::UTC;
    for text in ["2026-10-01", "2026-07-01"] {
        let date = text.parse().unwrap();
        let column = Session::CREATED_AT;
        session(
            &column.before_date(date, &zone),
            &format!("created_at < '{text}'"),
            1.3,
        );
        session(
            &column.after_date(date, &zone),
            &format!("created_at::date > '{text}'"),
            1.3,
        );
        let days = format!("created_at BETWEEN date '{text}' - 1 AND date '{text}' + 2");
        session(&column.on_date(date, &zone), &days, 2.0);
    }
}

#[test]
fn ranges() {
    let mut client = reader();
    let statistics = read(&mut client);
    let instants = [
        "2026-10-01T00:00:00Z",
        "2026-10-25T12:34:56.789Z",
        "2026-07-01T00:00:00Z",
    ]
    .map(instant);
    for at in instants {
        let sql = at.to_rfc3339();
        let column = Session::CREATED_AT;
        let mut session = |condition: Predicate<Session>, text: &str| {
            close(
                &mut client,
                &statistics,
                &condition,
                &text.replace('$', &format!("'{sql}'")),
                1.3,
            );
        };
        session(column.lt(at), "created_at < $");
        session(column.le(at), "created_at <= $");
        session(column.gt(at), "created_at > $");
        session(column.ge(at), "created_at >= $");
        session(!column.ge(at), "NOT created_at >= $");
        session(Session::ENDED_AT.lt(at), "ended_at < $");
        session(!Session::ENDED_AT.lt(at), "NOT ended_at < $");
        session(
            coalesce(Session::LAST_ACTIVITY_AT, Session::CREATED_AT).ge(at),
            "coalesce(last_activity_at, created_at) >= $",
        );
        let week = at..at + chrono::Duration::days(7);
        close(
            &mut client,
            &statistics,
            &column.within(week.clone()),
            &format!(
                "created_at >= '{sql}' AND created_at < timestamptz '{sql}' + interval '7 days'"
            ),
            1.6,
        );
        close(
            &mut client,
            &statistics,
            &Message::CREATED_AT.within(week),
            &format!(
                "created_at >= '{sql}' AND created_at < timestamptz '{sql}' + interval '7 days'"
            ),
            1.6,
        );
    }
    close(
        &mut client,
        &statistics,
        &Session::ID.le(100),
        "id <= 100",
        1.3,
    );
    close(
        &mut client,
        &statistics,
        &Session::ID.gt(100).and(Session::ID.le(150)),
        "id > 100 AND id <= 150",
        1.3,
    );
    close(
        &mut client,
        &statistics,
        &Experiment::VERSION_NUMBER.ge(3),
        "version_number >= 3",
        1.3,
    );
    close(
        &mut client,
        &statistics,
        &Session::STATUS.lt("b"),
        "status < 'b'",
        1.2,
    );
}

#[test]
fn texts_and_combinations() {
    let mut client = reader();
    let statistics = read(&mut client);
    let mut session = |condition: &Predicate<Session>, sql: &str, factor: f64| {
        close(&mut client, &statistics, condition, sql, factor);
    };
    session(
        &Session::STATUS.starts_with("pend"),
        "status LIKE 'pend%'",
        1.2,
    );
    session(
        &Session::STATUS.contains_ignore_case("T"),
        "status ILIKE '%T%'",
        1.2,
    );
    session(
        &!Session::PLATFORM.contains("e"),
        "platform NOT LIKE '%e%'",
        1.2,
    );
    session(
        &Session::STATUS.eq_ignore_case("ACTIVE"),
        "status ILIKE 'ACTIVE'",
        1.2,
    );
    session(
        &Session::EXTERNAL_ID.contains("a"),
        "external_id LIKE '%a%'",
        1.5,
    );
    session(&Session::EXTERNAL_ID.contains("no such text"), "false", 1.0);
    session(
        &Session::STATUS
            .eq("complete")
            .and(Session::SESSION_TOKEN_REQUIRED.eq(false)),
        "status = 'complete' AND NOT session_token_required",
        1.5,
    );
    session(
        &Session::TEAM_ID.eq(1).or(Session::STATUS.eq("active")),
        "team_id = 1 OR status = 'active'",
        1.3,
    );
    session(
        &!Session::TEAM_ID.eq(1).or(Session::STATUS.eq("active")),
        "NOT (team_id = 1 OR status = 'active')",
        1.3,
    );
    session(
        &!Session::TEAM_ID.eq(1).and(Session::PLATFORM.eq("web")),
        "NOT (team_id = 1 AND platform = 'web')",
        1.3,
    );
    close(
        &mut client,
        &statistics,
        &TaggedItem::tag()
            .filter(Tag::CATEGORY.eq("experiment_version"))
            .exists(),
        "EXISTS (SELECT FROM annotations_tag AS t WHERE t.id = tag_id AND t.category = 'experiment_version')",
        1.3,
    );
    close(
        &mut client,
        &statistics,
        &Message::chat().filter(Chat::TEAM_ID.eq(1)).is_empty(),
        "NOT EXISTS (SELECT FROM chat_chat AS c WHERE c.id = chat_id AND c.team_id = 1)",
        1.3,
    );
    assert_eq!(
        statistics.share(&Session::messages().exists()),
        None,
        "to-many"
    );
    assert_eq!(
        statistics.share(&Session::messages().count().gt(3)),
        None,
        "computed"
    );
}

#[test]
fn links_by_the_names_of_their_tags() {
    let mut client = reader();
    let statistics = read(&mut client);
    let names: Vec<(i64, String)> = client
        .query(
            "SELECT DISTINCT team_id, name FROM annotations_tag WHERE team_id <= 3 ORDER BY 1, 2",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    assert!(names.len() > 30);
    for (team, name) in &names {
        let actual: i64 = client
            .query_one(
                "SELECT count(*) FROM annotations_customtaggeditem AS i JOIN annotations_tag AS t ON t.id = i.tag_id
                 WHERE t.team_id = $1 AND t.name = $2",
                &[team, name],
            )
            .unwrap()
            .get(0);
        let links = TaggedItem::tag().filter(Tag::NAME.eq(name));
        let estimate = statistics.rows_pointing_at(&links, *team).unwrap();
        #[expect(clippy::cast_precision_loss, reason = "few rows")]
        let actual = actual as f64;
        assert!(
            estimate <= actual * 1.5 + 5.0 && estimate >= actual / 1.5 - 5.0,
            "{name} of team {team}: {actual}, estimated {estimate}"
        );
    }
    let unknown = TaggedItem::tag().filter(Tag::NAME.eq("nobody has that"));
    assert!(statistics.rows_pointing_at(&unknown, TEAM).unwrap() < 5.0);
    let mine = |names: &[&str]| {
        let links = TaggedItem::tag().filter(Tag::NAME.any_of(names.iter().copied()));
        statistics.rows_pointing_at(&links, TEAM).unwrap()
    };
    assert!(mine(&["tag-01", "tag-02"]) > mine(&["tag-01"]));
    assert_eq!(mine(&[]), 0.0);
    let several = Session::chat_tags(&crate::support::taggable(&mut client));
    assert_eq!(statistics.rows_pointing_at(&several, TEAM), None);
}

#[test]
fn chatbots_versions_and_days() {
    let mut client = reader();
    let statistics = read(&mut client);
    let ids = crate::support::taggable(&mut client);
    let chatbots = client
        .query(
            "SELECT experiment_id FROM experiments_experimentsession GROUP BY 1 ORDER BY count(*) DESC",
            &[],
        )
        .unwrap();
    for row in chatbots.iter().step_by(3) {
        let id: i64 = row.get(0);
        close(
            &mut client,
            &statistics,
            &Session::experiment().is_one_of(chat::family(&[id])),
            &format!(
                "experiment_id IN (SELECT id FROM experiments_experiment AS e WHERE {id} IN (e.id, e.working_version_id))"
            ),
            2.0,
        );
    }
    let mut session = |condition: &Predicate<Session>, sql: &str, factor: f64| {
        close(&mut client, &statistics, condition, sql, factor);
    };
    session(
        &Session::EXPERIMENT_VERSIONS.overlaps([1]),
        "experiment_versions && '{1}'",
        1.2,
    );
    session(
        &Session::EXPERIMENT_VERSIONS.overlaps([2, 3]),
        "experiment_versions && '{2,3}'",
        1.3,
    );
    session(
        &Session::EXPERIMENT_VERSIONS.overlaps([2, 3]).is_not_true(),
        "(experiment_versions && '{2,3}') IS NOT TRUE",
        1.3,
    );
    let zone = "Africa/Johannesburg".parse().unwrap();
    for day in ["2026-10-01", "2026-10-20"] {
        let date = day.parse().unwrap();
        let local = "(created_at AT TIME ZONE 'Africa/Johannesburg')::date";
        session(
            &Session::CREATED_AT.on_date(date, &zone),
            &format!("{local} = '{day}'"),
            2.0,
        );
        session(
            &Session::CREATED_AT.before_date(date, &zone),
            &format!("{local} < '{day}'"),
            1.2,
        );
        session(
            &Session::CREATED_AT.after_date(date, &zone),
            &format!("{local} > '{day}'"),
            1.2,
        );
    }
    // Tags are not spread by chance, and not every session has a chat with a link.
    let tagged = chat::tagged(&ids, chat::Match::any_of(["tag-01".to_owned()]));
    session(
        &tagged,
        "chat_id IN (
             SELECT i.object_id FROM annotations_customtaggeditem AS i JOIN annotations_tag AS t ON t.id = i.tag_id
             WHERE i.content_type_id = 41 AND t.name = 'tag-01'
             UNION SELECT m.chat_id FROM annotations_customtaggeditem AS i JOIN annotations_tag AS t ON t.id = i.tag_id
             JOIN chat_chatmessage AS m ON m.id = i.object_id WHERE i.content_type_id = 12 AND t.name = 'tag-01')",
        3.0,
    );
}

fn pipeline(order: &[usize]) -> FilterPipeline<Session> {
    let filters = [
        Filter::new("state", Session::STATUS.eq("active")).selectivity(Selectivity::High),
        Filter::new("channels", Session::PLATFORM.eq("whatsapp")).selectivity(Selectivity::Low),
        Filter::new("session_id", Session::EXTERNAL_ID.contains("a")),
        Filter::new(
            "last_activity",
            Session::LAST_ACTIVITY_AT.ge(instant("2026-08-01T00:00:00Z")),
        ),
        Filter::new(
            "human",
            Session::messages()
                .filter(Message::MESSAGE_TYPE.eq("human"))
                .exists(),
        ),
    ];
    order.iter().map(|at| filters[*at].clone()).collect()
}

#[test]
fn statistics_change_the_order_and_not_the_rows() {
    let mut client = reader();
    let statistics = read(&mut client);
    let names = |pipeline: &FilterPipeline<Session>| -> Vec<String> {
        let ordered = pipeline.ordered().into_iter();
        ordered.map(|filter| filter.name().to_owned()).collect()
    };
    let mut rows = Vec::new();
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
        let by_rank = pipeline(&order);
        assert_eq!(
            names(&by_rank),
            ["state", "last_activity", "channels", "session_id", "human"]
        );
        let by_estimate = pipeline(&order).statistics(statistics.clone());
        assert_eq!(
            names(&by_estimate),
            ["channels", "state", "last_activity", "session_id", "human"]
        );
        for pipeline in [by_rank, by_estimate] {
            let listing = Listing::of(Session).tenant(1).filter_all(&pipeline);
            let page = listing.page(Page::first(100)).build().unwrap();
            assert!(
                page.to_string().contains(r#""platform" = ANY("#),
                "{page:#}"
            );
            rows.push(run(&mut client, &page));
        }
    }
    assert!(!rows[0].is_empty() && rows[0].len() < 100);
    assert!(rows.iter().all(|others| *others == rows[0]));
    let report = pipeline(&[0, 1, 2, 3, 4]).statistics(statistics).report();
    let notes: Vec<_> = report.notes().iter().map(ToString::to_string).collect();
    assert!(
        notes[0].starts_with("channels: place 1: comparison of columns, keeps about "),
        "{report}"
    );
    assert!(
        notes[0].ends_with(" % of the rows, by statistics read just now"),
        "{report}"
    );
    assert!(
        notes[1].starts_with("channels: = written as = ANY"),
        "{report}"
    );
    assert_eq!(
        notes.last().map(String::as_str),
        Some("human: place 5: look at other tables, selectivity medium")
    );
}

#[test]
fn without_a_match_of_a_text_equality_is_written_as_it_is() {
    let listing = Listing::of(Session)
        .tenant(1)
        .filter_all(&pipeline(&[0, 1, 3]));
    let page = listing.page(Page::first(100)).build().unwrap();
    assert!(page.to_string().contains(r#""platform" = $"#), "{page:#}");
    assert_eq!(pipeline(&[0, 1, 3]).report().notes().len(), 3);
    // An index on a key may give the rows in their order, which it does not for a list.
    let key = Filter::new("experiment", Session::EXPERIMENT_ID.eq(5));
    let beside_a_text = pipeline(&[0, 2]).filter(key);
    let listing = Listing::of(Session).tenant(1).filter_all(&beside_a_text);
    let page = listing.page(Page::first(100)).build().unwrap();
    assert!(
        page.to_string().contains(r#""experiment_id" = $"#),
        "{page:#}"
    );
    assert!(page.to_string().contains(r#""status" = ANY("#), "{page:#}");
}

entity! {
    /// A table of the test's own.
    pub Reading = "Odd readings" as "reading" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// In a schema of its own.
    pub Elsewhere = "Odd readings" in "Else where" as "elsewhere" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// Rows of partitions.
    pub Part = "parts" as "part" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

entity! {
    /// Not there.
    pub Missing = "missing" as "missing" {
        key ID: i32 = "id";
        shared;
    }
}

entity! {
    /// A view.
    pub View = "a_view" as "a_view" {
        key ID: i32 = "id";
        shared;
        KIND: String = "kind";
    }
}

fn odd_tables() -> TableSet {
    TableSet::new()
        .table(Reading)
        .table(Elsewhere)
        .table(Part)
        .table(Missing)
        .table(View)
        .label(Reading::ID, Elsewhere::KIND)
        .label(Elsewhere::ID, Missing::ID)
}

fn odd() -> (pagewise_reference::Database, Client) {
    let (database, mut client) = empty();
    client
        .batch_execute(
            r#"CREATE TABLE "Odd readings" (id integer, kind text) WITH (autovacuum_enabled = false);
               INSERT INTO "Odd readings" SELECT i, CASE WHEN i % 4 = 0 THEN 'rare' ELSE 'often' END FROM generate_series(1, 100) AS i;
               CREATE SCHEMA "Else where";
               CREATE TABLE "Else where"."Odd readings" (id integer, kind text) WITH (autovacuum_enabled = false);
               INSERT INTO "Else where"."Odd readings" SELECT i, 'other' FROM generate_series(1, 50) AS i;
               CREATE TABLE parts (id integer, kind text) PARTITION BY RANGE (id);
               CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (50) WITH (autovacuum_enabled = false);
               CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (50) TO (1000) WITH (autovacuum_enabled = false);
               INSERT INTO parts SELECT i, CASE WHEN i < 50 THEN 'low' ELSE 'high' END FROM generate_series(0, 199) AS i;
               CREATE VIEW a_view AS SELECT * FROM "Odd readings""#,
        )
        .unwrap();
    (database, client)
}

#[test]
fn what_was_never_analyzed_is_not_known() {
    let (_database, mut client) = odd();
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.rows_of(Reading), None);
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), None);
    client.batch_execute("ANALYZE").unwrap();
    assert_eq!(statistics.rows_of(Reading), None, "read before");
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.rows_of(Reading), Some(100.0));
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), Some(0.25));
    assert_eq!(statistics.rows_of(Elsewhere), Some(50.0));
    assert_eq!(statistics.share(&Elsewhere::KIND.eq("other")), Some(1.0));
    assert_eq!(statistics.rows_of(Part), Some(200.0));
    assert_eq!(
        statistics.share(&Part::KIND.eq("low")),
        Some(0.25),
        "of all partitions"
    );
    assert_eq!(statistics.rows_of(Missing), None);
    assert_eq!(statistics.rows_of(View), None);
    assert_eq!(statistics.share(&View::KIND.eq("rare")), None);
}

#[test]
fn what_may_not_be_read_is_not_known() {
    let (_database, mut client) = odd();
    client
        .batch_execute(
            r#"ANALYZE; REVOKE ALL ON "Odd readings" FROM PUBLIC, CURRENT_USER; REVOKE ALL ON SCHEMA "Else where" FROM CURRENT_USER"#,
        )
        .unwrap();
    let superuser: bool = client
        .query_one(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .unwrap()
        .get(0);
    if superuser {
        // Any role will do that has nothing to do with these tables.
        client.batch_execute("SET ROLE pg_signal_backend").unwrap();
    }
    let statistics = Statistics::read(&mut client, &odd_tables()).unwrap();
    assert_eq!(statistics.share(&Reading::KIND.eq("rare")), None);
    assert_eq!(statistics.rows_of(Elsewhere), None);
    assert_eq!(statistics.share(&Elsewhere::KIND.eq("other")), None);
}

#[test]
fn other_styles_of_dates_are_not_known() {
    let mut client = reader();
    client
        .batch_execute("SET DateStyle = 'German'; SET TimeZone = 'Asia/Kolkata'")
        .unwrap();
    let statistics = read(&mut client);
    assert_eq!(
        statistics.share(&Session::CREATED_AT.lt(instant("2026-10-01T00:00:00Z"))),
        None
    );
    assert!(statistics.share(&Session::STATUS.eq("active")).is_some());
    client.batch_execute("SET DateStyle = 'ISO'").unwrap();
    let statistics = read(&mut client);
    let at = instant("2026-10-01T00:00:00Z");
    close(
        &mut client,
        &statistics,
        &Session::CREATED_AT.lt(at),
        "created_at < '2026-10-01 00:00:00+00'",
        1.2,
    );
}

#[cfg(feature = "tokio-postgres")]
#[tokio::test]
async fn read_through_the_asynchronous_client() {
    let url = crate::support::reader_url();
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let cache = StatisticsCache::new(Duration::from_secs(3600));
    let statistics = cache
        .read_async(&client, &chat::filter_tables())
        .await
        .unwrap();
    let links = TaggedItem::tag().filter(Tag::NAME.eq("tag-01"));
    assert!(statistics.rows_pointing_at(&links, TEAM).is_some());
    assert!(!cache.is_stale());
}

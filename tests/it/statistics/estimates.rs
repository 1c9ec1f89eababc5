//! Estimates beside the true shares.

use pagewise::chat::{
    self, Chat, Experiment, Message, Participant, Session, Tag, TaggedItem, Trace,
};
use pagewise::expression::{coalesce, constant};
use pagewise::predicate::{Comparison, compare};
use pagewise::{Predicate, TimeZone};
use postgres::Client;

use super::{close, instant, read};
use crate::support::{TEAM, reader};

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

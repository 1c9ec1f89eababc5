//! The rows of every column and operator.

use insta::assert_snapshot;
use pagewise::chat::{self, Session};
use pagewise::filter::FilterSet;

use super::{Case, case, conditions, is_complete};
use crate::support::{reader, taggable};

/// The cases of a time that is this in SQL, in New York; some time of this day is already another in UTC.
fn times(column: &'static str, sql: &str) -> [Case; 6] {
    let date = format!("({sql} AT TIME ZONE 'America/New_York')::date");
    let since = |ago| format!("{sql} >= timestamptz '2026-11-01 00:00:00+00' - interval '{ago}'");
    [
        case(
            column,
            "on",
            &["2025-12-31"],
            format!("{date} = '2025-12-31'"),
        ),
        // The date as it is written, whatever the time that follows.
        case(
            column,
            "before",
            &["2026-05-18T23:30:00-05:00"],
            format!("{date} < '2026-05-18'"),
        ),
        case(
            column,
            "after",
            &["2026-05-18"],
            format!("{date} > '2026-05-18'"),
        ),
        case(column, "range", &["90d"], since("2160 hours")),
        case(column, "range", &["300h"], since("300 hours")),
        case(column, "range", &["43200m"], since("43200 minutes")),
    ]
}

/// That a link of the team to such a tag of the team hangs on a message of which this is true, or on something else.
fn tagged(on: &str, tag: &str) -> String {
    let on = on.replace("message:", "i.content_type_id = (SELECT id FROM django_content_type WHERE app_label = 'chat' AND model = 'chatmessage') AND i.object_id");
    let on = on.replace("chat:", "i.content_type_id = (SELECT id FROM django_content_type WHERE app_label = 'chat' AND model = 'chat') AND i.object_id");
    format!(
        "EXISTS (SELECT FROM annotations_customtaggeditem AS i JOIN annotations_tag AS g ON g.id = i.tag_id
         WHERE i.team_id = 2 AND g.team_id = 2 AND ({on}) AND {tag})"
    )
}

/// The cases of tags that hang there; two of which hang on one row.
fn tags(column: &'static str, on: &str, both: &'static [&'static str; 2]) -> [Case; 6] {
    let named = |name: &str| tagged(on, &format!("g.name = '{name}'"));
    let some = "g.name IN ('tag-01', 'voice')";
    [
        case(
            column,
            "any of",
            &["tag-01", "voice", "nosuch"],
            tagged(on, some),
        ),
        case(
            column,
            "all of",
            both,
            format!("{} AND {}", named(both[0]), named(both[1])),
        ),
        case(
            column,
            "excludes",
            &["tag-01", "voice"],
            format!("NOT {}", tagged(on, some)),
        ),
        case(column, "any of", &["nosuch"], "FALSE"),
        case(column, "all of", &["voice", "nosuch"], "FALSE"),
        case(column, "excludes", &["nosuch"], "TRUE"),
    ]
}

fn session_cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "participant",
            "equals",
            &["Participant 61"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier = 'Participant 61' OR name = 'Participant 61')",
        ),
        case("participant", "equals", &["participant 61"], "FALSE"),
        case(
            "participant",
            "contains",
            &["ANON:"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE 'anon:%')",
        ),
        case("participant", "contains", &["_"], "FALSE"),
        case("participant", "contains", &["%"], "FALSE"),
        case("participant", "contains", &["\\"], "FALSE"),
        case(
            "participant",
            "does not contain",
            &["Participant 6"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE name NOT LIKE 'Participant 6%')",
        ),
        case(
            "participant",
            "starts with",
            &["P6"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE 'p6%')",
        ),
        case(
            "participant",
            "ends with",
            &["1"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE '%1' OR name LIKE '%1')",
        ),
        case(
            "participant",
            "any of",
            &["p61@example.org", "Participant 62", "P63@EXAMPLE.ORG"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier = 'p61@example.org' OR name IN ('Participant 61', 'Participant 62') AND team_id = 2)",
        ),
        case(
            "versions",
            "any of",
            &["v1", "2"],
            "experiment_versions @> '{1}' OR experiment_versions @> '{2}'",
        ),
        case(
            "versions",
            "all of",
            &["v1", "v2"],
            "experiment_versions @> '{1}' AND experiment_versions @> '{2}'",
        ),
        case(
            "versions",
            "excludes",
            &["v2", "v3"],
            "experiment_versions IS NULL OR NOT (experiment_versions @> '{2}' OR experiment_versions @> '{3}')",
        ),
        // A version that is worked on is in no array.
        case(
            "versions",
            "any of",
            &["v2", "v3-unreleased"],
            "experiment_versions @> '{2}'",
        ),
        case("versions", "any of", &["v3-unreleased"], "FALSE"),
        case("versions", "all of", &["v2", "v3-unreleased"], "FALSE"),
        case("versions", "excludes", &["v3-unreleased"], "TRUE"),
        case(
            "channels",
            "any of",
            &["Web", " API "],
            "platform IN ('web', 'api')",
        ),
        case(
            "channels",
            "excludes",
            &["Web", "WhatsApp"],
            "platform IS NULL OR platform NOT IN ('web', 'whatsapp')",
        ),
        case(
            "experiment",
            "any of",
            &["10", "12"],
            "experiment_id IN (10, 12)",
        ),
        case("experiment", "all of", &["10", "10"], "experiment_id = 10"),
        case("experiment", "all of", &["10", "12"], "FALSE"),
        case("experiment", "all of", &["10", "12", "15"], "FALSE"),
        case("experiment", "excludes", &["10"], "experiment_id <> 10"),
        // Another team's.
        case("experiment", "any of", &["1"], "FALSE"),
        case("experiment", "excludes", &["1"], "TRUE"),
        case(
            "state",
            "any of",
            &["active", "setup"],
            "status IN ('active', 'setup')",
        ),
        case("state", "excludes", &["active"], "status <> 'active'"),
        case("state", "any of", &["Active"], "FALSE"),
        case(
            "remote_id",
            "any of",
            &["remote-92", "remote-64"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE remote_id IN ('remote-92', 'remote-64'))",
        ),
        case(
            "remote_id",
            "excludes",
            &[""],
            "participant_id IN (SELECT id FROM experiments_participant WHERE remote_id <> '')",
        ),
        case(
            "session_id",
            "equals",
            &["43FD8287-3104-8cda-3a0a-050b22bed4f3"],
            "external_id = '43fd8287-3104-8cda-3a0a-050b22bed4f3'",
        ),
        case("session_id", "contains", &["-A"], "external_id LIKE '%-a%'"),
        case(
            "session_id",
            "does not contain",
            &["-A"],
            "external_id NOT LIKE '%-a%'",
        ),
        case("session_id", "starts with", &["9"], "external_id LIKE '9%'"),
        case("session_id", "ends with", &["F"], "external_id LIKE '%f'"),
        case(
            "session_id",
            "any of",
            &[
                "43fd8287-3104-8cda-3a0a-050b22bed4f3",
                "98432F23-b96c-8138-c260-6ef8bebc0a82",
            ],
            "external_id = '43fd8287-3104-8cda-3a0a-050b22bed4f3'",
        ),
    ];
    cases.extend(times(
        "last_activity",
        "coalesce(last_activity_at, created_at)",
    ));
    cases.extend(times("last_message", "last_activity_at"));
    cases.extend(times("first_message", "first_activity_at"));
    cases.extend([
        case("message_date", "on", &["2025-12-31"], "EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id AND (m.created_at AT TIME ZONE 'America/New_York')::date = '2025-12-31')"),
        case("message_date", "before", &["2026-05-18"], "EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id AND (m.created_at AT TIME ZONE 'America/New_York')::date < '2026-05-18')"),
        case("message_date", "after", &["2026-05-18"], "EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id AND (m.created_at AT TIME ZONE 'America/New_York')::date > '2026-05-18')"),
        case("message_date", "range", &["90d"], "EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id AND m.created_at >= timestamptz '2026-11-01 00:00:00+00' - interval '2160 hours')"),
    ]);
    cases.extend(tags(
        "tags",
        "chat: = t.chat_id OR message: IN (SELECT m.id FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id)",
        &["v1", "v2"],
    ));
    cases
}

#[test]
fn sessions() {
    let mut client = reader();
    let set = chat::session_filters(&taggable(&mut client));
    let cases = session_cases();
    is_complete(&set, &cases);
    let texts = conditions(&mut client, &set, "experiments_experimentsession", &cases);
    assert_snapshot!("sessions", texts);
}

#[test]
fn sessions_by_the_version_tags_of_their_messages() {
    let mut client = reader();
    let ids = taggable(&mut client);
    let set: FilterSet<Session> =
        FilterSet::new().column(chat::version_tags_column("versions", &ids));
    let cases = [
        case(
            "versions",
            "any of",
            &["3", "v13-unreleased"],
            tagged(
                "message: IN (SELECT m.id FROM chat_chatmessage AS m WHERE m.chat_id = t.chat_id)",
                "g.category = 'experiment_version' AND g.name IN ('v3', 'v13-unreleased')",
            ),
        ),
        case("versions", "any of", &["v99"], "FALSE"),
    ];
    conditions(&mut client, &set, "experiments_experimentsession", &cases);
}

#[test]
fn messages() {
    let mut client = reader();
    let set = chat::message_filters(&taggable(&mut client));
    let mut cases = Vec::from(times("last_message", "created_at"));
    cases.extend([
        case(
            "tags",
            "any of",
            &["tag-01", "v1"],
            tagged("message: = t.id", "g.name IN ('tag-01', 'v1')"),
        ),
        case(
            "tags",
            "excludes",
            &["v1"],
            format!("NOT {}", tagged("message: = t.id", "g.name = 'v1'")),
        ),
        case(
            "tags",
            "all of",
            &["v2", "v2"],
            tagged("message: = t.id", "g.name = 'v2'"),
        ),
        // Unlike a tag, a version is one of the category.
        case(
            "versions",
            "any of",
            &["1", "v3-unreleased"],
            tagged(
                "message: = t.id",
                "g.name IN ('v1', 'v3-unreleased') AND g.category = 'experiment_version'",
            ),
        ),
        case(
            "versions",
            "excludes",
            &["v1", "v2"],
            format!(
                "NOT {}",
                tagged(
                    "message: = t.id",
                    "g.name IN ('v1', 'v2') AND g.category = 'experiment_version'"
                )
            ),
        ),
        case("versions", "all of", &["v1", "v99"], "FALSE"),
    ]);
    is_complete(&set, &cases);
    let texts = conditions(&mut client, &set, "chat_chatmessage", &cases);
    assert_snapshot!("messages", texts);
}

#[test]
fn traces() {
    let mut client = reader();
    let set = chat::trace_filters(&taggable(&mut client));
    let mut cases = vec![
        case(
            "participant",
            "equals",
            &["Participant 61"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE name = 'Participant 61')",
        ),
        case(
            "participant",
            "contains",
            &["ANON:"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE 'anon:%')",
        ),
        // Of a participant who is gone nothing is known.
        case(
            "participant",
            "does not contain",
            &["EXAMPLE.org"],
            "participant_id IS NULL OR participant_id IN (SELECT id FROM experiments_participant WHERE identifier NOT LIKE '%example.org%')",
        ),
        case(
            "participant",
            "starts with",
            &["P6"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE 'p6%')",
        ),
        case(
            "participant",
            "ends with",
            &["ORG"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier LIKE '%org')",
        ),
        case(
            "participant",
            "any of",
            &["p61@example.org", "Participant 62"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE identifier = 'p61@example.org' OR name = 'Participant 62')",
        ),
        case(
            "session_id",
            "equals",
            &["43FD8287-3104-8CDA-3a0a-050b22bed4f3"],
            "session_id = (SELECT id FROM experiments_experimentsession WHERE external_id = '43fd8287-3104-8cda-3a0a-050b22bed4f3')",
        ),
        case(
            "session_id",
            "contains",
            &["-A"],
            "session_id IN (SELECT id FROM experiments_experimentsession WHERE external_id LIKE '%-a%')",
        ),
        case(
            "session_id",
            "does not contain",
            &["-A"],
            "session_id IS NULL OR session_id NOT IN (SELECT id FROM experiments_experimentsession WHERE external_id LIKE '%-a%')",
        ),
        case(
            "session_id",
            "starts with",
            &["4"],
            "session_id IN (SELECT id FROM experiments_experimentsession WHERE external_id LIKE '4%')",
        ),
        case(
            "session_id",
            "ends with",
            &["F"],
            "session_id IN (SELECT id FROM experiments_experimentsession WHERE external_id LIKE '%f')",
        ),
        case(
            "session_id",
            "any of",
            &["43fd8287-3104-8cda-3a0a-050b22bed4f3"],
            "session_id = (SELECT id FROM experiments_experimentsession WHERE external_id = '43fd8287-3104-8cda-3a0a-050b22bed4f3')",
        ),
        case(
            "remote_id",
            "any of",
            &["remote-92", "remote-64"],
            "participant_id IN (SELECT id FROM experiments_participant WHERE remote_id IN ('remote-92', 'remote-64'))",
        ),
        case(
            "remote_id",
            "excludes",
            &[""],
            "participant_id IS NULL OR participant_id IN (SELECT id FROM experiments_participant WHERE remote_id <> '')",
        ),
        case(
            "experiment",
            "any of",
            &["10", "12"],
            "experiment_id IN (SELECT id FROM experiments_experiment WHERE id IN (10, 12) OR working_version_id IN (10, 12))",
        ),
        case(
            "experiment",
            "all of",
            &["12"],
            "experiment_id = 12 OR experiment_id IN (SELECT id FROM experiments_experiment WHERE working_version_id = 12)",
        ),
        case(
            "experiment",
            "excludes",
            &["10"],
            "experiment_id IS NULL OR experiment_id NOT IN (SELECT id FROM experiments_experiment WHERE id = 10 OR working_version_id = 10)",
        ),
        case(
            "versions",
            "any of",
            &["v1", "2", "3-unreleased"],
            "experiment_version_number IN (1, 2)",
        ),
        case(
            "versions",
            "all of",
            &["v1", "1"],
            "experiment_version_number = 1",
        ),
        case("versions", "all of", &["v1", "v2"], "FALSE"),
        case("versions", "all of", &["v1", "v1-unreleased"], "FALSE"),
        case(
            "versions",
            "excludes",
            &["v1", "v2"],
            "experiment_version_number IS NULL OR experiment_version_number > 2",
        ),
        case(
            "status",
            "any of",
            &["error", "pending"],
            "status <> 'success'",
        ),
        case("status", "excludes", &["error"], "status <> 'error'"),
    ];
    cases.extend(times("timestamp", "\"timestamp\""));
    cases.extend(tags(
        "message_tags",
        "message: IN (t.input_message_id, t.output_message_id)",
        &["voice", "voice"],
    ));
    is_complete(&set, &cases);
    let texts = conditions(&mut client, &set, "trace_trace", &cases);
    assert_snapshot!("traces", texts);
}

#[test]
fn participants() {
    let mut client = reader();
    let set = chat::participant_filters();
    let mut cases = vec![
        case(
            "participant",
            "equals",
            &["p61@example.org"],
            "identifier = 'p61@example.org'",
        ),
        case(
            "participant",
            "contains",
            &["participant 6"],
            "name LIKE 'Participant 6%'",
        ),
        case(
            "participant",
            "does not contain",
            &["Anon:"],
            "identifier NOT LIKE 'anon:%'",
        ),
        case(
            "participant",
            "starts with",
            &["participant"],
            "name LIKE 'Participant%'",
        ),
        case(
            "participant",
            "ends with",
            &["1"],
            "identifier LIKE '%1' OR name LIKE '%1'",
        ),
        case(
            "participant",
            "any of",
            &["p61@example.org", "Participant 62"],
            "identifier = 'p61@example.org' OR name = 'Participant 62'",
        ),
        case(
            "remote_id",
            "equals",
            &["remote-92"],
            "remote_id = 'remote-92'",
        ),
        case("remote_id", "contains", &["REMOTE"], "remote_id <> ''"),
        case(
            "remote_id",
            "does not contain",
            &["emote-9"],
            "remote_id NOT LIKE 'remote-9%'",
        ),
        case(
            "remote_id",
            "starts with",
            &["remote-1"],
            "remote_id LIKE 'remote-1%'",
        ),
        case("remote_id", "ends with", &["2"], "remote_id LIKE '%2'"),
        case(
            "remote_id",
            "any of",
            &["remote-92", "remote-64", ""],
            "remote_id IN ('remote-92', 'remote-64', '')",
        ),
        case(
            "channels",
            "any of",
            &["Telegram", "Chat Widget & API"],
            "platform IN ('telegram', 'embedded_widget')",
        ),
        case(
            "channels",
            "excludes",
            &["Web", "Evaluations"],
            "platform NOT IN ('web', 'evaluations')",
        ),
    ];
    cases.extend(times("created_on", "created_at"));
    is_complete(&set, &cases);
    let texts = conditions(&mut client, &set, "experiments_participant", &cases);
    assert_snapshot!("participants", texts);
}

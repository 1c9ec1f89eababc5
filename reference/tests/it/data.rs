//! The data is what it says: the same everywhere, sound, and open for more rows.

use pagewise_reference::{
    Database, Error, IndexSet, Server, Summary, checksums, foreign_keys, indexes, load,
};
use postgres::Client;

fn loaded(scale: f64) -> (Database, Client) {
    let database = Server::shared().unwrap().reference(scale).unwrap();
    let client = database.client().unwrap();
    (database, client)
}

/// A database without tables: what `load` wants.
fn blank() -> (Database, Client) {
    let database = Server::shared().unwrap().blank().unwrap();
    let client = database.client().unwrap();
    (database, client)
}

#[test]
fn two_loads_give_the_same_rows() {
    let (_first, mut copy) = loaded(0.01);
    let (_second, mut fresh) = blank();
    // Other plans and another time zone than the first load had.
    fresh
        .batch_execute(
            "SET TimeZone = 'Asia/Kolkata'; SET enable_hashjoin = off; SET enable_hashagg = off",
        )
        .unwrap();
    load(&mut fresh, 0.01, |_, _, _| {}).unwrap();
    assert_eq!(
        checksums(&mut copy).unwrap(),
        checksums(&mut fresh).unwrap()
    );
}

/// A golden value: a change of it is a change of the data that every measurement and documented number rests on.
#[test]
fn the_rows_are_those_of_other_servers() {
    let (_database, mut client) = loaded(0.001);
    let sums: Vec<String> = checksums(&mut client)
        .unwrap()
        .into_iter()
        .map(|(table, sum)| format!("{table} {sum}"))
        .collect();
    assert_eq!(
        sums.join("\n"),
        include_str!("checksums_0.001.txt").trim_end()
    );
}

#[test]
fn a_load_reports_its_steps_and_leaves_nothing_behind() {
    let (_database, mut client) = blank();
    client
        .batch_execute("SET work_mem = '7MB'; SET TimeZone = 'Asia/Kolkata'")
        .unwrap();
    let mut seen = Vec::new();
    let summary = load(&mut client, 0.001, |step, position, steps| {
        seen.push((step.name, position, steps))
    })
    .unwrap();
    assert_eq!(seen.first().map(|step| step.0), Some("tables"));
    assert_eq!(seen.last().map(|step| step.0), Some("statistics"));
    assert!(
        seen.iter()
            .enumerate()
            .all(|(expected, step)| step.1 == expected && step.2 == seen.len())
    );
    assert_eq!(summary, Summary::count(&mut client).unwrap());
    assert_eq!(summary.rows("experiments_experimentsession"), Some(200));
    let left: i64 = client
        .query_one(
            "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[test]
fn the_references_hold_and_both_index_sets_fit() {
    let (_database, mut client) = loaded(0.01);
    for statement in foreign_keys().into_iter().chain(indexes(IndexSet::Seed)) {
        client
            .batch_execute(statement)
            .unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

#[test]
fn the_stored_columns_agree_with_the_messages() {
    let (_database, mut client) = loaded(0.01);
    let row = client
        .query_one(
            "SELECT count(*) FILTER (WHERE s.last_activity_at IS DISTINCT FROM m.last_human + interval '1.5 seconds'),
                    count(*) FILTER (WHERE s.first_activity_at IS DISTINCT FROM m.first_human),
                    count(*) FILTER (WHERE s.experiment_versions IS DISTINCT FROM v.versions)
             FROM experiments_experimentsession AS s
             LEFT JOIN LATERAL (SELECT max(created_at) AS last_human, min(created_at) AS first_human
                                FROM chat_chatmessage WHERE chat_id = s.chat_id AND message_type = 'human') AS m ON true
             LEFT JOIN LATERAL (SELECT array_agg(version ORDER BY arrival) AS versions
                                FROM (SELECT substr(t.name, 2)::integer AS version, min(m.id) AS arrival
                                      FROM chat_chatmessage AS m
                                      JOIN annotations_customtaggeditem AS l ON l.content_type_id = 12 AND l.object_id = m.id
                                      JOIN annotations_tag AS t ON t.id = l.tag_id AND t.team_id = s.team_id
                                           AND t.category = 'experiment_version' AND t.name NOT LIKE '%-unreleased'
                                      WHERE m.chat_id = s.chat_id GROUP BY 1) AS arrivals) AS v ON true",
            &[],
        )
        .unwrap();
    assert_eq!((row.get(0), row.get(1), row.get(2)), (0i64, 0i64, 0i64));
}

#[test]
fn rows_can_be_added_after_a_load() {
    let (_database, mut client) = loaded(0.001);
    client
        .batch_execute(
            "INSERT INTO teams_team (name) VALUES ('new');
             INSERT INTO django_content_type (app_label, model) VALUES ('new', 'new');
             INSERT INTO experiments_experiment (team_id) VALUES (1);
             INSERT INTO experiments_participant (team_id) VALUES (1);
             INSERT INTO chat_chat (team_id) VALUES (1);
             INSERT INTO experiments_experimentsession (team_id, experiment_id, participant_id, chat_id)
                 SELECT 1, 1, 1, max(id) FROM chat_chat;
             INSERT INTO chat_chatmessage (chat_id) SELECT max(id) FROM chat_chat;
             INSERT INTO annotations_tag (team_id, name) VALUES (1, 'new');
             INSERT INTO annotations_customtaggeditem (object_id, content_type_id, tag_id, team_id)
                 SELECT 1, 41, max(id), 1 FROM annotations_tag;
             INSERT INTO trace_trace DEFAULT VALUES",
        )
        .unwrap();
}

#[test]
fn a_scale_out_of_range_and_a_full_database_are_refused() {
    let (_database, mut client) = loaded(0.001);
    let error = load(&mut client, 11.0, |_, _, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scale of the reference data must be from 0.001 to 10, not 11"
    );
    assert!(matches!(
        load(&mut client, f64::NAN, |_, _, _| {}),
        Err(Error::Scale(_))
    ));
    let error = load(&mut client, 0.001, |_, _, _| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "loading the reference data stopped at \"tables\": relation \"users_customuser\" already exists; \
         load into an empty database, over a connection of its own"
    );
}

//! Every trap of the crate's documentation is in the data, at the smallest scales.

use pagewise_reference::Server;

/// What is looked for, how often it must be there at least, and a query that counts it.
const TRAPS: &[(&str, i64, &str)] = &[
    ("teams", 3, "SELECT count(*) FROM teams_team"),
    (
        "team 1 has about 40 % of the sessions",
        1,
        "SELECT count(*) FROM (SELECT avg((team_id = 1)::integer) AS share FROM experiments_experimentsession) AS s WHERE share BETWEEN 0.38 AND 0.42",
    ),
    (
        "chatbots of one team differ by a factor of 1.5 or more",
        1,
        "SELECT count(*) FROM (SELECT max(n) AS most, min(n) AS fewest FROM (SELECT count(*) AS n FROM experiments_experimentsession WHERE team_id = 1 GROUP BY experiment_id) AS c) AS r WHERE most >= fewest * 1.5",
    ),
    (
        "chatbots without a session",
        1,
        "SELECT count(*) FROM experiments_experiment AS e WHERE working_version_id IS NULL AND NOT EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.experiment_id = e.id)",
    ),
    (
        "platform NULL",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE platform IS NULL",
    ),
    (
        "ended_at NULL",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE ended_at IS NULL",
    ),
    (
        "ended_at set",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE ended_at IS NOT NULL",
    ),
    (
        "last_activity_at NULL",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE last_activity_at IS NULL",
    ),
    (
        "experiment_versions NULL beside messages",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE experiment_versions IS NULL AND last_activity_at IS NOT NULL",
    ),
    (
        "trace without team",
        1,
        "SELECT count(*) FROM trace_trace WHERE team_id IS NULL",
    ),
    (
        "trace without session",
        1,
        "SELECT count(*) FROM trace_trace WHERE session_id IS NULL",
    ),
    (
        "trace without chatbot",
        1,
        "SELECT count(*) FROM trace_trace WHERE experiment_id IS NULL",
    ),
    (
        "trace without participant",
        1,
        "SELECT count(*) FROM trace_trace WHERE participant_id IS NULL",
    ),
    (
        "pending trace",
        1,
        "SELECT count(*) FROM trace_trace WHERE status = 'pending'",
    ),
    (
        "error trace",
        1,
        "SELECT count(*) FROM trace_trace WHERE status = 'error'",
    ),
    (
        "trace of a version row",
        1,
        "SELECT count(*) FROM trace_trace AS t JOIN experiments_experiment AS e ON e.id = t.experiment_id WHERE e.working_version_id IS NOT NULL",
    ),
    (
        "description NULL",
        1,
        "SELECT count(*) FROM experiments_experiment WHERE description IS NULL",
    ),
    (
        "chatbot without pipeline",
        1,
        "SELECT count(*) FROM experiments_experiment WHERE pipeline_id IS NULL",
    ),
    (
        "session without messages",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s WHERE NOT EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = s.chat_id)",
    ),
    (
        "messages without human activity",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s WHERE last_activity_at IS NULL AND EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = s.chat_id)",
    ),
    (
        "chat without session, empty",
        1,
        "SELECT count(*) FROM chat_chat AS c WHERE NOT EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.chat_id = c.id) AND NOT EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = c.id)",
    ),
    (
        "chat without session, with messages, in team 1",
        1,
        "SELECT count(*) FROM chat_chat AS c WHERE team_id = 1 AND NOT EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.chat_id = c.id) AND EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = c.id)",
    ),
    (
        "tagged chat without session",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN chat_chat AS c ON c.id = l.object_id WHERE l.content_type_id = 41 AND NOT EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.chat_id = c.id)",
    ),
    (
        "tagged message of a chat without session",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN chat_chatmessage AS m ON m.id = l.object_id WHERE l.content_type_id = 12 AND NOT EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.chat_id = m.chat_id)",
    ),
    (
        "orphan link of a chat",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l WHERE content_type_id = 41 AND NOT EXISTS (SELECT FROM chat_chat AS c WHERE c.id = l.object_id)",
    ),
    (
        "orphan link of a message",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l WHERE content_type_id = 12 AND NOT EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.id = l.object_id)",
    ),
    (
        "link of another kind of object with the key of a chat",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN chat_chat AS c ON c.id = l.object_id WHERE l.content_type_id NOT IN (12, 41)",
    ),
    (
        "one id for a tagged chat and a tagged message",
        1,
        "SELECT count(*) FROM chat_chat AS c JOIN chat_chatmessage AS m USING (id) WHERE EXISTS (SELECT FROM annotations_customtaggeditem WHERE content_type_id = 41 AND object_id = c.id) AND EXISTS (SELECT FROM annotations_customtaggeditem WHERE content_type_id = 12 AND object_id = m.id)",
    ),
    (
        "a message's link that would match a chat of the same team by id alone",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN chat_chat AS c ON c.id = l.object_id AND c.team_id = l.team_id JOIN annotations_tag AS t ON t.id = l.tag_id AND t.category = '' WHERE l.content_type_id = 12",
    ),
    (
        "two content types called chat",
        2,
        "SELECT count(*) FROM django_content_type WHERE model = 'chat'",
    ),
    (
        "the first content types are not the ones meant",
        1,
        "SELECT count(*) FROM django_content_type WHERE (app_label, model) = ('chat', 'chat') AND id > (SELECT min(id) FROM django_content_type WHERE model = 'chatmessage')",
    ),
    (
        "one name as a user's tag and as a system tag, both in use",
        1,
        "SELECT count(*) FROM (SELECT t.team_id, t.name FROM annotations_tag AS t WHERE EXISTS (SELECT FROM annotations_customtaggeditem AS l WHERE l.tag_id = t.id) GROUP BY 1, 2 HAVING count(DISTINCT t.is_system_tag) = 2) AS n",
    ),
    (
        "one name in two system categories",
        1,
        "SELECT count(*) FROM (SELECT FROM annotations_tag WHERE is_system_tag GROUP BY team_id, name HAVING count(DISTINCT category) > 1) AS n",
    ),
    (
        "a user's tag called like a version, on a chat",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN annotations_tag AS t ON t.id = l.tag_id WHERE t.name = 'v1' AND t.category = '' AND l.content_type_id = 41",
    ),
    (
        "version tags v1 to v12 of each team",
        12,
        "SELECT min(n) FROM (SELECT count(*) AS n FROM annotations_tag WHERE category = 'experiment_version' AND name ~ '^v([1-9]|1[012])$' GROUP BY team_id) AS v",
    ),
    (
        "v12 in use",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN annotations_tag AS t ON t.id = l.tag_id WHERE t.name = 'v12'",
    ),
    (
        "v3-unreleased in use",
        1,
        "SELECT count(*) FROM annotations_customtaggeditem AS l JOIN annotations_tag AS t ON t.id = l.tag_id WHERE t.name = 'v3-unreleased'",
    ),
    (
        "4 to 11 % of the sessions have several versions",
        1,
        "SELECT count(*) FROM (SELECT avg((coalesce(cardinality(experiment_versions), 0) > 1)::integer) AS share FROM experiments_experimentsession) AS s WHERE share BETWEEN 0.04 AND 0.11",
    ),
    (
        "versions that went back",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE experiment_versions[1] > experiment_versions[2]",
    ),
    (
        "evaluation session with its participant",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s JOIN experiments_participant AS p ON p.id = s.participant_id WHERE s.platform = 'evaluations' AND p.platform = 'evaluations'",
    ),
    (
        "setup session without messages",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s WHERE status = 'setup' AND NOT EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = s.chat_id)",
    ),
    (
        "setup session with messages",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s WHERE status = 'setup' AND EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = s.chat_id)",
    ),
    (
        "unknown status",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE status = 'unknown'",
    ),
    (
        "system message",
        1,
        "SELECT count(*) FROM chat_chatmessage WHERE message_type = 'system'",
    ),
    (
        "sessions of one team that start together",
        1,
        "SELECT count(*) FROM (SELECT FROM experiments_experimentsession WHERE team_id = 1 GROUP BY created_at HAVING count(*) > 1) AS t",
    ),
    (
        "sessions of one team that were last active together",
        1,
        "SELECT count(*) FROM (SELECT FROM experiments_experimentsession WHERE team_id = 1 AND last_activity_at IS NOT NULL GROUP BY last_activity_at HAVING count(*) > 1) AS t",
    ),
    (
        "messages of one chat at one instant",
        1,
        "SELECT count(*) FROM (SELECT FROM chat_chatmessage GROUP BY chat_id, created_at HAVING count(*) > 1) AS t",
    ),
    (
        "last_activity_at is no message's time",
        1,
        "SELECT count(*) FROM experiments_experimentsession AS s WHERE last_activity_at IS NOT NULL AND NOT EXISTS (SELECT FROM chat_chatmessage AS m WHERE m.chat_id = s.chat_id AND m.created_at = s.last_activity_at)",
    ),
    (
        "archived working chatbot with sessions",
        1,
        "SELECT count(*) FROM experiments_experiment AS e WHERE is_archived AND working_version_id IS NULL AND EXISTS (SELECT FROM experiments_experimentsession AS s WHERE s.experiment_id = e.id)",
    ),
    (
        "version row",
        1,
        "SELECT count(*) FROM experiments_experiment WHERE working_version_id IS NOT NULL",
    ),
    (
        "published version",
        1,
        "SELECT count(*) FROM experiments_experiment WHERE working_version_id IS NOT NULL AND is_default_version",
    ),
    (
        "one participant identifier on two platforms",
        1,
        "SELECT count(*) FROM (SELECT FROM experiments_participant GROUP BY team_id, identifier HAVING count(DISTINCT platform) > 1) AS p",
    ),
    (
        "deleted channel",
        1,
        "SELECT count(*) FROM channels_experimentchannel WHERE deleted",
    ),
    (
        "picked message without session",
        1,
        "SELECT count(*) FROM evaluations_evaluationmessage WHERE session_id IS NULL",
    ),
    (
        "picked session",
        1,
        "SELECT count(*) FROM evaluations_evaluationmessage WHERE session_id IS NOT NULL",
    ),
    (
        "queued session",
        1,
        "SELECT count(*) FROM human_annotations_annotationitem WHERE session_id IS NOT NULL",
    ),
    (
        "rare tag in every team",
        3,
        "SELECT count(DISTINCT t.team_id) FROM annotations_customtaggeditem AS l JOIN annotations_tag AS t ON t.id = l.tag_id WHERE t.name = 'tag-rare'",
    ),
    (
        "sessions of the last day",
        1,
        "SELECT count(*) FROM experiments_experimentsession WHERE team_id = 1 AND created_at > timestamptz '2026-10-31 00:00:00+00'",
    ),
    (
        "nothing in the future",
        1,
        "SELECT count(*) FROM (SELECT max(created_at) AS newest FROM chat_chatmessage UNION ALL SELECT max(ended_at) FROM experiments_experimentsession) AS n HAVING max(newest) <= timestamptz '2026-11-01 00:00:00+00'",
    ),
];

/// Links whose object is of `$1`, by which of link, tag and object are of one team.
const FOREIGN_LINKS: &str = "
    SELECT count(*) FILTER (WHERE t.team_id = o.team_id AND l.team_id <> o.team_id),
           count(*) FILTER (WHERE t.team_id <> o.team_id AND l.team_id = o.team_id),
           count(*) FILTER (WHERE t.team_id <> o.team_id AND l.team_id = t.team_id)
    FROM annotations_customtaggeditem AS l JOIN annotations_tag AS t ON t.id = l.tag_id
    JOIN (SELECT 41 AS kind, id, team_id FROM chat_chat
          UNION ALL SELECT 12, m.id, c.team_id FROM chat_chatmessage AS m JOIN chat_chat AS c ON c.id = m.chat_id) AS o
         ON o.kind = l.content_type_id AND o.id = l.object_id
    WHERE l.content_type_id = $1";

fn every_trap_is_there(scale: f64) {
    let database = Server::shared().unwrap().reference(scale).unwrap();
    let mut client = database.client().unwrap();
    let mut missing = Vec::new();
    for (trap, least, query) in TRAPS {
        let found = client
            .query_opt(*query, &[])
            .unwrap()
            .map_or(0, |row| row.get::<_, i64>(0));
        if found < *least {
            missing.push(format!("{trap}: {found} instead of {least} or more"));
        }
    }
    for kind in [41, 12] {
        let row = client.query_one(FOREIGN_LINKS, &[&kind]).unwrap();
        for (position, what) in ["link's team", "tag's team", "both teams"]
            .iter()
            .enumerate()
        {
            if row.get::<_, i64>(position) == 0 {
                missing.push(format!(
                    "no link of content type {kind} with a foreign {what}"
                ));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "at scale {scale}:\n{}",
        missing.join("\n")
    );
}

#[test]
fn at_the_smallest_scale() {
    every_trap_is_there(0.001);
}

#[test]
fn at_odd_scales() {
    every_trap_is_there(0.0017);
    every_trap_is_there(0.004);
}

#[test]
fn at_a_hundredth() {
    every_trap_is_there(0.01);
}

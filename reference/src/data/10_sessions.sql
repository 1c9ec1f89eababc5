-- The stored columns of a session follow its messages. experiment_versions is in the order of arrival, without repeats,
-- and comes from the tags of the answers; last_activity_at is written when the answer is done, a little after the
-- last human message, so it equals no message's time.
CREATE TEMP TABLE reference_activity AS
SELECT chat_id, min(written) FILTER (WHERE message_type = 'human') AS first_human,
       max(written) FILTER (WHERE message_type = 'human') AS last_human, max(written) AS last_message
FROM reference_message GROUP BY chat_id;
CREATE UNIQUE INDEX ON reference_activity (chat_id);
ANALYZE reference_activity;

CREATE TEMP TABLE reference_arrival AS
SELECT chat_id, array_agg(version ORDER BY first_message, version) AS versions
FROM (SELECT m.chat_id, (l.tag_id % 100)::integer AS version, min(m.id) AS first_message
      FROM reference_link AS l JOIN reference_message AS m ON m.id = l.object_id
      WHERE l.content_type_id = 12 AND l.tag_id % 100 BETWEEN 1 AND 12
      GROUP BY m.chat_id, l.tag_id % 100) AS arrivals
GROUP BY chat_id;

INSERT INTO experiments_experimentsession
    (id, created_at, updated_at, team_id, external_id, participant_id, status, ended_at, experiment_id, chat_id, seed_task_id,
     experiment_channel_id, platform, experiment_versions, last_activity_at, first_activity_at)
SELECT s.id, s.created_at, coalesce(a.last_message, s.created_at), s.team_id,
       CASE WHEN s.draw % 60 = 5 THEN 'C' || s.id || ':' || (1730000000 + s.id) || '.000100'
            ELSE pg_temp.public_uuid('session', s.id)::text END,
       s.participant_id, s.status,
       CASE WHEN s.status = 'complete' THEN least(coalesce(a.last_message, s.created_at) + interval '1 hour', reference_now) END,
       s.experiment_id, s.chat_id, CASE WHEN s.has_seed THEN 'seed-' || s.id ELSE '' END,
       -- the platform goes missing on one session in a hundred, the channel stays
       ch.id, CASE WHEN s.draw % 97 <> 5 THEN p.platform END, r.versions,
       a.last_human + interval '1500 milliseconds', a.first_human
FROM (SELECT *, CASE WHEN is_late_setup THEN 'setup'
                     WHEN draw % 150 = 77 THEN 'unknown'
                     WHEN messages = 0 THEN CASE WHEN fate < 0.8 THEN 'setup' ELSE 'active' END
                     WHEN fate < 0.55 THEN 'complete'
                     WHEN fate < 0.65 THEN 'pending-review'
                     WHEN fate < 0.67 THEN 'pending'
                     ELSE 'active' END AS status
      FROM reference_session) AS s
JOIN reference_participant AS p ON p.id = s.participant_id
LEFT JOIN reference_activity AS a ON a.chat_id = s.chat_id
LEFT JOIN reference_arrival AS r ON r.chat_id = s.chat_id
LEFT JOIN reference_channel AS ch ON ch.team_id = s.team_id AND ch.platform = p.platform
     AND coalesce(ch.chatbot_id, s.experiment_id) = s.experiment_id,
     reference_settings
ORDER BY s.id;

-- What hangs on sessions beside their messages: participant data, the dashboard's cache and saved filters, and the two
-- kinds of picker that leave out sessions already picked (evaluation data sets, annotation queues).
INSERT INTO experiments_participantdata (id, created_at, updated_at, team_id, participant_id, experiment_id, data)
SELECT row_number() OVER (ORDER BY participant_id, experiment_id), reference_now, reference_now, team_id, participant_id,
       experiment_id, decode(md5(participant_id::text), 'hex')
FROM (SELECT DISTINCT team_id, participant_id, experiment_id FROM reference_session) AS pairs, reference_settings
ORDER BY participant_id, experiment_id;

INSERT INTO dashboard_dashboardcache (id, created_at, updated_at, team_id, cache_key, data, expires_at)
SELECT team_id * 2 - k, reference_now - interval '1 hour', reference_now - interval '1 hour', team_id,
       CASE WHEN k = 0 THEN 'overview_' ELSE 'session_analytics_daily_' END || md5(team_id::text) || '00000000',
       '{"total_sessions": 0}', reference_now + interval '30 minutes' - interval '1 hour' * k
FROM reference_team, reference_settings, generate_series(0, 1) AS k ORDER BY 1;

INSERT INTO dashboard_dashboardfilter (id, created_at, updated_at, team_id, user_id, filter_name, filter_data, is_default)
SELECT team_id, reference_now, reference_now, team_id, (team_id - 1) * 5 + 1, 'Last month',
       '{"date_range": "30", "platforms": ["web"]}', true
FROM reference_team, reference_settings ORDER BY 1;

INSERT INTO evaluations_evaluationdataset (id, created_at, updated_at, team_id, name)
SELECT team_id, reference_now, reference_now, team_id, 'Data set ' || team_id
FROM reference_team, reference_settings ORDER BY 1;

-- Messages 1..teams were written by hand: no session (NOT IN over them would find nothing).
INSERT INTO evaluations_evaluationmessage (id, created_at, updated_at, session_id)
SELECT team_id, reference_now, reference_now, NULL FROM reference_team, reference_settings
UNION ALL
SELECT team_count + row_number() OVER (ORDER BY id), reference_now, reference_now, id
FROM reference_session, reference_settings WHERE draw % 40 = 9
ORDER BY 1;

INSERT INTO evaluations_evaluationdataset_messages (id, evaluationdataset_id, evaluationmessage_id)
SELECT row_number() OVER (ORDER BY m.id), coalesce(s.team_id, m.id), m.id
FROM evaluations_evaluationmessage AS m LEFT JOIN reference_session AS s ON s.id = m.session_id ORDER BY m.id;

INSERT INTO human_annotations_annotationitem
    (id, created_at, updated_at, team_id, queue_id, item_type, status, session_id, message_id, review_count)
SELECT row_number() OVER (ORDER BY session_id, message_id), reference_now, reference_now, team_id, team_id,
       CASE WHEN message_id IS NULL THEN 'session' ELSE 'message' END,
       CASE WHEN coalesce(session_id, message_id) % 3 = 0 THEN 'completed' ELSE 'pending' END, session_id, message_id,
       coalesce(session_id, message_id) % 3
FROM (SELECT team_id, id AS session_id, NULL::bigint AS message_id FROM reference_session WHERE draw % 40 = 19
      UNION ALL
      SELECT team_id, NULL, id FROM reference_message WHERE id % 900 = 77) AS items, reference_settings
ORDER BY session_id, message_id;

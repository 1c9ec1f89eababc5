-- One trace per human message. Its links are NULL now and then, as after a deletion; the oldest ones, on published
-- versions, point at the version's row instead of the working one. output_message_id is left NULL: nothing reads it.
INSERT INTO trace_trace
    (id, "timestamp", trace_id, status, experiment_id, session_id, participant_id, input_message_id, team_id, duration,
     participant_data, experiment_version_number, error, n_turns, n_toolcalls)
SELECT row_number() OVER (ORDER BY m.id), m.written + interval '2 seconds', pg_temp.public_uuid('trace', m.id),
       CASE WHEN m.id % 97 = 0 THEN 'pending' WHEN m.id % 25 = 0 THEN 'error' ELSE 'success' END,
       CASE WHEN m.id % 211 = 0 THEN NULL ELSE coalesce(v.id, s.experiment_id) END,
       CASE WHEN m.id % 50 = 0 THEN NULL ELSE s.id END,
       CASE WHEN m.id % 307 = 0 THEN NULL ELSE s.participant_id END, m.id,
       CASE WHEN m.id % 101 = 0 THEN NULL ELSE m.team_id END,
       CASE WHEN m.id % 97 = 0 THEN 0 ELSE 500 + floor(9000 * pg_temp.chance(m.id, 71))::integer END,
       jsonb_build_object('name', md5(s.participant_id::text), 'language', 'en', 'number', m.id),
       s.version, CASE WHEN m.id % 25 = 0 AND m.id % 97 <> 0 THEN 'Provider timed out' ELSE '' END,
       CASE WHEN m.id % 20 <> 0 THEN 1 + floor(pg_temp.chance(m.id, 72) * 3)::integer END, floor(pg_temp.chance(m.id, 73) * 2)::integer
FROM reference_message AS m JOIN reference_session AS s USING (chat_id)
CROSS JOIN reference_settings
LEFT JOIN experiments_experiment AS v
     ON v.working_version_id = s.experiment_id AND v.version_number = s.version AND m.written < reference_now - interval '9000 hours'
WHERE m.message_type = 'human'
ORDER BY m.id;

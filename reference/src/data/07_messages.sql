-- Messages get their ids in time order over all chats, so that conversations interleave on disk as in production.
-- Odd positions are the human's, even ones the chatbot's (the other way round after a seed message); each 25th is a
-- system message.
CREATE TEMP TABLE reference_message AS
SELECT row_number() OVER (ORDER BY written, chat_id, position) AS id, chat_id, team_id, written, message_type, position
FROM (SELECT s.chat_id, s.team_id, j AS position,
             s.created_at + interval '1 microsecond'
                 * (CASE WHEN s.same_messages THEN (j + 1) / 2 ELSE j END * s.step
                    + CASE WHEN s.same_start OR s.same_messages THEN 0
                           ELSE floor(pg_temp.chance(s.chat_id * 1024 + j, 50) * 1000000) END) AS written,
             CASE WHEN j % 25 = 24 THEN 'system' WHEN (j + s.has_seed::integer) % 2 = 1 THEN 'human' ELSE 'ai' END AS message_type
      FROM reference_session AS s, LATERAL generate_series(1, s.messages) AS j
      UNION ALL
      SELECT c.id, c.team_id, j, c.created_at + interval '1 second' * (30 * j),
             CASE WHEN j % 2 = 1 THEN 'human' ELSE 'ai' END
      FROM chat_chat AS c, reference_settings, LATERAL generate_series(1, c.id / 5 % 3 * 2) AS j
      WHERE c.id <= sessionless_chats) AS planned;
CREATE INDEX ON reference_message (chat_id);
ANALYZE reference_message;

INSERT INTO chat_chatmessage (id, created_at, updated_at, chat_id, message_type, content, translations, metadata)
SELECT id, written, written, chat_id, message_type,
       (ARRAY['Thank you. ', 'Please explain. ', 'I have a question. ', 'Here is what I found. ', 'How do I start? '])[1 + id % 5]
           || repeat(md5(id::text), 2 + (id % 6)::integer),
       '{}', jsonb_build_object('trace_info', jsonb_build_array(jsonb_build_object('trace_id', id)))
FROM reference_message ORDER BY id;

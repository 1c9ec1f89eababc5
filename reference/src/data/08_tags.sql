-- Tags. The id says what it is: team * 100 + 1..12 versions, 21..45 user tags, 50 rare, 51 bulk, 60 voice,
-- 61..73 unreleased versions, 80..83 one name twice or three times, 90.. the other system categories.
INSERT INTO annotations_tag (id, slug, created_at, updated_at, team_id, name, created_by_id, is_system_tag, category)
SELECT team_id * 100 + number, lower(name) || '-' || number || '-' || team_id, timestamptz '2025-01-01 00:00:00+00',
       timestamptz '2025-01-01 00:00:00+00', team_id, name,
       CASE WHEN NOT is_system THEN (team_id - 1) * 5 + 1 END, is_system, category
FROM reference_team,
     LATERAL (SELECT v AS number, 'v' || v AS name, true AS is_system, 'experiment_version' AS category FROM generate_series(1, 12) AS v
              UNION ALL SELECT 20 + v, 'tag-' || lpad(v::text, 2, '0'), false, '' FROM generate_series(1, 25) AS v
              UNION ALL SELECT 60 + v, 'v' || v || '-unreleased', true, 'experiment_version' FROM generate_series(1, 13) AS v
              UNION ALL VALUES (50, 'tag-rare', false, ''), (51, 'tag-bulk', false, ''), (60, 'voice', true, 'media_type'),
                               (80, 'tag-01', true, 'bot_response'), (81, 'v1', false, ''),
                               (82, 'tag-02', true, 'bot_response'), (83, 'tag-02', true, 'error'),
                               (90, 'unsafe', true, 'safety_layer_response'), (91, 'positive', true, 'response_rating'),
                               (92, 'negative', true, 'response_rating'), (93, 'timeout', true, 'error')) AS tags
ORDER BY team_id, number;

-- Links, first as a plan: what is tagged with what, before the ids are given in time order.
CREATE TEMP TABLE reference_link AS
-- version tags on more than half of the chatbot's answers
SELECT m.written AS created_at, m.team_id, m.id AS object_id, 12 AS content_type_id,
       m.team_id * 100 + CASE WHEN s.second_version IS NOT NULL AND m.position * 2 > s.messages THEN s.second_version
                              ELSE coalesce(s.version, 60 + s.versions + 1) END AS tag_id
FROM reference_message AS m JOIN reference_session AS s USING (chat_id)
WHERE m.message_type = 'ai' AND pg_temp.chance(m.id, 60) < 0.56
-- user tags on 1 % of the messages, on some of chats without a session, and on some whose id is also a chat's;
-- the first tags of the list are the most used
UNION ALL
SELECT written, team_id, id, 12, team_id * 100 + 21
       + floor(25 * pg_temp.chance(id, 62) * pg_temp.chance(id, 62) * pg_temp.chance(id, 62))::bigint
FROM reference_message
WHERE (pg_temp.chance(id, 61) < 0.01 OR chat_id <= 6 AND position = 1 OR id < 400 AND id % 40 = 7) AND id % 700 NOT BETWEEN 41 AND 43
-- voice on 2 % of the human's; the other system categories and the doubled names on a few of the chatbot's
UNION ALL
SELECT written, team_id, id, 12, team_id * 100 + 60
FROM reference_message WHERE message_type = 'human' AND pg_temp.chance(id, 63) < 0.02
UNION ALL
SELECT written, team_id, id, 12, team_id * 100 + (ARRAY[80, 81, 82, 83, 90, 91, 92, 93])[1 + floor(pg_temp.chance(id, 65) * 8)::integer]
FROM reference_message WHERE message_type = 'ai' AND pg_temp.chance(id, 64) < 0.015
-- chats: two user tags or one, the bulk tag on a tenth, the rare one on the team's oldest and on a few old ones
UNION ALL
SELECT created_at, team_id, chat_id, 41, team_id * 100 + 21 + (k * 7
       + floor(25 * pg_temp.chance(chat_id, 67) * pg_temp.chance(chat_id, 67) * pg_temp.chance(chat_id, 67))::bigint) % 25
FROM reference_session, generate_series(0, 1) AS k
WHERE (pg_temp.chance(chat_id * 2 + k, 66) < 0.026 OR draw % 60 = 17) AND draw % 100 NOT BETWEEN 41 AND 43
UNION ALL
SELECT created_at, team_id, chat_id, 41, team_id * 100 + 51 FROM reference_session WHERE pg_temp.chance(chat_id, 68) < 0.10
UNION ALL
SELECT created_at, team_id, chat_id, 41, team_id * 100 + 50 FROM reference_session, reference_settings
WHERE created_at < reference_now - interval '6000 hours' AND pg_temp.chance(chat_id, 69) < 0.001
   OR id IN (SELECT min(id) FROM reference_session GROUP BY team_id)
-- a user's tag named like a version, on a chat: filters on versions go by category, not by name
UNION ALL
SELECT created_at, team_id, chat_id, 41, team_id * 100 + 81 FROM reference_session WHERE draw % 90 = 37
-- chats without a session
UNION ALL
SELECT c.created_at, c.team_id, c.id, 41, c.team_id * 100 + 21 + c.id % 25
FROM chat_chat AS c, reference_settings WHERE c.id <= sessionless_chats AND c.id % 4 = 1
-- links that disagree about the team, with the tags used most: the link's team alone is foreign, the tag's alone, both
UNION ALL
SELECT created_at, team_id % team_count + 1, chat_id, 41, team_id * 100 + 21 + draw % 3 FROM reference_session, reference_settings WHERE draw % 100 = 41
UNION ALL
SELECT created_at, team_id, chat_id, 41, (team_id % team_count + 1) * 100 + 21 + draw % 3 FROM reference_session, reference_settings WHERE draw % 100 = 42
UNION ALL
SELECT created_at, team_id % team_count + 1, chat_id, 41, (team_id % team_count + 1) * 100 + 21 + draw % 3 FROM reference_session, reference_settings WHERE draw % 100 = 43
UNION ALL
SELECT written, team_id % team_count + 1, id, 12, team_id * 100 + 21 + id % 3 FROM reference_message, reference_settings WHERE id % 700 = 41
UNION ALL
SELECT written, team_id, id, 12, (team_id % team_count + 1) * 100 + 21 + id % 3 FROM reference_message, reference_settings WHERE id % 700 = 42
UNION ALL
SELECT written, team_id % team_count + 1, id, 12, (team_id % team_count + 1) * 100 + 21 + id % 3 FROM reference_message, reference_settings WHERE id % 700 = 43
-- links to another kind of object whose key may also be a chat's or a message's
UNION ALL
SELECT created_at, team_id, id, 37, team_id * 100 + 21 + draw % 25 FROM reference_session WHERE draw % 80 = 51
UNION ALL
SELECT created_at, team_id, chat_id, 9, team_id * 100 + 21 + draw % 25 FROM reference_session WHERE draw % 200 = 52
-- orphans: the object is gone
UNION ALL
SELECT reference_now - interval '1 hour' * k, 1 + k % team_count, 2000000000 + k, CASE WHEN k % 2 = 0 THEN 12 ELSE 41 END,
       (1 + k % team_count) * 100 + CASE WHEN k % 3 = 0 THEN 1 ELSE 21 END
FROM reference_settings, LATERAL generate_series(1, greatest(24, round(500 * scale)::bigint)) AS k;

-- The first session page with version tags, by hand: links are made distinct by the tag's key before names are looked
-- up, for the chats of the page only; sorted by the number in the name.
-- $1 team, $2 content type of messages.
WITH page AS MATERIALIZED (
  SELECT s.id, s.external_id, s.status, s.created_at, s.experiment_id, s.participant_id, s.chat_id
  FROM experiments_experimentsession s
  WHERE s.team_id = $1
  ORDER BY s.created_at DESC, s.id DESC
  LIMIT 25
)
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  m.first_message_at, m.last_message_at, m.message_count, v.version_tags
FROM page s
JOIN experiments_experiment e ON e.id = s.experiment_id
JOIN experiments_participant p ON p.id = s.participant_id
JOIN chat_chat c ON c.id = s.chat_id
CROSS JOIN LATERAL (
  SELECT min(x.created_at) AS first_message_at, max(x.created_at) AS last_message_at, count(*) AS message_count
  FROM chat_chatmessage x WHERE x.chat_id = s.chat_id
) m
CROSS JOIN LATERAL (
  SELECT coalesce(string_agg(t.name, ', ' ORDER BY substring(t.name FROM '[0-9]+')::numeric, t.name), '') AS version_tags
  FROM (
    SELECT DISTINCT i.tag_id
    FROM chat_chatmessage x
    JOIN annotations_customtaggeditem i ON i.object_id = x.id AND i.content_type_id = $2 AND i.team_id = $1
    WHERE x.chat_id = s.chat_id
  ) d
  JOIN annotations_tag t ON t.id = d.tag_id AND t.category = 'experiment_version' AND t.team_id = $1
) v
ORDER BY s.created_at DESC, s.id DESC

-- The first session page sorted by the last message, by hand: a plain maximum (an index probe) for each session, the
-- rest for the page only.
-- $1 team.
WITH page AS MATERIALIZED (
  SELECT s.id, s.external_id, s.status, s.created_at, s.experiment_id, s.participant_id, s.chat_id,
    (SELECT max(x.created_at) FROM chat_chatmessage x WHERE x.chat_id = s.chat_id) AS last_message_at
  FROM experiments_experimentsession s
  WHERE s.team_id = $1
  ORDER BY last_message_at DESC NULLS LAST, s.id DESC
  LIMIT 25
)
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  m.first_message_at, s.last_message_at, m.message_count
FROM page s
JOIN experiments_experiment e ON e.id = s.experiment_id
JOIN experiments_participant p ON p.id = s.participant_id
JOIN chat_chat c ON c.id = s.chat_id
CROSS JOIN LATERAL (
  SELECT min(x.created_at) AS first_message_at, count(*) AS message_count
  FROM chat_chatmessage x WHERE x.chat_id = s.chat_id
) m
ORDER BY s.last_message_at DESC NULLS LAST, s.id DESC

-- The session page after a row, by hand: a row comparison, and before it the bound at which an index scan begins.
-- $1 team, $2 and $3 time and key of the row before the page.
WITH page AS MATERIALIZED (
  SELECT s.id, s.external_id, s.status, s.created_at, s.experiment_id, s.participant_id, s.chat_id
  FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.created_at <= $2 AND (s.created_at, s.id) < ($2, $3)
  ORDER BY s.created_at DESC, s.id DESC
  LIMIT 25
)
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  m.first_message_at, m.last_message_at, m.message_count
FROM page s
JOIN experiments_experiment e ON e.id = s.experiment_id
JOIN experiments_participant p ON p.id = s.participant_id
JOIN chat_chat c ON c.id = s.chat_id
CROSS JOIN LATERAL (
  SELECT min(x.created_at) AS first_message_at, max(x.created_at) AS last_message_at, count(*) AS message_count
  FROM chat_chatmessage x WHERE x.chat_id = s.chat_id
) m
ORDER BY s.created_at DESC, s.id DESC

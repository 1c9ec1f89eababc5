-- Sessions sorted by the column that the application keeps, as an ORM emits it.
-- Added for comparison: the key as the last sort key, and 0 for no messages.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page.
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  (SELECT u0.created_at FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id ORDER BY u0.created_at ASC LIMIT 1) AS first_message_at,
  s.last_activity_at,
  COALESCE((SELECT COUNT(u0.id) AS count FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id GROUP BY u0.chat_id LIMIT 1), 0) AS message_count
FROM experiments_experimentsession s
INNER JOIN experiments_experiment e ON s.experiment_id = e.id
INNER JOIN experiments_participant p ON s.participant_id = p.id
INNER JOIN chat_chat c ON s.chat_id = c.id
WHERE s.team_id = $1
ORDER BY s.last_activity_at DESC NULLS LAST, s.id DESC
LIMIT 25
OFFSET $2 -- deep

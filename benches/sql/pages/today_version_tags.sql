-- The first session page with version tags as the origin's ORM emits it (design document, 2.4 "Current").
-- It sorts names as text (v10 before v2) and binds neither links nor tags to the team.
-- $1 team, $2 content type of messages.
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  (SELECT u0.created_at FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id ORDER BY u0.created_at ASC LIMIT 1) AS first_message_at,
  (SELECT u0.created_at FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id ORDER BY u0.created_at DESC LIMIT 1) AS last_message_at,
  COALESCE((SELECT COUNT(u0.id) AS count FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id GROUP BY u0.chat_id LIMIT 1), 0) AS message_count,
  COALESCE((
    SELECT STRING_AGG(DISTINCT u2.name, ', ') AS versions
    FROM annotations_customtaggeditem u0
    INNER JOIN annotations_tag u2 ON u0.tag_id = u2.id
    WHERE u0.content_type_id = $2
      AND u0.object_id IN (SELECT v0.id FROM chat_chatmessage v0 WHERE v0.chat_id = s.chat_id)
      AND u2.category = 'experiment_version'
    GROUP BY u0.content_type_id LIMIT 1), '') AS version_tags
FROM experiments_experimentsession s
INNER JOIN experiments_experiment e ON s.experiment_id = e.id
INNER JOIN experiments_participant p ON s.participant_id = p.id
INNER JOIN chat_chat c ON s.chat_id = c.id
WHERE s.team_id = $1
ORDER BY s.created_at DESC, s.id DESC
LIMIT 25

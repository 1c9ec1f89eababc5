-- User engagement: who wrote most. The second sort key is added here, so that there is one answer.
SELECT s.participant_id, COUNT(m.id) AS total_messages, COUNT(DISTINCT s.id) AS total_sessions, MAX(m.created_at) AS last_activity
{messages} AND m.message_type = 'human' AND s.participant_id IS NOT NULL
GROUP BY s.participant_id ORDER BY 2 DESC, 1 ASC LIMIT 10

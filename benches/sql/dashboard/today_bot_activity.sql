-- Bot performance: what each chatbot's sessions had. The window is looked at once more, on all messages of the sessions.
SELECT s.experiment_id, COUNT(DISTINCT s.participant_id) AS participants_count, COUNT(DISTINCT s.id) AS sessions_count,
  COUNT(DISTINCT m.id) FILTER (WHERE m.message_type IN ('human', 'ai') AND m.created_at >= $2 AND m.created_at < $3) AS messages_count
FROM experiments_experimentsession s
INNER JOIN chat_chat c ON s.chat_id = c.id
LEFT OUTER JOIN chat_chatmessage m ON c.id = m.chat_id
WHERE {sessions}
GROUP BY s.experiment_id

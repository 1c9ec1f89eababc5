-- Part {messages}: the messages that count, of any type: in the window, of chats without a session too.
FROM chat_chatmessage m
INNER JOIN chat_chat c ON m.chat_id = c.id
LEFT OUTER JOIN experiments_experimentsession s ON c.id = s.chat_id -- all bots
INNER JOIN experiments_experimentsession s ON c.id = s.chat_id -- one bot
WHERE c.team_id = $1 AND m.created_at >= $2 AND m.created_at < $3
  AND NOT (s.platform = 'evaluations' AND s.platform IS NOT NULL)
  AND NOT (s.status = 'setup' AND s.status IS NOT NULL)
  AND s.experiment_id IN ($5) -- one bot

-- Part {sessions}: that a session counts: neither an evaluation nor a set-up, and with a turn of the conversation in the window.
s.team_id = $1
  AND NOT (s.platform = 'evaluations' AND s.platform IS NOT NULL)
  AND NOT (s.status = 'setup')
  AND EXISTS (SELECT 1 AS a FROM chat_chatmessage u0
              WHERE u0.chat_id = s.chat_id AND u0.created_at >= $2 AND u0.created_at < $3 AND u0.message_type IN ('human', 'ai') LIMIT 1)
  AND s.experiment_id IN ($5) -- one bot

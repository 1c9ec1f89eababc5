-- By hand: the window's messages joined to their chats and sessions, rolled up once. The planner says which side drives.
WITH g AS MATERIALIZED (
  SELECT m.chat_id, s.id AS session_id, s.experiment_id, s.participant_id, s.ended_at,
    count(*) FILTER (WHERE m.message_type = 'human') AS human, count(*) FILTER (WHERE m.message_type = 'ai') AS ai
  FROM chat_chatmessage m JOIN chat_chat c ON c.id = m.chat_id -- all bots
  LEFT JOIN experiments_experimentsession s ON s.chat_id = c.id AND s.team_id = $1 -- all bots
  FROM chat_chatmessage m JOIN experiments_experimentsession s ON s.chat_id = m.chat_id -- one bot
  WHERE m.message_type = ANY ('{human,ai}') AND m.created_at >= $2 AND m.created_at < $3
    AND c.team_id = $1 -- all bots
    AND s.team_id = $1 AND s.experiment_id = $5 -- one bot
    AND s.platform IS DISTINCT FROM 'evaluations' AND s.status IS DISTINCT FROM 'setup'
  GROUP BY 1, 2, 3, 4, 5
)
{numbers}

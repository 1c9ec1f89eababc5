-- By hand: the window's messages of all teams rolled up by chat, then the team's of these.
WITH g AS MATERIALIZED (
  SELECT s.id AS session_id, s.experiment_id, s.participant_id, s.ended_at, x.human, x.ai
  FROM (
    SELECT m.chat_id, count(*) FILTER (WHERE m.message_type = 'human') AS human, count(*) FILTER (WHERE m.message_type = 'ai') AS ai
    FROM chat_chatmessage m
    WHERE m.message_type = ANY ('{human,ai}') AND m.created_at >= $2 AND m.created_at < $3
    GROUP BY 1
  ) x
  JOIN chat_chat c ON c.id = x.chat_id LEFT JOIN experiments_experimentsession s ON s.chat_id = c.id AND s.team_id = $1 -- all bots
  JOIN experiments_experimentsession s ON s.chat_id = x.chat_id -- one bot
  WHERE s.platform IS DISTINCT FROM 'evaluations' AND s.status IS DISTINCT FROM 'setup'
    AND c.team_id = $1 -- all bots
    AND s.team_id = $1 AND s.experiment_id = $5 -- one bot
)
{numbers}

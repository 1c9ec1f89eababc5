-- By hand: each conversation of the team once, its messages counted in the index.
WITH g AS MATERIALIZED (
  SELECT s.id AS session_id, s.experiment_id, s.participant_id, s.ended_at, x.human, x.ai
  FROM chat_chat c LEFT JOIN experiments_experimentsession s ON s.chat_id = c.id AND s.team_id = $1 -- all bots
  FROM experiments_experimentsession s -- one bot
  JOIN LATERAL (
    SELECT count(*) FILTER (WHERE m.message_type = 'human') AS human, count(*) FILTER (WHERE m.message_type = 'ai') AS ai
    FROM chat_chatmessage m
    WHERE m.chat_id = c.id -- all bots
    WHERE m.chat_id = s.chat_id -- one bot
      AND m.message_type = ANY ('{human,ai}') AND m.created_at >= $2 AND m.created_at < $3
    HAVING count(*) > 0
  ) x ON true
  WHERE s.platform IS DISTINCT FROM 'evaluations' AND s.status IS DISTINCT FROM 'setup'
    AND c.team_id = $1 -- all bots
    AND s.team_id = $1 AND s.experiment_id = $5 -- one bot
)
{numbers}

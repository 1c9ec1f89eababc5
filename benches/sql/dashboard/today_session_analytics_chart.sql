-- Chart: sessions with a turn of the conversation, and participants who wrote, by day.
SELECT (m.created_at AT TIME ZONE $4)::date AS period, COUNT(DISTINCT s.id) AS total_sessions,
  COUNT(DISTINCT s.participant_id) FILTER (WHERE m.message_type = 'human') AS unique_participants
{messages} AND m.message_type IN ('human', 'ai')
GROUP BY 1 ORDER BY 1 ASC

-- Chart: messages by day.
SELECT (m.created_at AT TIME ZONE $4)::date AS period,
  COUNT(m.id) FILTER (WHERE m.message_type = 'human') AS human_messages,
  COUNT(m.id) FILTER (WHERE m.message_type = 'ai') AS ai_messages,
  COUNT(m.id) FILTER (WHERE m.message_type IN ('human', 'ai')) AS total_messages
{messages}
GROUP BY 1 ORDER BY 1 ASC

-- Chart: participants who wrote, by day.
SELECT (m.created_at AT TIME ZONE $4)::date AS period, COUNT(DISTINCT s.participant_id) AS active_participants
{messages} AND m.message_type = 'human'
GROUP BY 1 ORDER BY 1 ASC

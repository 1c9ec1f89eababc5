-- The kept column of each session holds the time of its last message, as a trigger would keep it: then the column and the
-- messages say the same.
UPDATE experiments_experimentsession s SET last_activity_at = m.last
FROM (
  SELECT s.id, max(x.created_at) AS last
  FROM experiments_experimentsession s LEFT JOIN chat_chatmessage x ON x.chat_id = s.chat_id
  GROUP BY s.id
) m
WHERE m.id = s.id AND s.last_activity_at IS DISTINCT FROM m.last

-- The page after a row: the value of each session by a probe, those from the row on.
-- $1 team, $2 and $3 value and key of the row before the page.
page AS MATERIALIZED (
  SELECT q.id, q.sorted_by
  FROM (
    SELECT s.id, (SELECT max(x.created_at) FROM chat_chatmessage x WHERE x.chat_id = s.chat_id) AS sorted_by
    FROM experiments_experimentsession s
    WHERE s.team_id = $1
    OFFSET 0
  ) q
  WHERE (q.sorted_by, q.id) < ($2, $3) OR q.sorted_by IS NULL
  ORDER BY q.sorted_by DESC NULLS LAST, q.id DESC
  LIMIT 25
)

-- One pass over the messages of everybody, joined back.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page.
page AS MATERIALIZED (
  SELECT s.id, m.sorted_by
  FROM experiments_experimentsession s
  LEFT JOIN (SELECT x.chat_id, max(x.created_at) AS sorted_by FROM chat_chatmessage x GROUP BY x.chat_id) m ON m.chat_id = s.chat_id
  WHERE s.team_id = $1
  ORDER BY m.sorted_by DESC NULLS LAST, s.id DESC
  LIMIT 25
  OFFSET $2 -- deep
)

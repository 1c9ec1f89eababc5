-- A plain maximum for each session: a probe of an index on (chat_id, created_at).
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page.
page AS MATERIALIZED (
  SELECT s.id, (SELECT max(x.created_at) FROM chat_chatmessage x WHERE x.chat_id = s.chat_id) AS sorted_by
  FROM experiments_experimentsession s
  WHERE s.team_id = $1
  ORDER BY sorted_by DESC NULLS LAST, s.id DESC
  LIMIT 25
  OFFSET $2 -- deep
)

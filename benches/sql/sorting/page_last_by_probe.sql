-- The last page, read from its end.
-- $1 team.
page AS MATERIALIZED (
  SELECT s.id, (SELECT max(x.created_at) FROM chat_chatmessage x WHERE x.chat_id = s.chat_id) AS sorted_by
  FROM experiments_experimentsession s
  WHERE s.team_id = $1
  ORDER BY sorted_by ASC NULLS FIRST, s.id ASC
  LIMIT 25
)

-- By the kept column, after a row.
-- $1 team, $2 and $3 value and key of the row before the page.
page AS MATERIALIZED (
  (SELECT s.id, s.last_activity_at AS sorted_by FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.last_activity_at <= $2 AND (s.last_activity_at, s.id) < ($2, $3)
  ORDER BY s.last_activity_at DESC, s.id DESC
  LIMIT 25)
  UNION ALL
  (SELECT s.id, s.last_activity_at FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.last_activity_at IS NULL
  ORDER BY s.id DESC
  LIMIT 25)
  ORDER BY sorted_by DESC NULLS LAST, id DESC
  LIMIT 25
)

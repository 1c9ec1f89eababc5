-- By the kept column: its index has NULL first, so that rows without a value are found apart.
-- $1 team.
page AS MATERIALIZED (
  (SELECT s.id, s.last_activity_at AS sorted_by FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.last_activity_at IS NOT NULL
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

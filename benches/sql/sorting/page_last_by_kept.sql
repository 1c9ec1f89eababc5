-- The last page by the kept column, read from its end.
-- $1 team.
page AS MATERIALIZED (
  (SELECT s.id, s.last_activity_at AS sorted_by FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.last_activity_at IS NULL
  ORDER BY s.id ASC
  LIMIT 25)
  UNION ALL
  (SELECT s.id, s.last_activity_at FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND s.last_activity_at IS NOT NULL
  ORDER BY s.last_activity_at ASC, s.id ASC
  LIMIT 25)
  ORDER BY sorted_by ASC NULLS FIRST, id ASC
  LIMIT 25
)

-- What a page of chatbots shows, by hand, as the design document counts: the page first, then one sub-select for what is
-- counted of the same rows. Each is bound to the team, as pagewise's are. {value} and {joined} find what is sorted by.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page.
WITH page AS MATERIALIZED (
  SELECT e.id, e.name, e.description, {value} AS sorted_by
  FROM experiments_experiment e
  {joined}
  WHERE e.team_id = $1 AND e.working_version_id IS NULL AND e.pipeline_id IS NOT NULL AND NOT e.is_archived
  ORDER BY sorted_by DESC NULLS LAST, e.id DESC
  LIMIT 25
  OFFSET $2 -- deep
)
SELECT page.id, page.name, page.description, s.participant_count, s.session_count, t.interaction_count, t.last_activity
FROM page
CROSS JOIN LATERAL (
  SELECT count(DISTINCT x.participant_id) AS participant_count, count(*) AS session_count
  FROM experiments_experimentsession x WHERE x.experiment_id = page.id AND x.team_id = $1
) s
CROSS JOIN LATERAL (
  SELECT (SELECT count(*) FROM trace_trace x WHERE x.experiment_id = page.id AND x.team_id = $1) AS interaction_count,
    (SELECT max(x."timestamp") FROM trace_trace x WHERE x.experiment_id = page.id AND x.team_id = $1) AS last_activity
) t
ORDER BY page.sorted_by DESC NULLS LAST, page.id DESC

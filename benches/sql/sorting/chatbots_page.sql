-- What a page of chatbots shows, by hand, as the origin counts today: the page first, then one sub-select for what is
-- counted of the same rows; interactions are all traces but those of evaluations, which one pass finds for the whole page.
-- {value} and {joined} find what is sorted by.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page.
WITH page AS MATERIALIZED (
  SELECT e.id, e.name, e.description, {value} AS sorted_by
  FROM experiments_experiment e
  {joined}
  WHERE e.team_id = $1 AND e.working_version_id IS NULL AND e.pipeline_id IS NOT NULL AND NOT e.is_archived
  ORDER BY sorted_by DESC NULLS LAST, e.id DESC
  LIMIT 25
  OFFSET $2 -- deep
), evaluations AS MATERIALIZED (
  SELECT x.experiment_id, count(*) AS traces
  FROM experiments_experimentsession y
  JOIN trace_trace x ON x.session_id = y.id AND x.team_id = $1 AND x.experiment_id = ANY(ARRAY(SELECT page.id FROM page))
  WHERE y.team_id = $1 AND y.platform = 'evaluations'
  GROUP BY x.experiment_id
)
SELECT page.id, page.name, page.description, s.participant_count, s.session_count,
  t.traces - coalesce(evaluations.traces, 0) AS interaction_count, s.last_activity
FROM page
CROSS JOIN LATERAL (
  SELECT count(DISTINCT x.participant_id) AS participant_count, count(*) AS session_count, max(x.last_activity_at) AS last_activity
  FROM experiments_experimentsession x
  WHERE x.experiment_id = page.id AND x.team_id = $1 AND x.platform IS DISTINCT FROM 'evaluations'
) s
CROSS JOIN LATERAL (
  SELECT count(*) AS traces FROM trace_trace x WHERE x.experiment_id = page.id AND x.team_id = $1
) t
LEFT JOIN evaluations ON evaluations.experiment_id = page.id
ORDER BY page.sorted_by DESC NULLS LAST, page.id DESC

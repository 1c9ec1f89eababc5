-- What a page of chatbots shows, by hand, as the origin counts today: the page first, then the sessions of each chatbot.
-- Interactions are all traces but those of evaluations: one pass over the traces of the page's chatbots, and one over those
-- of the team's evaluations, which are few (on the last page those of its chatbots alone, which are fewer). {value} and
-- {joined} find what is sorted by.
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
  JOIN trace_trace x ON x.session_id = y.id AND x.team_id = $1
    AND x.experiment_id = ANY(ARRAY(SELECT page.id FROM page)) -- deep
  WHERE y.team_id = $1 AND y.platform = 'evaluations'
  GROUP BY x.experiment_id
)
SELECT page.id, page.name, page.description, s.participant_count, s.session_count,
  coalesce(t.traces, 0) - coalesce(evaluations.traces, 0) AS interaction_count, s.last_activity
FROM page
CROSS JOIN LATERAL (
  SELECT count(DISTINCT x.participant_id) AS participant_count, count(*) AS session_count, max(x.last_activity_at) AS last_activity
  FROM experiments_experimentsession x
  WHERE x.experiment_id = page.id AND x.team_id = $1 AND x.platform IS DISTINCT FROM 'evaluations'
) s
LEFT JOIN (
  SELECT x.experiment_id, count(*) AS traces
  FROM trace_trace x WHERE x.experiment_id = ANY(ARRAY(SELECT page.id FROM page)) AND x.team_id = $1
  GROUP BY x.experiment_id
) t ON t.experiment_id = page.id
LEFT JOIN evaluations ON evaluations.experiment_id = page.id
ORDER BY page.sorted_by DESC NULLS LAST, page.id DESC

-- What a page of chatbots shows, by hand, as the design document counts: the page first, then the sessions of each chatbot
-- and one pass over the traces of all. Each is bound to the team, as pagewise's are. {value} and {joined} find what is
-- sorted by.
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
SELECT page.id, page.name, page.description, s.participant_count, s.session_count,
  coalesce(t.interaction_count, 0) AS interaction_count, t.last_activity
FROM page
CROSS JOIN LATERAL (
  SELECT count(DISTINCT x.participant_id) AS participant_count, count(*) AS session_count
  FROM experiments_experimentsession x WHERE x.experiment_id = page.id AND x.team_id = $1
) s
LEFT JOIN (
  SELECT x.experiment_id, count(*) AS interaction_count, max(x."timestamp") AS last_activity
  FROM trace_trace x WHERE x.experiment_id = ANY(ARRAY(SELECT page.id FROM page)) AND x.team_id = $1
  GROUP BY x.experiment_id
) t ON t.experiment_id = page.id
ORDER BY page.sorted_by DESC NULLS LAST, page.id DESC

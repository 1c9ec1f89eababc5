-- The list of chatbots as the origin's ORM emits it today: evaluations are in no number.
-- Added for comparison: LIMIT (the origin reads all chatbots before it pages), the key as the last sort key, 0 for no rows,
-- and on the lines that are marked "tenant" the team, without which it counts traces that have none.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page. {order} is what is sorted by.
SELECT e.id, e.name, e.description,
  COALESCE((SELECT COUNT(DISTINCT u0.participant_id) AS count FROM experiments_experimentsession u0
    WHERE u0.experiment_id = e.id AND NOT (u0.platform = 'evaluations' AND u0.platform IS NOT NULL)
    AND u0.team_id = $1 -- tenant
    GROUP BY u0.experiment_id LIMIT 1), 0) AS participant_count,
  COALESCE((SELECT COUNT(u0.id) AS count FROM experiments_experimentsession u0
    WHERE u0.experiment_id = e.id AND NOT (u0.platform = 'evaluations' AND u0.platform IS NOT NULL)
    AND u0.team_id = $1 -- tenant
    GROUP BY u0.experiment_id LIMIT 1), 0) AS session_count,
  COALESCE((SELECT COUNT(u0.id) AS count FROM trace_trace u0
    LEFT OUTER JOIN experiments_experimentsession u1 ON u0.session_id = u1.id
    WHERE u0.experiment_id = e.id AND NOT (u1.platform = 'evaluations' AND u1.platform IS NOT NULL)
    AND u0.team_id = $1 -- tenant
    GROUP BY u0.experiment_id LIMIT 1), 0) AS interaction_count,
  (SELECT u0.last_activity_at FROM experiments_experimentsession u0
    WHERE u0.experiment_id = e.id AND u0.last_activity_at IS NOT NULL
    AND NOT (u0.platform = 'evaluations' AND u0.platform IS NOT NULL)
    AND u0.team_id = $1 -- tenant
    ORDER BY u0.last_activity_at DESC LIMIT 1) AS last_activity
FROM experiments_experiment e
WHERE e.team_id = $1 AND e.working_version_id IS NULL AND e.pipeline_id IS NOT NULL AND NOT e.is_archived
ORDER BY {order} DESC NULLS LAST, e.id DESC
LIMIT 25
OFFSET $2 -- deep

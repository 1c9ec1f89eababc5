-- The list of chatbots as the design document proposes it (2.1 "Proposed"), as its ORM emits it: "post-pagination"
-- notwithstanding it is one SELECT with a sub-select for each number.
-- Added for comparison: only working versions with a pipeline that are not archived, the key as the last sort key, 0 for no
-- rows, and on the lines that are marked "tenant" the team, without which it counts traces that have none.
-- $1 team, $2 offset. Lines marked "deep" are left out for the first page. {order} is what is sorted by.
SELECT e.id, e.name, e.description,
  COALESCE((SELECT COUNT(DISTINCT u0.participant_id) AS count FROM experiments_experimentsession u0
    WHERE u0.experiment_id = e.id
    AND u0.team_id = $1 -- tenant
    GROUP BY u0.experiment_id LIMIT 1), 0) AS participant_count,
  COALESCE((SELECT COUNT(u0.id) AS count FROM experiments_experimentsession u0
    WHERE u0.experiment_id = e.id AND u0.team_id = $1
    GROUP BY u0.experiment_id LIMIT 1), 0) AS session_count,
  COALESCE((SELECT COUNT(u0.id) AS count FROM trace_trace u0
    WHERE u0.experiment_id = e.id
    AND u0.team_id = $1 -- tenant
    GROUP BY u0.experiment_id LIMIT 1), 0) AS interaction_count,
  (SELECT u0."timestamp" FROM trace_trace u0
    WHERE u0.experiment_id = e.id
    AND u0.team_id = $1 -- tenant
    ORDER BY u0."timestamp" DESC LIMIT 1) AS last_activity
FROM experiments_experiment e
WHERE e.team_id = $1 AND e.working_version_id IS NULL AND e.pipeline_id IS NOT NULL AND NOT e.is_archived
ORDER BY {order} DESC NULLS LAST, e.id DESC
LIMIT 25
OFFSET $2 -- deep

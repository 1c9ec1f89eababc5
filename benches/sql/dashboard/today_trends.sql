-- Trends: the runs of the last day by chatbot and hour. {bots} are the keys of the chatbots on the page; the trace's team is
-- checked here and not by the origin.
SELECT CASE WHEN v.working_version_id IS NOT NULL THEN v.working_version_id ELSE r.experiment_id END AS root_experiment_id,
  DATE_TRUNC('hour', r.timestamp AT TIME ZONE 'UTC') AS hour_bucket,
  COUNT(CASE WHEN r.status = 'error' THEN 1 ELSE NULL END) AS error_count,
  COUNT(CASE WHEN r.status = 'success' THEN 1 ELSE NULL END) AS success_count
FROM trace_trace r LEFT OUTER JOIN experiments_experiment v ON r.experiment_id = v.id
WHERE (v.working_version_id IN ({bots}) OR r.experiment_id IN ({bots}))
  AND r.timestamp >= $3 - interval '24 hours' AND r.timestamp <= $3 AND r.team_id = $1
GROUP BY 1, 2

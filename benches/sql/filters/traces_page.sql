-- A page of traces.
SELECT s.id, s.status, s.timestamp
FROM trace_trace s
WHERE s.team_id = $1 AND {conditions}
ORDER BY s.timestamp DESC, s.id DESC
LIMIT 25

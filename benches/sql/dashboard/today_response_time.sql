-- Average response time by day. The trace's team is checked here and not by the origin, and the mean is read as a double.
SELECT (r.timestamp AT TIME ZONE $4)::date AS period, AVG(r.duration)::double precision AS avg_duration_ms
FROM trace_trace r WHERE r.session_id IN (SELECT s.id FROM experiments_experimentsession s WHERE {sessions}) AND r.team_id = $1
GROUP BY 1 ORDER BY 1 ASC

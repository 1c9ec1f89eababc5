-- How many traces there are.
SELECT count(*) FROM trace_trace s WHERE s.team_id = $1 AND {conditions}

-- A page of sessions: what every way is asked for. Only the conditions differ.
SELECT s.id, s.external_id, s.status, s.created_at
FROM experiments_experimentsession s
WHERE s.team_id = $1 AND {conditions}
ORDER BY s.created_at DESC, s.id DESC
LIMIT 25

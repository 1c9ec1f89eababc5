-- How many there are.
SELECT count(*) FROM experiments_experimentsession s WHERE s.team_id = $1 AND {conditions}

-- Whether there are more than 10 000, else how many.
SELECT count(*) FROM (
  SELECT 1 FROM experiments_experimentsession s WHERE s.team_id = $1 AND {conditions} LIMIT 10001
) q

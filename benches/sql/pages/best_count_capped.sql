-- Whether the listing has more than 10 000 rows, else how many, by hand.
-- $1 team.
SELECT count(*) FROM (SELECT 1 FROM experiments_experimentsession s WHERE s.team_id = $1 LIMIT 10001) q

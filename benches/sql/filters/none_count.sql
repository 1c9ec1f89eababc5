-- By hand: all but those that have it. The first is counted from an index alone, and few are looked up for the second.
SELECT (SELECT count(*) FROM experiments_experimentsession s WHERE s.team_id = $1)
  - (SELECT count(*) FROM experiments_experimentsession s WHERE s.team_id = $1 AND {conditions})

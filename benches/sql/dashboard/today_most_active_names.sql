-- User engagement: their names. {participants} are the keys that the statement before found.
SELECT p.* FROM experiments_participant p WHERE p.team_id = $1 AND p.id IN ({participants})

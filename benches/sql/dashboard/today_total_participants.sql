-- Overview: participants. The ORM's DISTINCT names all columns.
SELECT COUNT(*) AS count FROM experiments_participant p -- all bots
SELECT COUNT(*) AS count FROM ( -- one bot
SELECT DISTINCT p.id AS col1, p.created_at AS col2, p.updated_at AS col3, p.team_id AS col4, p.name AS col5, p.identifier AS col6, -- one bot
  p.public_id AS col7, p.user_id AS col8, p.platform AS col9, p.remote_id AS col10 -- one bot
FROM experiments_participant p INNER JOIN experiments_experimentsession s ON p.id = s.participant_id -- one bot
WHERE p.team_id = $1 AND NOT (p.platform = 'evaluations')
  AND s.experiment_id IN ($5)) subquery -- one bot

-- Part {numbers}: the overview from `g`, which has a row for each chat that counts: its session and its human and ai messages.
SELECT
  (SELECT count(*) FROM experiments_experiment e WHERE e.team_id = $1 AND e.working_version_id IS NULL AND NOT e.is_archived
     AND e.id = $5 -- one bot
  ) AS total_experiments,
  (SELECT count(*) FROM experiments_participant p WHERE p.team_id = $1 AND p.platform <> 'evaluations'
     AND p.id IN (SELECT x.participant_id FROM experiments_experimentsession x WHERE x.team_id = $1 AND x.experiment_id = $5) -- one bot
  ) AS total_participants,
  a.sessions,
  a.messages,
  (SELECT count(*) FROM experiments_experiment e WHERE e.team_id = $1 AND e.working_version_id IS NULL AND NOT e.is_archived
     AND e.id = $5 -- one bot
     AND e.id = ANY (ARRAY(SELECT DISTINCT g.experiment_id FROM g WHERE g.session_id IS NOT NULL))) AS active_experiments,
  a.participants,
  a.completed
FROM (
  SELECT count(session_id) AS sessions, coalesce(sum(human + ai), 0)::bigint AS messages, count(ended_at) AS completed,
    count(DISTINCT participant_id) FILTER (WHERE human > 0) AS participants
  FROM g
) a

-- Overview: chatbots.
SELECT COUNT(*) AS count FROM experiments_experiment e
WHERE NOT e.is_archived AND e.team_id = $1 AND e.working_version_id IS NULL
  AND e.id IN ($5) -- one bot

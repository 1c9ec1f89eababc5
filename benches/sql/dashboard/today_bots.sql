-- Bot performance: all chatbots; they are put together, ordered and cut into pages by the application.
SELECT e.* FROM experiments_experiment e
WHERE NOT e.is_archived AND e.team_id = $1 AND e.working_version_id IS NULL
  AND e.id IN ($5) -- one bot
ORDER BY e.name ASC

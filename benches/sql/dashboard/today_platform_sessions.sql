-- Channel breakdown: the sessions by platform.
SELECT s.platform, COUNT(DISTINCT s.id) AS sessions_count, COUNT(DISTINCT s.participant_id) AS participants_count
FROM experiments_experimentsession s WHERE {sessions}
GROUP BY s.platform

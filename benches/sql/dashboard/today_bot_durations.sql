-- Bot performance: how long each chatbot's sessions were.
SELECT s.experiment_id, COUNT(DISTINCT s.id) AS completed_sessions_count, AVG(s.ended_at - s.created_at) AS average_session_duration
FROM experiments_experimentsession s WHERE {sessions} AND s.ended_at IS NOT NULL
GROUP BY s.experiment_id

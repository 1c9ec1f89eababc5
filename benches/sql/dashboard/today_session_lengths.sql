-- User engagement: how long each session was; the application makes the histogram.
SELECT (s.ended_at - s.created_at) AS duration FROM experiments_experimentsession s WHERE {sessions} AND s.ended_at IS NOT NULL

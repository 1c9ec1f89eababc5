-- Overview: sessions that are over.
SELECT COUNT(*) AS count FROM experiments_experimentsession s WHERE {sessions} AND s.ended_at IS NOT NULL

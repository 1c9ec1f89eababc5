-- Overview: sessions.
SELECT COUNT(*) AS count FROM experiments_experimentsession s WHERE {sessions}

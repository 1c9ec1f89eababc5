-- What pagewise's reports want for the list of chatbots, beside the origin's indexes; of two of which one begins with the
-- other, the longer. One statement per line.
CREATE INDEX wanted_trace ON trace_trace (experiment_id, team_id, "timestamp");
CREATE INDEX wanted_trace_time ON trace_trace (team_id, "timestamp");
CREATE INDEX wanted_session_participant ON experiments_experimentsession (experiment_id, team_id, participant_id, platform);
CREATE INDEX wanted_session_activity ON experiments_experimentsession (experiment_id, team_id, last_activity_at, platform);

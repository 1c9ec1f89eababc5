-- What pagewise's reports want for the list of chatbots, beside the origin's indexes. One statement per line.
CREATE INDEX wanted_trace_time ON trace_trace (experiment_id, team_id, "timestamp");
CREATE INDEX wanted_session_participant ON experiments_experimentsession (experiment_id, team_id, participant_id);

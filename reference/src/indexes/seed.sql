-- The indexes that the design document proposes and the origin never adopted in this form, names kept.
-- idx_trace_session and idx_participantdata_participant duplicate an index of the origin; they are here to be measured.

CREATE INDEX idx_session_team_experiment ON experiments_experimentsession (team_id, experiment_id);
CREATE INDEX idx_session_team_created ON experiments_experimentsession (team_id, created_at);
CREATE INDEX idx_session_team_ended ON experiments_experimentsession (team_id, ended_at);
CREATE INDEX idx_session_exp_participant ON experiments_experimentsession (experiment_id, participant_id);
CREATE INDEX idx_trace_experiment_time ON trace_trace (experiment_id, "timestamp");
CREATE INDEX idx_trace_team_time ON trace_trace (team_id, "timestamp");
CREATE INDEX idx_trace_session ON trace_trace (session_id);
CREATE INDEX idx_taggeditem_type_tag ON annotations_customtaggeditem (content_type_id, tag_id);
CREATE INDEX idx_taggeditem_team_tag ON annotations_customtaggeditem (team_id, tag_id);
CREATE INDEX idx_participantdata_participant ON experiments_participantdata (participant_id);
CREATE INDEX idx_channel_team_platform ON channels_experimentchannel (team_id, platform);
CREATE INDEX idx_session_completed ON experiments_experimentsession (team_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX idx_session_active ON experiments_experimentsession (team_id, created_at) WHERE status = 'active';

-- What the origin has today: its UNIQUE constraints, its own indexes, and one index per foreign key as Django makes them
-- (named table_column without Django's hash). Left out: the varchar_pattern_ops twins of indexed text columns.
-- One statement per line. DESC is Django's "-column": NULLS FIRST, so it does not serve ORDER BY .. DESC NULLS LAST.

CREATE INDEX teams_team_created_by_id ON teams_team (created_by_id);

CREATE INDEX teams_membership_team_id ON teams_membership (team_id);
CREATE INDEX teams_membership_user_id ON teams_membership (user_id);

CREATE INDEX pipelines_pipeline_team_id ON pipelines_pipeline (team_id);
CREATE INDEX pipelines_pipeline_working_version_id ON pipelines_pipeline (working_version_id);

ALTER TABLE experiments_experiment ADD CONSTRAINT experiments_experiment_public_id_key UNIQUE (public_id);
CREATE UNIQUE INDEX unique_default_version_per_experiment ON experiments_experiment (is_default_version, working_version_id) WHERE is_default_version;
CREATE UNIQUE INDEX unique_version_number_per_experiment ON experiments_experiment (version_number, working_version_id) WHERE working_version_id IS NOT NULL;
CREATE INDEX experiments_team_id_e83039_idx ON experiments_experiment (team_id, is_archived, working_version_id);
CREATE INDEX experiments_experiment_team_id ON experiments_experiment (team_id);
CREATE INDEX experiments_experiment_owner_id ON experiments_experiment (owner_id);
CREATE INDEX experiments_experiment_pipeline_id ON experiments_experiment (pipeline_id);
CREATE INDEX experiments_experiment_working_ver ON experiments_experiment (working_version_id);

ALTER TABLE experiments_participant ADD CONSTRAINT experiments_participant_public_id_key UNIQUE (public_id);
ALTER TABLE experiments_participant ADD CONSTRAINT experiments_participant_team_id_platform_identifier_key UNIQUE (team_id, platform, identifier);
CREATE INDEX participant_team_created_idx ON experiments_participant (team_id, created_at DESC);
CREATE INDEX participant_created_at_idx ON experiments_participant (created_at);
CREATE INDEX experiments_participant_team ON experiments_participant (team_id);
CREATE INDEX experiments_participant_user ON experiments_participant (user_id);

ALTER TABLE experiments_participantdata ADD CONSTRAINT experiments_participantdata_participant_id_experiment_id_key UNIQUE (participant_id, experiment_id);
CREATE INDEX experiments_experim_70f029_idx ON experiments_participantdata (experiment_id);
CREATE INDEX experiments_participantdata_participant ON experiments_participantdata (participant_id);
CREATE INDEX experiments_participantdata_team ON experiments_participantdata (team_id);

ALTER TABLE channels_experimentchannel ADD CONSTRAINT channels_experimentchannel_external_id_key UNIQUE (external_id);
CREATE UNIQUE INDEX unique_global_channel_per_team ON channels_experimentchannel (team_id, platform) WHERE NOT deleted AND platform IN ('api', 'web', 'evaluations');
CREATE INDEX channels_experimentchannel_team_id ON channels_experimentchannel (team_id);
CREATE INDEX channels_experimentchannel_experiment ON channels_experimentchannel (experiment_id);

CREATE INDEX chat_chat_team_id ON chat_chat (team_id);

CREATE INDEX chat_chatme_chat_id_45c5e0_idx ON chat_chatmessage (chat_id, created_at);
CREATE INDEX chat_chatme_chat_id_4753eb_idx ON chat_chatmessage (chat_id, message_type, created_at);
CREATE INDEX chatmessage_created_at_idx ON chat_chatmessage (created_at);
CREATE INDEX chat_chatmessage_chat_id ON chat_chatmessage (chat_id);

ALTER TABLE annotations_tag ADD CONSTRAINT annotations_tag_slug_key UNIQUE (slug);
ALTER TABLE annotations_tag ADD CONSTRAINT annotations_tag_team_id_name_is_system_tag_category_key UNIQUE (team_id, name, is_system_tag, category);
CREATE INDEX annotations_tag_team_id ON annotations_tag (team_id);
CREATE INDEX annotations_tag_created_by ON annotations_tag (created_by_id);

ALTER TABLE annotations_customtaggeditem ADD CONSTRAINT content_type_object_id_tag_id_4bb97a8e_uniq UNIQUE (content_type_id, object_id, tag_id);
CREATE INDEX annotations_content_89df85_idx ON annotations_customtaggeditem (content_type_id, object_id);
CREATE INDEX annotations_customtaggeditem_object_id ON annotations_customtaggeditem (object_id);
CREATE INDEX annotations_customtaggeditem_ct ON annotations_customtaggeditem (content_type_id);
CREATE INDEX annotations_customtaggeditem_tag_id ON annotations_customtaggeditem (tag_id);
CREATE INDEX annotations_customtaggeditem_team_id ON annotations_customtaggeditem (team_id);
CREATE INDEX annotations_customtaggeditem_user_id ON annotations_customtaggeditem (user_id);

ALTER TABLE experiments_experimentsession ADD CONSTRAINT experiments_experimentsession_external_id_key UNIQUE (external_id);
ALTER TABLE experiments_experimentsession ADD CONSTRAINT experiments_experimentsession_chat_id_key UNIQUE (chat_id);
CREATE INDEX expsession_team_lastact_idx ON experiments_experimentsession (team_id, last_activity_at DESC);
CREATE INDEX expsession_team_firstact_idx ON experiments_experimentsession (team_id, first_activity_at);
CREATE INDEX expsession_created_at_idx ON experiments_experimentsession (created_at);
CREATE INDEX expsession_team_lastact_c_idx ON experiments_experimentsession (team_id, (COALESCE(last_activity_at, created_at)) DESC);
CREATE INDEX experiments_experimentsession_team_id ON experiments_experimentsession (team_id);
CREATE INDEX experiments_experimentsession_participant_id ON experiments_experimentsession (participant_id);
CREATE INDEX experiments_experimentsession_experiment_id ON experiments_experimentsession (experiment_id);
CREATE INDEX experiments_experimentsession_channel_id ON experiments_experimentsession (experiment_channel_id);

CREATE INDEX trace_team_timestamp_idx ON trace_trace (team_id, "timestamp" DESC) WHERE NOT (status = 'pending');
CREATE INDEX trace_experiment_timestamp_idx ON trace_trace (experiment_id, "timestamp" DESC);
CREATE INDEX trace_session_timestamp_idx ON trace_trace (session_id, "timestamp" DESC);
CREATE INDEX trace_timestamp_idx ON trace_trace ("timestamp");
CREATE INDEX trace_trace_status ON trace_trace (status);
CREATE INDEX trace_trace_experiment_id ON trace_trace (experiment_id);
CREATE INDEX trace_trace_session_id ON trace_trace (session_id);
CREATE INDEX trace_trace_participant_id ON trace_trace (participant_id);
CREATE INDEX trace_trace_input_message_id ON trace_trace (input_message_id);
CREATE INDEX trace_trace_output_message_id ON trace_trace (output_message_id);
CREATE INDEX trace_trace_team_id ON trace_trace (team_id);

ALTER TABLE dashboard_dashboardcache ADD CONSTRAINT dashboard_dashboardcache_team_id_cache_key_key UNIQUE (team_id, cache_key);
CREATE INDEX dashboard_d_team_id_fee32a_idx ON dashboard_dashboardcache (team_id, cache_key, expires_at);
CREATE INDEX dashboard_dashboardcache_team ON dashboard_dashboardcache (team_id);

ALTER TABLE dashboard_dashboardfilter ADD CONSTRAINT dashboard_dashboardfilter_team_id_user_id_filter_name_key UNIQUE (team_id, user_id, filter_name);
CREATE INDEX dashboard_d_team_id_76f6f0_idx ON dashboard_dashboardfilter (team_id, user_id, filter_name);
CREATE INDEX dashboard_dashboardfilter_team_id ON dashboard_dashboardfilter (team_id);
CREATE INDEX dashboard_dashboardfilter_user_id ON dashboard_dashboardfilter (user_id);

CREATE INDEX evaluations_evaluationdataset_team_id ON evaluations_evaluationdataset (team_id);

CREATE INDEX evaluations_evaluationmessage_session_id ON evaluations_evaluationmessage (session_id);

ALTER TABLE evaluations_evaluationdataset_messages ADD CONSTRAINT evaluations_evaluationdataset_messages_dataset_message_key UNIQUE (evaluationdataset_id, evaluationmessage_id);
CREATE INDEX evaluations_dataset_messages_evaluationdataset_id ON evaluations_evaluationdataset_messages (evaluationdataset_id);
CREATE INDEX evaluations_dataset_messages_evaluationmessage_id ON evaluations_evaluationdataset_messages (evaluationmessage_id);

CREATE UNIQUE INDEX unique_session_per_queue ON human_annotations_annotationitem (queue_id, session_id) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX unique_message_per_queue ON human_annotations_annotationitem (queue_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX human_annotations_item_team_id ON human_annotations_annotationitem (team_id);
CREATE INDEX human_annotations_item_queue_id ON human_annotations_annotationitem (queue_id);
CREATE INDEX human_annotations_item_session_id ON human_annotations_annotationitem (session_id);
CREATE INDEX human_annotations_item_message_id ON human_annotations_annotationitem (message_id);

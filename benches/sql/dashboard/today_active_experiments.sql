-- Overview: chatbots that have one of the sessions.
SELECT COUNT(*) AS count FROM (
  SELECT DISTINCT e.id AS col1, e.created_at AS col2, e.updated_at AS col3, e.team_id AS col4, e.owner_id AS col5, e.name AS col6,
    e.description AS col7, e.pipeline_id AS col8, e.seed_message AS col9, e.public_id AS col10, e.consent_form_id AS col11,
    e.voice_provider_id AS col12, e.synthetic_voice_id AS col13, e.trace_provider_id AS col14,
    e.conversational_consent_enabled AS col15, e.voice_response_behaviour AS col16, e.echo_transcript AS col17,
    e.participant_allowlist AS col18, e.working_version_id AS col19, e.version_number AS col20, e.is_default_version AS col21,
    e.is_archived AS col22, e.version_description AS col23, e.debug_mode_enabled AS col24, e.create_version_task_id AS col25,
    e.file_uploads_enabled AS col26
  FROM experiments_experiment e
  INNER JOIN experiments_experimentsession x ON e.id = x.experiment_id
  WHERE NOT e.is_archived AND e.team_id = $1 AND e.working_version_id IS NULL
    AND e.id IN ($5) -- one bot
    AND x.id IN (SELECT s.id FROM experiments_experimentsession s WHERE {sessions})
) subquery

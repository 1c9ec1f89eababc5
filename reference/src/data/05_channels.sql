-- Channels: web, api and evaluations once per team (no chatbot), whatsapp and telegram per chatbot; one in ten deleted.
CREATE TEMP TABLE reference_channel AS
SELECT row_number() OVER (ORDER BY team_id, chatbot_id NULLS FIRST, platform COLLATE "C") AS id, team_id, chatbot_id, platform
FROM (SELECT team_id, NULL::bigint AS chatbot_id, platform
      FROM reference_team, unnest(ARRAY['api', 'evaluations', 'web']) AS platform
      UNION ALL
      SELECT team_id, id, platform FROM reference_chatbot, unnest(ARRAY['telegram', 'whatsapp']) AS platform
      WHERE pg_temp.chance(id * 2 + length(platform) % 2, 20) < 0.6) AS wanted;

INSERT INTO channels_experimentchannel
    (id, created_at, updated_at, team_id, name, experiment_id, deleted, extra_data, external_id, platform)
SELECT id, reference_now - interval '12000 hours', reference_now - interval '12000 hours', team_id,
       platform || coalesce(' ' || chatbot_id, ''), chatbot_id, chatbot_id IS NOT NULL AND id % 10 = 0,
       '{}', pg_temp.public_uuid('channel', id), platform
FROM reference_channel, reference_settings ORDER BY id;
ANALYZE reference_channel;

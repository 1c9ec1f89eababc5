-- All chats, sessions and messages once more, 400 days older: the reference data is as long, so that no window which ends
-- with it reads any of these. Their keys are beyond those of the reference data at any scale.
INSERT INTO chat_chat (id, created_at, updated_at, team_id, name, metadata)
SELECT c.id + 1000000000, c.created_at - interval '400 days', c.updated_at - interval '400 days', c.team_id, c.name, c.metadata
FROM chat_chat c;

INSERT INTO experiments_experimentsession (id, created_at, updated_at, team_id, external_id, participant_id, status, ended_at,
  experiment_id, chat_id, platform, experiment_versions, last_activity_at, first_activity_at)
SELECT s.id + 1000000000, s.created_at - interval '400 days', s.updated_at - interval '400 days', s.team_id,
  'older-' || s.external_id, s.participant_id, s.status, s.ended_at - interval '400 days', s.experiment_id,
  s.chat_id + 1000000000, s.platform, s.experiment_versions, s.last_activity_at - interval '400 days',
  s.first_activity_at - interval '400 days'
FROM experiments_experimentsession s;

INSERT INTO chat_chatmessage (id, created_at, updated_at, chat_id, message_type, content, translations, metadata)
SELECT m.id + 1000000000, m.created_at - interval '400 days', m.updated_at - interval '400 days', m.chat_id + 1000000000,
  m.message_type, m.content, m.translations, m.metadata
FROM chat_chatmessage m;

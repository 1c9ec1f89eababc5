-- A team of sixty sessions, and their chatbots, messages and traces: copies of another's, with keys of their own. The
-- smallest team of the reference data has some hundreds.
-- {team} whose are copied, {tiny} the new one, {shift} what keys are moved by.
INSERT INTO teams_team (id, name, slug) VALUES ({tiny}, 'Tiny', 'tiny');
CREATE TEMP TABLE copied_session AS
  SELECT * FROM experiments_experimentsession WHERE team_id = {team} ORDER BY id * 7919 % 100003, id LIMIT 60;
CREATE TEMP TABLE copied_chatbot AS
  SELECT * FROM experiments_experiment WHERE id IN (SELECT experiment_id FROM copied_session);
CREATE TEMP TABLE copied_participant AS
  SELECT * FROM experiments_participant WHERE id IN (SELECT participant_id FROM copied_session);
CREATE TEMP TABLE copied_chat AS
  SELECT * FROM chat_chat WHERE id IN (SELECT chat_id FROM copied_session);
CREATE TEMP TABLE copied_message AS
  SELECT * FROM chat_chatmessage WHERE chat_id IN (SELECT chat_id FROM copied_session);
CREATE TEMP TABLE copied_trace AS
  SELECT * FROM trace_trace WHERE session_id IN (SELECT id FROM copied_session);
UPDATE copied_chatbot SET id = id + {shift}, team_id = {tiny}, public_id = gen_random_uuid();
UPDATE copied_participant SET id = id + {shift}, team_id = {tiny}, public_id = gen_random_uuid();
UPDATE copied_chat SET id = id + {shift}, team_id = {tiny};
UPDATE copied_message SET id = id + {shift}, chat_id = chat_id + {shift};
UPDATE copied_session SET id = id + {shift}, team_id = {tiny}, external_id = gen_random_uuid()::text,
  chat_id = chat_id + {shift}, participant_id = participant_id + {shift}, experiment_id = experiment_id + {shift};
UPDATE copied_trace SET id = id + {shift}, team_id = {tiny}, session_id = session_id + {shift},
  participant_id = participant_id + {shift}, experiment_id = experiment_id + {shift};
INSERT INTO experiments_experiment SELECT * FROM copied_chatbot;
INSERT INTO experiments_participant SELECT * FROM copied_participant;
INSERT INTO chat_chat SELECT * FROM copied_chat;
INSERT INTO chat_chatmessage SELECT * FROM copied_message;
INSERT INTO experiments_experimentsession SELECT * FROM copied_session;
INSERT INTO trace_trace SELECT * FROM copied_trace;
DROP TABLE copied_session, copied_chatbot, copied_participant, copied_chat, copied_message, copied_trace;

-- Sequences go on after the loaded ids; the staging tables, functions and settings go away.
SELECT setval(pg_get_serial_sequence('users_customuser', 'id'), (SELECT max(id) FROM users_customuser));
SELECT setval(pg_get_serial_sequence('teams_team', 'id'), (SELECT max(id) FROM teams_team));
SELECT setval(pg_get_serial_sequence('teams_membership', 'id'), (SELECT max(id) FROM teams_membership));
SELECT setval(pg_get_serial_sequence('django_content_type', 'id'), (SELECT max(id) FROM django_content_type));
SELECT setval(pg_get_serial_sequence('pipelines_pipeline', 'id'), (SELECT max(id) FROM pipelines_pipeline));
SELECT setval(pg_get_serial_sequence('experiments_experiment', 'id'), (SELECT max(id) FROM experiments_experiment));
SELECT setval(pg_get_serial_sequence('experiments_participant', 'id'), (SELECT max(id) FROM experiments_participant));
SELECT setval(pg_get_serial_sequence('experiments_participantdata', 'id'), (SELECT max(id) FROM experiments_participantdata));
SELECT setval(pg_get_serial_sequence('chat_chat', 'id'), (SELECT max(id) FROM chat_chat));
SELECT setval(pg_get_serial_sequence('chat_chatmessage', 'id'), (SELECT max(id) FROM chat_chatmessage));
SELECT setval(pg_get_serial_sequence('annotations_tag', 'id'), (SELECT max(id) FROM annotations_tag));
SELECT setval(pg_get_serial_sequence('annotations_customtaggeditem', 'id'), (SELECT max(id) FROM annotations_customtaggeditem));
SELECT setval(pg_get_serial_sequence('channels_experimentchannel', 'id'), (SELECT max(id) FROM channels_experimentchannel));
SELECT setval(pg_get_serial_sequence('experiments_experimentsession', 'id'), (SELECT max(id) FROM experiments_experimentsession));
SELECT setval(pg_get_serial_sequence('trace_trace', 'id'), (SELECT max(id) FROM trace_trace));
SELECT setval(pg_get_serial_sequence('dashboard_dashboardcache', 'id'), (SELECT max(id) FROM dashboard_dashboardcache));
SELECT setval(pg_get_serial_sequence('dashboard_dashboardfilter', 'id'), (SELECT max(id) FROM dashboard_dashboardfilter));
SELECT setval(pg_get_serial_sequence('evaluations_evaluationdataset', 'id'), (SELECT max(id) FROM evaluations_evaluationdataset));
SELECT setval(pg_get_serial_sequence('evaluations_evaluationmessage', 'id'), (SELECT max(id) FROM evaluations_evaluationmessage));
SELECT setval(pg_get_serial_sequence('evaluations_evaluationdataset_messages', 'id'), (SELECT max(id) FROM evaluations_evaluationdataset_messages));
SELECT setval(pg_get_serial_sequence('human_annotations_annotationitem', 'id'), (SELECT max(id) FROM human_annotations_annotationitem));

DROP TABLE reference_arrival, reference_activity, reference_link, reference_message, reference_session, reference_draw,
    reference_channel, reference_participant, reference_population, reference_chatbot, reference_team, reference_settings;
DROP FUNCTION pg_temp.chance(bigint, integer);
DROP FUNCTION pg_temp.public_uuid(text, bigint);
RESET TimeZone;
RESET max_parallel_workers_per_gather;
RESET jit;
RESET work_mem;

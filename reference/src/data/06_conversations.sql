-- What will happen in every session, decided before any row is written. "draw" counts sessions by team and chatbot;
-- its remainders place the rare cases, so that each exists at every scale. Everything else is left to chance(draw, ..).
CREATE TEMP TABLE reference_draw AS
SELECT base + k AS draw, team_id, experiment_id, versions
FROM (SELECT team_id, id AS experiment_id, versions, sessions,
             (sum(sessions) OVER (ORDER BY team_id, rank) - sessions)::bigint AS base
      FROM (SELECT team_id, id, rank, versions,
                   greatest(1, round(200000 * scale * share * weight::float8
                                     / (sum(weight) OVER (PARTITION BY team_id))::float8))::bigint AS sessions
            FROM reference_chatbot, reference_settings WHERE weight > 0) AS sized) AS placed,
     LATERAL generate_series(1, sessions) AS k;

CREATE TEMP TABLE reference_session AS
WITH decided AS MATERIALIZED (
    SELECT d.draw, d.team_id, d.experiment_id, d.versions, reference_now,
           draw % 40 = 3 AS same_start,      -- ten in a row start at the same instant and run alike
           draw % 30 = 8 AS same_messages,   -- messages come in pairs of one instant
           draw % 50 = 11 AS is_evaluation,
           draw % 100 = 33 AS is_late_setup, -- still in setup although it has messages
           draw % 70 = 21 AS only_seed,      -- one message, by the chatbot: no human activity yet
           CASE WHEN draw % 40 = 3 THEN reference_now - interval '1 hour' * (12 + 24 * ((draw / 400) % 300))
                ELSE reference_now - interval '1 microsecond'
                     * (3600000000 + floor(34560000000000 * pg_temp.chance(draw, 30) * sqrt(pg_temp.chance(draw, 30))))
           END AS created_at,
           -- a tail like an exponential's with mean 10, plus one session in a thousand with 200 to 600 messages
           CASE WHEN draw % 40 = 3 THEN 4
                WHEN draw % 70 = 21 THEN 1
                WHEN draw % 25 = 14 THEN 0
                WHEN draw % 30 = 8 OR draw % 100 = 33 THEN 4 + floor(pg_temp.chance(draw, 31) * 10)::integer
                WHEN pg_temp.chance(draw, 32) < 0.065 THEN 0
                WHEN pg_temp.chance(draw, 32) > 0.999 THEN 200 + floor(pg_temp.chance(draw, 31) * 400)::integer
                ELSE 1 + floor(7.8 * pg_temp.chance(draw, 31) / (1.15 - pg_temp.chance(draw, 31)))::integer END AS messages,
           CASE WHEN draw % 40 = 3 THEN 60000000::float8
                ELSE 20000000 + floor(3600000000 * power4) END AS wanted_step,
           pg_temp.chance(draw, 33) AS fate, pg_temp.chance(draw, 34) AS version_fate, pg_temp.chance(draw, 35) AS switch_fate
    FROM (SELECT r.*, pg_temp.chance(draw, 36) * pg_temp.chance(draw, 36) * pg_temp.chance(draw, 36) * pg_temp.chance(draw, 36) AS power4
          FROM reference_draw AS r) AS d, reference_settings),
versioned AS (
    SELECT *,
           -- NULL: the working version answers, so nothing is added to experiment_versions; one session in twenty
           CASE WHEN versions > 0 AND version_fate < 0.95 THEN 1 + floor(version_fate / 0.95 * versions)::integer END AS version
    FROM decided)
SELECT row_number() OVER (ORDER BY v.created_at, v.draw) AS id,
       sessionless_chats + row_number() OVER (ORDER BY v.created_at, v.draw) AS chat_id,
       v.draw, v.team_id, v.experiment_id, v.created_at, v.messages, v.versions, v.version,
       -- one session in six changes its version half-way (a third of those is too short to show it), some of them back to an older one
       CASE WHEN v.switch_fate >= 0.18 OR v.versions = 0 THEN NULL
            WHEN v.version IS NULL THEN v.versions
            WHEN v.version < v.versions AND (v.version = 1 OR v.switch_fate < 0.12) THEN v.version + 1
            WHEN v.version > 1 THEN v.version - 1 END AS second_version,
       v.same_start, v.same_messages, v.is_late_setup, v.fate,
       v.only_seed OR pg_temp.chance(v.draw, 37) < 0.2 AND NOT v.same_start AND NOT v.same_messages AS has_seed,
       -- no message lies in the future
       least(v.wanted_step, floor(extract(epoch FROM v.reference_now - v.created_at)::float8 * 1000000 / (v.messages + 2))) AS step,
       p.base + CASE WHEN v.is_evaluation THEN 7 + 50 * floor(pg_temp.chance(v.draw, 38) * (p.size / 50))::bigint
                     ELSE 1 + floor(p.size * pg_temp.chance(v.draw, 38) * pg_temp.chance(v.draw, 38))::bigint END AS participant_id
FROM versioned AS v JOIN reference_population AS p USING (team_id), reference_settings;
CREATE UNIQUE INDEX ON reference_session (chat_id);
ANALYZE reference_session;

-- The first chats belong to no session (one in three is empty); the ids of all chats are also ids of messages.
INSERT INTO chat_chat (id, created_at, updated_at, team_id, name, metadata)
SELECT id, started, started, CASE WHEN id % 5 < 2 THEN 1 ELSE 1 + id % team_count END, 'Chat without session', '{}'
FROM (SELECT id, team_count, reference_now - interval '1 second' * (7200 + floor(pg_temp.chance(id, 40) * 34560000)) AS started
      FROM reference_settings, generate_series(1, sessionless_chats) AS id) AS chats
ORDER BY id;
INSERT INTO chat_chat (id, created_at, updated_at, team_id, name, metadata)
SELECT chat_id, created_at, created_at, team_id, 'Chat ' || chat_id,
       CASE WHEN version IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('experiment_version', version) END
FROM reference_session ORDER BY chat_id;

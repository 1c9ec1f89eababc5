-- Participants: ids are contiguous within a team. The position k in the team decides the platform of the special ones.
CREATE TEMP TABLE reference_population AS
SELECT team_id, size, (sum(size) OVER (ORDER BY team_id) - size)::bigint AS base
FROM (SELECT team_id, greatest(60, round(60000 * scale * share))::bigint AS size
      FROM reference_team, reference_settings) AS sized;

CREATE TEMP TABLE reference_participant AS
SELECT base + k AS id, team_id, k,
       CASE WHEN k % 50 = 7 THEN 'evaluations'
            WHEN k % 30 = 3 THEN 'whatsapp'
            WHEN k % 30 = 4 THEN 'telegram'  -- the same person as the one before, on another platform
            ELSE (ARRAY['web', 'web', 'web', 'whatsapp', 'telegram', 'api'])[1 + floor(pg_temp.chance(base + k, 10) * 6)::integer]
       END AS platform
FROM reference_population, LATERAL generate_series(1, size) AS k;
CREATE UNIQUE INDEX ON reference_participant (id);
ANALYZE reference_participant;

INSERT INTO experiments_participant
    (id, created_at, updated_at, team_id, name, identifier, public_id, user_id, platform, remote_id)
SELECT id, reference_now - interval '1 second' * floor(pg_temp.chance(id, 11) * 36288000), reference_now, team_id,
       CASE WHEN id % 10 < 3 THEN 'Participant ' || id ELSE '' END,
       CASE WHEN id % 10 = 9 AND k % 30 NOT IN (3, 4) THEN 'anon:' || pg_temp.public_uuid('participant', id)
            WHEN k % 30 = 4 THEN 'p' || (id - 1) || '@example.org'
            ELSE 'p' || id || '@example.org' END,
       pg_temp.public_uuid('participant', id),
       CASE WHEN k % 40 = 1 THEN (team_id - 1) * 5 + 1 + id % 5 END, platform,
       CASE WHEN id % 4 = 0 THEN 'remote-' || id ELSE '' END
FROM reference_participant, reference_settings ORDER BY id;

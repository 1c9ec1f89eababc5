-- Settings of the session and two functions; the last step undoes both.
-- Parallel workers would make the row order of a scan depend on the machine; jit costs more than it saves here.
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '256MB';

CREATE TEMP TABLE reference_settings AS
SELECT {scale}::float8 AS scale,
       timestamptz '2026-11-01 00:00:00+00' AS reference_now,
       least(40, greatest(3, round(400 * {scale}::float8)))::bigint AS team_count,
       greatest(12, round(1000 * {scale}::float8))::bigint AS sessionless_chats;

-- The only source of chance: a number in [0, 1) that depends on a key and on what is asked (the salt), never on row order.
-- Only + - * / and sqrt are used on it: power() and ln() differ in the last bit between C libraries.
CREATE FUNCTION pg_temp.chance(key bigint, salt integer) RETURNS float8 IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT ((hashint8extended(key, salt::bigint) >> 11) & 9007199254740991)::float8 / 9007199254740992.0::float8
$$;
CREATE FUNCTION pg_temp.public_uuid(kind text, key bigint) RETURNS uuid IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT md5(kind || key::text)::uuid
$$;

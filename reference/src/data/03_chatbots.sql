-- Working chatbots. Within a team the rank decides: weight 1/(rank + 2), the last 15 % (at least one) never got a session.
CREATE TEMP TABLE reference_chatbot AS
SELECT row_number() OVER (ORDER BY pg_temp.chance(team_id * 100000 + rank, 1), team_id, rank) AS id,
       team_id, share, rank, chatbots,
       CASE WHEN rank <= used THEN 1000000 / (rank + 2) ELSE 0 END AS weight,
       -- 12 versions for the busiest, 2 for the second (its next is the v3 of "v3-unreleased"), none for one in ten
       CASE WHEN rank > used THEN 0 WHEN rank = 1 THEN 12 WHEN rank = 2 THEN 2
            WHEN pg_temp.chance(team_id * 100000 + rank, 2) < 0.10 THEN 0
            ELSE 2 + floor(pg_temp.chance(team_id * 100000 + rank, 3) * 11)::integer END AS versions,
       -- archived chatbots with sessions and without; archived or not, what happened in them keeps counting
       rank = greatest(2, chatbots / 2) OR pg_temp.chance(team_id * 100000 + rank, 4) < 0.04 AND rank > 1 AS is_archived,
       rank = used AND team_id % 2 = 1 AS has_no_pipeline
FROM (SELECT team_id, share, chatbots, chatbots - greatest(1, chatbots * 15 / 100) AS used
      FROM (SELECT team_id, share, greatest(5, round(600 * scale * share))::bigint AS chatbots
            FROM reference_team, reference_settings) AS sized) AS teams,
     LATERAL generate_series(1, chatbots) AS rank;

INSERT INTO pipelines_pipeline (id, created_at, updated_at, name, data, team_id, is_archived)
SELECT id, reference_now - interval '12000 hours', reference_now - interval '24 hours', 'Pipeline ' || id,
       '{"nodes": [], "edges": []}', team_id, is_archived
FROM reference_chatbot, reference_settings ORDER BY id;

-- Names repeat within a team (order by name needs a tie-break); some descriptions are NULL.
INSERT INTO experiments_experiment
    (id, created_at, updated_at, team_id, owner_id, name, description, pipeline_id, public_id, version_number, is_archived)
SELECT id, reference_now - interval '12000 hours' + interval '1 hour' * (id % 500),
       reference_now - interval '1 second' * floor(pg_temp.chance(id, 5) * 34560000),
       team_id, (team_id - 1) * 5 + 1 + id % 5,
       (ARRAY['Maternal health', 'Vaccination', 'Nutrition', 'Farming', 'Onboarding', 'Coaching', 'Survey'])[1 + id % 7]
           || CASE WHEN id % 9 = 0 THEN ' bot' ELSE ' bot ' || id END,
       CASE WHEN rank % 8 <> 5 THEN 'Answers questions about topic ' || id % 40 || '. ' || repeat(md5(id::text), 4) END,
       CASE WHEN NOT has_no_pipeline THEN id END, pg_temp.public_uuid('experiment', id), versions + 1, is_archived
FROM reference_chatbot, reference_settings ORDER BY id;

-- Versions: frozen copies with ids after all working rows. The last one is published, except in one family of ten.
INSERT INTO experiments_experiment
    (id, created_at, updated_at, team_id, owner_id, name, description, pipeline_id, public_id,
     working_version_id, version_number, is_default_version, is_archived, version_description)
SELECT (SELECT count(*) FROM reference_chatbot) + row_number() OVER (ORDER BY b.id, v),
       e.created_at + interval '48 hours' * v, e.created_at + interval '48 hours' * v, e.team_id, e.owner_id, e.name,
       e.description, e.pipeline_id, pg_temp.public_uuid('version', b.id * 100 + v),
       b.id, v, v = b.versions AND b.id % 10 <> 4, e.is_archived OR v + 6 < b.versions, 'Version ' || v
FROM reference_chatbot AS b JOIN experiments_experiment AS e ON e.id = b.id, LATERAL generate_series(1, b.versions) AS v
ORDER BY b.id, v;

CREATE UNIQUE INDEX ON reference_chatbot (id);
ANALYZE reference_chatbot;

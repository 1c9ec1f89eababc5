-- Content types: ids far from 1 and not in the order of the models; another app has a model named "chat" too.
INSERT INTO django_content_type (id, app_label, model) VALUES
    (4, 'auth', 'user'), (9, 'legacy', 'chat'), (12, 'chat', 'chatmessage'), (23, 'annotations', 'tag'),
    (37, 'experiments', 'experimentsession'), (41, 'chat', 'chat'), (58, 'trace', 'trace'),
    (60, 'bot_channels', 'experimentchannel');

-- Team 1 has 40 % of everything, the others share the rest by 1/rank. Integer weights: their sum is exact in any order.
CREATE TEMP TABLE reference_team AS
SELECT k AS team_id,
       CASE WHEN k = 1 THEN 0.4::float8
            ELSE 0.6::float8 * (1000000 / k)::float8
                 / (SELECT sum(1000000 / j) FROM generate_series(2, team_count) AS j)::float8 END AS share
FROM reference_settings, generate_series(1, team_count) AS k;

-- Five users per team; user 1 belongs to every team.
INSERT INTO users_customuser (id, username, first_name, last_name, email, is_superuser, is_staff, date_joined)
SELECT (team_id - 1) * 5 + k, 'user' || ((team_id - 1) * 5 + k) || '@example.org',
       (ARRAY['Ada', 'Grace', 'Katherine', 'Edsger', 'Barbara'])[k], 'Team ' || team_id,
       'user' || ((team_id - 1) * 5 + k) || '@example.org', team_id = 1 AND k = 1, team_id = 1 AND k = 1,
       timestamptz '2024-01-01 00:00:00+00'
FROM reference_team, generate_series(1, 5) AS k
ORDER BY team_id, k;

INSERT INTO teams_team (id, created_at, updated_at, name, slug, created_by_id)
SELECT team_id, timestamptz '2024-01-01 00:00:00+00', timestamptz '2024-01-01 00:00:00+00',
       'Team ' || team_id, 'team-' || team_id, (team_id - 1) * 5 + 1
FROM reference_team ORDER BY team_id;

INSERT INTO teams_membership (id, created_at, updated_at, team_id, user_id)
SELECT row_number() OVER (ORDER BY team_id, user_id), timestamptz '2024-01-01 00:00:00+00',
       timestamptz '2024-01-01 00:00:00+00', team_id, user_id
FROM (SELECT team_id, (team_id - 1) * 5 + k AS user_id FROM reference_team, generate_series(1, 5) AS k
      UNION ALL SELECT team_id, 1 FROM reference_team WHERE team_id > 1) AS members
ORDER BY team_id, user_id;

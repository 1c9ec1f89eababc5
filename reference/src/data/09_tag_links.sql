-- user_id only on what a person has tagged.
INSERT INTO annotations_customtaggeditem (id, object_id, created_at, updated_at, content_type_id, tag_id, team_id, user_id)
SELECT row_number() OVER (ORDER BY created_at, content_type_id, object_id, tag_id), object_id::integer, created_at, created_at,
       content_type_id, tag_id, team_id, CASE WHEN tag_id % 100 BETWEEN 21 AND 51 THEN (team_id - 1) * 5 + 1 + object_id % 5 END
FROM reference_link
ORDER BY created_at, content_type_id, object_id, tag_id;

-- Tag analytics: each link on one of the messages, with its tag; the application counts them.
SELECT v.*, t.* FROM annotations_customtaggeditem v
INNER JOIN annotations_tag t ON v.tag_id = t.id
WHERE NOT (t.category = 'experiment_version') AND v.content_type_id = $6
  AND v.object_id IN (SELECT m.id {messages})
  AND t.team_id = $1 AND v.team_id = $1

-- By hand: the newest thousand row by row; the chats that have it only if those do not fill the page.
WITH first AS MATERIALIZED (
  SELECT s.id, s.external_id, s.status, s.created_at
  FROM (
    SELECT s.id, s.external_id, s.status, s.created_at, s.chat_id
    FROM experiments_experimentsession s
    WHERE s.team_id = $1 AND {narrowed}
    ORDER BY s.created_at DESC, s.id DESC
    LIMIT 1000
  ) s
  WHERE {probe}
  ORDER BY s.created_at DESC, s.id DESC
  LIMIT 25
)
SELECT * FROM (
  SELECT * FROM first WHERE (SELECT count(*) FROM first) = 25
  UNION ALL
  (SELECT s.id, s.external_id, s.status, s.created_at
   FROM experiments_experimentsession s
   WHERE (SELECT count(*) FROM first) < 25 AND s.team_id = $1 AND {narrowed} AND {set}
   ORDER BY s.created_at DESC, s.id DESC
   LIMIT 25)
) q
ORDER BY created_at DESC, id DESC

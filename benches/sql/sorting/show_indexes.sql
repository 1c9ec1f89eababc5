-- Hides indexes from the planner that are not of a set, and shows those that are. It still keeps them up to date, so
-- that another set is shown in no time. Only a superuser may do this, on a server of one's own.
-- $1 kinds of the set, $2 names that the design document proposes, $3 names that are made for this comparison.
UPDATE pg_index SET indisvalid = shown.is_shown
FROM (
  SELECT i.indexrelid, CASE
      WHEN c.relname = ANY($2) THEN 'proposed'
      WHEN c.relname = ANY($3) THEN 'wanted'
      WHEN i.indisunique THEN 'unique'
      WHEN i.indnatts = 1 AND i.indpred IS NULL AND a.attname LIKE '%\_id' THEN 'foreign key'
      ELSE 'origin'
    END = ANY($1) AS is_shown
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
  WHERE c.relnamespace = 'public'::regnamespace
) shown
WHERE pg_index.indexrelid = shown.indexrelid AND pg_index.indisvalid IS DISTINCT FROM shown.is_shown

-- A match of a text and two equalities, as the origin's ORM emits them, in the order in which its user asked.
-- $1 team, $2 pattern, $3 status, $4 platform.
UPPER(s.external_id::text) LIKE UPPER($2) AND s.status = $3 AND s.platform = $4

-- By hand: equality as ANY of an array, which keeps its place before the match.
s.status = ANY(ARRAY[$3]) AND s.platform = ANY(ARRAY[$4]) AND s.external_id ILIKE $2

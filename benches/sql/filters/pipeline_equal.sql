-- By hand: equalities, then the match.
s.status = $3 AND s.platform = $4 AND s.external_id ILIKE $2

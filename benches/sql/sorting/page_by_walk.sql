-- The newest messages of everybody, five thousand at most; the probes only if these do not fill the page. Of the oldest
-- instant among them not all messages may be there, so that it does not count.
-- $1 team.
newest AS MATERIALIZED (
  SELECT x.chat_id, x.created_at FROM chat_chatmessage x ORDER BY x.created_at DESC LIMIT 5000
), walked AS MATERIALIZED (
  SELECT s.id, max(n.created_at) AS sorted_by
  FROM newest n
  JOIN experiments_experimentsession s ON s.chat_id = n.chat_id AND s.team_id = $1
  WHERE n.created_at > (SELECT min(created_at) FROM newest)
  GROUP BY s.id
  ORDER BY sorted_by DESC, s.id DESC
  LIMIT 25
), page AS MATERIALIZED (
  SELECT walked.id, walked.sorted_by FROM walked WHERE (SELECT count(*) FROM walked) = 25
  UNION ALL
  (SELECT s.id, (SELECT max(x.created_at) FROM chat_chatmessage x WHERE x.chat_id = s.chat_id) AS sorted_by
  FROM experiments_experimentsession s
  WHERE s.team_id = $1 AND (SELECT count(*) FROM walked) < 25
  ORDER BY sorted_by DESC NULLS LAST, s.id DESC
  LIMIT 25)
)

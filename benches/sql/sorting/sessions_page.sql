-- What a page of sessions shows, by hand, around the CTE that finds its rows: those files that are called after the way.
WITH {page}
SELECT s.id, s.external_id, s.status, s.created_at, e.name AS chatbot, p.identifier AS participant, c.name AS chat,
  m.first_message_at, page.sorted_by, m.message_count
FROM page
JOIN experiments_experimentsession s ON s.id = page.id
JOIN experiments_experiment e ON e.id = s.experiment_id
JOIN experiments_participant p ON p.id = s.participant_id
JOIN chat_chat c ON c.id = s.chat_id
CROSS JOIN LATERAL (
  SELECT min(x.created_at) AS first_message_at, count(*) AS message_count
  FROM chat_chatmessage x WHERE x.chat_id = s.chat_id
) m
ORDER BY page.sorted_by DESC NULLS LAST, page.id DESC

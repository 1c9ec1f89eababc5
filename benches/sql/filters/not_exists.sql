-- By hand: neither on the chat nor on a message, two anti-joins.
NOT EXISTS (SELECT 1 FROM annotations_customtaggeditem v
  WHERE v.content_type_id = $3 AND v.object_id = s.chat_id AND v.tag_id = ANY({own}) AND v.team_id = $1)
AND NOT EXISTS (SELECT 1 FROM chat_chatmessage m
  JOIN annotations_customtaggeditem v ON v.object_id = m.id AND v.content_type_id = $4 AND v.tag_id = ANY({own}) AND v.team_id = $1
  WHERE m.chat_id = s.chat_id)

-- By hand: not one of the chats that have it; no number in there is NULL.
s.chat_id NOT IN (
  SELECT v.object_id::bigint FROM annotations_customtaggeditem v
  WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own})
  UNION
  SELECT m.chat_id FROM annotations_customtaggeditem v
  JOIN chat_chatmessage m ON m.id = v.object_id
  WHERE v.content_type_id = $4 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own}))

-- By hand: the chats that have a tag first. The tag is asked for twice, by the array and by those of it that are the
-- team's: the planner multiplies the two, takes the links for few, and looks them up instead of reading all.
s.chat_id IN (
  SELECT v.object_id::bigint FROM annotations_customtaggeditem v
  WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own})
  UNION
  SELECT m.chat_id FROM annotations_customtaggeditem v
  JOIN chat_chatmessage m ON m.id = v.object_id
  WHERE v.content_type_id = $4 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own}))

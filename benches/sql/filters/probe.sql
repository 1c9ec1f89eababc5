-- By hand: row by row, by the indexes alone. OFFSET 0 keeps the planner from turning it into a join or a hash.
(EXISTS (SELECT 1 FROM annotations_customtaggeditem v
   WHERE v.content_type_id = $3 AND v.object_id = s.chat_id AND v.tag_id = ANY({own}) AND v.team_id = $1 OFFSET 0)
 OR EXISTS (SELECT 1 FROM chat_chatmessage m
   WHERE m.chat_id = s.chat_id
     AND EXISTS (SELECT 1 FROM annotations_customtaggeditem v
       WHERE v.content_type_id = $4 AND v.object_id = m.id AND v.tag_id = ANY({own}) AND v.team_id = $1 OFFSET 0) OFFSET 0))

-- By hand: all links to any of the tags, each chat with each of its tags once, and the chats that have two.
s.chat_id IN (
  SELECT x.chat_id FROM (
    SELECT v.object_id::bigint AS chat_id, v.tag_id FROM annotations_customtaggeditem v
    WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({own})
    UNION
    SELECT m.chat_id, v.tag_id FROM annotations_customtaggeditem v
    JOIN chat_chatmessage m ON m.id = v.object_id
    WHERE v.content_type_id = $4 AND v.team_id = $1 AND v.tag_id = ANY({own})
  ) x
  GROUP BY x.chat_id HAVING count(*) = 2)

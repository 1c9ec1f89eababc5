-- By hand: the chats that have a tag first, by an array of the tags' numbers where they are known, and a join that checks
-- whose tags they are.
s.chat_id IN (
  SELECT v.object_id::bigint FROM annotations_customtaggeditem v
  JOIN annotations_tag t ON t.id = v.tag_id AND t.team_id = $1 AND {tags}
  WHERE v.content_type_id = $3 AND v.team_id = $1
  UNION
  SELECT m.chat_id FROM annotations_customtaggeditem v
  JOIN annotations_tag t ON t.id = v.tag_id AND t.team_id = $1 AND {tags}
  JOIN chat_chatmessage m ON m.id = v.object_id
  WHERE v.content_type_id = $4 AND v.team_id = $1)

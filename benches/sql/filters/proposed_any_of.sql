-- The design document's tag filter (4.1 "Proposed"), as its ORM emits it: an OR over a join with every message, and
-- DISTINCT over what that multiplies. It checks the link's team but not the tag's.
-- $1 team, $2 numbers of tags (the ORM writes them as a list), $3 and $4 content types of chats and messages.
s.id IN (
  SELECT DISTINCT v0.id AS pk
  FROM experiments_experimentsession v0
  INNER JOIN chat_chat v1 ON (v0.chat_id = v1.id)
  LEFT OUTER JOIN chat_chatmessage v2 ON (v1.id = v2.chat_id)
  WHERE (v0.team_id = $1
    AND (v0.chat_id IN (SELECT u0.object_id AS object_id FROM annotations_customtaggeditem u0
           WHERE (u0.content_type_id = $3 AND u0.tag_id = ANY({wanted}) AND u0.team_id = $1))
      OR v2.id IN (SELECT u0.object_id AS object_id FROM annotations_customtaggeditem u0
           WHERE (u0.content_type_id = $4 AND u0.tag_id = ANY({wanted}) AND u0.team_id = $1)))))

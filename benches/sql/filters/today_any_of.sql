-- The origin's tag filter (4.1 "Current"), as its ORM emits it: two EXISTS side by side, the second around a sub-select
-- that looks back over two levels, with the messages' default order in it. Both teams are checked, as it does today.
-- $1 team, $2 numbers of tags (the ORM writes them as a list), $3 and $4 content types of chats and messages.
(EXISTS (SELECT 1 AS a FROM annotations_customtaggeditem v0 INNER JOIN annotations_tag v1 ON (v0.tag_id = v1.id)
   WHERE (v0.content_type_id = $3 AND v0.object_id = s.chat_id AND v0.tag_id = ANY({wanted})
     AND v0.team_id = $1 AND v1.team_id = $1) LIMIT 1)
 OR EXISTS (SELECT 1 AS a FROM annotations_customtaggeditem v0 INNER JOIN annotations_tag v1 ON (v0.tag_id = v1.id)
   WHERE (v0.content_type_id = $4
     AND v0.object_id IN (SELECT u0.id AS id FROM chat_chatmessage u0 WHERE u0.chat_id = s.chat_id ORDER BY u0.created_at ASC)
     AND v0.tag_id = ANY({wanted}) AND v0.team_id = $1 AND v1.team_id = $1) LIMIT 1))

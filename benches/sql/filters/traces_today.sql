-- Traces by a tag on their input or output message, as the origin's ORM emits it.
-- $1 team, $2 numbers of tags, $3 content type of messages.
(EXISTS (SELECT 1 AS a FROM annotations_customtaggeditem u0
   WHERE (u0.content_type_id = $3 AND u0.object_id = s.input_message_id AND u0.tag_id = ANY({wanted}) AND u0.team_id = $1) LIMIT 1)
 OR EXISTS (SELECT 1 AS a FROM annotations_customtaggeditem u0
   WHERE (u0.content_type_id = $3 AND u0.object_id = s.output_message_id AND u0.tag_id = ANY({wanted}) AND u0.team_id = $1) LIMIT 1))

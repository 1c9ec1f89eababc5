-- By hand: the messages that have a tag first, looked up by each trace.
(s.input_message_id IN (SELECT v.object_id FROM annotations_customtaggeditem v
   WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own}))
 OR s.output_message_id IN (SELECT v.object_id FROM annotations_customtaggeditem v
   WHERE v.content_type_id = $3 AND v.team_id = $1 AND v.tag_id = ANY({wanted}) AND v.tag_id = ANY({own})))
